"""How one value of a contract's type is written in the domain, and converted to and from its message.

Scalars stay themselves, enums become `enum.IntEnum`, messages become dataclasses, and protobuf's well-known types
become what Python has for them: `Timestamp` a `datetime.datetime`, `Duration` a `datetime.timedelta`, wrappers a value
or None, `Struct` a dict. As a whole request or response, `google.protobuf.Empty` is nothing: no parameter, no result.

Of google.type, `Money` and `Decimal` become numbers that count exactly, `TimeOfDay` a `datetime.time`. `Date` stays a
dataclass, for it may lack its year, month or day, and so does all else. A text that is declared as a UUID becomes one.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from google.protobuf import text_encoding

from scaffolder.contract.model import Contract, Field, Kind, Message
from scaffolder.contract.rules import Rules

SCALARS = {
    Kind.DOUBLE: "float",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.STRING: "str",
    Kind.BYTES: "bytes",
}
"""Python's type of a scalar; every kind that is not listed is an `int`."""

DEFAULTS = {"float": "0.0", "bool": "False", "str": '""', "bytes": 'b""', "int": "0"}

EMPTY = "google.protobuf.Empty"


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type in the domain: its annotation, and the conversions as formats of ``value`` and ``field``, its name.

    `default` is the expression of the value that a field without presence has when it is not set; a `nullable` type has
    none there, and the message's zero value stands for None. `reader` is an expression of the function that reads one
    value, as `each` of kit/convert.py takes it, ``""`` where every message's value is one of the domain's.
    """

    annotation: str
    from_message: str = "{value}"
    to_message: str = "{value}"
    default: str = "None"
    nullable: bool = False
    reader: str = ""

    @property
    def names_field(self) -> bool:
        """Whether reading it takes the field's name, so that what it finds wrong is told of that field."""
        return "{field}" in self.from_message

    @property
    def converts(self) -> bool:
        """Whether the domain's value is another object than the message's."""
        return self.from_message != "{value}"

    def read(self, value: str, field: str = "") -> str:
        """The expression that turns the message's value into the domain's; `field`, if any, names it in errors."""
        form = self.from_message if field else self.from_message.replace(", {field}", "")
        return form.format(value=value, field=f'"{field}"')

    def write(self, value: str) -> str:
        """The expression that turns the domain's value into the message's."""
        return self.to_message.format(value=value)


def _wrapper(annotation: str, name: str) -> ValueType:
    return ValueType(annotation, "{value}.value", f"wrappers_pb2.{name}(value={{value}})")


def _function(annotation: str, read: str, write: str) -> ValueType:
    """A value that every message holds."""
    return ValueType(annotation, f"{read}({{value}})", f"{write}({{value}})")


def checked(annotation: str, read: str, write: str, *, nullable: bool = False) -> ValueType:
    """A value that a message may fail to hold; reading it then names the field."""
    return ValueType(
        annotation, f"{read}({{value}}, {{field}})", f"{write}({{value}})", nullable=nullable, reader=read
    )


WELL_KNOWN = {
    "google.protobuf.Timestamp": checked("datetime.datetime", "datetime_from", "timestamp_to"),
    "google.protobuf.Duration": checked("datetime.timedelta", "timedelta_from", "duration_to"),
    "google.protobuf.FieldMask": ValueType(
        "list[str]", "list({value}.paths)", "field_mask_pb2.FieldMask(paths={value})"
    ),
    "google.protobuf.Struct": _function("dict[str, Any]", "struct_from", "struct_to"),
    "google.protobuf.Value": _function("Any", "value_from", "value_to"),
    "google.protobuf.ListValue": _function("list[Any]", "list_value_from", "list_value_to"),
    "google.protobuf.DoubleValue": _wrapper("float", "DoubleValue"),
    "google.protobuf.FloatValue": _wrapper("float", "FloatValue"),
    "google.protobuf.Int64Value": _wrapper("int", "Int64Value"),
    "google.protobuf.UInt64Value": _wrapper("int", "UInt64Value"),
    "google.protobuf.Int32Value": _wrapper("int", "Int32Value"),
    "google.protobuf.UInt32Value": _wrapper("int", "UInt32Value"),
    "google.protobuf.BoolValue": _wrapper("bool", "BoolValue"),
    "google.protobuf.StringValue": _wrapper("str", "StringValue"),
    "google.protobuf.BytesValue": _wrapper("bytes", "BytesValue"),
}
"""The well-known types that Python has a type for (google/protobuf/*.proto)."""

COMMON = {
    "google.type.Decimal": checked("Decimal", "decimal_from", "decimal_to"),
    "google.type.TimeOfDay": checked("datetime.time", "time_of_day_from", "time_of_day_to"),
}
"""Types of googleapis-common-protos that Python has a type for (google/type/*.proto)."""

UUID = checked("UUID", "uuid_from", "str", nullable=True)

IMPORTS = {
    "Decimal": "from decimal import Decimal",
    "Money": "from {package}.kit.money import Money",
    "UUID": "from uuid import UUID",
}
"""The imports that annotations need, by the name that they use; `datetime` is always there."""

_MONEY = {"currency_code": Kind.STRING, "units": Kind.INT64, "nanos": Kind.INT32}


NOTHING = ValueType("None", "None", "empty_pb2.Empty()")
"""An Empty as a whole request or response."""


def scalar(kind: Kind) -> ValueType:
    annotation = SCALARS.get(kind, "int")
    return ValueType(annotation, default=DEFAULTS[annotation])


def default_of(kind: Kind, text: str) -> str:
    """The expression of a scalar's default as descriptor.proto writes it: C-escaped bytes, `inf`, `nan`."""
    annotation = SCALARS.get(kind, "int")
    if annotation == "str":
        return json.dumps(text, ensure_ascii=False)
    if annotation == "bytes":
        return repr(text_encoding.CUnescape(text))
    if annotation == "bool":
        return text.capitalize()
    if annotation == "float":
        number = float(text)
        return repr(number) if math.isfinite(number) else f'float("{number}")'
    return text


def known(contract: Contract, type_name: str) -> ValueType | None:
    """The type of Python's that a message becomes, None where it becomes a dataclass.

    Of a message that is Money the format of `to_message` has ``{message}`` for the message's class.
    """
    if type_name in WELL_KNOWN:
        return WELL_KNOWN[type_name]
    message = contract.messages.get(type_name)
    if message is None:
        return None
    if is_money(message):
        return ValueType(
            "Money", "money_from({value}, {field})", "money_to({value}, {message})", reader="money_from"
        )
    return COMMON.get(type_name) if contract.by_name[message.file].provider else None


def is_money(message: Message) -> bool:
    """Whether a message is google.type.Money, or has just the same fields: what it is called says nothing."""
    fields = {
        field.name: field.kind for field in message.fields if not (field.repeated or field.has_presence)
    }
    return len(message.fields) == len(_MONEY) and fields == _MONEY


def is_uuid(field: Field) -> bool:
    """Whether a field's values, or those in its list or map, are texts that must be UUIDs.

    That is what google.api.field_info's format says, or a rule of buf.validate.
    """
    element = field.map_value or field
    if element.kind is not Kind.STRING:
        return False
    return "UUID4" in (field.format, element.format) or any(
        rules is not None and rules.format == "uuid" and rules.ignore != "always"
        for rules in (element.rules, _of_elements(field))
    )


def _of_elements(field: Field) -> Rules | None:
    if field.rules is None:
        return None
    return field.rules.values if field.map_value else field.rules.items
