"""Kills or fails a process at its n-th call of the operating system that could change the disk.

A kill before call n + 1 is a kill after call n, so one place per call is enough. Writing a file has two: nothing
written, and half of it.
"""

from __future__ import annotations

import builtins
import os
import signal
from collections.abc import Callable
from typing import Any

CALLS = ("replace", "rename", "unlink", "mkdir", "rmdir", "link", "symlink", "chmod", "utime", "fsync")
NEEDS_SPACE = frozenset(["open", "write", "mkdir", "link", "symlink", "fsync", "replace", "rename"])


def install(at_point: Callable[[str, str], None]) -> None:
    """Calls `at_point` with the name and the (last) path of each call that may change the disk, before it is made."""
    for name in CALLS:
        _wrap(name, at_point)
    real_open, real_os_open = builtins.open, os.open

    def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if not set(mode) & set("wxa+"):
            return real_open(file, mode, *arguments, **options)
        at_point("open", str(file))
        return _Torn(real_open(file, mode, *arguments, **options), str(file), at_point)

    def os_opened(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & os.O_CREAT:
            at_point("open", str(path))
        return real_os_open(path, flags, *arguments, **options)

    builtins.open = opened
    os.open = os_opened


class Kill:
    """Dies by SIGKILL at point `count`, counted from 1."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.seen = 0

    @property
    def reached(self) -> bool:
        return self.seen >= self.count

    def __call__(self, name: str, path: str) -> None:
        self.seen += 1
        if self.reached:
            os.kill(os.getpid(), signal.SIGKILL)


class KillAt(Kill):
    """Dies at the first call of one name on a path that ends so."""

    def __init__(self, name: str, end: str) -> None:
        super().__init__(1)
        self.name = name
        self.end = end

    def __call__(self, name: str, path: str) -> None:
        if name == self.name and path.endswith(self.end):
            super().__call__(name, path)


class Record(Kill):
    """Lists the calls."""

    def __init__(self) -> None:
        super().__init__(0)
        self.calls: list[tuple[str, str]] = []

    def __call__(self, name: str, path: str) -> None:
        self.calls.append((name, path))


class Fail(Kill):
    """Raises `OSError` at the `count`-th point that needs space; `ever_since`: at those after it too.

    A disk that stays full still takes a rename, which is how the undoing works.
    """

    def __init__(self, count: int, error: int, *, ever_since: bool) -> None:
        super().__init__(count)
        self.error = error
        self.ever_since = ever_since

    def __call__(self, name: str, path: str) -> None:
        if name not in NEEDS_SPACE or (name == "mkdir" and os.path.isdir(path)):
            return
        self.seen += 1
        lasting = self.ever_since and self.reached and name not in ("replace", "rename", "fsync")
        if self.seen == self.count or lasting:
            raise OSError(self.error, os.strerror(self.error))


def _wrap(name: str, at_point: Callable[[str, str], None]) -> None:
    real = getattr(os, name)

    def call(*arguments: Any, **options: Any) -> Any:
        path = arguments[-1] if name in ("replace", "rename", "link", "symlink") else arguments[0]
        at_point(name, _path_of(path) if name == "fsync" else str(path))
        if name == "fsync":  # the machine does not die here, so waiting for its disk would only cost time
            return None
        return real(*arguments, **options)

    setattr(os, name, call)


def _path_of(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:  # not Linux
        return ""


class _Torn:
    """A file that is written in two halves with a point between them."""

    def __init__(self, file: Any, path: str, at_point: Callable[[str, str], None]) -> None:
        self._file = file
        self._path = path
        self._at_point = at_point

    def __enter__(self) -> _Torn:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: Any) -> int:
        half = len(content) // 2
        self._file.write(content[:half])
        self._file.flush()
        self._at_point("write", self._path)
        self._file.write(content[half:])
        return len(content)
