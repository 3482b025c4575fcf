"""A text as lines, and lines as a text, without losing how each ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n)|([^\r\n]+)")
BOM = "\ufeff"


class Line(NamedTuple):
    body: str
    end: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text taken apart: an optional byte order mark, and lines of which only the last may lack an end."""

    bom: str
    lines: list[Line]
    closed: bool
    """Whether the last line has an end; an empty text counts as closed."""

    @classmethod
    def of(cls, text: str) -> Text:
        bom = BOM if text.startswith(BOM) else ""
        lines = list(split(text.removeprefix(BOM)))
        return cls(bom, lines, not lines or bool(lines[-1].end))

    @property
    def end(self) -> str:
        """The line end that most lines have; "" where there is none."""
        known = Counter(line.end for line in self.lines if line.end)
        return known.most_common(1)[0][0] if known else ""


def split(text: str) -> Iterator[Line]:
    """Only \\n, \\r\\n and \\r end a line; a form feed, NEL or U+2028 is text."""
    return (Line(found[1] or found[3] or "", found[2] or "") for found in _LINE.finditer(text))


def assembled(bom: str, lines: Sequence[Line], closed: bool, end: str) -> str:
    """The lines as one text in which each is still a line of its own."""
    parts = [bom]
    before = ""
    for body, own in lines:
        after = own or end
        if before == "\r" and after == "\n" and not body:
            after = "\r"  # "\r" and "\n" of two lines would read as one end
        parts += (body, after)
        before = after
    if lines and lines[-1].body and not closed:
        parts.pop()
    return "".join(parts)


def key(line: Line) -> str:
    """What two lines are compared by."""
    return line.body.rstrip(" \t")


def same(one: Sequence[Line], two: Sequence[Line]) -> bool:
    """Whether both hold the same lines, but for white space at their ends."""
    return [key(line) for line in one] == [key(line) for line in two]


def place(part: Sequence[Line], whole: Sequence[Line]) -> int | None:
    """Where `part` stands in `whole` as one block."""
    starts = range(len(whole) - len(part) + 1)
    return next((n for n in starts if same(part, whole[n : n + len(part)])), None)


def joined(lines: Sequence[Line]) -> str:
    """The lines as they stood."""
    return "".join(body + end for body, end in lines)
