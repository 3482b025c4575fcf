"""Times the stages of a run inside one process: `stages.py PROJECT ROUNDS`, seconds as JSON, one object a round.

Runs under the measured environment's Python, so everything that it imports is the installed tool.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from scaffolder import project as projects
from scaffolder import resources
from scaffolder.app.merging import Merger
from scaffolder.contract import builder, protoc
from scaffolder.plan import Layout, plan
from scaffolder.targets.python.views import ProjectViews
from scaffolder.workspace import lock as locks
from scaffolder.workspace.changeset import Wishes
from scaffolder.workspace.comparison import Comparison

renderer: Any = import_module("scaffolder.render")
P = ParamSpec("P")
T = TypeVar("T")


class Clock:
    """Seconds by name. A name that is timed inside another one is taken off that."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, call: Callable[P, T], inside: str = "") -> Callable[P, T]:
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                elapsed = time.perf_counter() - start
                self.seconds[name] = self.seconds.get(name, 0.0) + elapsed
                if inside:
                    self.seconds[inside] = self.seconds.get(inside, 0.0) - elapsed

        return wrapper


def measure(root: Path) -> dict[str, float]:
    """One round. The message modules are made while planning, ruff runs while rendering."""
    clock = Clock()
    project, templates = projects.read(root), resources.templates_dir()
    names, roots = project.contracts, project.roots
    descriptor_set = clock.timed("protoc", protoc.compile_contract)(names, roots)
    contract = clock.timed("model", builder.build)(descriptor_set, names, roots)
    layout = clock.timed("plan", Layout.read)(templates)
    stubs = clock.timed("stubs", protoc.emit_python, inside="plan")
    views = clock.timed("plan", ProjectViews)(
        contract, project.name, project.package, project.handlers_dir, project.features, stubs
    )
    planned = clock.timed("plan", plan)(views, layout)
    format_python = renderer.format_python
    renderer.format_python = clock.timed("format", format_python, inside="templates")
    try:
        artifacts = clock.timed("templates", renderer.render)(planned, templates)
    finally:
        renderer.format_python = format_python
    lock, _ = locks.read(root)
    comparison = Comparison(root, lock, Merger(root, lock, Wishes()))
    changes = clock.timed("compare", comparison.compare)(artifacts)
    if different := [change.path for change in changes.changes if change.before != change.after]:
        raise SystemExit(f"{root} is not up to date: {different[0]}")
    return clock.seconds


def main() -> None:
    root, rounds = Path(sys.argv[1]), int(sys.argv[2])
    measure(root)
    print(json.dumps([measure(root) for _ in range(rounds)]))


main()
