"""The project and the changes of the crash tests, with every kind of change that a run can make."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic
from scaffolder.workspace import journal, transaction
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.exclusive import exclusive
from scaffolder.workspace.inputs import read_bytes

OLD_TIME = 1_000_000_000
LOCK_BEFORE, LOCK_AFTER = b'{"old": 1}', b'{"new": 1}'
BEFORE = {
    "keep.py": b"keep",
    "app/update.py": b"old update",
    "app/run.sh": b"old run",
    "app/linked.py": b"old linked",
    "going/down/gone.py": b"gone",
    "going/gone.py": b"gone too",
    ".scaffold/lock.json": LOCK_BEFORE,
}
AFTER: dict[str, bytes | None] = {
    "new/deep/a.py": b"a" * 5000,
    "new/tool.sh": b"#!/bin/sh\n",
    "app/update.py": b"new update",
    "app/run.sh": b"new run",
    "link.py": b"new linked",
    "going/down/gone.py": None,
    "going/gone.py": None,
    "other/deep/b.py": None,
}
OTHER: dict[str, bytes | None] = {
    "other/deep/b.py": b"b",
    "new/deep/a.py": None,
    "new/tool.sh": None,
    "app/update.py": b"other update",
    "app/run.sh": b"other run",
    "link.py": b"other linked",
    "going/down/gone.py": None,
    "going/gone.py": None,
}
EXECUTABLE = {"new/tool.sh"}

Tree = dict[str, tuple[object, ...]]


def make(root: Path) -> None:
    """The old tree; every file carries `OLD_TIME`, so that one which was written can be told."""
    for path, content in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / "link.py").symlink_to("app/linked.py")
    (root / "app" / "run.sh").chmod(0o750)
    (root / "going" / "down").chmod(0o711)
    for path in BEFORE:
        os.utime(root / path, (OLD_TIME, OLD_TIME))


def changes(root: Path, wanted: Mapping[str, bytes | None] = AFTER) -> list[Change]:
    """What is left to be done until the files are as wanted."""
    found = []
    for path, after in wanted.items():
        before = read_bytes(f"{root}/{path}")
        if before != after:
            action = Action.DELETE if after is None else Action.CREATE if before is None else Action.UPDATE
            found.append(
                Change(path, action, Ownership.MACHINE, before, after, executable=path in EXECUTABLE)
            )
    return found


def run(
    root: Path, wanted: Mapping[str, bytes | None] = AFTER, lock: bytes = LOCK_AFTER
) -> tuple[Diagnostic, ...]:
    """A whole run: repair, compare, write."""
    with exclusive(root):
        found = journal.recover(root)
        transaction.apply(root, changes(root, wanted), lock)
    return found


def repair(root: Path) -> tuple[Diagnostic, ...]:
    """The beginning of a run."""
    with exclusive(root):
        return journal.recover(root)


def tree(root: Path, *, times: bool = True) -> Tree:
    """Each path with its kind, mode, content and, with `times`, whether it has never been written."""
    found: Tree = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_dir():
            found[name] = ("folder", mode)
        else:
            found[name] = ("file", mode, path.read_bytes(), times and path.stat().st_mtime == OLD_TIME)
    return found
