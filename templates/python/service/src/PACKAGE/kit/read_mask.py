"""Read masks (AIP-157, AIP-161): the part of a message that a caller asks to see.

| path | shows |
|---|---|
| none, ``*`` | everything |
| ``author`` | the field as a whole |
| ``author.family_name`` | a field of a message, where the message is set |
| ``authors.family_name``, ``authors.*.family_name`` | a field of every message in a list or a map |
| ``labels.color``, ``labels.`odd.key` `` | one key of a map, or of a google.protobuf.Struct |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from .details import FieldViolation
from .errors import InvalidArgumentError

M = TypeVar("M", bound=Message)

MAX_LENGTH = 10_000
"""As many as a filter may have: masks are kept, for each of a list's items to be shown by."""
_SEGMENT = re.compile(r"(?:`([^`]+)`|([^.`]+))(\.|\Z)")
_MAX_DEPTH = 100  # as deep as protobuf reads messages
_ANY_FIELDS = ("google.protobuf.Struct", "google.protobuf.Value")

Name = str | None
"""A field's name or a map's key; None for ``*``, every key or element."""


class _Shown(dict[Name, "_Shown"]):
    """What is shown of a message or a map, by name; without names, all of it. A list's is that of its elements."""


def read_masked(message: M, mask: FieldMask | Iterable[str], field: str = "read_mask") -> M:
    """A copy of the message with what the mask names; of a list's response, mask each item.

    Raises InvalidArgumentError about `field`, with every path that leads to no field and every element of a list that
    is addressed by its index. A map's key may be any: one that is not there shows nothing. A mask may have
    `MAX_LENGTH` characters.
    """
    paths = tuple(mask.paths if isinstance(mask, FieldMask) else mask)
    if sum(map(len, paths)) > MAX_LENGTH:
        raise InvalidArgumentError.field(field, f"longer than {MAX_LENGTH} characters")
    shown = _compiled(message.DESCRIPTOR, paths, field)
    copied = type(message)()
    if shown:
        _copy(message, copied, shown)
    else:
        copied.CopyFrom(message)
    return copied


@lru_cache(maxsize=256)
def _compiled(descriptor: Descriptor, paths: tuple[str, ...], field: str) -> _Shown:
    found, wrong = _Shown(), []
    for text in paths if paths != ("*",) else ():
        try:
            _add(found, _checked(_names(text), descriptor))
        except ValueError as error:
            wrong.append(FieldViolation(field, f"{text[:100]!r}: {error}"))
    if wrong:
        raise InvalidArgumentError.of(wrong)
    return found


def _names(text: str) -> list[Name]:
    names: list[Name] = []
    place, more = 0, True
    while more:
        found = _SEGMENT.match(text, place)
        if found is None:
            raise ValueError("is not names with dots between them")
        names.append(None if found[2] == "*" else found[1] or found[2])
        place, more = found.end(), found[3] == "."
        if len(names) > _MAX_DEPTH:
            raise ValueError(f"leads through more than {_MAX_DEPTH} names")
    if names == [None]:
        raise ValueError("stands for all fields, and stands alone")
    return names


def _checked(names: list[Name], descriptor: Descriptor) -> list[Name]:
    """The names without the ``*`` that stand for a list's elements; ValueError where they lead to no field."""
    found: list[Name] = []
    inside: Descriptor | None = descriptor
    repeated = False  # behind a list, whose elements `inside` describes
    for place, name in enumerate(names):
        if inside is not None and inside.full_name in _ANY_FIELDS and not repeated:
            return found + names[place:]
        if name is None and (repeated or (place == len(names) - 1 and not _is_entry(inside))):
            repeated = False
        elif inside is None:
            raise ValueError(f"{names[place - 1]!r} is no message and has no fields")
        elif _is_entry(inside):
            found.append(name)
            inside = inside.fields_by_name["value"].message_type
        else:
            if repeated and name is not None and name.isdecimal():
                raise ValueError("an element of a list has no path")
            each = inside.fields_by_name.get(name or "*")
            if each is None:
                raise ValueError(f"{inside.full_name} has no field {(name or '*')[:100]!r}")
            found.append(name)
            inside, repeated = each.message_type, each.is_repeated and not _is_entry(each.message_type)
    return found


def _is_entry(descriptor: Any) -> bool:
    """Whether it describes the entries of a map."""
    return descriptor is not None and bool(descriptor.GetOptions().map_entry)


def _add(shown: _Shown, path: list[Name]) -> None:
    *above, last = path
    for name in above:
        if name in shown and not shown[name]:
            return  # shown as a whole already
        shown = shown.setdefault(name, _Shown())
    shown[last] = _Shown()


def _copy(source: Message, target: Message, shown: _Shown) -> None:
    if source.DESCRIPTOR.full_name in _ANY_FIELDS:
        _copy_any(source, target, shown)
        return
    for name, inner in shown.items():
        field = source.DESCRIPTOR.fields_by_name[name or ""]
        value: Any = getattr(source, field.name)
        if field.is_repeated:
            copied = getattr(target, field.name)
            if _is_entry(field.message_type) and inner:
                _copy_map(value, copied, inner)
            elif inner:
                for item in value:
                    _copy(item, copied.add(), inner)
            else:
                copied.MergeFrom(value)
        elif field.has_presence and not source.HasField(field.name):
            continue
        elif field.message_type is None:
            setattr(target, field.name, value)
        else:
            _copy_message(value, getattr(target, field.name), inner)


def _copy_message(source: Message, target: Message, shown: _Shown) -> None:
    target.SetInParent()
    if shown:
        _copy(source, target, shown)
    else:
        target.CopyFrom(source)


def _copy_map(source: Any, target: Any, shown: _Shown) -> None:
    for key, value in source.items():
        text = str(key).lower() if isinstance(key, bool) else str(key)
        parts = [shown[name] for name in (None, text) if name in shown]
        if not parts:
            continue
        if isinstance(value, Message):
            _copy_message(value, target[key], _both(parts))
        else:
            target[key] = value


def _both(parts: list[_Shown]) -> _Shown:
    """What any of them shows."""
    if not all(parts):
        return _Shown()
    found = _Shown(parts[0])
    for part in parts[1:]:
        for name, inner in part.items():
            found[name] = _both([found[name], inner]) if name in found else inner
    return found


def _copy_any(source: Any, target: Any, shown: _Shown) -> None:
    """A Struct, or a Value that holds one."""
    if source.DESCRIPTOR.name == "Struct":
        _copy_map(source.fields, target.fields, shown)
    elif source.WhichOneof("kind") == "struct_value":
        _copy_message(source.struct_value, target.struct_value, shown)
