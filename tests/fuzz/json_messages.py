"""Random messages of any class, with values at the edges of their types."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from google.protobuf import any_pb2, duration_pb2, message_factory, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped,unused-ignore]

from tests.fuzz.json_contracts import fields_of

FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e-45, 1e16, 1e22, 1.7976931348623157e308, 5e-324, math.inf, -math.inf)
STRINGS = ("", "a", "ü", "😀", "\u2028", "\0", '"\\/\n', "true", "1", "NaN", "x" * 300)
PATHS = ("", "a", "a_b", "a.b_c", "aB", "a__b", "_a", "a_", "a_1", "ü_b")
TIMES = (0, -1, 1, 1_700_000_000, -62135596800, 253402300799, -62135596801, 253402300800, 951_782_400)
SPANS = (0, 1, -1, 315_576_000_000, -315_576_000_000, 315_576_000_001)
NANOS = (0, 1, -1, 999_999_999, -999_999_999, 10_000_000, 1_000, 123_456_000, 1_000_000_000)
PACKED = (
    *(timestamp_pb2.Timestamp, duration_pb2.Duration, struct_pb2.Value, struct_pb2.Struct, any_pb2.Any),
    *(wrappers_pb2.Int64Value, wrappers_pb2.StringValue, error_details_pb2.ErrorInfo, status_pb2.Status),
    error_details_pb2.BadRequest,
)


def fill(random: Random, message: Any, depth: int = 0) -> None:
    """Sets some of the message's fields, fewer the deeper it is."""
    kind = type(message)
    name = kind.DESCRIPTOR.full_name
    if name in _SPECIAL:
        _SPECIAL[name](random, message, depth)
        return
    for field in fields_of(kind):
        if random.random() < (0.7, 0.5, 0.3, 0.1)[min(depth, 3)] and depth < 6:
            _fill_field(random, message, field, depth)


def _fill_field(random: Random, message: Any, field: Any, depth: int) -> None:
    holder = message.Extensions if field.is_extension else None
    inside = field.message_type
    if inside is not None and inside.GetOptions().map_entry:
        _fill_map(random, getattr(message, field.name), inside, depth)
    elif field.is_repeated:
        items = getattr(message, field.name) if holder is None else holder[field]
        for _ in range(random.randint(0, 3)):
            if inside is not None:
                fill(random, items.add(), depth + 1)
            else:
                items.append(scalar(random, field))
    elif inside is not None:
        inner = getattr(message, field.name) if holder is None else holder[field]
        inner.SetInParent()
        fill(random, inner, depth + 1)
    elif holder is None:
        setattr(message, field.name, scalar(random, field))
    else:
        holder[field] = scalar(random, field)


def _fill_map(random: Random, items: Any, entry: Any, depth: int) -> None:
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    for _ in range(random.randint(0, 3)):
        if value.message_type is None:
            items[scalar(random, key)] = scalar(random, value)
        else:
            fill(random, items[scalar(random, key)], depth + 1)


def scalar(random: Random, field: Any) -> Any:
    """A value that the field takes."""
    if field.enum_type is not None:
        numbers = [value.number for value in field.enum_type.values]
        return random.choice(numbers if field.enum_type.is_closed else [*numbers, 1000, -77])
    if field.type == FieldDescriptor.TYPE_STRING:
        return random.choice(STRINGS)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return random.randbytes(random.choice((0, 1, 2, 3, 16)))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return random.random() < 0.5
    if field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return random.choice((*FLOATS, math.nan, random.uniform(-1e6, 1e6), random.random()))
    bits = 64 if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64) else 32
    signed = field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return random.choice((0, 1, low, high, random.randint(low, high)))


def _fill_seconds(random: Random, message: Any, depth: int) -> None:
    some = TIMES if message.DESCRIPTOR.name == "Timestamp" else SPANS
    message.seconds = random.choice((*some, random.randint(-10_000_000_000, 10_000_000_000)))
    message.nanos = random.choice((*NANOS, 0, 0, random.randint(0, 999_999_999)))


def _fill_mask(random: Random, message: Any, depth: int) -> None:
    message.paths.extend(
        random.choices(PATHS[:4] if random.random() < 0.8 else PATHS, k=random.randint(0, 3))
    )


def _fill_value(random: Random, message: Any, depth: int) -> None:
    kind = random.choice(("null", "number", "string", "bool", "struct", "list", "none"))
    if kind == "null":
        message.null_value = 0
    elif kind == "number":
        message.number_value = random.choice(
            (*FLOATS[:10], 5.0, -1e300, *((math.nan, math.inf) if depth == 0 else ()))
        )
    elif kind == "string":
        message.string_value = random.choice(STRINGS)
    elif kind == "bool":
        message.bool_value = random.random() < 0.5
    elif kind == "struct":
        message.struct_value.SetInParent()
        _fill_struct(random, message.struct_value, depth + 1)
    elif kind == "list":
        message.list_value.SetInParent()
        _fill_list(random, message.list_value, depth + 1)


def _fill_struct(random: Random, message: Any, depth: int) -> None:
    for _ in range(random.randint(0, 3 if depth < 4 else 0)):
        _fill_value(random, message.fields[random.choice(STRINGS)], depth + 1)


def _fill_list(random: Random, message: Any, depth: int) -> None:
    for _ in range(random.randint(0, 3 if depth < 4 else 0)):
        _fill_value(random, message.values.add(), depth + 1)


def _fill_any(random: Random, message: Any, depth: int) -> None:
    chance = random.random()
    if chance < 0.1 or depth > 4:
        return
    if chance < 0.2:
        message.type_url = random.choice(
            ("type.googleapis.com/no.Such", "", "x", "/", "google.protobuf.Empty")
        )
        message.value = random.choice((b"", b"\xff", b"\x08\x01"))
        return
    packed = message_factory.GetMessageClass(random.choice(PACKED).DESCRIPTOR)()
    fill(random, packed, depth + 1)
    message.type_url = random.choice(("type.googleapis.com/", "", "/")) + packed.DESCRIPTOR.full_name
    message.value = packed.SerializePartialToString()


_SPECIAL = {
    "google.protobuf.Any": _fill_any,
    "google.protobuf.Duration": _fill_seconds,
    "google.protobuf.FieldMask": _fill_mask,
    "google.protobuf.ListValue": _fill_list,
    "google.protobuf.Struct": _fill_struct,
    "google.protobuf.Timestamp": _fill_seconds,
    "google.protobuf.Value": _fill_value,
}


def random_message(random: Random, kind: type[Message]) -> Message:
    """A message of the class; sometimes with bytes for text, where its syntax lets them through."""
    message = kind()
    fill(random, message)
    return message
