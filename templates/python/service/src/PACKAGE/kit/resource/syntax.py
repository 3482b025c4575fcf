"""The tree of a filter as it is written, before anyone asked what its fields are; `filtering.parse` makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias, Union

from .lexing import KEYWORDS
from .nodes import And, Not, Or


@dataclass(frozen=True, slots=True)
class Value:
    """A constant as it is written: the text between wildcards, and whether in quotes."""

    pieces: tuple[str, ...]
    quoted: bool = False
    column: int = field(default=0, compare=False)

    @property
    def text(self) -> str:
        return "*".join(self.pieces)

    def __str__(self) -> str:
        return "*".join(map(_escaped, self.pieces)).join('""') if self.quoted else self.text


@dataclass(frozen=True, slots=True)
class Restriction:
    """A comparison: the path of a field as it is written, a comparator, a constant."""

    path: tuple[str, ...]
    comparator: str
    value: Value
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{'.'.join(map(_quoted, self.path))} {self.comparator} {self.value}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant alone, which the grammar has for a search in all fields."""

    value: Value

    def __str__(self) -> str:
        return str(self.value)


Expression: TypeAlias = Union["And[Expression]", "Or[Expression]", "Not[Expression]", Restriction, Literal]


def written(expression: Expression) -> str:
    """The filter of a tree: `parse` makes the same tree of it."""
    match expression:
        case And(parts):
            return " AND ".join(map(_part, parts))
        case Or(parts):
            return " OR ".join(map(_part, parts))
        case Not(part):
            return f"NOT {_part(part)}"
        case _:
            return str(expression)


def _part(expression: Expression) -> str:
    text = written(expression)
    return f"({text})" if isinstance(expression, And | Or | Not) else text


def _escaped(text: str) -> str:
    for character, escape in (("\\", "\\\\"), ('"', '\\"'), ("*", "\\*")):
        text = text.replace(character, escape)
    return text


def _quoted(name: str) -> str:
    plain = name.replace("_", "a").isalnum() and name.isascii() and name not in KEYWORDS
    return name if plain else _escaped(name).join('""')
