"""A process that starts warm is like one that starts cold."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.warm import python

pytestmark = pytest.mark.skipif(python() == (sys.executable,), reason="nothing is forked but on Linux")

SEEN = """
import json, os, random, sys, threading
import here
print(json.dumps([
    __name__, sys.argv, sys.path, sys.executable, sys.flags.hash_randomization, os.getcwd(), dict(os.environ),
    sys.stdin.read(), here.__file__, threading.active_count(), sys.dont_write_bytecode, os.isatty(1),
]))
print("to the other", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "seen.py").write_text(SEEN, encoding="utf-8")
    (tmp_path / "here.py").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", [["-m", "seen", "a b"], ["seen.py", "-x"]])
@pytest.mark.parametrize("extra", [{}, {"PYTHONHASHSEED": "3"}, {"PYTHONDONTWRITEBYTECODE": ""}])
def test_it_sees_what_another_sees(folder: Path, command: list[str], extra: dict[str, str]) -> None:
    def run(start: Sequence[str]) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": "/nowhere"} | extra
        return subprocess.run(
            [*start, *command],
            cwd=folder,
            env=environment,
            input="given",
            capture_output=True,
            text=True,
            check=False,
        )

    cold, warm = run([sys.executable]), run(python())
    assert (warm.returncode, warm.stdout, warm.stderr) == (cold.returncode, cold.stdout, cold.stderr)
    assert cold.returncode == 7, cold.stderr


def test_it_ends_by_the_signal_that_it_is_sent(folder: Path) -> None:
    (folder / "waits.py").write_text("import signal\nprint('up', flush=True)\nsignal.pause()\n")
    process = subprocess.Popen([*python(), "waits.py"], cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == -signal.SIGTERM


def test_it_is_killed_with_what_started_it(folder: Path) -> None:
    (folder / "waits.py").write_text("import signal\nprint('up', flush=True)\nsignal.pause()\n")
    process = subprocess.Popen([*python(), "waits.py"], cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.kill()
    assert process.stdout.read() == b""  # at the end of the last one that could write
    assert process.wait(30) == -signal.SIGKILL


def test_it_handles_a_signal_as_it_likes(folder: Path) -> None:
    code = (
        "import signal\nsignal.signal(signal.SIGTERM, lambda *_: print('heard'))\n"
        "print('up', flush=True)\nsignal.pause()\n"
    )
    (folder / "waits.py").write_text(code)
    process = subprocess.Popen([*python(), "waits.py"], cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.read() == b"heard\n"
    assert process.wait(30) == 0
