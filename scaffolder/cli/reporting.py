"""Reports as text and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from scaffolder.app.report import DELETED, EDITED, Action, Change, Detail, Did, Report
from scaffolder.cli.console import Console
from scaffolder.cli.style import Style
from scaffolder.diagnostics import Diagnostic, ScaffoldError


def print_report(report: Report, console: Console, *, as_json: bool) -> None:
    """One line for each file that changes, or would, with its definitions; then how many, and what is left."""
    console.diagnostics(report.warnings)
    if as_json:
        print_json(report, console)
        return
    for change in report.changes:
        line = f"{change.action:<8} {change.path}" + (f"  ({change.note})" if change.note else "")
        told = [_detail(change, item) for item in change.details if _is_news(change, item, console)]
        if change.action is not Action.KEEP:
            console.result("\n".join([line, *told]))
        elif told or change.note not in ("", EDITED, DELETED):
            console.note("\n".join([line, *told]))
        else:
            console.detail(line)
    console.note(_summary(report))
    _print_conflicts(report, console)


def _is_news(change: Change, item: Detail, console: Console) -> bool:
    """Imports, and what is new or gone with its whole file, are left out unless wanted."""
    if console.verbose or item.did in (Did.CONFLICT, Did.KEPT, Did.RESTORED):
        return True
    return change.action is not Action.CREATE and not item.name.startswith(("import ", "from "))


def _detail(change: Change, item: Detail) -> str:
    """A definition with its place, in the form that editors and terminals make a link of."""
    place = f"{change.path}:{item.line}" if item.line else change.path
    reason = f"  ({item.reason})" if item.reason else ""
    return f"           {item.did:<8} {item.name}  {place}{reason}"


def _print_conflicts(report: Report, console: Console) -> None:
    """What is left to the user, at the end, where it is seen."""
    if not report.conflicts:
        return
    lines = [
        f"  {change.path}:{conflict.line}: {conflict.name}: {conflict.reason}"
        for change in report.conflicts
        for conflict in change.conflicts
    ]
    pages = "\n".join(f"  {change.proposal}" for change in report.conflicts)
    shown = "" if report.dry_run else f"\nboth versions, and how to settle it:\n{pages}"
    console.note("\n".join(["left to you:", *lines]) + shown)


def print_json(report: Report, console: Console, *, with_diff: bool = False) -> None:
    """The whole report as one JSON object."""
    from json import dumps

    content: dict[str, object] = {
        "root": str(report.root),
        "dry_run": report.dry_run,
        "changes": [
            {
                "path": c.path,
                "action": str(c.action),
                "owner": str(c.owner),
                "note": c.note,
                "moved_from": c.moved_from,
                "proposal": c.proposal,
                "details": [
                    {"did": str(d.did), "name": d.name, "line": d.line, "reason": d.reason} for d in c.details
                ],
            }
            for c in report.changes
        ],
        "conflicts": [
            {
                "path": change.path,
                "name": item.name,
                "line": item.line,
                "reason": item.reason,
                "base": item.base,
                "current": item.current,
                "incoming": item.incoming,
            }
            for change in report.changes
            for item in change.conflicts
        ],
        "diagnostics": _values(report.warnings),
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
        for conflict in change.conflicts:
            console.note(f"conflict {change.path}:{conflict.line}: {conflict.name}: {conflict.reason}")


def _coloured(line: str, style: Style) -> str:
    if line.startswith(("+++", "---")):
        return style.bold(line)
    paint = {"+": style.green, "-": style.red, "@": style.cyan}.get(line[:1])
    return paint(line) if paint else line


def _summary(report: Report) -> str:
    actions = (Action.CREATE, Action.UPDATE, Action.DELETE)
    counted = ((_count(report.changes, action), action) for action in actions)
    parts = [
        f"{count} {_WOULD[action] if report.dry_run else _DID[action]}" for count, action in counted if count
    ]
    left = sum(len(change.conflicts) for change in report.changes)
    if left:
        parts.append(f"{left} conflict{'s' if left > 1 else ''} left")
    return ", ".join(parts) or "nothing to do"


_DID = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.DELETE: "deleted",
}
_WOULD = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.DELETE: "to delete",
}


def _count(changes: tuple[Change, ...], action: Action) -> int:
    return sum(change.action is action for change in changes)
