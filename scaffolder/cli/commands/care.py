"""`lint` and `breaking`."""

from __future__ import annotations

import sys
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.care.findings import Findings
from scaffolder.cli.console import Console, coloured
from scaffolder.cli.style import Style
from scaffolder.diagnostics import Diagnostic

FOUND = 1
"""The exit code where something was found."""


def lint(*, console: Console, paths: list[str], json: bool) -> int:
    """`scaffold lint`."""
    from scaffolder.app.care.lint import lint as check

    return _tell(check(projects.find(Path.cwd()), paths), console, as_json=json)


def breaking(*, console: Console, against: str | None, level: str | None, json: bool) -> int:
    """`scaffold breaking`."""
    from scaffolder.app.care.breaking import breaking as check

    findings = check(projects.find(Path.cwd()), against or "", level or "")
    return _tell(findings, console, as_json=json)


def _tell(findings: Findings, console: Console, *, as_json: bool) -> int:
    """One block for each finding, as errors look elsewhere, but on stdout: they are what was asked for."""
    if as_json:
        from json import dumps

        console.result(dumps(_values(findings), indent=2, ensure_ascii=False))
    else:
        style = Style(sys.stdout)
        for item in findings.found:
            console.result(coloured(item, style))
        console.note(_summary(findings))
    return FOUND if findings.found else 0


def _values(findings: Findings) -> dict[str, object]:
    return {
        "root": str(findings.root),
        "against": findings.against,
        "contracts": list(findings.contracts),
        "findings": [_value(item) for item in findings.found],
        "notes": list(findings.notes),
    }


def _value(item: Diagnostic) -> dict[str, object]:
    place = item.location
    return {
        "rule": item.code,
        "message": item.message,
        "hint": item.hint,
        "path": place.path if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
    }


def _summary(findings: Findings) -> str:
    if findings.notes:
        return "\n".join(findings.notes)
    files = len({item.location.path for item in findings.found if item.location})
    checked = _counted(len(findings.contracts), "contract")
    compared = f" against {findings.against}" if findings.against else ""
    if not findings.found:
        return f"{checked} checked{compared}: nothing found"
    found = _counted(len(findings.found), "finding")
    return f"{found} in {_counted(files, 'contract')}, {checked} checked{compared}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
