"""Writes a changeset all or nothing: stage everything, then rename, and undo if anything interrupts.

New contents are staged below the project's own `.scaffold`, and with them a link to (or copy of) each file that is
replaced or deleted. Only then does the first rename happen; each one is atomic, and undoing is the same renames
backwards. Files that do not change are not touched, so they keep their times.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import signal
import stat
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.workspace import safety
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import FILE, FOLDER


def apply(root: Path, changes: Sequence[Change], lock: bytes | None) -> None:
    """Brings the files of `root` to `changes`, and the lock, last of all, to `lock` (None: leave it).

    Raises a `ScaffoldError` and leaves everything as it was if a path is unsafe or cannot be written.
    """
    safety.check_targets(root, [change.path for change in changes] + ([FILE] if lock is not None else []))
    pending = list(changes)
    if lock is not None and (held := read_bytes(f"{root}/{FILE}")) != lock:
        pending.append(Change(FILE, Action.UPDATE, Ownership.MACHINE, held, lock))
    if not pending:
        return
    with reported(root), _Transaction(root) as transaction:
        for change in pending:
            transaction.stage(change)
        for change in pending:
            transaction.commit(change)


class _Transaction:
    """Staged contents, and what it takes to undo each step that was made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stage_dir = root / FOLDER / f"stage-{secrets.token_hex(4)}"
        self.done: list[tuple[Path, Path | None]] = []
        self.made: list[Path] = []

    def __enter__(self) -> _Transaction:
        self._make_folders(self.stage_dir)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with uninterrupted():
            if kind is not None:
                self._undo()
            shutil.rmtree(self.stage_dir, ignore_errors=True)
            _remove_folders(self.made if kind else [self.root / FOLDER])

    def stage(self, change: Change) -> None:
        """Writes the new content, and secures the old one, beside the project's files."""
        target = self._target(change.path)
        if read_bytes(str(target)) != change.before:
            message = "changed while this ran, so nothing was written"
            raise fail("changed-meanwhile", message, "run it again", Location(shown(target)))
        existing = target if change.before is not None else None
        if change.after is not None:
            write_file(self._new(change.path), change.after, executable=change.executable, like=existing)
        if existing:
            self._old(change.path).parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(existing, self._old(change.path))

    def commit(self, change: Change) -> None:
        """One rename or one deletion."""
        target = self._target(change.path)
        self.done.append((target, self._old(change.path) if change.before is not None else None))
        if change.after is None:
            target.unlink()
            self._remove_empty(target.parent)
        else:
            self._make_folders(target.parent)
            os.replace(self._new(change.path), target)

    def _target(self, path: str) -> Path:
        """The file itself where `path` is a link inside the project: links stay links."""
        return Path(os.path.realpath(self.root / path))

    def _new(self, path: str) -> Path:
        return self.stage_dir / "new" / path

    def _old(self, path: str) -> Path:
        return self.stage_dir / "old" / path

    def _make_folders(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir()
            self.made.append(path)

    def _remove_empty(self, folder: Path) -> None:
        """Removes the folders that a deletion left empty, up to the project."""
        with contextlib.suppress(OSError):
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    def _undo(self) -> None:
        try:
            for target, old in reversed(self.done):
                if old is None:
                    target.unlink(missing_ok=True)
                else:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(old, target)
        except OSError as error:
            message = f"the run failed and could not be undone: {error.strerror}"
            hint = "the files as they were are kept in its folder `old`; copy them back"
            raise fail("cannot-undo", message, hint, Location(shown(self.stage_dir))) from error


def write_file(path: Path, content: bytes, *, executable: bool = False, like: Path | None = None) -> None:
    """Writes a new file, with the mode of the file `like` if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb") as file:
        file.write(content)
    mode = stat.S_IMODE((like or path).stat().st_mode)
    if executable:
        mode |= (mode & 0o444) >> 2
    if mode != stat.S_IMODE(path.stat().st_mode):
        path.chmod(mode)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds Ctrl-C back until the block is done; a second one must not stop the undoing of the first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, _: FrameType | None) -> None:
        held.append(number)

    previous = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if held:
        raise KeyboardInterrupt


def _link_or_copy(source: Path, destination: Path) -> None:
    try:
        os.link(source, destination)
    except OSError:  # not every file system has links
        shutil.copy2(source, destination)


def _remove_folders(folders: Sequence[Path]) -> None:
    """Removes those of `folders` that are empty, the last one first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def reported(target: Path) -> Iterator[None]:
    """Turns what the operating system says while writing into a diagnostic."""
    try:
        yield
    except OSError as error:
        raise cannot_write(error, target) from error


def cannot_write(error: OSError, target: Path) -> ScaffoldError:
    """The error for a write that the operating system refused."""
    hints = {
        errno.ENOSPC: "free some space on the disk and run again",
        errno.EACCES: "check who owns the folder and whether it may be written",
        errno.EPERM: "check who owns the folder and whether it may be written",
        errno.ENOTDIR: "a part of the path is a file; choose another folder",
        errno.ENOENT: "a part of the path cannot be made; choose another folder",
        errno.EROFS: "the file system is mounted read-only; choose another folder",
    }
    what = error.strerror or str(error)
    hint = hints.get(error.errno or 0, "")
    return fail("cannot-write", f"{what}; nothing was changed", hint, Location(shown(target)))
