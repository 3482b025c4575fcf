"""A real Redis for tests; the fixtures are tests/conftest.py's for all.

- `SCAFFOLD_REDIS_URL` names a running server; nothing is started then but for tests that stop theirs.
- Else the program on PATH (or Valkey's) is started, on a free port, without persistence.
- Else Debian's packages are unpacked into a folder of our own, without installing anything.
- Else tests that need it are skipped, and say why.

Tests of generated projects are given the URL by the variable `TEST_REDIS_URL`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.debian import Missing, libraries, unpacked

_UNPACKED = Path("/var/tmp") / f"scaffold-redis-{os.getuid()}"


@cache
def program() -> tuple[Path, dict[str, str]]:
    """The server's program and the environment that it needs. Raises Missing."""
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(found), dict(os.environ)
    unpacked("redis-server", _UNPACKED, "redis-server", "redis-tools")
    path = _UNPACKED / "usr/bin/redis-server"
    if not path.exists():
        raise Missing(f"{_UNPACKED} holds no Redis; remove it to have it fetched again")
    return path, {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries(_UNPACKED)))}


class RedisServer:
    """A server of one's own, which a test may kill, pause and start again on the same port; it forgets all then."""

    def __init__(self) -> None:
        self._program, self._environment = program()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._folder = tempfile.mkdtemp(prefix="scaffold-redis-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, **settings: str) -> None:
        """Returns when it answers."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "save": "",
            "appendonly": "no",
            "dir": self._folder,
        }
        given = [part for name, value in {**options, **settings}.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [self._program, *given],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith((b"+PONG", b"-NOAUTH")):
                        return
            except OSError:
                pass
            time.sleep(0.01)
        raise RuntimeError(f"redis-server did not start: exit code {self._process.poll()}")

    def kill(self) -> None:
        """As if the machine had failed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It holds its connections and answers nothing, until `resume`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A running server; whoever uses it takes a prefix of its own."""
    if given := os.environ.get("SCAFFOLD_REDIS_URL"):
        yield given
        return
    server = _server()
    server.start()
    yield server.url
    server.remove()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A server that nobody else uses, started."""
    server = _server()
    server.start()
    yield server
    server.remove()


def _server() -> RedisServer:
    try:
        return RedisServer()
    except Missing as missing:
        pytest.skip(f"no Redis: {missing}")
