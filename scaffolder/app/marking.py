"""Conflicts in the merged text itself: markers around all sides, or the tool's side in the place of the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from scaffolder.merge.result import Conflict, Merged
from scaffolder.merge.source import newline_of
from scaffolder.merge.text import Line, joined, split

_Made = Callable[[Conflict, list[Line], str], list[Line]]
"""Conflict, the user's lines of it, the file's line end: the lines that shall stand there."""

YOURS, BASE, GENERATED = "<<<<<<< yours", "||||||| base", ">>>>>>> generated"

_MARKERS = 4
"""How many lines a marked conflict has beyond those of its sides."""


def with_markers(merged: Merged) -> Merged:
    """Writes each conflict into the file, as git does, and gives every line the number that it has then."""

    def shifted(line: int) -> int:
        above = (c for c in merged.conflicts if c.line < line)
        return line + sum(_MARKERS + _count(c.base) + _count(c.incoming) for c in above)

    return replace(
        merged,
        text=_spliced(merged.text, merged.conflicts, _marked),
        details=tuple(replace(item, line=shifted(item.line)) for item in merged.details),
        conflicts=tuple(replace(item, line=shifted(item.line)) for item in merged.conflicts),
    )


def with_incoming(text: str, conflicts: Iterable[Conflict]) -> str:
    """The merged text with the tool's side of these conflicts."""
    return _spliced(text, conflicts, lambda conflict, _, end: _ending(conflict.incoming, end))


def unmarked(text: str) -> str:
    """What `with_markers` wrote, with the user's side of each conflict alone."""
    kept: list[Line] = []
    theirs = False
    for line in split(text):
        if line.body == BASE:
            theirs = True
        elif line.body == GENERATED:
            theirs = False
        elif not theirs and line.body != YOURS:
            kept.append(line)
    return joined(kept)


def _spliced(text: str, conflicts: Iterable[Conflict], made: _Made) -> str:
    """The text with other lines where each conflict's current side stands; from the bottom, so that numbers hold."""
    end, lines = newline_of(text), list(split(text))
    for conflict in sorted(conflicts, key=lambda item: item.line, reverse=True):
        start = conflict.line - 1
        stop = start + _count(conflict.current)
        lines[start:stop] = made(conflict, lines[start:stop], end)
    return joined(lines)


def _marked(conflict: Conflict, current: list[Line], end: str) -> list[Line]:
    """The user's lines keep their bytes, but for an end where the last one of the file has none."""
    return [
        Line(YOURS, end),
        *(Line(line.body, line.end or end) for line in current),
        Line(BASE, end),
        *_ending(conflict.base, end),
        Line("=======", end),
        *_ending(conflict.incoming, end),
        Line(GENERATED, end),
    ]


def _ending(text: str, end: str) -> list[Line]:
    return [Line(line.body, end) for line in split(text)]


def _count(text: str) -> int:
    return sum(1 for _ in split(text))
