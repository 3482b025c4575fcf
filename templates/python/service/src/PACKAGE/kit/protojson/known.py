"""Messages with a JSON form of their own: Timestamp, Duration, FieldMask, Struct, Value, ListValue.

(https://protobuf.dev/programming-guides/json/; google/protobuf/timestamp.proto, duration.proto,
field_mask.proto, struct.proto. Wrappers and Any, which need the codec itself, are with it.)

A reader fills a message from a JSON value at a depth, the document's own message being at 1, or raises Fault.
A writer gives the JSON value; ValueError for a message that has none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from .fault import Fault, is_encodable, shown

MAX_DEPTH: Final = 100
"""How deep messages may be nested, as in json_format and in protobuf's own parsers."""

Reader = Callable[[Any, Any, int], None]
Writer = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1)
_MIN_SECONDS, _MAX_SECONDS = -62135596800, 253402300799  # 0001-01-01T00:00:00Z, 9999-12-31T23:59:59Z
_SECONDS = tuple(f"{second:02d}" for second in range(60))
_MAX_DURATION = 315_576_000_000
# RFC 3339, section 5.6, in two parts: up to the minute's colon, and from the second on.
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:")
_SECOND = re.compile(r"([0-5][0-9])(?:\.([0-9]{1,9}))?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))")
_MINUTE_LENGTH = len("2026-01-31T23:59:")
_DURATION = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?s")


def check_depth(depth: int) -> None:
    """Refuses what could exhaust the stack, here or where it is sent next."""
    if depth > MAX_DEPTH:
        raise Fault(f"nested deeper than {MAX_DEPTH} messages")


def write_timestamp(message: Any) -> str:
    """RFC 3339 in UTC with 0, 3, 6 or 9 digits after the second."""
    minutes: int
    second: int
    minutes, second = divmod(message.seconds, 60)
    nanos = message.nanos
    if not nanos:
        return _minute(minutes) + _SECONDS[second] + "Z"
    if not 0 < nanos < 1_000_000_000:
        raise ValueError(f"not a valid Timestamp: {nanos} ns")
    return _minute(minutes) + _SECONDS[second] + _fraction(nanos) + "Z"


def read_timestamp(value: Any, message: Any, depth: int) -> None:
    """RFC 3339 with "T" and "Z" or an offset, to the nanosecond."""
    check_depth(depth)
    rest = _SECOND.fullmatch(value, _MINUTE_LENGTH) if isinstance(value, str) else None
    minutes = None if rest is None else _minutes(value[:_MINUTE_LENGTH])
    if rest is None or minutes is None:
        raise Fault(f"not a time in RFC 3339: {shown(value)}")
    seconds = minutes * 60 + int(rest[1])
    if rest[3]:
        offset = int(rest[4]) * 3600 + int(rest[5]) * 60
        seconds += offset if rest[3] == "-" else -offset
        if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:
            raise Fault(f"not within the years 1 to 9999 in UTC: {shown(value)}")
    message.seconds = seconds
    message.nanos = int(rest[2].ljust(9, "0")) if rest[2] else 0


def write_duration(message: Any) -> str:
    """Seconds with 0, 3, 6 or 9 digits behind the point, and "s"."""
    seconds, nanos = message.seconds, message.nanos
    if (
        not -_MAX_DURATION <= seconds <= _MAX_DURATION
        or not abs(nanos) < 1_000_000_000
        or seconds * nanos < 0
    ):
        raise ValueError(f"not a valid Duration: {seconds} s, {nanos} ns")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos)) if nanos else ''}s"


def read_duration(value: Any, message: Any, depth: int) -> None:
    """Seconds as a decimal with "s"; beyond the plain form, whatever the library takes."""
    check_depth(depth)
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is not None and (seconds := int(found[2])) <= _MAX_DURATION:
        sign = -1 if found[1] else 1
        message.seconds = sign * seconds
        message.nanos = sign * int(found[3].ljust(9, "0")) if found[3] else 0
        return
    try:
        message.FromJsonString(value)
    except (ValueError, OverflowError) as error:
        raise Fault(f"not a valid duration: {shown(value)}") from error


