"""`run`."""

from __future__ import annotations

from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import run as app
from scaffolder.cli.console import Console


def run(*, console: Console, reload: bool) -> int:
    """`scaffold run`."""
    return app.run(projects.find(Path.cwd()), reload=reload, announce=console.note)
