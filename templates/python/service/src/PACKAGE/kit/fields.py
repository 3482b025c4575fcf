"""A message's fields as text, as a URL holds them: addressed by dotted path, in the proto3 JSON notation.

Field paths take proto names and JSON names alike. Repeated fields take several texts. Maps, repeated messages
and messages whose JSON form is neither an object of fields nor one string cannot be written in a URL
(google/api/http.proto, "Special notes").
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
# What is at least as large would be rounded to infinity.
_FLOAT_LIMITS = {FieldDescriptor.CPPTYPE_FLOAT: 2.0**128 - 2.0**103, FieldDescriptor.CPPTYPE_DOUBLE: math.inf}
_INTEGER = re.compile(r"-?[0-9]+\Z")
_FLOAT = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
_STANDARD_ALPHABET = str.maketrans("-_", "+/")
_PLAIN_NAME = re.compile(r"[\w.\[\]$-]{1,100}\Z")
_MAX_ECHO = 100
_MAX_DEPTH = 100  # as deep as protobuf reads messages

# Messages whose JSON form is one string, number or boolean (https://protobuf.dev/programming-guides/json/).
_ONE_STRING = frozenset(
    f"google.protobuf.{name}"
    for name in (
        *("Timestamp", "Duration", "FieldMask", "BoolValue", "BytesValue", "DoubleValue", "FloatValue"),
        *("Int32Value", "Int64Value", "StringValue", "UInt32Value", "UInt64Value", "Value"),
    )
)
# Messages whose JSON form is something else than an object of their fields.
_OPAQUE = _ONE_STRING | {f"google.protobuf.{name}" for name in ("Any", "Struct", "ListValue")}


class UnknownFieldError(InvalidArgumentError):
    """A field path that leads to no field."""


@lru_cache(maxsize=4096)
def resolve(descriptor: Descriptor, name: str) -> FieldPath:
    """The fields along a dotted path; UnknownFieldError, naming it, where there is none.

    Raises InvalidArgumentError for a path that goes on behind a repeated field or a map.
    """
    path: list[FieldDescriptor] = []
    inside: Descriptor | None = descriptor
    for part in name.split("."):
        if path and path[-1].is_repeated:
            raise InvalidArgumentError(
                f"{_shown(name)}: {path[-1].name} is {_kinds(path[-1])}, not one message"
            )
        plain = part.partition("[")[0]  # map[key], as some gateways have it
        field = None if inside is None else _find(inside, part) or _find(inside, plain)
        if field is None:
            raise UnknownFieldError(f"{_shown(name)}: no such field in {descriptor.full_name}")
        if plain != part:
            raise InvalidArgumentError(
                f"{_shown(name)}: elements of {_kinds(field)} cannot be given in a URL"
            )
        if len(path) == _MAX_DEPTH:
            raise InvalidArgumentError(f"{_shown(name)}: leads through more than {_MAX_DEPTH} messages")
        path.append(field)
        inside = None if _is_opaque(field) else field.message_type
    return tuple(path)


def dotted(path: FieldPath) -> str:
    """The path in proto names, whatever it was written in."""
    return ".".join(field.name for field in path)


def assign(message: Message, path: FieldPath, name: str, texts: Sequence[str]) -> None:
    """Sets the field at `path` from texts; errors call it `name`, as the caller did."""
    field = path[-1]
    if not is_text(field):
        raise InvalidArgumentError(f"{_shown(name)}: {_kinds(field)} cannot be given in a URL")
    if len(texts) > 1 and not field.is_repeated:
        raise InvalidArgumentError(f"{_shown(name)}: given {len(texts)} times, but it is not repeated")
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
    """The field's value or values as text, the inverse of `assign`.

    None where it, or a message that holds it, has presence and is not set. Raises InvalidArgumentError where
    a value has no such text.
    """
    target, field = message, path[-1]
    for parent in path[:-1]:
        if not target.HasField(parent.name):
            return []
        target = getattr(target, parent.name)
    if field.has_presence and not target.HasField(field.name):
        return []
    value = getattr(target, field.name)
    try:
        return [_text(field, item) for item in (value if field.is_repeated else [value])]
    except (ValueError, json_format.Error) as error:
        raise InvalidArgumentError(f"{dotted(path)}: cannot be written in a URL") from error


def is_text(field: FieldDescriptor) -> bool:
    """Whether a value of this field can be written in a URL."""
    if field.is_extension:
        return False
    return field.message_type is None or field.message_type.full_name in _ONE_STRING


def set_leaves(message: Message, above: FieldPath = ()) -> Iterator[FieldPath]:
    """The paths of all fields that are set, descending into messages that hold any; one that is set and holds
    none is a leaf as well.
    """
    for field, value in message.ListFields():
        path = (*above, field)
        if is_text(field) or field.is_repeated or field.is_extension or _is_opaque(field):
            yield path
        elif value.ListFields():
            yield from set_leaves(value, path)
        else:
            yield path


def query_name(path: FieldPath) -> str:
    """The name of a query parameter: JSON names, where they lead back to the fields."""
    return ".".join(
        field.json_name if "." not in field.json_name and _leads_back(field) else field.name for field in path
    )


def _is_opaque(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name in _OPAQUE


def _is_value(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Value"


def _leads_back(field: FieldDescriptor) -> bool:
    owner = field.containing_type
    return owner is not None and _find(owner, field.json_name) is field


def _find(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    field = descriptor.fields_by_name.get(name)
    if field is None:
        field = next((field for field in descriptor.fields if field.json_name == name), None)
    return field


def _refuse_second_of_oneof(message: Message, field: FieldDescriptor, name: str) -> None:
    oneof = field.containing_oneof
    if oneof is not None and message.WhichOneof(oneof.name) not in (None, field.name):
        raise InvalidArgumentError(
            f"{_shown(name)}: another field of the oneof {oneof.name!r} is set already"
        )


def _json_value(field: FieldDescriptor, name: str, text: str) -> Any:
    """The JSON value for a text, where json_format would not take the string or would take too much."""
    inner = field.message_type.fields_by_name.get("value", field) if field.message_type else field
    if inner.type == FieldDescriptor.TYPE_BOOL:
        if text not in ("true", "false"):
            raise _not_a(field, name, text)
        return text == "true"
    if inner.cpp_type in _INTEGERS and not _INTEGER.match(text):
        raise _not_a(field, name, text)
    if inner.cpp_type in _FLOAT_LIMITS and not _is_float(text, _FLOAT_LIMITS[inner.cpp_type]):
        raise _not_a(field, name, text)
    if inner.type == FieldDescriptor.TYPE_BYTES and not _is_base64(text):
        raise _not_a(field, name, text)
    enum = inner.enum_type
    if enum is not None and text not in enum.values_by_name:
        if not _INTEGER.match(text) or len(text) > 11:
            raise _not_a(field, name, text)
        return int(text)
    return text


def _is_float(text: str, limit: float) -> bool:
    return text in ("NaN", "Infinity", "-Infinity") or (bool(_FLOAT.match(text)) and abs(float(text)) < limit)


def _is_base64(text: str) -> bool:
    """Whether a text is base64 in the standard or the URL-safe alphabet, with or without padding (RFC 4648).

    json_format skips what belongs to neither, such as the space that an unescaped "+" is in a query.
    """
    standard = text.translate(_STANDARD_ALPHABET)
    if not _BASE64.match(standard) or (standard.endswith("=") and len(standard) % 4):
        return False
    return len(standard.rstrip("=")) % 4 != 1


def _text(field: FieldDescriptor, value: Any) -> str:
    if isinstance(value, Message):
        value = json_format.MessageToDict(value)
        if not isinstance(value, str) and _is_value(field):
            raise ValueError("the text of a number would be read as a string")
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
    return InvalidArgumentError(f"{_shown(name)}: {_quoted(text)} is not a valid {_kind(field)}")


def _kind(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            return "map"
        return str(field.message_type.full_name)
    if field.enum_type is not None:
        return str(field.enum_type.full_name)
    return _SCALARS[field.type]


def _kinds(field: FieldDescriptor) -> str:
    kind = _kind(field)
    if kind == "map":
        return "a map"
    return f"repeated {kind}" if field.is_repeated else kind


def _shown(name: str) -> str:
    return name if _PLAIN_NAME.match(name) else _quoted(name)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _MAX_ECHO else text[:_MAX_ECHO] + "…")


_SCALARS = {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name
    for name in (
        *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64"),
        *("sfixed32", "sfixed64", "bool", "string", "bytes", "group"),
    )
}
