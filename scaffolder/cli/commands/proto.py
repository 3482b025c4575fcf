"""`proto add`, `proto client` and `proto server`."""

from __future__ import annotations

from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.options import KEEP, Options, Request
from scaffolder.cli.commands.generate import regenerate
from scaffolder.cli.console import Console
from scaffolder.cli.reporting import print_report


def add(*, console: Console, path: str, dry_run: bool, json: bool) -> int:
    """`scaffold proto add`."""
    from scaffolder.app.add import add as write_contract

    report = write_contract(path, dry_run=dry_run)
    print_report(report, console, as_json=json)
    if not dry_run:
        console.note(f"next: edit {path}, then run `scaffold generate`")
    return 0


def client(
    *,
    console: Console,
    paths: list[str],
    prune: bool,
    rename: list[str],
    restore: list[str],
    conflict: str | None,
    dry_run: bool,
    json: bool,
) -> int:
    """`scaffold proto client`."""
    options = Options(prune, restore, rename, conflict or KEEP)
    request = Request(projects.find(Path.cwd()), "client", paths, options=options)
    return regenerate(request, console, dry_run=dry_run, json=json)


def server(
    *,
    console: Console,
    paths: list[str],
    handlers: str | None,
    prune: bool,
    rename: list[str],
    restore: list[str],
    conflict: str | None,
    dry_run: bool,
    json: bool,
) -> int:
    """`scaffold proto server`."""
    options = Options(prune, restore, rename, conflict or KEEP)
    request = Request(projects.find(Path.cwd()), "server", paths, handlers or "", options)
    return regenerate(request, console, dry_run=dry_run, json=json)
