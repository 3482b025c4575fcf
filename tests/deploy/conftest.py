"""Renders the project-level templates, and runs the checkers on what came out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scaffolder.plan import Layout

from .shapes import SHAPES, View

TEMPLATES = Path(__file__).parents[2] / "templates" / "python" / "service"
LAYOUT = Layout.read(TEMPLATES.parents[1])


def wanted(path: str, view: View) -> bool:
    """Whether a path belongs to the shape, by the layout's own rules."""
    data = view["project"]
    enabled = set(data["features"]) | ({"http"} if data["http_prefixes"] else set())
    enabled |= {"database", data["database"]} if data["database"] else set()
    return LAYOUT.rule(path).when <= enabled


def render(view: View, target: Path) -> Path:
    """Every project-level template, rendered below `target`: those outside src/, tests/ and migrations/, the Python."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for template in sorted(TEMPLATES.rglob("*")):
        name = template.relative_to(TEMPLATES).as_posix()
        path = name.removesuffix(".j2")
        if template.is_dir() or "src/" in name or name.startswith(("tests/", "migrations/")):
            continue
        if not wanted(path, view):
            continue
        output = target / path
        output.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text("utf-8")
        output.write_text(environment.get_template(name).render(view) if path != name else text, "utf-8")
    return target


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a shape, rendered the first time it is asked for."""
    folders: dict[str, Path] = {}

    def folder(shape: str) -> Path:
        if shape not in folders:
            folders[shape] = render(SHAPES[shape], tmp_path_factory.mktemp(shape))
        return folders[shape]

    return folder


def tool(name: str) -> str:
    """The path of a checker beside this Python or in PATH; where there is none, a skip that says so."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command that has to succeed; both streams are in the failure otherwise."""
    # A make that runs the tests would be taken by the make under test for its parent.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    result = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout
