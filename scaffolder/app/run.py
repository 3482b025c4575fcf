"""Runs the service of a project, in the Python that it is installed for."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaffolder import project as projects
from scaffolder.diagnostics import Location, fail
from scaffolder.paths import shown
from scaffolder.project import Project

# A service whose dependencies are not installed lacks at least one of these.
_REQUIRED = ("grpc", "google.protobuf", "uvicorn")
_WATCHED = ("src", "configs")


def run(root: Path, *, reload: bool = False, announce: Callable[[str], None] = lambda _: None) -> int:
    """Runs `python -m PACKAGE` in the project until it ends; returns its exit code.

    With `reload` the service is restarted whenever something below src/ or configs/ changes, and `announce` is told
    what.
    """
    project = projects.read(root)
    entry = root / "src" / project.package / "__main__.py"
    if not entry.is_file():
        hint = "`scaffold generate` writes it"
        raise fail("no-service", "is not there, so there is nothing to run", hint, Location(shown(entry)))
    python = find_python(root)
    _check_dependencies(python, project)
    environment = _environment(root)
    command = [python, "-m", project.package]
    if reload:
        return _run_reloading(command, root, environment, announce)
    return _run(command, root, environment)


def find_python(root: Path) -> str:
    """The project's own virtual environment, else the active one, else the Python of this tool."""
    active = os.environ.get("VIRTUAL_ENV")
    for folder in (root / ".venv", *([Path(active)] if active else [])):
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if python.is_file():
            return str(python)
    return sys.executable


def _environment(root: Path) -> dict[str, str]:
    """The project's sources first, so that what runs is what is edited, installed or not."""
    paths = [str(root / "src"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _check_dependencies(python: str, project: Project) -> None:
    script = (
        "import importlib.util as u, sys\n"
        "def has(n):\n"
        "    try: return u.find_spec(n) is not None\n"
        "    except ModuleNotFoundError: return False\n"
        "print(' '.join(n for n in sys.argv[1:] if not has(n)))"
    )
    result = subprocess.run([python, "-c", script, *_REQUIRED], capture_output=True, text=True, check=False)
    missing = result.stdout.split()
    if missing or result.returncode:
        message = f"{python} has no {', '.join(missing) or 'working Python'}, which {project.name} needs"
        hint = "python -m venv .venv, then install the project there: .venv/bin/pip install -e ."
        raise fail("not-installed", message, hint, Location(shown(project.root)))


def _run(command: list[str], root: Path, environment: dict[str, str]) -> int:
    """Where the system can, the service takes the place of this process, and so gets its signals itself."""
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(root)
        os.execve(command[0], command, environment)
    process = subprocess.Popen(command, cwd=root, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the service got it too, and is shutting down
            continue


def _run_reloading(
    command: list[str], root: Path, environment: dict[str, str], announce: Callable[[str], None]
) -> int:
    from watchfiles import run_process

    def restarted(changes: set[tuple[Any, str]]) -> None:
        names = sorted({shown(path) for _, path in changes})
        announce(f"restart: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")

    os.chdir(root)
    os.environ.update(environment)
    line = subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)
    watched = [path for path in _WATCHED if Path(path).is_dir()]
    run_process(*watched, target=line, target_type="command", callback=restarted)
    return 0
