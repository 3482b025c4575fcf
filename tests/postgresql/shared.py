"""One server for all processes of a test run.

Whoever uses it holds a shared lock on a file, which the kernel takes away when the process ends, however it ends. A
keeper process owns the server, waits for that lock alone, and then removes it.

    python -m tests.postgresql.shared FOLDER
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .server import Server


@contextmanager
def shared_server(folder: Path) -> Iterator[str]:
    """The URL of the server of all that name the same folder, as a user who may create databases."""
    with (folder / "users").open("w") as users, (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        state = folder / "url"
        if not state.exists():
            _start_keeper(folder, state)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield state.read_text()


def _start_keeper(folder: Path, state: Path) -> None:
    root = Path(__file__).parents[2]
    with (folder / "keeper.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.postgresql.shared", str(folder)]
        keeper = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    while not state.exists():
        if keeper.poll() is not None:
            raise RuntimeError((folder / "keeper.log").read_text(errors="replace"))
        time.sleep(0.02)


def _keep(folder: Path, users: IO[str]) -> None:
    server = Server()
    try:
        server.start()
        state, staged = folder / "url", folder / "url.new"
        staged.write_text(server.url)
        os.replace(staged, state)
        fcntl.flock(users, fcntl.LOCK_EX)
        state.unlink(missing_ok=True)
    finally:
        server.remove()


if __name__ == "__main__":
    _folder = Path(sys.argv[1])
    with (_folder / "users").open("w") as _users:
        _keep(_folder, _users)