def write_field_mask(message: Any) -> str:
    """The paths in lowerCamelCase, joined by commas; ValueError for one that would not come back the same."""
    return str(message.ToJsonString())


def read_field_mask(value: Any, message: Any, depth: int) -> None:
    """Paths in lowerCamelCase, joined by commas."""
    check_depth(depth)
    try:
        message.FromJsonString(value)
    except ValueError as error:
        raise Fault(f"not a valid field mask: {shown(value)}") from error


def write_value(message: Any) -> Any:
    """Whatever it holds; null where it holds nothing. ValueError for NaN and Infinity."""
    kind = message.WhichOneof("kind")
    if kind == "struct_value":
        return write_struct(message.struct_value)
    if kind == "list_value":
        return write_list(message.list_value)
    if kind is None or kind == "null_value":
        return None
    value = getattr(message, kind)
    if kind == "number_value" and not math.isfinite(value):
        raise ValueError(f"a Value cannot be {value}")
    return value


def read_value(value: Any, message: Any, depth: int) -> None:
    """Any JSON value."""
    check_depth(depth)
    if isinstance(value, str):
        message.string_value = _text(value)
    elif value is None:
        message.null_value = 0
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = _number(value)
    elif isinstance(value, dict):
        read_struct(value, message.struct_value, depth + 1)
    else:
        read_list(value, message.list_value, depth + 1)


def write_struct(message: Any) -> dict[str, Any]:
    """An object."""
    fields = message.fields
    return {key: write_value(fields[key]) for key in fields}


def read_struct(value: Any, message: Any, depth: int) -> None:
    """An object of anything."""
    check_depth(depth)
    if not isinstance(value, dict):
        raise Fault(f"expected an object, not {shown(value)}")
    message.Clear()  # which also makes an empty one present
    fields = message.fields
    key = ""
    try:
        for key, item in value.items():
            read_value(item, fields[_text(key)], depth + 1)
    except Fault as fault:
        fault.inside_key(key)
        raise


def write_list(message: Any) -> list[Any]:
    """An array."""
    return [write_value(value) for value in message.values]


def read_list(value: Any, message: Any, depth: int) -> None:
    """An array of anything."""
    check_depth(depth)
    if not isinstance(value, list | tuple):
        raise Fault(f"expected an array, not {shown(value)}")
    message.ClearField("values")  # which also makes an empty one present
    index = -1
    try:
        for item in value:
            index += 1
            read_value(item, message.values.add(), depth + 1)
    except Fault as fault:
        fault.inside_item(index)
        raise


KNOWN: Final[dict[str, tuple[Writer, Reader]]] = {
    f"google.protobuf.{name}": functions
    for name, functions in {
        "Timestamp": (write_timestamp, read_timestamp),
        "Duration": (write_duration, read_duration),
        "FieldMask": (write_field_mask, read_field_mask),
        "Struct": (write_struct, read_struct),
        "Value": (write_value, read_value),
        "ListValue": (write_list, read_list),
    }.items()
}


@lru_cache(maxsize=4096)
def _minute(minutes: int) -> str:
    """ "2026-01-31T23:59:" for minutes since 1970; times that are sent together are often near each other."""
    if not _MIN_SECONDS <= minutes * 60 <= _MAX_SECONDS:
        raise ValueError(f"not a valid Timestamp: {minutes * 60} s")
    return (_EPOCH + timedelta(minutes=minutes)).isoformat()[:_MINUTE_LENGTH]


@lru_cache(maxsize=4096)
def _minutes(text: str) -> int | None:
    """The inverse of `_minute`; None for what is no such time."""
    try:
        since = datetime.fromisoformat(f"{text}00") - _EPOCH if _MINUTE.fullmatch(text) else None
    except ValueError:  # the 30th of February
        return None
    return None if since is None else since.days * 1440 + since.seconds // 60


def _fraction(nanos: int) -> str:
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03d}"
    if nanos % 1000 == 0:
        return f".{nanos // 1000:06d}"
    return f".{nanos:09d}"


def _text(value: str) -> str:
    if not is_encodable(value):
        raise Fault("not valid Unicode: half of a surrogate pair")
    return value


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Fault(f"out of the range of double: {shown(value)}")
    return number
