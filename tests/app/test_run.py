"""`scaffold run` with a service of one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaffolder.app import run as app
from scaffolder.diagnostics import ScaffoldError
from tests.workspace.support import fill

SERVICE = """\
import pathlib, signal, sys, time
pathlib.Path("started").open("a").write("x")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("up", flush=True)
time.sleep(60)
"""
# A test run in the background of a shell ignores SIGINT, and its children would as well.
RUN = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from scaffolder.cli.main import main
sys.exit(main(sys.argv[1:]))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="generated services run on Linux and macOS")


@pytest.fixture
def project(root: Path) -> Path:
    fill(root, {"src/order_service/__init__.py": "", "src/order_service/__main__.py": SERVICE})
    return root


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, "run", *arguments]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_service_gets_the_signals_and_gives_the_exit_code(project: Path) -> None:
    """The service takes the place of the tool, and runs the sources of the project."""
    process = start(project)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 7


def test_reload(project: Path) -> None:
    """A change of the sources restarts the service."""
    process = start(project, "--reload")
    try:
        assert process.stdout is not None
        time.sleep(0.5)
        fill(project, {"src/order_service/__init__.py": "# changed\n"})
        assert process.stdout.readline() == "up\n"
        assert (project / "started").read_text() == "xx"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_missing_dependencies_are_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that is not installed is an error with a hint, and not a traceback of its own."""
    monkeypatch.setattr(app, "_REQUIRED", ("json", "surely_not_installed", "surely.not_installed"))
    with pytest.raises(ScaffoldError) as error:
        app.run(project)
    (diagnostic,) = error.value.diagnostics
    assert "has no surely_not_installed, surely.not_installed" in diagnostic.message


def test_python_of_the_project(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The project's own environment first, then the active one, then the tool's."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert app.find_python(project) == sys.executable
    fill(tmp_path, {"active/bin/python": ""})
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert app.find_python(project) == str(tmp_path / "active/bin/python")
    fill(project, {".venv/bin/python": ""})
    assert app.find_python(project) == str(project / ".venv/bin/python")
