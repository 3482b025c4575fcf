"""A filter after it was read and checked against the types of a resource: a tree without text and without doubt.

Logic has two values, never SQL's third: a comparison with a field that is not set is false, and its negation true.

| node | true if |
|---|---|
| `And(parts)`, `Or(parts)`, `Not(part)` | all, any of the parts, not the part |
| `Compare(p, "=", v)` | the field is set and equal; text by code point, case matters |
| `Compare(p, "!=", v)` | not `=`, so true also where the field is not set |
| `Compare(p, "<" "<=" ">" ">=", v)` | the field is set and in that order; text by code point |
| `Compare(p, "like", Pattern)` | the field is set and looks like the pattern |
| `Compare(p, ":", PRESENT)` | the field is there: not None; a list or map is not empty; a map has the key |
| `Has(p, part)` | the list at p has an element for which `part` is true |

What lies in a message that is not set, or behind a key that a map does not have, is not set. NaN equals nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, Union

N = TypeVar("N")

PRESENT: Final = "*"
"""The value of a Compare by ``:``, which asks whether the field is there."""


@dataclass(frozen=True, slots=True)
class And(Generic[N]):
    """All of two or more parts."""

    parts: tuple[N, ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[N]):
    """Any of two or more parts."""

    parts: tuple[N, ...]


@dataclass(frozen=True, slots=True)
class Not(Generic[N]):
    """The part is false."""

    part: N


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text has to look like: these pieces, two or more, with anything between one and the next.

    ``("Foo", "")`` starts with Foo, ``("", "Foo", "")`` contains it, ``("", "")`` is any text.
    """

    pieces: tuple[str, ...]

    def matches(self, value: str) -> bool:
        first, *inner, last = self.pieces
        if len(value) < len(first) + len(last) or not (value.startswith(first) and value.endswith(last)):
            return False
        place, end = len(first), len(value) - len(last)
        for piece in inner:  # the leftmost place of each leaves the most for the next
            found = value.find(piece, place, end)
            if found < 0:
                return False
            place = found + len(piece)
        return True


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison of the value at `path` with a constant.

    `path` has the contract's names of fields, and keys of maps (texts, also of numbers); never a step into a list.
    `op` is one of ``= != < <= > >=``, with a `value` of the type; ``like`` with a Pattern; ``:`` with PRESENT.
    `type` is that of the value there: str, int, float, bool, datetime, date, time, timedelta, Decimal, UUID or an
    enum's class; for ``:`` also a dataclass, list or dict. An enum is compared by ``=`` and ``!=`` only, as is a bool.
    `path` is empty for an element of a list itself (see Has).
    """

    path: tuple[str, ...]
    op: str
    value: Any
    type: type[Any]


@dataclass(frozen=True, slots=True)
class Has:
    """Some element of the list at `path` fits; the paths in `part` start at the element."""

    path: tuple[str, ...]
    part: Node


Node: TypeAlias = Union["And[Node]", "Or[Node]", "Not[Node]", Compare, Has]
