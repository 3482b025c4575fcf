"""Random messages of any type that have a proto3 JSON form: every kind of field, the extremes of every scalar."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import FieldDescriptor as Field

MAX_DEPTH = 5

STRINGS = (
    *(
        "",
        "text",
        "é 漢 𝄞 \u2028\u200b",
        "a b+c&d=e%2F#?/;:@!$'()*,[]",
        '\x00\n\t"\\\x7f',
        " around ",
        "null",
    ),
    *("1.5", "//", "{{ x }}", "..", "true", "x" * 300),
)
BYTES = (b"", b"\0", b"\xff\xfe", bytes(range(256)), b"text", b"ab", b"\xfb\xff\xbf")
DOUBLES = (0.0, -0.0, 1.0, -1.25, 0.1, 1e300, 5e-324, 2.0**53 + 2, float("inf"), float("-inf"), float("nan"))
# Without the largest one: json_format writes 3.4028235e+38 for it and refuses to read that.
FLOATS = (0.0, -0.0, 1.0, 0.5, 0.10000000149011612, -(2.0**127), 1e-45, float("-inf"), float("nan"))

_SCALARS: dict[int, Sequence[Any]] = {
    Field.CPPTYPE_STRING: STRINGS,
    Field.CPPTYPE_BOOL: (False, True),
    Field.CPPTYPE_DOUBLE: DOUBLES,
    Field.CPPTYPE_FLOAT: FLOATS,
    Field.CPPTYPE_INT32: (0, 1, -1, -(2**31), 2**31 - 1),
    Field.CPPTYPE_UINT32: (0, 1, 2**32 - 1),
    Field.CPPTYPE_INT64: (0, 1, -1, -(2**63), 2**63 - 1, 2**53 + 1),
    Field.CPPTYPE_UINT64: (0, 1, 2**64 - 1, 2**53 + 1),
}
NOT_EMPTY = {Field.TYPE_STRING: "required", Field.TYPE_BYTES: b"required"}

_UNKNOWN_ENUM_NUMBER = 7777
_NULL_VALUE = "google.protobuf.NullValue"
_JSON_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1.5,
    0.0,
    "é",
    "",
    {"a": [1.0, {"b": None}], "": ""},
    [],
    {},
    [[], "x"],
)
_MAX_SECONDS = 315_576_000_000
_YEAR_1, _YEAR_9999 = -62_135_596_800, 253_402_300_799


def is_required(field: Field) -> bool:
    """By proto2's label, or by google.api.field_behavior where it is not the server that sets the field."""
    behavior = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    asked = field_behavior_pb2.REQUIRED in behavior and field_behavior_pb2.OUTPUT_ONLY not in behavior
    return asked or bool(field.is_required)


