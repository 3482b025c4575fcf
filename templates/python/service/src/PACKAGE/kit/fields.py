"""A message's fields as text, as a URL holds them: addressed by dotted path, in the proto3 JSON notation.

Field paths take proto names and JSON names alike. Repeated fields take several texts; maps and messages
without a one-string JSON form cannot be written in a URL.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from .errors import InvalidArgumentError

FieldPath = tuple[FieldDescriptor, ...]

_INTEGERS = frozenset(
    (
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
    )
)
_INTEGER = re.compile(r"-?[0-9]+\Z")
_MAX_ECHO = 100

# Messages whose JSON form is one string, number or boolean (https://protobuf.dev/programming-guides/json/).
_ONE_STRING = frozenset(
    f"google.protobuf.{name}"
    for name in (
        *("Timestamp", "Duration", "FieldMask", "BoolValue", "BytesValue", "DoubleValue", "FloatValue"),
        *("Int32Value", "Int64Value", "StringValue", "UInt32Value", "UInt64Value", "Value"),
    )
)


@lru_cache(maxsize=4096)
def resolve(descriptor: Descriptor, name: str) -> FieldPath:
    """The fields along a dotted path; InvalidArgumentError, naming it, where there is none."""
    path: list[FieldDescriptor] = []
    inside: Descriptor | None = descriptor
    for part in name.split("."):
        field = None if inside is None else _find(inside, part)
        if field is None:
            raise InvalidArgumentError(f"{_shown(name)}: no such field in {descriptor.full_name}")
        path.append(field)
        inside = None if field.is_repeated else field.message_type
    return tuple(path)


def dotted(path: FieldPath) -> str:
    """The path in proto names, whatever it was written in."""
    return ".".join(field.name for field in path)


def assign(message: Message, path: FieldPath, name: str, texts: Sequence[str]) -> None:
    """Sets the field at `path` from texts; errors call it `name`, as the caller did."""
    field = path[-1]
    if not is_text(field):
        raise InvalidArgumentError(f"{name}: {_kind(field)} cannot be given in a URL")
    if len(texts) > 1 and not field.is_repeated:
        raise InvalidArgumentError(f"{name}: given {len(texts)} times, but it is not repeated")
    target = message
    for parent in path[:-1]:
        _refuse_second_of_oneof(target, parent, name)
        target = getattr(target, parent.name)
    _refuse_second_of_oneof(target, field, name)
    if field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated:
        setattr(target, field.name, texts[0])
        return
    values = [_json_value(field, name, text) for text in texts]
    try:
        json_format.ParseDict({field.json_name: values if field.is_repeated else values[0]}, target)
    except Exception as error:  # json_format lets whatever its conversions raise through
        raise _not_a(field, name, ", ".join(texts)) from error


def texts_of(message: Message, path: FieldPath) -> list[str]:
    """The field's value or values as text, the inverse of `assign`; the default where none is set."""
    target = message
    for parent in path[:-1]:
        target = getattr(target, parent.name)
    value = getattr(target, path[-1].name)
    return [_text(path[-1], item) for item in (value if path[-1].is_repeated else [value])]


def is_text(field: FieldDescriptor) -> bool:
    """Whether a value of this field can be written in a URL."""
    return field.message_type is None or field.message_type.full_name in _ONE_STRING


def set_leaves(message: Message, above: FieldPath = ()) -> Iterator[FieldPath]:
    """The paths of all fields that are set, descending into messages that have no text of their own."""
    for field, value in message.ListFields():
        path = (*above, field)
        if is_text(field) or field.is_repeated:
            yield path
        else:
            yield from set_leaves(value, path)


def _find(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    field = descriptor.fields_by_name.get(name)
    if field is None:
        field = next((field for field in descriptor.fields if field.json_name == name), None)
    return field


def _refuse_second_of_oneof(message: Message, field: FieldDescriptor, name: str) -> None:
    oneof = field.containing_oneof
    if oneof is not None and message.WhichOneof(oneof.name) not in (None, field.name):
        raise InvalidArgumentError(f"{name}: another field of the oneof {oneof.name!r} is set already")


def _json_value(field: FieldDescriptor, name: str, text: str) -> Any:
    """The JSON value for a text, where json_format would not take the string or would take too much."""
    inner = field.message_type.fields_by_name.get("value", field) if field.message_type else field
    if inner.type == FieldDescriptor.TYPE_BOOL:
        if text not in ("true", "false"):
            raise _not_a(field, name, text)
        return text == "true"
    if inner.cpp_type in _INTEGERS and not _INTEGER.match(text):
        raise _not_a(field, name, text)
    return text


def _text(field: FieldDescriptor, value: Any) -> str:
    if isinstance(value, Message):
        value = json_format.MessageToDict(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode("ascii")
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return str(known.name if known else value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return str(value)


def _not_a(field: FieldDescriptor, name: str, text: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"{name}: {_shown(text)} is not a valid {_kind(field)}")


def _kind(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            return "map"
        return str(field.message_type.full_name)
    if field.enum_type is not None:
        return str(field.enum_type.full_name)
    return _SCALARS[field.type]


def _shown(text: str) -> str:
    return repr(text if len(text) <= _MAX_ECHO else text[:_MAX_ECHO] + "…")


_SCALARS = {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name
    for name in (
        *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64"),
        *("sfixed32", "sfixed64", "bool", "string", "bytes", "group"),
    )
}
