"""Conditions on text that mean the same on every database: case matters, and nothing in a value is a wildcard."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, not_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

ANY = object()
"""In the parts of a pattern, what stands for any text."""


class _Alike(FunctionElement[Any]):
    """(text, pattern of LIKE, pattern of GLOB): SQLite's LIKE does not care for case, and its GLOB can use an index."""

    type = NullType()  # of a Boolean SQLAlchemy would ask whether it is 1, for which SQLite knows no index
    inherit_cache = True
    name = "alike"


@compiles(_Alike)
def _like(element: _Alike, compiler: SQLCompiler, **arguments: Any) -> str:
    text, pattern, _ = element.clauses
    return f"{compiler.process(text, **arguments)} LIKE {compiler.process(pattern, **arguments)} ESCAPE '\\'"


@compiles(_Alike, "sqlite")
def _glob(element: _Alike, compiler: SQLCompiler, **arguments: Any) -> str:
    text, _, pattern = element.clauses
    return f"{compiler.process(text, **arguments)} GLOB {compiler.process(pattern, **arguments)}"


def alike(text: ColumnElement[Any], *parts: object) -> ColumnElement[bool]:
    """Whether a text is these parts in a row, some of which are `ANY`."""
    like = "".join("%" if part is ANY else _escaped(str(part), "\\%_", "\\{}") for part in parts)
    glob = "".join("*" if part is ANY else _escaped(str(part), "[*?", "[{}]") for part in parts)
    return _Alike(text, bindparam(None, like, type_=String()), bindparam(None, glob, type_=String()))


def _escaped(text: str, special: str, form: str) -> str:
    return "".join(form.format(each) if each in special else each for each in text)


def children(column: Any, parent: str) -> ColumnElement[bool]:
    """Whether `column` holds the name `parent`, where "-" stands for any id (AIP-159): "shelves/-"."""
    if "-" not in parent.split("/"):
        found: ColumnElement[bool] = column == parent
        return found
    return below(column, parent, 0)


def below(column: Any, parent: str, depth: int, least: int | None = None) -> ColumnElement[bool]:
    """Whether `column` holds a name that has `depth` segments more than `parent`, or from `least` to `depth` more."""
    least = depth if least is None else least
    segments = [*parent.split("/"), *["-"] * least]
    parts: list[object] = []
    for segment in segments:
        parts += ["/", ANY if segment == "-" else segment]
    deeper = [part for _ in range(len(segments) + depth - least) for part in (ANY, "/")]
    # What has no more slashes than the longest form, and has those of the shortest, has an id for each "-".
    return and_(
        alike(column, *parts[1:], *([ANY] if depth > least else [])), not_(alike(column, *deeper, ANY))
    )
