"""`routes`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

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
    else:
        console.result(_table([("RPC", "KIND", "HTTP", "HANDLER"), *map(_row, found)]))
    return 0


def _row(route: Route) -> tuple[str, str, str, str]:
    http = f"{route.verb:<6} {route.path}" if route.verb else "-"
    handler = f"{route.file}:{route.line}" if route.file else "not written yet"
    return route.rpc, route.kind, http, handler


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
