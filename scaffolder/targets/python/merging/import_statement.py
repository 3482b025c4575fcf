"""One import statement of the user's: where names go out of it, and into it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Sequence

from scaffolder.merge.outline import Node
from scaffolder.targets.python.merging.import_items import LINE_LENGTH, Item, order
from scaffolder.targets.python.merging.pieces import PythonPiece

_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(#[^\r\n]*)?(\r\n|\r|\n)")


class ImportStatement:
    """One import statement of one or more names, of which some stay (`left`, by index)."""

    def __init__(self, node: Node, statement: ast.Import | ast.ImportFrom, left: Sequence[int]) -> None:
        assert isinstance(node.piece, PythonPiece)
        self.piece, self.base = node.piece, node.start
        self.left = left
        self.spans = [(self.piece.start_of(alias), self.piece.end_of(alias)) for alias in statement.names]

    def removal(self, index: int) -> tuple[int, int]:
        """A name with its comma, and with its line where it has one of its own."""
        start, end = self.spans[index]
        line = self._line_start(start)
        match = _REST_OF_LINE.match(self.piece.text, end)
        if match and not self.piece.text[line:start].strip() and ("," in match[0] or index < self.left[-1]):
            start, end = line, match.end()
        elif index < self.left[-1]:
            end = self.spans[index + 1][0]
        else:
            start = self.spans[index - 1][1]
        return self.base + start, self.base + end

    def fits(self, new: Sequence[Item]) -> bool:
        """Whether names can be put in: a statement of one line without parentheses would become too long."""
        code = self.piece.text[self.piece.parts[-1].start :].rstrip()
        added = sum(len(item.text) + 2 for item in new)
        return "(" in code or "\n" in code or len(code) + added <= LINE_LENGTH

    def insertions(self, new: Sequence[Item], names: Sequence[str]) -> list[tuple[int, str]]:
        """Where texts go in: in the statement's order, if it has one."""
        groups: dict[int, list[str]] = {}
        for item in sorted(new, key=lambda item: order(item.text)):
            groups.setdefault(self._elder(names, item.text), []).append(item.text)
        own_lines = all(not self.piece.text[self._line_start(a) : a].strip() for a, _ in self.spans)
        return [
            (self.base + at, text)
            for index, texts in groups.items()
            for at, text in (self._lines(index, texts) if own_lines else self._inline(index, texts))
        ]

    def _elder(self, names: Sequence[str], name: str) -> int:
        """The name that stays behind which another goes, -1 for none."""
        keys = [order(names[index]) for index in self.left]
        if keys != sorted(keys):
            return self.left[-1]
        return max((index for index in self.left if order(names[index]) <= order(name)), default=-1)

    def _inline(self, index: int, texts: Sequence[str]) -> list[tuple[int, str]]:
        if index < 0:
            return [(self.spans[self.left[0]][0], "".join(f"{text}, " for text in texts))]
        return [(self.spans[index][1], "".join(f", {text}" for text in texts))]

    def _lines(self, index: int, texts: Sequence[str]) -> list[tuple[int, str]]:
        """Lines of their own, as the other names have."""
        first = self.spans[max(index, self.left[0])][0]
        line = self._line_start(first)
        indent = self.piece.text[line:first]
        block = "".join(f"{indent}{text},\n" for text in texts)
        if index < 0:
            return [(line, block)]
        end = self.spans[index][1]
        rest = _REST_OF_LINE.match(self.piece.text, end)
        if rest is None:  # the bracket closes on the name's own line
            return self._inline(index, texts)
        comma = [] if "," in rest[0].partition("#")[0] else [(end, ",")]
        return [*comma, (rest.end(), block)]

    def _line_start(self, offset: int) -> int:
        return self.piece.line_starts[bisect_right(self.piece.line_starts, offset) - 1]
