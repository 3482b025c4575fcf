"""Splits a module into definitions without parsing it, where other versions of it hold the same definitions.

Lines that begin at the indentation of a block cut it into chunks. Each chunk is parsed for itself, unless its text is
known; a text whose chunks all parse is the concatenation of their statements. Wherever a chunk is not exactly one
statement (a string with lines at the margin, an `else`), the answer is None and the whole is to be parsed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scaffolder.merge.outline import Node
from scaffolder.targets.python.merging import syntax
from scaffolder.targets.python.merging.pieces import CommentPiece, PythonPiece

Known = dict[tuple[str, str], PythonPiece]
"""Pieces by what they are and their text."""

DOCSTRING, HEAD, WHOLE = "docstring", "head", "whole"
"""A module's docstring; what comes before the members of a class; any other piece."""

_STRING = re.compile(r"[rRuU]?[\"']")


class _UnsureError(Exception):
    """The lines do not tell where statements begin."""


class Names:
    """Gives the second of two equal names a number."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def unique(self, name: str) -> str:
        count = self.seen[name] = self.seen.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"


def split(text: str, known: Known) -> list[Node] | None:
    """The nodes of a module, or None where its lines do not tell them; adds its pieces to `known`."""
    if text.count("\r") != text.count("\r\n"):
        return None
    try:
        return _nodes(text, 0, len(text), "", known)
    except (_UnsureError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def comments(text: str, start: int, end: int, names: Names) -> list[Node]:
    """The runs of comment lines in a span that holds nothing else."""
    nodes = []
    while start < end:
        if text[start] == "\n":
            start += 1
            continue
        stop = _line_end(text, start, end)
        if is_comment(text[start:stop]):
            while stop < end and is_comment(text[stop : _line_end(text, stop, end)]):
                stop = _line_end(text, stop, end)
            piece = CommentPiece(text[start:stop])
            nodes.append(Node(names.unique(piece.name), start, stop, piece))
        start = stop
    return nodes


def is_comment(line: str) -> bool:
    return line.lstrip()[:1] == "#"


def indent_of(line: str) -> str:
    """The white space that a line begins with; a form feed starts it anew."""
    return line[: len(line) - len(line.lstrip(" \t\f"))].rpartition("\f")[2]


def width_of(line: str) -> int:
    return len(indent_of(line).expandtabs(8))


@dataclass(slots=True)
class _Block:
    """What the nodes of one block share."""

    known: Known
    indent: str
    may_hold_docstring: bool
    names: Names = field(default_factory=Names)


def _nodes(text: str, start: int, end: int, indent: str, known: Known) -> list[Node]:
    """The nodes of a block between two offsets."""
    nodes: list[Node] = []
    block = _Block(known, indent, may_hold_docstring=not indent)
    width = len(indent.expandtabs(8))
    above = start
    for begin, next_begin in _chunks(text, start, end, indent):
        first = _with_comments_above(text, begin, above)
        stop = _code_end(text, begin, next_begin, width)
        if above < first:
            nodes += comments(text, above, first, block.names)
        nodes.append(_node(text, first, begin, stop, block))
        block.may_hold_docstring = False
        above = stop
    return nodes + comments(text, above, end, block.names) if above < end else nodes


def _chunks(text: str, start: int, end: int, indent: str) -> Iterator[tuple[int, int]]:
    """The spans from the beginning of one statement to that of the next."""
    begin = counted = -1
    quotes = 0
    decorated = False
    single = "'''" in text
    for match in _patterns(indent)[0].finditer(text, start, end):
        at = match.start()
        if begin >= 0:
            quotes += text.count('"""', counted, at) + (text.count("'''", counted, at) if single else 0)
            counted = at
            if quotes % 2:
                continue
            if decorated:
                decorated = text.startswith("@", at + len(indent))
                continue
            yield begin, at
        begin = counted = at
        quotes = 0
        decorated = text.startswith("@", at + len(indent))
    if begin >= 0:
        yield begin, end


_compiled: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {}


