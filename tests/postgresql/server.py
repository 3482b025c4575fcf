"""A PostgreSQL server in a temporary directory, which a test may stop, kill, pause and start again."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .install import programs

_PASSWORD = "test"  # to see that it is in no message
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
    # Not what a client should rely on.
    "timezone": "America/New_York",
}


class Server:
    """`start` before anything else; the same port and data until `remove`."""

    def __init__(self) -> None:
        self.port = _free_port()
        self._programs = programs()
        self._user = _unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="scaffold-postgresql-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._initialise()
        except BaseException:
            self.remove()
            raise

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{_PASSWORD}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, **settings: str) -> None:
        """Returns when it answers."""
        options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
        command = [
            str(self._programs.bin / "postgres"),
            "-D",
            str(self._data),
            "-p",
            str(self.port),
            *options,
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_user,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all connections (fast), SIGQUIT as if the machine had failed (immediate)."""
        if self._process is not None:
            self.resume()
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def restart(self, **settings: str) -> None:
        self.stop()
        self.start(**settings)

    def pause(self) -> None:
        """It holds its connections and answers nothing, until `resume`."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _as_user(self) -> dict[str, Any]:
        environment: dict[str, Any] = {"env": self._programs.environment, "cwd": self._folder}
        if self._user is not None:
            environment |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return environment

    def _initialise(self) -> None:
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        password = self._folder / "password"
        password.write_text(_PASSWORD)
        password.chmod(0o644)
        command = [
            str(self._programs.bin / "initdb"),
            "-D",
            str(self._data),
            "--username=postgres",
            "--no-sync",
        ]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C"]
        # A language's order of text, which differs from that of SQLite and Python, if this build knows any.
        languages: list[list[str]] = [["--locale-provider=icu", "--icu-locale=en-US"], []]
        for language in languages:
            done = subprocess.run(
                [*command, *language], **self._as_user, capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return
            shutil.rmtree(self._data, ignore_errors=True)
        raise RuntimeError(f"initdb: {done.stderr}")

    def _wait_until_ready(self) -> None:
        status = self._data / "postmaster.pid"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(OSError, IndexError):  # the eighth line is the state
                if status.read_text().splitlines()[7].strip() == "ready":
                    return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start: {self.log()[-1000:]}")

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in (self.pid, *_children(self.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _children(parent: int) -> Iterable[int]:
    # Every connection's process has a session of its own, so a signal to the group would not reach it.
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (tuple(map(int, line.split())) for line in told.splitlines())
    return [pid for pid, of in pairs if of == parent]


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("root cannot run PostgreSQL, and there is no user nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
