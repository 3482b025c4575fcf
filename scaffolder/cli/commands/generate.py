"""`generate`, `diff` and `check`."""

from __future__ import annotations

from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import generate as app
from scaffolder.cli.console import Console
from scaffolder.cli.reporting import print_differences, print_json, print_report


def generate(*, console: Console, dry_run: bool, json: bool) -> int:
    """`scaffold generate`."""
    report = app.generate(projects.find(Path.cwd()), dry_run=dry_run)
    print_report(report, console, as_json=json)
    return 0


def diff(*, console: Console, json: bool) -> int:
    """`scaffold diff`."""
    report = app.preview(projects.find(Path.cwd()))
    if json:
        print_json(report, console, with_diff=True)
    else:
        print_differences(report, console)
    return 1 if report.different else 0


def check(*, console: Console, json: bool) -> int:
    """`scaffold check`."""
    report = app.preview(projects.find(Path.cwd()))
    print_report(report, console, as_json=json)
    return 1 if report.different else 0
