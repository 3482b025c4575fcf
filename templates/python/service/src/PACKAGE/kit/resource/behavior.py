"""What the contract says of fields (AIP-203), applied to entities: required, output-only, immutable, one of several.

Fields are dotted paths, which may lead through messages, lists of messages and maps of messages.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..details import subscript
from .fields import Field, fields_of

Fields = Mapping[str, Field]
Tree = dict[str, "Tree"]
"""Paths by their first names, without the rest where they end."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of one message: `shown` is its path, ``authors[0].given_name``."""

    shown: str
    holder: Any
    field: Field

    @property
    def value(self) -> Any:
        return getattr(self.holder, self.field.attribute)

    def clear(self) -> None:
        setattr(self.holder, self.field.attribute, self.field.default())


def places(holder: Any, path: str, fields: Fields, above: str = "") -> Iterator[Place]:
    """Every place that a path leads to; none where a message on the way is not set."""
    name, _, rest = path.partition(".")
    field = fields[name]
    if not rest:
        yield Place(above + name, holder, field)
        return
    value = getattr(holder, field.attribute)
    if isinstance(value, list):
        inner = [(f"{name}{subscript(index)}", item) for index, item in enumerate(value)]
    elif isinstance(value, dict):
        inner = [(f"{name}{subscript(key)}", item) for key, item in value.items()]
    else:
        inner = [(name, value)]
    for shown, item in inner:
        if item is not None:
            yield from places(item, rest, fields_of(type(item)), f"{above}{shown}.")


def missing(entity: Any, required: Sequence[str], fields: Fields) -> list[str]:
    """The required fields that are empty."""
    found = (place for path in required for place in places(entity, path, fields))
    return [place.shown for place in found if place.field.holds.is_missing(place.value)]


def differing(one: Any, other: Any, paths: Sequence[str], fields: Fields) -> list[str]:
    """The fields that are not the same in both, of messages that both have.

    Not of messages in lists: which of them is which cannot be told.
    """
    found = []
    for path in paths:
        others = {place.shown: place.value for place in places(other, path, fields)}
        for place in places(one, path, fields):
            in_list = "[" in place.shown and '["' not in place.shown
            if not in_list and place.shown in others and others[place.shown] != place.value:
                found.append(place.shown)
    return found


def tree(paths: Sequence[str]) -> Tree:
    """The paths as a tree; one that leads into another is a part of that."""
    found: Tree = {}
    for path in paths:
        if not any(path.startswith(f"{other}.") for other in paths):
            inside = found
            for name in path.split("."):
                inside = inside.setdefault(name, {})
    return found


def restore(entity: Any, former: Any, owned: Tree, fields: Fields) -> None:
    """Gives the fields that the server owns the values that they have in `former`, or none where that is None.

    An element of a list gets those of the former one in its place, where all else in it is the same: then it is the
    same element. A value of a map gets those of the same key.
    """
    for name, inner in owned.items():
        field = fields[name]
        old = None if former is None else getattr(former, field.attribute)
        if not inner:
            setattr(entity, field.attribute, field.default() if former is None else copy.deepcopy(old))
            continue
        value = getattr(entity, field.attribute)
        if isinstance(value, list):
            _restore_list(value, old or [], inner)
        elif isinstance(value, dict):
            for key, item in value.items():
                restore(item, (old or {}).get(key), inner, fields_of(type(item)))
        elif value is not None:
            restore(value, old, inner, fields_of(type(value)))


def _restore_list(items: list[Any], former: list[Any], owned: Tree) -> None:
    for index, item in enumerate(items):
        fields = fields_of(type(item))
        if index < len(former):
            same = copy.deepcopy(item)
            restore(same, former[index], owned, fields)
            if same == former[index]:
                items[index] = same
                continue
        restore(item, None, owned, fields)


def keep_one(entity: Any, incoming: Any, group: Sequence[str], fields: Fields) -> None:
    """Of fields of which one can be set, keeps that of the update, where an older one is still there as well."""
    given = {p.shown for path in group for p in places(incoming, path, fields) if p.value is not None}
    there = [p for path in group for p in places(entity, path, fields) if p.value is not None]
    if len(there) > 1 and any(place.shown in given for place in there):
        for place in there:
            if place.shown not in given:
                place.clear()
