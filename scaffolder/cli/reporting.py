"""Reports as text and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from scaffolder.app.report import Action, Change, Report
from scaffolder.cli.console import Console
from scaffolder.cli.style import Style
from scaffolder.diagnostics import Diagnostic, ScaffoldError


def print_report(report: Report, console: Console, *, as_json: bool) -> None:
    """One line for each file that changes, or would; then how many."""
    console.diagnostics(report.warnings)
    if as_json:
        print_json(report, console)
        return
    for change in report.changes:
        line = f"{change.action:<8} {change.path}" + (f"  ({change.note})" if change.note else "")
        if change.action is not Action.KEEP:
            console.result(line)
        elif change.note:
            console.note(line)
        else:
            console.detail(line)
    console.note(_summary(report))


def print_json(report: Report, console: Console, *, with_diff: bool = False) -> None:
    """The whole report as one JSON object."""
    from json import dumps

    content: dict[str, object] = {
        "root": str(report.root),
        "dry_run": report.dry_run,
        "changes": [
            {"path": c.path, "action": str(c.action), "owner": str(c.owner), "note": c.note}
            for c in report.changes
        ],
        "diagnostics": _values((*report.warnings, *report.refused)),
    }
    if with_diff:
        from scaffolder.app.diff import unified

        content["diff"] = "".join(unified(report.changes))
    console.result(dumps(content, indent=2, ensure_ascii=False))


def print_failure(error: ScaffoldError, console: Console) -> None:
    """The same object for a run that was stopped: no changes, and why."""
    from json import dumps

    console.result(
        dumps({"changes": [], "diagnostics": _values(error.diagnostics)}, indent=2, ensure_ascii=False)
    )


def _values(diagnostics: Iterable[Diagnostic]) -> list[dict[str, str]]:
    return [
        {
            "code": item.code,
            "severity": item.severity,
            "message": item.message,
            "hint": item.hint,
            "location": str(item.location or ""),
        }
        for item in diagnostics
    ]


def print_differences(report: Report, console: Console) -> None:
    """The unified diff; what is no change but worth knowing goes to stderr."""
    console.diagnostics(report.warnings)
    if not report.different:
        console.note("nothing would change")
        return
    from scaffolder.app.diff import unified

    style = Style(sys.stdout)
    for line in unified(report.changes):
        console.result(_coloured(line.rstrip("\n"), style))
    for change in report.conflicts:
        console.note(f"conflict {change.path}: {change.note}; `generate` would refuse to overwrite it")


def _coloured(line: str, style: Style) -> str:
    if line.startswith(("+++", "---")):
        return style.bold(line)
    paint = {"+": style.green, "-": style.red, "@": style.cyan}.get(line[:1])
    return paint(line) if paint else line


def _summary(report: Report) -> str:
    actions = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.CONFLICT)
    counted = ((_count(report.changes, action), action) for action in actions)
    parts = [
        f"{count} {_WOULD[action] if report.dry_run else _DID[action]}" for count, action in counted if count
    ]
    return ", ".join(parts) or "nothing to do"


_DID = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.DELETE: "deleted",
    Action.CONFLICT: "in conflict",
}
_WOULD = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.DELETE: "to delete",
    Action.CONFLICT: "in conflict",
}


def _count(changes: tuple[Change, ...], action: Action) -> int:
    return sum(change.action is action for change in changes)
