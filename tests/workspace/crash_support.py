"""Starts the experiments of `crash_driver.py` from a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("crash_driver.py")

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="hundreds of processes are killed: needs os.fork"
)


def command(experiment: str, folder: Path, *options: str) -> list[str]:
    return [sys.executable, str(DRIVER), experiment, str(folder), *options]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def drive(experiment: str, folder: Path, *options: str) -> Any:
    """What the experiment found."""
    done = subprocess.run(
        command(experiment, folder, *options),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def crash(root: Path, name: str, end: str) -> None:
    """Makes the project of `crash_project.py` in `root`, and kills a run there before a call of `name` on `*end`."""
    code = subprocess.run(command("die", root, name, end), env=environment(), check=False).returncode
    assert code == -9, f"the run ended with {code} before it came to {name} {end}"
