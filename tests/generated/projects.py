"""Making, checking and running generated projects, with the interpreter and packages that run the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests import warm

from .contracts import Source

START_SECONDS = 60


@dataclass(frozen=True)
class Project:
    """A generated project on the disk."""

    root: Path
    package: str

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a Python module in the project with its sources importable; fails with its output."""
        return self._python("-m", *command, check=check)

    def run_script(self, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a script of ours as if it stood in the project."""
        return self._python(str(script), *arguments)

    def _python(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if check:
            assert result.returncode == 0, f"{' '.join(command)}:\n{result.stdout}\n{result.stderr}"
        return result

    def environment(self, **extra: str) -> dict[str, str]:
        paths = os.pathsep.join([str(self.root / "src"), str(self.root / "clients" / "python" / "src")])
        ours = "-p no:schemathesis"  # a plugin that a project does not have, and a second of imports
        return os.environ | {"PYTHONPATH": paths, "MYPYPATH": paths, "PYTEST_ADDOPTS": ours} | extra


def scaffold(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "scaffolder", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def make(name: str, source: Source, folder: Path) -> Project:
    """`scaffold new` on a contract."""
    arguments = [part for proto in source.protos for part in ("--proto", str(proto))]
    arguments += [part for include in source.include for part in ("-I", str(include))]
    result = scaffold("new", name, *arguments, "--output", str(folder), "--no-input", folder=folder)
    assert result.returncode == 0, result.stderr
    return Project(folder / name, name.replace("-", "_"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Running:
    """A project's service as a process, on free ports.

    Its database is in its own folder, unless `settings` say otherwise: ``DATABASE__URL=…``. `python` runs it; where its
    start is what a test is about, that is `sys.executable`.
    """

    def __init__(self, project: Project, python: Sequence[str] = (), **settings: str) -> None:
        self.project, self.settings = project, settings
        self._python = python or warm.python()
        self.grpc, self.http = free_port(), free_port()

    def __enter__(self) -> Running:
        prefix = self.project.package.upper()
        self._log = self.project.root / "service.log"
        self._output = self._log.open("wb")
        self._process = subprocess.Popen(
            [*self._python, "-m", self.project.package],
            cwd=self.project.root,
            env=self.project.environment(
                **{
                    f"{prefix}_GRPC__PORT": str(self.grpc),
                    f"{prefix}_HTTP__PORT": str(self.http),
                    f"{prefix}_SHUTDOWN__DRAIN": "0s",
                    **{f"{prefix}_{name}": value for name, value in self.settings.items()},
                }
            ),
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=60)
        self._output.close()
        if kind is None:
            assert code == 0, f"exit code {code} after SIGTERM:\n{self.log}"
            assert "Traceback" not in self.log, self.log

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        self._process.kill()
        raise AssertionError(f"not ready:\n{self.log}")
