"""Splices: what is replaced in a text, by offsets. Every byte outside of them stays as it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from scaffolder.merge.outline import Node, Outline
from scaffolder.merge.source import LINE_END, line_starts, plain

Splice = tuple[int, int, str]


class Side(IntEnum):
    """What comes first where several splices begin at one offset.

    What is put behind a thing that ends there precedes what is put before a thing that begins there.
    """

    IMPORT = 0
    BEHIND = 1
    BEFORE = 2
    WITHIN = 3
    INSTEAD = 4


@dataclass(slots=True)
class Edits:
    """Replacements of one text. Those of equal rank at one offset apply in the order in which they were added."""

    text: str
    newline: str = "\n"
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    ranks: list[tuple[int, int]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str, side: Side = Side.WITHIN) -> None:
        r"""Puts `new` (lines ending in ``\n``) in place of a span, with the line ends of the file."""
        old = self.text[start:end]
        if old and not old.endswith(("\n", "\r")) and end == len(self.text):
            new = new.removesuffix("\n")  # a missing final newline stays missing
        self._add(start, end, new, (side if start == end else Side.INSTEAD, 0))

    def insert(self, offset: int, new: str, side: Side = Side.BEHIND, depth: int = 0) -> int:
        """Inserts whole lines at the start of a line, or after a last line that has no end; the index of the splice.

        `depth` counts the containers around it: behind inner things come before behind outer ones.
        """
        if offset and offset == len(self.text) and not self.text.endswith(("\n", "\r")):
            new = "\n" + new.removesuffix("\n")
        return self._add(offset, offset, new, (side, -depth if side is Side.BEHIND else depth))

    def _add(self, start: int, end: int, new: str, rank: tuple[int, int]) -> int:
        self.spans.append((start, end, new.replace("\n", self.newline)))
        self.ranks.append(rank)
        return len(self.spans) - 1

    def __bool__(self) -> bool:
        return bool(self.spans)

    def apply(self) -> str:
        """The text with every replacement made."""
        pieces, position = [], 0
        for index in self._order():
            start, end, new = self.spans[index]
            pieces += [self.text[position:start], new]
            position = max(position, end)
        return "".join([*pieces, self.text[position:]])

    def places(self) -> Places:
        """Where the lines of the text, and the splices, are after the replacements."""
        starts: list[int] = []
        deltas = [0]
        at: dict[int, int] = {}
        starts_of_lines = line_starts(self.text)
        position = 0
        for index in self._order():
            start, end, new = self.spans[index]
            at[index] = bisect_right(starts_of_lines, start) + deltas[-1] + _leading_blank_lines(new)
            gone = len(LINE_END.findall(self.text[max(start, position) : max(end, position)]))
            deltas.append(deltas[-1] + len(LINE_END.findall(new)) - gone)
            starts.append(max(start, end, position))
            position = max(position, end)
        return Places(starts_of_lines, starts, deltas, at)

    def _order(self) -> list[int]:
        return sorted(range(len(self.spans)), key=lambda index: (self.spans[index][0], self.ranks[index]))


@dataclass(frozen=True, slots=True)
class Places:
    """Numbers of lines, from 1, in the text that `Edits.apply` gives."""

    line_starts: list[int]
    starts: list[int]
    deltas: list[int]
    at: dict[int, int]

    def of_offset(self, offset: int) -> int:
        return bisect_right(self.line_starts, offset) + self.deltas[bisect_right(self.starts, offset)]

    def of_splice(self, index: int) -> int:
        return self.at[index]


def _leading_blank_lines(text: str) -> int:
    return len(LINE_END.findall(text[: len(text) - len(text.lstrip())]))


def adapted(outline: Outline, start: int, end: int, unit: str) -> str:
    """A span of whole lines of `outline`, indented in steps of `unit`. What is inside a string stays as it is."""
    text = plain(outline.text[start:end])
    if unit == outline.unit:
        return text
    first = outline.line(start)
    inside = outline.inside_strings()
    lines = text.split("\n")
    for index, line in enumerate(lines):
        bare = line.lstrip(" \t")
        if first + index in inside or not bare:
            continue
        steps, rest = divmod(len(line) - len(bare), len(outline.unit))
        lines[index] = unit * steps + " " * rest + bare
    return "\n".join(lines)


def blank_lines_before(outline: Outline, offset: int) -> str:
    """The blank lines that end at `offset`, as line ends."""
    return "\n" * (outline.line(offset) - outline.line(start_of_blank(outline, offset)))


def start_of_blank(outline: Outline, offset: int) -> int:
    """Where the blank lines that end at `offset`, the start of a line, begin."""
    index = outline.line(offset) - 1
    if outline.line_starts[index] != offset:
        return offset
    while index > 0 and not outline.text[outline.line_starts[index - 1] : outline.line_starts[index]].strip():
        index -= 1
    return outline.line_starts[index]


def end_of_blank(outline: Outline, offset: int) -> int:
    """Where the blank lines that begin at `offset`, the start of a line, end."""
    index = outline.line(offset)
    starts = outline.line_starts
    while offset < len(outline.text):
        end = starts[index] if index < len(starts) else len(outline.text)
        if outline.text[offset:end].strip():
            break
        offset = end
        index += 1
    return offset


def without(outline: Outline, node: Node, siblings: Sequence[Node]) -> tuple[int, int]:
    """The span to remove a definition with the blank lines above it, of the first of several those below."""
    start = start_of_blank(outline, node.start)
    if start not in (0, node.start):
        return start, node.end
    if node is siblings[0] and node is not siblings[-1]:
        return node.start, end_of_blank(outline, node.end)
    return node.start, node.end


def spaced(
    current: tuple[Outline, Node], incoming: tuple[Outline, Node], splice: Splice, left: bool
) -> Splice:
    """The docstring of a class comes, or goes, with the blank lines between it and the first member.

    `splice` counts from the start of the current definition; any other than such a docstring is returned as it is, and
    where no member is `left`, since those that come bring their blank lines.
    """
    (here, now), (wanted, node), (start, end, text) = current, incoming, splice
    if not (now.has_members and left and start) or now.start + end != now.header_end:
        return splice
    blank = blank_lines_before(wanted, end_of_blank(wanted, node.header_end))
    below = end_of_blank(here, now.header_end)
    if start == end and below == now.header_end:
        return start, end, text + blank
    return splice if text or blank else (start, below - now.start, text)


def stays(was: Node, now: Node, node: Node) -> bool:
    """Whether any member of a class is left when those that are generated no more are gone."""
    gone = {item.name for item in was.children} - {item.name for item in node.children}
    return any(item.name not in gone for item in now.children)