def _patterns(indent: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a statement of a block begins with, and a class whose head is one line."""
    if indent not in _compiled:
        _compiled[indent] = (
            re.compile(rf"^{indent}(?=[^\s#)\]}}\\])(?!(?:else|elif|except|finally)\b)", re.MULTILINE),
            re.compile(rf"(?:{indent}@[^\n]*\n)*{indent}class\b[^\n]*:[ \t\r]*\n(?:[ \t\r]*\n)*([ \t]+)"),
        )
    return _compiled[indent]


def _node(text: str, start: int, begin: int, end: int, block: _Block) -> Node:
    indent = block.indent
    found = _patterns(indent)[1].match(text, begin, end)
    if found is None:
        piece = _leaf(text[start:end], indent, block.known, may_be_docstring=block.may_hold_docstring)
        return Node(block.names.unique(piece.name), start, end, piece)
    inner = found[1]
    body = text.index("\n", text.rindex("class", begin, found.start(1)), end) + 1
    first, stop = next(_chunks(text, body, end, inner), (end, end))
    if first == end:
        raise _UnsureError
    head_end = body
    if _STRING.match(text, first + len(inner)):
        head_end = _code_end(text, first, stop, width_of(inner))
    head = _head(text[start:head_end], indent, inner, block.known)
    node = Node(block.names.unique(head.name), start, end, head)
    node.children = _nodes(text, head_end, end, inner, block.known)
    return node


def _leaf(text: str, indent: str, known: Known, *, may_be_docstring: bool) -> PythonPiece:
    piece = (known.get((DOCSTRING, text)) if may_be_docstring else None) or known.get((WHOLE, text))
    if piece is not None:
        return piece
    statements, first = _parsed(text, indent)
    is_docstring = may_be_docstring and len(statements) == 1 and syntax.is_text(statements[0])
    piece = PythonPiece(text, statements, first, is_docstring=is_docstring)
    if (piece.is_class and not piece.inline) or not _covers(piece, indent):
        raise _UnsureError
    known[DOCSTRING if is_docstring else WHOLE, text] = piece
    return piece


def _head(text: str, indent: str, inner: str, known: Known) -> PythonPiece:
    """What comes before the members of a class, for the tree with a member."""
    piece = known.get((HEAD, text))
    if piece is None:
        statements, first = _parsed(f"{text}{inner}pass\n", indent)
        piece = PythonPiece(text, statements, first)
        if len(statements) > 1 or not piece.is_class or piece.inline or piece.parts[-1].end != len(text):
            raise _UnsureError
        known[HEAD, text] = piece
    return piece


def _parsed(text: str, indent: str) -> tuple[list[ast.stmt], int]:
    """The statements of a chunk, and the number that the tree gives to its first line."""
    if not indent:
        return ast.parse(text).body, 1
    block = ast.parse(f"class _:\n{text}").body
    if len(block) != 1 or not isinstance(block[0], ast.ClassDef):
        raise _UnsureError
    return block[0].body, 2


def _covers(piece: PythonPiece, indent: str) -> bool:
    """Whether a piece is one group of statements from the first line that is no comment to the last."""
    statements = piece.statements
    if not statements:
        return False
    ends = [statement.end_lineno or 0 for statement in statements]
    if any(syntax.first_line(item) > end for item, end in zip(statements[1:], ends, strict=False)):
        return False
    lines = piece.text.splitlines() if piece.text.isascii() else piece.text.split("\n")
    above = lines[: syntax.first_line(statements[0]) - piece.first_line]
    below = lines[ends[-1] - piece.first_line + 1 :]
    width = len(indent.expandtabs(8))
    return all(is_comment(line) for line in above) and all(
        not line.strip() or (is_comment(line) and width_of(line) > width) for line in below
    )


def _with_comments_above(text: str, start: int, floor: int) -> int:
    while start > floor:
        if text[start - 2 : start] == "\n\n":
            break
        line = max(text.rfind("\n", floor, start - 1) + 1, floor)
        if not is_comment(text[line:start]):
            break
        start = line
    return start


def _code_end(text: str, begin: int, end: int, width: int) -> int:
    """Where a chunk ends without the blank lines behind it and the comments that are not indented deeper."""
    while end > begin:
        if text[end - 2 : end] == "\n\n":
            end -= 1
            continue
        line = max(text.rfind("\n", begin, end - 1) + 1, begin)
        found = text[line:end]
        bare = found.strip()
        if bare and not (bare[0] == "#" and width_of(found) <= width):
            break
        end = line
    return end


def _line_end(text: str, start: int, end: int) -> int:
    return text.find("\n", start, end) + 1 or end
