"""Which types of columns hold every value of another one, so that a column can be changed where it stands."""

from __future__ import annotations

import ast

from scaffolder.targets.python.storage.tables import Column

_TEXT = {"String", "Text", "Unicode", "UnicodeText", "Uuid", "UUID"}
_FAMILIES = {
    "SmallInteger": "int",
    "Integer": "int",
    "BigInteger": "int",
    "Numeric": "numeric",
    "Boolean": "bool",
    "Float": "float",
    "Double": "float",
    "LargeBinary": "bytes",
    "DateTime": "time",
    "Date": "date",
    "Interval": "interval",
    "JSON": "json",
    "JSONB": "json",
    "Uuid": "uuid",
    "UUID": "uuid",
}
_WIDTHS = {"SmallInteger": 16, "Integer": 32, "BigInteger": 64, "Float": 64, "Double": 64}
_EXACT = 53
"""Bits of an integer that a double holds exactly."""


def family(type_: str) -> str:
    """What kind of values a type has: ``int``, ``text``, …; the type itself where it is none of ours."""
    name, _ = _read(type_)
    return "text" if name in _TEXT - {"Uuid", "UUID"} else _FAMILIES.get(name, type_)


def fits(old: str, new: str) -> bool:
    """Whether every value of the type `old` is one of `new`, and stays the same as text for who reads it."""
    kinds = family(old), family(new)
    if kinds == ("text", "text"):
        lengths = _length(old), _length(new)
        return lengths[1] is None or (lengths[0] is not None and lengths[0] <= lengths[1])
    if kinds == ("numeric", "numeric"):
        return _read(old)[1] == _read(new)[1]
    if kinds[0] == kinds[1]:
        return _width(old) <= _width(new)
    if kinds == ("int", "float"):
        return _width(old) <= _EXACT
    if kinds == ("int", "text"):
        return _length(new) is None
    return kinds == ("int", "numeric") and not _read(new)[1]


def holds(before: Column, after: Column) -> bool:
    """Whether a column can be changed where it stands: a text that becomes an enum may be anything but its names."""
    return fits(before.type, after.type) and (bool(before.members) or not after.members)


def sql_name(type_: str) -> str:
    """What PostgreSQL calls the type, to cast to."""
    name, _ = _read(type_)
    named = {"SmallInteger": "smallint", "BigInteger": "bigint", "Integer": "integer"}
    by_family = {"text": "varchar", "float": "double precision", "numeric": "numeric"}
    return named.get(name) or by_family.get(family(type_), "")


def _width(type_: str) -> int:
    return _WIDTHS.get(_read(type_)[0], 0)


def _length(type_: str) -> int | None:
    arguments = _read(type_)[1]
    return int(arguments[0]) if arguments and arguments[0].isdigit() else None


def _read(type_: str) -> tuple[str, list[str]]:
    """The class of a type expression and its arguments; variants for single databases are of the same family."""
    node = ast.parse(type_, mode="eval").body
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr != "with_variant":
            break
        node = node.func.value
    if not isinstance(node, ast.Call):
        return type_, []
    arguments = [
        *map(ast.unparse, node.args),
        *(ast.unparse(k.value) for k in node.keywords if k.arg == "length"),
    ]
    return ast.unparse(node.func).rpartition(".")[2], arguments
