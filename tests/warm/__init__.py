"""Python processes that start warm.

To start an interpreter and import SQLAlchemy, gRPC and their like takes a second of CPU, more than most of what tests
then ask of `alembic` or of a generated service. `python()` stands in the place of `sys.executable`:

    subprocess.run([*python(), "-m", "alembic", "check"], cwd=…, env=…, capture_output=True)

What runs is a process of its own as before, with its own environment, folder, output, signals and exit code. But it is
forked from one that has the packages imported (`nursery.py`, one for each process of a test run); modules of projects
and of this repository are not among them. A test of the start itself, or one that kills, names `sys.executable`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def python() -> tuple[str, ...]:
    """What to write before `-m MODULE` or a script; where nothing can be forked, the interpreter as it is."""
    if not sys.platform.startswith("linux"):
        return (sys.executable,)
    folder = Path(tempfile.mkdtemp(prefix="scaffold-warm-"))
    nursery = subprocess.Popen(
        [sys.executable, "-P", str(_FOLDER / "nursery.py"), str(folder / "socket")],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.PIPE,  # its end is the nursery's, however this process ends
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert nursery.stdin and nursery.stdout
    is_ready = nursery.stdout.readline() == b"ready\n"

    @atexit.register
    def end() -> None:
        nursery.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    if not is_ready:  # an import may start threads, with another version of a package
        return (sys.executable,)
    return sys.executable, "-I", "-S", str(_FOLDER / "start.py"), str(folder / "socket")
