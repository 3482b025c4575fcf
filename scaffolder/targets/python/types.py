"""How one value of a contract's type is written in the domain, and converted to and from its message.

Scalars stay themselves, enums become `enum.IntEnum`, messages become dataclasses, and protobuf's well-known types
become what Python has for them: `Timestamp` a `datetime.datetime`, `Duration` a `datetime.timedelta`, wrappers a value
or None, `Struct` a dict. As a whole request or response, `google.protobuf.Empty` is nothing: no parameter, no result.
"""

from __future__ import annotations

from dataclasses import dataclass

from scaffolder.contract.model import Kind

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

    `default` is the expression of the value that a field without presence has when it is not set.
    """

    annotation: str
    from_message: str = "{value}"
    to_message: str = "{value}"
    default: str = "None"

    @property
    def converts(self) -> bool:
        """Whether the domain's value is another object than the message's."""
        return self.from_message != "{value}"

    def read(self, value: str, field: str = "") -> str:
        """The expression that turns the message's value into the domain's; `field` names it in errors."""
        return self.from_message.format(value=value, field=f'"{field}"')

    def write(self, value: str) -> str:
        """The expression that turns the domain's value into the message's."""
        return self.to_message.format(value=value)


def _wrapper(annotation: str, name: str) -> ValueType:
    return ValueType(annotation, "{value}.value", f"wrappers_pb2.{name}(value={{value}})")


def _function(annotation: str, read: str, write: str) -> ValueType:
    return ValueType(annotation, f"{read}({{value}})", f"{write}({{value}})")


WELL_KNOWN = {
    "google.protobuf.Timestamp": _function("datetime.datetime", "datetime_from", "timestamp_to"),
    "google.protobuf.Duration": _function("datetime.timedelta", "timedelta_from", "duration_to"),
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


NOTHING = ValueType("None", "None", "empty_pb2.Empty()")
"""An Empty as a whole request or response."""


def scalar(kind: Kind) -> ValueType:
    annotation = SCALARS.get(kind, "int")
    return ValueType(annotation, default=DEFAULTS[annotation])