class Filler:
    """`share` is the chance that a field on the outermost level is set, halved with each level below. What the
    contract calls REQUIRED (AIP-203) is always set, and not to what is as good as nothing.

    `packed` makes what an Any holds; without it every Any stays empty. With `domain`, values are kept to what
    Python's types hold: whole microseconds, known enum values, and no Value that is null, since None is none.
    """

    def __init__(
        self,
        rng: random.Random,
        share: float,
        *,
        packed: Callable[[], Any] | None = None,
        domain: bool = False,
    ) -> None:
        self._rng = rng
        self._share = share
        self._packed = packed
        self._domain = domain
        self._well_known: dict[str, Callable[[Any], None]] = {
            "Any": self._any,
            "Duration": self._duration,
            "FieldMask": self._field_mask,
            "ListValue": lambda message: message.extend([rng.choice(_JSON_VALUES) for _ in range(2)]),
            "Struct": lambda message: message.update({"k": rng.choice(_JSON_VALUES), "é": 1.0}),
            "Timestamp": self._timestamp,
            "Value": self._value,
        }
        self._common: dict[str, Callable[[Any], None]] = {
            "google.type.Money": self._money,
            "google.type.TimeOfDay": self._time_of_day,
        }

    def fill(self, message: Any, depth: int = 0) -> Any:
        """Sets fields of `message`, which it returns; a oneof gets one member at most."""
        package, _, name = message.DESCRIPTOR.full_name.rpartition(".")
        if package == "google.protobuf" and name in self._well_known:
            self._well_known[name](message)
            return message
        if self._domain and message.DESCRIPTOR.full_name in self._common:
            self._common[message.DESCRIPTOR.full_name](message)
            return message
        for field in message.DESCRIPTOR.fields:
            required = is_required(field)
            wanted = required or self._rng.random() < self._share / 2**depth
            if wanted and (required or field.message_type is None or depth < MAX_DEPTH):
                self._set(message, field, depth)
                if required and field.cpp_type == Field.CPPTYPE_STRING and not field.is_repeated:
                    setattr(message, field.name, getattr(message, field.name) or NOT_EMPTY[field.type])
        return message

    def _set(self, message: Any, field: Field, depth: int) -> None:
        target = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            self._set_map(target, field.message_type, depth)
        elif field.is_repeated:
            for _ in range(self._rng.randrange(1, 4)):
                if field.message_type is not None:
                    self.fill(target.add(), depth + 1)
                else:
                    target.append(self.scalar(field))
        elif field.message_type is not None:
            target.SetInParent()
            self.fill(target, depth + 1)
        else:
            setattr(message, field.name, self.scalar(field))

    def _set_map(self, target: Any, entry: Any, depth: int) -> None:
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        for _ in range(self._rng.randrange(1, 4)):
            if value.message_type is not None:
                self.fill(target[self.scalar(key)], depth + 1)
            else:
                target[self.scalar(key)] = self.scalar(value)

    def scalar(self, field: Field) -> Any:
        """A value of a field that is no message."""
        if field.enum_type is not None:
            known = [value.number for value in field.enum_type.values]
            # NullValue has one JSON form, whatever its number.
            open_ended = not field.enum_type.is_closed and field.enum_type.full_name != _NULL_VALUE
            strange = open_ended and not self._domain and self._rng.random() < 0.1
            return _UNKNOWN_ENUM_NUMBER if strange else self._rng.choice(known)
        if field.type == Field.TYPE_BYTES:
            return self._rng.choice(BYTES)
        return self._rng.choice(_SCALARS[field.cpp_type])

    def _any(self, message: Any) -> None:
        if self._packed is not None:
            message.Pack(self._packed())

    def _nanos(self) -> int:
        if self._domain:
            return self._rng.randrange(10**6) * 1000
        return self._rng.choice((0, 1, 999_999_999, 500_000_000, 120_000))

    def _timestamp(self, message: Any) -> None:
        message.seconds = self._rng.choice((0, _YEAR_1, _YEAR_9999, -1, 1_700_000_000))
        message.nanos = self._nanos()

    def _time_of_day(self, message: Any) -> None:
        """One that a datetime.time holds."""
        message.hours = self._rng.randrange(24)
        message.minutes, message.seconds = self._rng.randrange(60), self._rng.randrange(60)
        message.nanos = self._nanos()

    def _money(self, message: Any) -> None:
        """An amount of one sign, as money.proto wants it."""
        sign = self._rng.choice((-1, 1))
        message.currency_code = self._rng.choice(("", "EUR"))
        message.units = sign * self._rng.choice((0, 1, 2**63 - 1))
        message.nanos = sign * self._rng.choice((0, 1, 10, 500_000_000, 999_999_999))

    def _duration(self, message: Any) -> None:
        largest = 10**11 if self._domain else _MAX_SECONDS
        seconds = self._rng.choice((0, 1, -1, largest, -largest, 3600))
        message.seconds = seconds
        if abs(seconds) < largest:
            message.nanos = -self._nanos() if seconds < 0 else self._nanos()

    def _field_mask(self, message: Any) -> None:
        paths = ("name", "display_name", "a.b_c.d", "x")
        message.paths.extend(self._rng.sample(paths, self._rng.randrange(3)))

    def _value(self, message: Any) -> None:
        value = self._rng.choice(_JSON_VALUES[1:] if self._domain else _JSON_VALUES)
        match value:
            case None:
                message.null_value = 0
            case bool():
                message.bool_value = value
            case float():
                message.number_value = value
            case str():
                message.string_value = value
            case dict():
                message.struct_value.SetInParent()
                message.struct_value.update(value)
            case _:
                message.list_value.SetInParent()
                message.list_value.extend(value)
