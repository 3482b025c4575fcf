"""AIP-161's field masks on messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_SEGMENT = re.compile(r"`([^`]*)`|([^.`]+)")


class MaskError(ValueError):
    """A path that names nothing."""


def split(path: str) -> list[str]:
    """The segments of a path; one between backticks may hold anything."""
    found, position = [], 0
    while True:
        match = _SEGMENT.match(path, position)
        if match is None:
            raise MaskError(path)
        found.append(match[1] if match[1] is not None else match[2])
        position = match.end()
        if position == len(path):
            return found
        if path[position] != ".":
            raise MaskError(path)
        position += 1


def take(target: Any, source: Any, path: list[str]) -> None:
    """Makes the field at the path of `target` what it is in `source`."""
    name, rest = path[0], path[1:]
    field = target.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise MaskError(".".join(path))
    is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
    if rest and is_map and len(rest) == 1:
        _take_key(getattr(target, name), getattr(source, name), rest[0])
    elif rest:
        if field.is_repeated or field.message_type is None:
            raise MaskError(".".join(path))
        take(getattr(target, name), getattr(source, name), rest)
        getattr(target, name).SetInParent()
    else:
        _take_field(target, source, field)


def _take_key(target: Any, source: Any, key: str) -> None:
    if key in source:
        target[key] = source[key]
    else:
        target.pop(key, None)


def _take_field(target: Any, source: Any, field: Any) -> None:
    target.ClearField(field.name)
    given = getattr(source, field.name)
    if field.has_presence and not source.HasField(field.name):
        return
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        getattr(target, field.name).MergeFrom(given)
    elif field.is_repeated:
        getattr(target, field.name).extend(given)
    elif field.message_type is not None:
        getattr(target, field.name).CopyFrom(given)
    else:
        setattr(target, field.name, given)


def picked(message: Any, paths: Iterable[str]) -> Any:
    """A copy with those fields alone; all where there is no path, or a star."""
    chosen = list(paths)
    if not chosen or "*" in chosen:
        return message
    part = type(message)()
    for path in chosen:
        take(part, message, split(path))
    return part
