"""`proto add`, `proto client` and `proto server`."""

from __future__ import annotations

from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import generate as app
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


def client(*, console: Console, paths: list[str], dry_run: bool, json: bool) -> int:
    """`scaffold proto client`."""
    report = app.generate(projects.find(Path.cwd()), scope="client", paths=paths, dry_run=dry_run)
    print_report(report, console, as_json=json)
    return 0


def server(*, console: Console, paths: list[str], handlers: str | None, dry_run: bool, json: bool) -> int:
    """`scaffold proto server`."""
    root = projects.find(Path.cwd())
    report = app.generate(root, paths=paths, handlers=handlers or "", dry_run=dry_run)
    print_report(report, console, as_json=json)
    return 0
