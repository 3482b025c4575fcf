"""Rows as an aligned table of plain text."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from bench.measure import Row

HEAD = ("what", "ratio", "pass", "aim", "", "background")
RIGHT = (1, 2, 3)


def machine() -> str:
    """The machine, in the words that explain a ratio."""
    cores = os.cpu_count() or 1
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}{load}"
    )


def render(title: str, rows: Sequence[Row]) -> str:
    """The table with its title; a row without a ratio says why below it."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [title, "-" * len(title)]
    for line in cells:
        padded = (
            cell.rjust(width) if column in RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        lines.append("  ".join(padded).rstrip())
    for row in rows:
        if row.reason:
            lines.append(f"\nnot measured: {row.what}\n  " + row.reason.replace("\n", "\n  "))
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
    verdict = "" if row.ratio is None else row.target.verdict(row.ratio)
    sign = "≥" if row.target.at_least else "≤"
    passing, aim = (
        "-" if bound is None else f"{sign} {bound:g}" for bound in (row.target.passing, row.target.aim)
    )
    return row.what, ratio, passing, aim, verdict, row.background
