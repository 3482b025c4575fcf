"""What a transaction asks of the operating system for one file: to write it, name it, look at it, make it last."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple

_REAL_FAILURES = frozenset(
    [errno.EEXIST, errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EINTR]
)
"""What a link may fail with that says nothing about whether the file system has links."""


class Look(NamedTuple):
    """What changes when somebody saves a file: its time, its size, and where it is on the disk."""

    modified_ns: int
    size: int
    inode: int


def look(path: Path) -> Look | None:
    """The file as it is now, None where there is none; a link is not followed."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Look(found.st_mtime_ns, found.st_size, found.st_ino)


def mode(folder: Path) -> int | None:
    """The permissions of the folder, None where there is none."""
    try:
        return stat.S_IMODE(os.stat(folder).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_file(path: Path, content: bytes, *, executable: bool = False, like: Path | None = None) -> None:
    """Writes a new file, with the mode of the file `like` if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb") as file:
        file.write(content)
    wanted = stat.S_IMODE((like or path).stat().st_mode)
    if executable:
        wanted |= (wanted & 0o444) >> 2
    if wanted != stat.S_IMODE(path.stat().st_mode):
        path.chmod(wanted)


def link_or_copy(source: Path, destination: Path) -> None:
    """A second name for a file, or a copy with its mode and times where the file system has no such thing."""
    if not _link(source, destination):
        import shutil

        shutil.copy2(source, destination)


def place(source: Path, target: Path) -> None:
    """Gives a new file its name; raises `FileExistsError` where somebody has made a file of that name by now."""
    if os.name == "nt":
        os.rename(source, target)
    elif not _link(source, target):
        os.replace(source, target)


def sync_file(path: str | Path) -> None:
    """Returns when the content of the file would outlast a loss of power."""
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: str | Path) -> None:
    """The same for the names in a folder, where the system has such a thing."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def make_folder(path: str | Path, permissions: int) -> None:
    """The folder with these permissions, whether or not it is there; nothing where a file is."""
    if not os.path.lexists(path):
        os.mkdir(path)
    if os.path.isdir(path) and mode(Path(path)) != permissions:
        os.chmod(path, permissions)


def _link(source: Path, destination: Path) -> bool:
    try:
        os.link(source, destination)
    except OSError as error:
        if error.errno in _REAL_FAILURES:
            raise
        return False
    return True
