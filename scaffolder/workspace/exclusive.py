"""One run at a time in a project: a lock of the operating system on `.scaffold/run.lock`.

Such a lock vanishes with the process that holds it, however that ends, so there is nothing stale to clean up. The
file itself is removed by its holder while it still holds the lock, and whoever gets a lock looks whether the name
still leads to the file that it locked; otherwise it would share the project with the owner of a newer file.

`fcntl` and `msvcrt` instead of the library filelock, whose import costs fifty times as much as everything here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scaffolder.diagnostics import Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.workspace.lock import FOLDER

FILE = f"{FOLDER}/run.lock"
WAIT_SECONDS = 60.0
ANNOUNCE_SECONDS = 1.0
WAITING = "another run is writing to this project; waiting for it"
_POLL_SECONDS = 0.05
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CONTENTION = frozenset([errno.EACCES, errno.EAGAIN, errno.EDEADLK])

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def exclusive(
    root: Path, announce: Callable[[str], None] | None = None, *, wait: float = WAIT_SECONDS
) -> Iterator[None]:
    """Keeps every other run out of `root` until the block ends; not to be nested.

    Waits for another run up to `wait` seconds, and after the first tells `announce` so. Raises a `ScaffoldError`:
    `busy` if the other run takes longer, `read-only` where the folder cannot be written, `cannot-lock` where the
    file system has no locks. Makes `.scaffold` if need be, and removes it at the end if nothing is in it.
    """
    descriptor = _acquire(root, announce, wait)
    try:
        yield
    finally:
        _release(root, descriptor)


def _acquire(root: Path, announce: Callable[[str], None] | None, wait: float) -> int:
    started = time.monotonic()
    while True:
        try:
            descriptor = _attempt(root)
        except OSError as error:
            _remove_folder(root)
            raise _refused(error, root) from error
        if descriptor is not None:
            return descriptor
        waited = time.monotonic() - started
        if waited >= wait:
            message = (
                f"another run has been writing to this project for {wait:.0f} seconds, so nothing was done"
            )
            raise fail("busy", message, "wait until it ends, or end it, and run again", Location(shown(root)))
        if announce is not None and waited >= ANNOUNCE_SECONDS:
            announce(WAITING)
            announce = None
        time.sleep(_POLL_SECONDS)


def _attempt(root: Path) -> int | None:
    """The descriptor of the locked file, None where another run has it or has just removed it."""
    path = root / FILE
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o666)
    except FileNotFoundError:
        if root.is_dir():
            return None  # the other run removed the folder between the two calls
        raise
    try:
        _lock(descriptor)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in _CONTENTION:
            os.close(descriptor)
            raise
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _release(root: Path, descriptor: int) -> None:
    if (
        sys.platform == "win32"
    ):  # an open file cannot be removed there, and one that another run opened neither
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(root / FILE)
    else:
        with contextlib.suppress(OSError):
            os.unlink(root / FILE)
        os.close(descriptor)
    _remove_folder(root)


def _remove_folder(root: Path) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(root / FOLDER)


def _refused(error: OSError, root: Path) -> ScaffoldError:
    if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):
        hint = "work on a copy on a local disk"
        message = "the file system has no locks, so two runs at once could not be told apart"
        return fail("cannot-lock", message, hint, Location(shown(root)))
    if error.errno == errno.ELOOP:
        message = "is a link, and would be written through"
        return fail("unsafe-path", message, "remove it", Location(shown(root / FILE)))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        folder = root / FOLDER if (root / FOLDER).is_dir() else root
        return fail("read-only", "is a read-only folder", "make it writable", Location(shown(folder)))
    from scaffolder.workspace.transaction import cannot_write

    return cannot_write(error, root)
