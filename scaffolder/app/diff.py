"""A changeset as a unified diff, in the form that `git apply` and `patch` read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from scaffolder.workspace.changeset import Action, Change

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of the diff, each with its line end; files that stay as they are have none."""
    for change in changes:
        if change.action is not Action.KEEP and change.before != change.after:
            yield from _file(change)


def _file(change: Change) -> Iterator[str]:
    old = f"a/{change.path}" if change.before is not None else "/dev/null"
    new = f"b/{change.path}" if change.after is not None else "/dev/null"
    before, after = _lines(change.before), _lines(change.after)
    if before is None or after is None:
        yield f"Binary files {old} and {new} differ\n"
        return
    for line in difflib.unified_diff(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _lines(content: bytes | None) -> list[str] | None:
    """The lines with their ends, None for what is not text."""
    try:
        text = (content or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None
    parts = text.split("\n")
    return [f"{line}\n" for line in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
