"""A new folder, whole or not at all: built beside its place under a hidden name, then renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from scaffolder.diagnostics import Location, fail
from scaffolder.paths import shown
from scaffolder.workspace.transaction import reported, uninterrupted


def check_free(target: Path) -> None:
    """Raises a `ScaffoldError` with code `target-exists` unless `target` is missing or an empty folder."""
    place = Location(shown(target))
    if target.is_symlink():
        raise fail("target-exists", "is a link, and a folder is made here", "choose another name", place)
    if target.exists() and not target.is_dir():
        raise fail("target-exists", "is a file, and a folder is made here", "choose another name", place)
    if target.is_dir() and any(target.iterdir()):
        hint = (
            "choose another name, or another folder with --output; inside a project use `scaffold generate`"
        )
        raise fail("target-exists", "is there already and not empty; nothing in it was touched", hint, place)


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes `target` when the block ends well and is removed when it does not.

    The folders above `target` are made, and removed again on failure.
    """
    check_free(target)
    made: list[Path] = []
    stage = target.parent / f".{target.name}.scaffold-{secrets.token_hex(4)}"
    with reported(target):
        try:
            _make(target.parent, made)
            stage.mkdir()
            yield stage
            _place(stage, target)
        except BaseException:
            with uninterrupted():
                shutil.rmtree(stage, ignore_errors=True)
                for folder in reversed(made):
                    with contextlib.suppress(OSError):
                        folder.rmdir()
            raise


def _make(folder: Path, made: list[Path]) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _place(stage: Path, target: Path) -> None:
    """One rename. An empty folder in the place goes first (Windows cannot rename onto it), and comes back."""
    was_there = target.is_dir()
    if was_there:
        target.rmdir()
    try:
        os.rename(stage, target)
    except BaseException:
        if was_there:
            target.mkdir()
        raise
