"""What a list is ordered by (AIP-132, "Ordering"): `author.family_name, create_time desc`."""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .fields import KINDS, Field, FieldType, fields_of, invalid, unknown

MAX_KEYS = 10
"""A list may be ordered by so many fields, besides the identity."""
MAX_DEPTH = 30
"""So many names the path of each may have."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key to order by.

    `path` is the contract's name of a field, or of one in a message: ``("author", "family_name")``. A `nullable` key
    may be unset, by itself or with the message that holds it: unset comes first when ascending, last when descending.
    Text is ordered by code point, an enum by its members' names, false before true, NaN behind every number.
    """

    path: tuple[str, ...]
    descending: bool = False
    nullable: bool = False


def parse_order(
    text: str, fields: Mapping[str, Field], identity: str, hidden: Collection[str] = ()
) -> tuple[OrderKey, ...]:
    """The keys of an ``order_by``, the last of which is the identity: no two resources are alike in them.

    Raises InvalidArgumentError for a field that is unknown, named twice or no single value, and for one that is
    `hidden`.
    """
    keys: dict[tuple[str, ...], OrderKey] = {}
    for part in text.split(",") if text.strip() else []:
        key = _key(part, fields, hidden)
        if key.path in keys:
            raise invalid("order_by", f"{_dotted(key.path)} is named twice")
        keys[key.path] = key
        if len(keys) > MAX_KEYS:
            raise invalid("order_by", f"more than {MAX_KEYS} fields")
    return ended(keys.values(), identity)


def ended(keys: Collection[OrderKey], identity: str) -> tuple[OrderKey, ...]:
    """The keys up to the identity, behind which no two resources are left that need an order."""
    found: list[OrderKey] = []
    for key in (*keys, OrderKey((identity,))):
        found.append(key)
        if key.path == (identity,):
            break
    return tuple(found)


def _key(part: str, fields: Mapping[str, Field], hidden: Collection[str]) -> OrderKey:
    words = part.split()
    if not words:
        raise invalid("order_by", "a field is missing beside a comma")
    if len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
        raise invalid(
            "order_by", f"{part.strip()[:100]!r} is not a field, 'asc' or 'desc' behind it, and a comma"
        )
    path = tuple(words[0].split("."))
    if len(path) > MAX_DEPTH:
        raise invalid("order_by", f"{_dotted(path)}… leads through more than {MAX_DEPTH} names")
    if any(path[: len(each.split("."))] == tuple(each.split(".")) for each in hidden):
        raise invalid("order_by", f"{_dotted(path)} is never shown, and orders nothing")
    return OrderKey(path, words[1:] == ["desc"], _is_nullable(path, fields))


def _is_nullable(path: tuple[str, ...], fields: Mapping[str, Field]) -> bool:
    """Whether the value there can be unset. Raises InvalidArgumentError where the path leads to no single value."""
    *above, _ = path
    nullable = False
    for place in range(len(above)):
        holds = _held(path[: place + 1], fields)
        nullable = nullable or holds.nullable
        if not holds.is_message:
            raise _unordered(path[: place + 1], holds, "has no fields to order by")
        fields = fields_of(holds.kind)
    holds = _held(path, fields)
    if holds.is_message or holds.is_many or holds.kind in (bytes, object):
        raise _unordered(path, holds, "has no order")
    return nullable or holds.nullable


def _held(path: tuple[str, ...], fields: Mapping[str, Field]) -> FieldType:
    """What the last field of the path holds, one of `fields`."""
    *above, name = path
    if name not in fields:
        raise invalid("order_by", unknown(_dotted(path), [_dotted((*above, each)) for each in fields]))
    return fields[name].holds


def _unordered(path: tuple[str, ...], holds: FieldType, what: str) -> Exception:
    return invalid("order_by", f"{_dotted(path)} is {KINDS.get(holds.kind, 'a message')} and {what}")


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)[:100]


def sort_key(key: OrderKey, value: Any) -> Any:
    """What Python orders a value by, as the key says."""
    if isinstance(value, enum.Enum):
        value = value.name
    is_nan = isinstance(value, float) and math.isnan(value)
    placed = (value is not None, is_nan, 0.0 if is_nan else value)
    return _Reversed(placed) if key.descending else placed


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class _Reversed:
    """What is ordered the other way round."""

    placed: tuple[Any, ...]

    def __lt__(self, other: _Reversed) -> bool:
        return other.placed < self.placed
