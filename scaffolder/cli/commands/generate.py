"""`generate`, `upgrade`, `diff` and `check`."""

from __future__ import annotations

from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import generate as app
from scaffolder.app.options import KEEP, Options, Request
from scaffolder.cli.console import Console
from scaffolder.cli.reporting import print_differences, print_json, print_report

LEFT = 1
"""The exit code where something is left: a conflict, or for `diff` and `check` any difference."""


def generate(
    *,
    console: Console,
    prune: bool,
    rename: list[str],
    restore: list[str],
    conflict: str | None,
    dry_run: bool,
    json: bool,
) -> int:
    """`scaffold generate`."""
    options = Options(prune, restore, rename, conflict or KEEP)
    return regenerate(
        Request(projects.find(Path.cwd()), options=options), console, dry_run=dry_run, json=json
    )


def regenerate(request: Request, console: Console, *, dry_run: bool, json: bool) -> int:
    """Carries a request out and reports it."""
    report = app.generate(request, dry_run=dry_run, announce=console.note)
    print_report(report, console, as_json=json)
    return LEFT if report.needs_attention else 0


def diff(
    *,
    console: Console,
    prune: bool,
    rename: list[str],
    restore: list[str],
    conflict: str | None,
    json: bool,
) -> int:
    """`scaffold diff`."""
    options = Options(prune, restore, rename, conflict or KEEP)
    report = app.preview(Request(projects.find(Path.cwd()), options=options))
    if json:
        print_json(report, console, with_diff=True)
    else:
        print_differences(report, console)
    return 0 if report.is_current else LEFT


def check(*, console: Console, json: bool) -> int:
    """`scaffold check`."""
    report = app.preview(Request(projects.find(Path.cwd())))
    print_report(report, console, as_json=json)
    return 0 if report.is_current else LEFT


def upgrade(
    *,
    console: Console,
    prune: bool,
    rename: list[str],
    restore: list[str],
    conflict: str | None,
    dry_run: bool,
    json: bool,
) -> int:
    """`scaffold upgrade`."""
    options = Options(prune, restore, rename, conflict or KEEP)
    request = Request(projects.find(Path.cwd()), options=options, upgrade=True)
    return regenerate(request, console, dry_run=dry_run, json=json)
