"""The form in which a language hands its files to the merge: a tree of definitions, each a span of whole lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scaffolder.merge.source import plain


class NotParsedError(Exception):
    """The text is not of its language; `line` counts from 1."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A span of a piece that merges for itself; `normal` is what no formatter changes of it."""

    label: str
    start: int
    end: int
    normal: Callable[[], Hashable]


class Piece(Protocol):
    """The text of one definition, wherever it stands; of a class what comes before its members.

    `parts` follow each other over all of `text`. `binds` are the names that exist because of it. `inline` says that a
    class has no lines of its own for members. Files that hold the same text may share a piece.
    """

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    @property
    def binds(self) -> frozenset[str]: ...
    @property
    def is_class(self) -> bool: ...
    @property
    def inline(self) -> bool: ...


@dataclass(slots=True, eq=False)
class Node:
    """A piece at its place in a file, from the offset `start` to the offset `end`, whole lines.

    `name` is its identity among its siblings; comments and decorators above belong to it.
    """

    name: str
    start: int
    end: int
    piece: Piece
    children: list[Node] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.piece.kind

    @property
    def is_class(self) -> bool:
        return self.piece.is_class

    @property
    def binds(self) -> frozenset[str]:
        return self.piece.binds

    @property
    def header_end(self) -> int:
        """Where the members of a class may begin."""
        return self.start + len(self.piece.text)

    @property
    def has_members(self) -> bool:
        """Whether it is a class with lines of its own for members, be there any or not."""
        return self.piece.is_class and not self.piece.inline


@dataclass(slots=True, eq=False)
class Outline:
    """A whole file. `line_starts` are offsets; `unit` is one step of indentation; `inside_strings` are the numbers,
    from 1, of lines that begin within a string.
    """

    text: str
    nodes: list[Node]
    line_starts: Sequence[int]
    unit: str = "    "
    newline: str = "\n"
    inside_strings: Callable[[], frozenset[int]] = frozenset

    def definitions(self) -> Iterator[tuple[str, Node]]:
        """Every node with its path, `OrderService.get_order`, in the order of the file."""
        pending = [(node.name, node) for node in reversed(self.nodes)]
        while pending:
            path, node = pending.pop()
            yield path, node
            pending += [(f"{path}.{child.name}", child) for child in reversed(node.children)]

    def line(self, offset: int) -> int:
        """The number of the line, from 1, that holds an offset."""
        return bisect_right(self.line_starts, offset)


def same_part(left: Piece, a: Part, right: Piece, b: Part) -> bool:
    """Whether two parts differ in nothing, or in what a formatter may change."""
    texts = plain(left.text[a.start : a.end]), plain(right.text[b.start : b.end])
    return texts[0].strip() == texts[1].strip() or a.normal() == b.normal()


def same_piece(left: Piece, right: Piece) -> bool:
    """Whether all parts are the same; members of a class are not looked at."""
    if left is right or left.text == right.text:
        return True
    if left.kind != right.kind or len(left.parts) != len(right.parts):
        return False
    return all(same_part(left, x, right, y) for x, y in zip(left.parts, right.parts, strict=True))


def same(left: Node, right: Node) -> bool:
    """Whether two definitions are the same, members and the comments between them included."""
    if len(left.children) != len(right.children) or not same_piece(left.piece, right.piece):
        return False
    return all(x.name == y.name and same(x, y) for x, y in zip(left.children, right.children, strict=True))
