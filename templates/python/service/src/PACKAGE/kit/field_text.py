"""One value of a field as text, in the proto3 JSON notation, and back; what has no such text."""

from __future__ import annotations

import base64
import math
import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from .protojson import codec

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
_MAX_ECHO = 100
_PLAIN_NAME = re.compile(r"[\w$][\w.\[\]$-]{,99}\Z")

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


def is_text(field: FieldDescriptor) -> bool:
    """Whether a value of this field can be written in a URL."""
    if field.is_extension:
        return False
    return field.message_type is None or field.message_type.full_name in _ONE_STRING


def is_opaque(field: FieldDescriptor) -> bool:
    """Whether it holds a message that JSON does not write as an object of its fields."""
    return field.message_type is not None and field.message_type.full_name in _OPAQUE


def _is_value(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Value"


def json_value(field: FieldDescriptor, text: str) -> Any:
    """The JSON value that the codec takes for a text; ValueError for what it would take without being one."""
    inner = field.message_type.fields_by_name.get("value", field) if field.message_type else field
    if inner.type == FieldDescriptor.TYPE_BOOL:
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if inner.cpp_type in _INTEGERS and not _INTEGER.match(text):
        raise ValueError(text)
    if inner.cpp_type in _FLOAT_LIMITS and not _is_float(text, _FLOAT_LIMITS[inner.cpp_type]):
        raise ValueError(text)
    if inner.type == FieldDescriptor.TYPE_BYTES and not _is_base64(text):
        raise ValueError(text)
    enum = inner.enum_type
    if enum is not None and text not in enum.values_by_name:
        if not _INTEGER.match(text) or len(text) > 11:
            raise ValueError(text)
        return int(text)
    return text


def _is_float(text: str, limit: float) -> bool:
    return text in ("NaN", "Infinity", "-Infinity") or (bool(_FLOAT.match(text)) and abs(float(text)) < limit)


def _is_base64(text: str) -> bool:
    """Whether a text is base64 in the standard or the URL-safe alphabet, with or without padding (RFC 4648).

    The codec, like json_format, skips what belongs to neither, such as the space that an unescaped "+" is in a query.
    """
    standard = text.translate(_STANDARD_ALPHABET)
    if not _BASE64.match(standard) or (standard.endswith("=") and len(standard) % 4):
        return False
    return len(standard.rstrip("=")) % 4 != 1


def text_of(field: FieldDescriptor, value: Any) -> str:
    """The inverse of `json_value`; ValueError for a value that has no text."""
    if isinstance(value, Message):
        value = codec.to_value(value)
        if not isinstance(value, str) and _is_value(field):
            raise ValueError("the text of a number would be read as a string")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode("ascii")
    if field.enum_type is not None and isinstance(value, int):
        known = field.enum_type.values_by_number.get(value)
        return str(known.name if known else value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return str(value)


def kind(field: FieldDescriptor) -> str:
    """The type's name for a message to a person."""
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            return "map"
        return str(field.message_type.full_name)
    if field.enum_type is not None:
        return str(field.enum_type.full_name)
    return _SCALARS[field.type]


def kinds(field: FieldDescriptor) -> str:
    """The same, with what it is many of."""
    name = kind(field)
    if name == "map":
        return "a map"
    return f"repeated {name}" if field.is_repeated else name


def shown(name: str) -> str:
    """The name of a field as a caller wrote it, quoted where it is no name."""
    return name if _PLAIN_NAME.match(name) else quoted(name)


def quoted(text: str) -> str:
    """A text as a message may quote it: escaped and bounded."""
    return repr(text if len(text) <= _MAX_ECHO else text[:_MAX_ECHO] + "…")


_SCALARS = {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name
    for name in (
        *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64"),
        *("sfixed32", "sfixed64", "bool", "string", "bytes", "group"),
    )
}
