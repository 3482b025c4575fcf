"""Splits a module into definitions by source offsets, for the merge. A module is never printed from its tree."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from scaffolder.merge.outline import Node, NotParsedError, Outline, Piece
from scaffolder.merge.source import line_starts, newline_of
from scaffolder.targets.python.merging import chunks, syntax
from scaffolder.targets.python.merging.chunks import Known, Names, indent_of, is_comment, width_of
from scaffolder.targets.python.merging.pieces import PythonPiece


def outline(text: str, known: Known | None = None) -> Outline:
    """The outline of a module. Raises a `NotParsedError` for what this Python cannot parse.

    `known` holds pieces of other versions of the file by their text, and takes in those of this one. With it, only what
    no version had is parsed.
    """
    if known:
        nodes = chunks.split(text, known)
        if nodes is not None:
            return _outline(text, nodes, line_starts(text))
    return _Splitter(text, {} if known is None else known).outline()


def _outline(text: str, nodes: list[Node], starts: Sequence[int]) -> Outline:
    return Outline(text, nodes, starts, _unit(nodes), newline_of(text), lambda: _inside_strings(text))


class _Splitter:
    """Works in numbers of lines, from 1, as the tree does, and turns them into offsets at the end."""

    def __init__(self, text: str, known: Known) -> None:
        self.text, self.known = text, known
        try:
            self.tree = ast.parse(text)
        except SyntaxError as error:
            raise NotParsedError(error.msg, error.lineno or 0) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise NotParsedError(str(error) or "is nested too deeply") from error
        self.starts = line_starts(text)
        self.ends = [*self.starts[1:], len(text)]
        self.count = len(self.starts) if self.starts[-1] < len(text) else len(self.starts) - 1

    def outline(self) -> Outline:
        nodes = self._nodes(self.tree.body, 0, self.count, is_module=True)
        return _outline(self.text, nodes, self.starts)

    def _line(self, number: int) -> str:
        return self.text[self.starts[number - 1] : self.ends[number - 1]]

    def _nodes(
        self, body: Sequence[ast.stmt], above: int, last: int, *, is_module: bool = False
    ) -> list[Node]:
        """The nodes of statements that lie between two lines, the first not included."""
        groups = _on_own_lines(body)
        nodes: list[Node] = []
        names = Names()
        for index, group in enumerate(groups):
            below = syntax.first_line(groups[index + 1][0]) - 1 if index + 1 < len(groups) else last
            start = self._with_comments_above(syntax.first_line(group[0]), above)
            end = self._with_comments_below(group, below)
            nodes += self._comments(above, start - 1, names)
            is_docstring = is_module and index == 0 and syntax.is_text(group[0])
            nodes.append(self._node(group, start, end, names, is_docstring=is_docstring))
            above = end
        return nodes + self._comments(above, last, names)

    def _with_comments_above(self, line: int, above: int) -> int:
        while line - 1 > above and is_comment(self._line(line - 1)):
            line -= 1
        return line

    def _with_comments_below(self, group: Sequence[ast.stmt], below: int) -> int:
        """Comments that are indented deeper than a statement belong to its body, though the tree ends before them."""
        end = group[-1].end_lineno or 0
        if end == below:
            return end
        width = width_of(self._line(syntax.first_line(group[0])))
        for number in range(end + 1, below + 1):
            line = self._line(number)
            if line.strip():
                if not is_comment(line) or width_of(line) <= width:
                    break
                end = number
        return end

    def _comments(self, above: int, last: int, names: Names) -> list[Node]:
        """The comments between two lines, the first not included, which belong to no statement."""
        if last <= above:
            return []
        return chunks.comments(self.text, self.ends[above - 1] if above else 0, self.ends[last - 1], names)

    def _node(
        self, group: Sequence[ast.stmt], start: int, end: int, names: Names, *, is_docstring: bool
    ) -> Node:
        statement = group[0]
        begin, stop = self.starts[start - 1], self.ends[end - 1]
        piece = PythonPiece(
            self.text[begin:stop], group, start, is_docstring=is_docstring and len(group) == 1
        )
        if not isinstance(statement, ast.ClassDef) or piece.inline or piece.kind != "class":
            self.known[chunks.DOCSTRING if is_docstring else chunks.WHOLE, piece.text] = piece
            return Node(names.unique(piece.name), begin, stop, piece)
        head_end = self._line_of_head(start, piece)
        head = PythonPiece(self.text[begin : self.ends[head_end - 1]], group, start)
        self.known[chunks.HEAD, head.text] = head
        body = [item for item in statement.body if syntax.first_line(item) > head_end]
        return Node(names.unique(head.name), begin, stop, head, self._nodes(body, head_end, end))

    def _line_of_head(self, start: int, piece: PythonPiece) -> int:
        """The last line of what comes before the members of a class."""
        lines = sum(offset < piece.parts[-1].end for offset in piece.line_starts)
        return start - 1 + lines


def _on_own_lines(body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
    """Statements that share a line go together: nothing can be put between them."""
    groups: list[list[ast.stmt]] = []
    for statement in body:
        if groups and syntax.first_line(statement) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _unit(nodes: Sequence[Node]) -> str:
    """One step of indentation: that of the first block in the file."""
    for node in nodes:
        if node.kind not in ("class", "function") or node.piece.inline:
            continue
        first = _first_inside(
            node.children[0].piece if node.children else node.piece, inner=bool(node.children)
        )
        if first:
            return first
    return "    "


def _first_inside(piece: Piece, *, inner: bool) -> str:
    if not isinstance(piece, PythonPiece):
        return indent_of(piece.text)
    if inner:
        return indent_of(piece.text[piece.parts[0].end :])
    return indent_of(piece.text[piece.parts[1].end :].lstrip("\r\n\f"))


def _inside_strings(text: str) -> frozenset[int]:
    return frozenset(
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant | ast.JoinedStr) and (node.end_lineno or 0) > node.lineno
        for number in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    )
