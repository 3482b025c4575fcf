"""`routes`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shutil import get_terminal_size

from scaffolder import project as projects
from scaffolder.app.routes import Route
from scaffolder.app.routes import routes as find_routes
from scaffolder.cli.console import Console


def routes(*, console: Console, json: bool) -> int:
    """`scaffold routes`."""
    found = find_routes(projects.find(Path.cwd()))
    if json:
        from json import dumps

        console.result(dumps([asdict(route) for route in found], indent=2))
        return 0
    console.result(_table([("RPC", "KIND", "HTTP", "HANDLER"), *map(_row, found)]))
    if console.verbose:
        width = get_terminal_size().columns if sys.stdout.isatty() else 0
        console.result(_reasons(found, width))
    return 0


def _row(route: Route) -> tuple[str, str, str, str]:
    http = f"{route.verb:<6} {route.path}" if route.verb else "-"
    handler = f"{route.file}:{route.line}" if route.file else "not written yet"
    return route.rpc, route.kind, http, handler


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _reasons(found: Sequence[Route], width: int) -> str:
    """What each RPC was taken for, wrapped to `width` columns; 0 wraps nothing, so that a line can be searched for."""
    reasons = {route.rpc: route.reason for route in found}
    return "".join(f"\n{rpc}\n{_wrapped(reason, width)}" for rpc, reason in reasons.items())


def _wrapped(text: str, width: int) -> str:
    from textwrap import fill

    if not width:
        return f"  {text}"
    indent = "  "
    return fill(
        text,
        max(width, 20),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
