"""Well-known protobuf types ↔ the standard library's, for the code that maps messages to the domain.

Datetimes are aware, in UTC. A value that a message may hold and Python cannot is an InvalidArgumentError; a
value that the domain should not have made (a naive datetime, an object that JSON has no form for) is a
ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TypeVar, overload

from google.protobuf import struct_pb2
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from .details import FieldViolation, subscript
from .errors import InvalidArgumentError

E = TypeVar("E", bound=Enum)
K = TypeVar("K", int, str, bool)
T = TypeVar("T")
V = TypeVar("V")


def within(field: str, convert: Callable[[V], T], value: V) -> T:
    """What `convert` makes of the value of `field`; an InvalidArgumentError names what is wrong as in there."""
    try:
        return convert(value)
    except InvalidArgumentError as error:
        raise _inside(error, field) from error


def each(field: str, convert: Callable[[V], T], values: Iterable[V]) -> list[T]:
    """The values of a repeated field, each `within` its place: ``parts[2].name``."""
    found: list[T] = []
    try:
        for value in values:
            found.append(convert(value))
    except InvalidArgumentError as error:
        raise _inside(error, f"{field}{subscript(len(found))}") from error
    return found


def each_of_map(field: str, convert: Callable[[V], T], values: Mapping[K, V]) -> dict[K, T]:
    """The values of a map field, each `within` its place: ``parts["left"].name``."""
    found: dict[K, T] = {}
    for key, value in values.items():
        try:
            found[key] = convert(value)
        except InvalidArgumentError as error:
            raise _inside(error, f"{field}{subscript(key)}") from error
    return found


def _inside(error: InvalidArgumentError, field: str) -> InvalidArgumentError:
    """The error with what is wrong in a part of a message told from the whole; one that names no field as it is."""
    if not error.violations:
        return error
    places = [
        FieldViolation(_joined(field, each.field), each.description, each.reason) for each in error.violations
    ]
    return InvalidArgumentError.of(places, reason=error.reason)


def _joined(field: str, inner: str) -> str:
    return field + inner if inner[:1] in ("", "[") else f"{field}.{inner}"


def enum_of(enum: type[E], number: int, field: str = "") -> E:
    """The member with that number; InvalidArgumentError, naming `field`, where there is none."""
    try:
        return enum(number)
    except ValueError as error:
        raise InvalidArgumentError.field(field, f"{number} is not a value of {enum.__name__}") from error


def enum_from(enum: type[E]) -> Callable[[int], E]:
    """`enum_of` of one enum, for `each`."""
    return lambda number: enum_of(enum, number)


def datetime_from(timestamp: Timestamp, field: str = "") -> datetime:
    """An aware datetime in UTC; nanoseconds are cut to microseconds."""
    try:
        return timestamp.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError.field(field, "must be between the years 1 and 9999") from error


@overload
def timestamp_to(value: datetime) -> Timestamp: ...
@overload
def timestamp_to(value: None) -> None: ...
@overload
def timestamp_to(value: datetime | None) -> Timestamp | None: ...
def timestamp_to(value: datetime | None) -> Timestamp | None:
    """None stays None; a naive datetime is a ValueError, because nobody knows when it is."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no place in time; give it a timezone")
    timestamp = Timestamp()
    timestamp.FromDatetime(value)
    return timestamp


def timedelta_from(duration: Duration, field: str = "") -> timedelta:
    """Nanoseconds are cut to microseconds."""
    try:
        return duration.ToTimedelta()
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError.field(field, "must be within 10,000 years") from error


@overload
def duration_to(value: timedelta) -> Duration: ...
@overload
def duration_to(value: None) -> None: ...
@overload
def duration_to(value: timedelta | None) -> Duration | None: ...
def duration_to(value: timedelta | None) -> Duration | None:
    """None stays None."""
    if value is None:
        return None
    duration = Duration()
    duration.FromTimedelta(value)
    return duration


def struct_from(struct: struct_pb2.Struct) -> dict[str, object]:
    """A JSON object as Python's json module would load it."""
    return {key: value_from(value) for key, value in struct.fields.items()}


def struct_to(value: Mapping[str, object]) -> struct_pb2.Struct:
    return struct_pb2.Struct(fields={key: value_to(item) for key, item in value.items()})


def list_value_from(values: struct_pb2.ListValue) -> list[object]:
    return [value_from(value) for value in values.values]


def list_value_to(value: Sequence[object]) -> struct_pb2.ListValue:
    return struct_pb2.ListValue(values=[value_to(item) for item in value])


def value_from(value: struct_pb2.Value) -> object:
    """None, bool, str, float (int where it is whole), list or dict; a Value that holds nothing is None."""
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            return struct_from(value.struct_value)
        case "list_value":
            return list_value_from(value.list_value)
        case _:
            return None


def value_to(value: object) -> struct_pb2.Value:
    """The inverse; ValueError for an object that JSON has no form for."""
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case bool():
            return struct_pb2.Value(bool_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case int() | float() if math.isfinite(value):
            return struct_pb2.Value(number_value=value)
        case Mapping() if all(isinstance(key, str) for key in value):
            return struct_pb2.Value(struct_value=struct_to(value))
        case list() | tuple():
            return struct_pb2.Value(list_value=list_value_to(value))
        case _:
            raise ValueError(f"JSON has no form for {value!r}")
