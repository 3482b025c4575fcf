"""The entries of a display: what tells each from the others, and where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from scaffolder.targets.python.merging.pieces import PythonPiece

Display = ast.List | ast.Tuple | ast.Set | ast.Dict


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` tells it from others, `value` is what may change of it; the span is one in the piece's text."""

    key: str
    value: str
    start: int
    end: int
    has_long_string: bool


def entries(piece: PythonPiece, display: Display) -> list[Entry]:
    """The entries in their order."""
    if isinstance(display, ast.Dict):
        return [
            Entry(
                ast.dump(key) if key else f"**{ast.dump(value)}",
                ast.dump(value),
                piece.start_of(key) if key else piece.text.rindex("**", 0, piece.start_of(value)),
                piece.end_of(value),
                _has_long_string(value),
            )
            for key, value in zip(display.keys, display.values, strict=True)
        ]
    return [
        Entry(ast.dump(item), "", piece.start_of(item), piece.end_of(item), _has_long_string(item))
        for item in display.elts
    ]


def ends(piece: PythonPiece, display: Display) -> tuple[int, int]:
    """Behind the opening bracket, and the closing one; a tuple without brackets has its own ends."""
    start, end = piece.start_of(display), piece.end_of(display)
    if isinstance(display, ast.Tuple) and display.elts:
        first = piece.start_of(display.elts[0])
        if first == start or piece.text[start] != "(":
            return start, end
    return start + 1, end - 1


def code(text: str) -> str:
    """What stands between two entries, without comments and white space: no string can be there."""
    lines = text.replace("\r", "\n").split("\n")
    return "".join("".join(line.partition("#")[0].split()) for line in lines).replace("\\", "")


def _has_long_string(node: ast.AST) -> bool:
    return any(
        isinstance(item, ast.Constant | ast.JoinedStr) and (item.end_lineno or 0) > item.lineno
        for item in ast.walk(node)
    )
