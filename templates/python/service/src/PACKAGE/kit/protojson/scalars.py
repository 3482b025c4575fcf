"""Scalars between JSON and Python, by a field's type (https://protobuf.dev/programming-guides/json/).

A reader takes what the JSON parser made of a value, and gives what the field takes, or raises Fault.
"""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Callable
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from .fault import Fault, is_encodable, shown
from .types import custom_name

Reader = Callable[[Any], Any]

SKIP: Final = object()
"""What a reader of an enum gives for a name that the enum lacks, where unknown things are ignored."""

_FLOAT_MAX = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]


def reader_of(field: FieldDescriptor, *, ignore_unknown: bool = False) -> Reader:
    """The reader of one value of a field that is no message; of one item where it is repeated."""
    if field.enum_type is not None:
        return _enum(field.enum_type, ignore_unknown)
    return _READERS[field.type]


def key_reader_of(field: FieldDescriptor, *, any_size: bool = False) -> Reader:
    """The reader of a map's keys, which are strings in JSON whatever their type; `any_size` of a number is fine."""
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _read_bool_key
    if any_size and field.type != FieldDescriptor.TYPE_STRING:
        return lambda value: _to_int(value, "number")
    return _READERS[field.type]


def names_of(enum: EnumDescriptor) -> dict[int, str]:
    """What is written for each number: the first of its names."""
    firsts = [enum.values_by_number[value.number] for value in enum.values]
    return {value.number: custom_name(value) or value.name for value in firsts}


def write_float(value: float) -> float | str:
    """The shortest decimal that is read back as the same 32-bit float."""
    if not math.isfinite(value):
        return write_nonfinite(value)
    for precision in range(6, 9):
        short = float(f"{value:.{precision}g}")
        if struct.unpack("<f", struct.pack("<f", short))[0] == value:
            return short
    return float(f"{value:.9g}")


def write_nonfinite(value: float) -> str:
    """The string that stands for what JSON's numbers cannot say."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _integer(kind: str, bits: int, signed: bool) -> Reader:
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    def read(value: Any) -> int:
        number = value if type(value) is int else _to_int(value, kind)
        if low <= number <= high:
            return number
        raise Fault(f"out of the range of {kind}: {shown(value)}")

    return read


def _to_int(value: Any, kind: str) -> int:
    """Whole numbers in any notation: 3, 3.0, 3e0, "3", "3e0"."""
    try:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and " " not in value:
            return _parse_int(value)
    except (ValueError, OverflowError) as error:
        raise _not_a(kind, value) from error
    raise _not_a(kind, value)


def _parse_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not number.is_integer():
            raise
        return int(number)


def _floating(kind: str, limit: float) -> Reader:
    def read(value: Any) -> float:
        if type(value) is float:
            if -limit <= value <= limit:
                return value
            raise Fault(f"out of the range of {kind}: {shown(value)}")
        if isinstance(value, bool) or not isinstance(value, int | str) or value == "nan":
            raise _not_a(kind, value)
        try:
            return float(value)
        except (ValueError, OverflowError) as error:
            raise _not_a(kind, value) from error

    return read


def _read_bool(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise _not_a("bool", value)


def _read_bool_key(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    raise _not_a("bool", value)


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise _not_a("string", value)
    if not value.isascii() and not is_encodable(value):
        raise Fault("not valid Unicode: half of a surrogate pair")
    return value


def _read_bytes(value: Any) -> bytes:
    """Base64 in either alphabet, padded or not."""
    if not isinstance(value, str):
        raise _not_a("base64 string", value)
    try:
        encoded = value.encode()
        return base64.urlsafe_b64decode(encoded + b"=" * (4 - len(encoded) % 4))
    except ValueError as error:
        raise _not_a("base64 string", value) from error


def _enum(enum: EnumDescriptor, ignore_unknown: bool) -> Reader:
    numbers = {name: value.number for value in enum.values if (name := custom_name(value))}
    numbers |= {value.name: value.number for value in enum.values}
    kind = str(enum.full_name)
    known = frozenset(numbers.values()) if enum.is_closed else None

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in numbers:
            return numbers[value]
        try:
            number = _enum_number(value, kind)
        except ValueError as error:
            if ignore_unknown:
                return SKIP
            raise _not_a(kind, value) from error
        if not -(1 << 31) <= number < 1 << 31:
            raise Fault(f"out of the range of {kind}: {shown(value)}")
        if known is not None and number not in known:
            raise _not_a(kind, value)
        return number

    return read


def _enum_number(value: Any, kind: str) -> int:
    """ValueError for what may be a name."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _not_a(kind, value)
    if isinstance(value, str) and not is_encodable(value):
        raise _not_a(kind, value)
    # json_format would cut 2.5 to 2; a number with a fraction is no number of an enum.
    if isinstance(value, float) and not value.is_integer():
        raise _not_a(kind, value)
    try:
        return int(value)
    except OverflowError as error:
        raise _not_a(kind, value) from error


def _not_a(kind: str, value: Any) -> Fault:
    return Fault(f"not a valid {kind}: {shown(value)}")


_READERS: Final[dict[int, Reader]] = {
    FieldDescriptor.TYPE_DOUBLE: _floating("double", math.nextafter(math.inf, 0)),
    FieldDescriptor.TYPE_FLOAT: _floating("float", _FLOAT_MAX),
    FieldDescriptor.TYPE_BOOL: _read_bool,
    FieldDescriptor.TYPE_STRING: _read_string,
    FieldDescriptor.TYPE_BYTES: _read_bytes,
} | {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): _integer(name, bits, signed)
    for name, bits, signed in (
        *(("int32", 32, True), ("sint32", 32, True), ("sfixed32", 32, True)),
        *(("int64", 64, True), ("sint64", 64, True), ("sfixed64", 64, True)),
        *(("uint32", 32, False), ("fixed32", 32, False), ("uint64", 64, False), ("fixed64", 64, False)),
    )
}
