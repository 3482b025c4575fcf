"""Writes a changeset all or nothing: stage everything, then rename, and undo if anything interrupts.

New contents are staged below the project's own `.scaffold`, and with them a link to (or copy of) each file that is
replaced or deleted. When these and a journal of what is to happen are safely on the disk, the first rename happens;
each one is atomic. Whatever interrupts, this run or the next undoes them by the journal; removing that is the moment
at which the new tree counts. Files that do not change are not touched, so they keep their times.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.workspace import disk, journal, safety
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.disk import Look, write_file
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import FILE, FOLDER, digest

__all__ = ["apply", "cannot_write", "reported", "uninterrupted", "write_file"]


def apply(root: Path, changes: Sequence[Change], lock: bytes | None) -> None:
    """Brings the files of `root` to `changes`, in that order, and the lock, last of all, to `lock` (None: leave it).

    To be called in `exclusive`, after `journal.recover`. Raises a `ScaffoldError` and leaves everything as it was if
    a path is unsafe or cannot be written, or if a file is not what `before` of its change says.
    """
    safety.check_targets(root, [change.path for change in changes] + ([FILE] if lock is not None else []))
    pending = list(changes)
    if lock is not None and (held := read_bytes(f"{root}/{FILE}")) != lock:
        pending.append(Change(FILE, Action.UPDATE, Ownership.MACHINE, held, lock))
    if not pending:
        return
    if journal.interrupted(root):
        message = "another run is writing to this project, or was killed while it did; nothing was done"
        raise fail("interrupted", message, "run `scaffold generate` to repair it", Location(shown(root)))
    with reported(root), _Transaction(root) as transaction:
        for change in pending:
            transaction.stage(change)
        transaction.begin()
        for change in pending:
            transaction.commit(change)
        transaction.end()


@dataclass(frozen=True, slots=True)
class _Staged:
    """Where a change goes, relative to the project and without links, and what was seen there (None: nothing)."""

    path: str
    target: Path
    seen: Look | None


class _Transaction:
    """Staged contents, and the journal from which each step that was made can be undone."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.stage_dir = self.root / FOLDER / f"{journal.PREFIX}{secrets.token_hex(4)}"
        self.staged: dict[str, _Staged] = {}
        self.paths: set[str] = set()
        self.steps: list[journal.Step] = []
        self.journal = journal.Journal(())

    def __enter__(self) -> _Transaction:
        try:
            os.makedirs(self.stage_dir)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with uninterrupted():
            if kind is not None and os.path.lexists(self.stage_dir / journal.NAME):
                self._undo()
            self._remove()

    def stage(self, change: Change) -> None:
        """Writes the new content, and secures the old one, beside the project's files."""
        target = Path(os.path.realpath(self.root / change.path))  # links inside the project stay links
        path = target.relative_to(self.root).as_posix()
        seen = disk.look(target)
        if (None if seen is None else read_bytes(str(target))) != change.before:
            raise _changed_meanwhile(target)
        if path in self.paths:
            message = "is written twice, once through a link"
            raise fail("same-path", message, "remove the link", Location(shown(target)))
        self.paths.add(path)
        self.staged[change.path] = _Staged(path, target, seen)
        self.steps.append(journal.Step(path, _digest(change.before), _digest(change.after)))
        if change.after is not None:
            existing = target if seen else None
            write_file(self._new(path), change.after, executable=change.executable, like=existing)
        if seen:
            self._old(path).parent.mkdir(parents=True, exist_ok=True)
            disk.link_or_copy(target, self._old(path))

    def begin(self) -> None:
        """Makes what is staged last, with a journal that says how to undo what now begins."""
        made: dict[str, None] = {}
        modes: dict[str, int] = {}
        for step in self.steps:
            for folder in self._above(step.path):
                found = disk.mode(self.root / folder)
                if found is None:
                    made[folder] = None
                elif step.after is None:
                    modes[folder] = found
        self.journal = journal.Journal(tuple(self.steps), tuple(made), modes)
        self._sync()
        journal.write(self.stage_dir, self.journal)
        for folder in made:
            with contextlib.suppress(FileExistsError):
                os.mkdir(self.root / folder)

    def commit(self, change: Change) -> None:
        """One rename or one deletion, unless somebody has saved the file since it was staged."""
        staged = self.staged[change.path]
        if disk.look(staged.target) != staged.seen:
            raise _changed_meanwhile(staged.target)
        try:
            if change.after is None:
                os.unlink(staged.target)
            elif staged.seen is None:
                disk.place(self._new(staged.path), staged.target)
            else:
                os.replace(self._new(staged.path), staged.target)
        except FileExistsError as error:
            raise _changed_meanwhile(staged.target) from error
        except PermissionError as error:  # on Windows: another program has the file open
            raise cannot_write(error, staged.target) from error

    def end(self) -> None:
        """Removes the folders that are empty now, and then the journal: from here on nothing is undone.

        A file that was saved in place just before its name went to the new one is seen by its old name.
        """
        for staged in self.staged.values():
            old = disk.look(self._old(staged.path))
            if old and staged.seen and old.inode == staged.seen.inode and old != staged.seen:
                raise _changed_meanwhile(staged.target)
        journal.sync_folders(str(self.root), self.journal)
        self._remove_empty()
        with uninterrupted():
            journal.close(self.stage_dir)

    def _remove_empty(self) -> None:
        """Removes the folders that deletions left empty; so late, since on a full disk they could not be made again."""
        for folder in sorted(self.journal.modes, key=len, reverse=True):
            with contextlib.suppress(OSError):
                os.rmdir(self.root / folder)
                disk.sync_folder((self.root / folder).parent)

    def _sync(self) -> None:
        """All files first and then their names: one wait for the disk serves many of them."""
        found = list(os.walk(self.stage_dir))
        for folder, _, files in found:
            for name in files:
                disk.sync_file(os.path.join(folder, name))
        for folder, _, _ in found:
            disk.sync_folder(folder)

    def _new(self, path: str) -> Path:
        return self.stage_dir / "new" / path

    def _old(self, path: str) -> Path:
        return self.stage_dir / "old" / path

    def _above(self, path: str) -> list[str]:
        """The folders of the project that lead to `path`, outer ones first."""
        parts = path.split("/")
        return ["/".join(parts[:count]) for count in range(1, len(parts))]

    def _undo(self) -> None:
        try:
            journal.undo(self.root, self.stage_dir, self.journal)
        except OSError as error:
            message = f"the run failed and could not be undone: {error.strerror}"
            hint = "run it again, which tries once more; its folder `old` has the files as they were"
            raise fail("cannot-undo", message, hint, Location(shown(self.stage_dir))) from error

    def _remove(self) -> None:
        journal.remove_stage(self.stage_dir)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else digest(content)


def _changed_meanwhile(target: Path) -> ScaffoldError:
    message = "changed while this ran, so nothing was written"
    return fail("changed-meanwhile", message, "run it again", Location(shown(target)))


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
        errno.EACCES: "check who owns the folder, and whether another program has the file open",
        errno.EPERM: "check who owns the folder and whether it may be written",
        errno.ENOTDIR: "a part of the path is a file; choose another folder",
        errno.ENOENT: "a part of the path cannot be made; choose another folder",
        errno.EROFS: "the file system is mounted read-only; choose another folder",
    }
    what = error.strerror or str(error)
    hint = hints.get(error.errno or 0, "")
    return fail("cannot-write", f"{what}; nothing was changed", hint, Location(shown(target)))
