"""Schemas of scalars and of the well-known types, as the proto3 JSON mapping writes and reads them.

(https://protobuf.dev/programming-guides/json/.) What is written has one form; what is read may have several: a number
as a string, an enum's value by its number, bytes in either alphabet of base64.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffolder.contract.model import Kind
from scaffolder.targets.openapi.digits import between

Schema = dict[str, Any]

GOOGLE = "google.protobuf."

_FLOAT_MAX = 3.4028234663852886e38


def _integer(bits: int, *, signed: bool) -> tuple[int, int]:
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


INTEGERS = {
    Kind.INT32: "int32",
    Kind.SINT32: "int32",
    Kind.SFIXED32: "int32",
    Kind.UINT32: "uint32",
    Kind.FIXED32: "uint32",
    Kind.INT64: "int64",
    Kind.SINT64: "int64",
    Kind.SFIXED64: "int64",
    Kind.UINT64: "uint64",
    Kind.FIXED64: "uint64",
}
FLOATS = {Kind.FLOAT: "float", Kind.DOUBLE: "double"}
BOUNDS = {
    "int32": _integer(32, signed=True),
    "uint32": _integer(32, signed=False),
    "int64": _integer(64, signed=True),
    "uint64": _integer(64, signed=False),
}

_INTEGER_TEXT = {name: between(*bounds) for name, bounds in BOUNDS.items()}
_NOT_FINITE = "^(NaN|-?Infinity)$"
# Fewer digits than are read, so that no text that fits is out of the type's range.
_FLOAT_TEXT = {
    "float": r"^(NaN|-?Infinity|-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9])?)$",
    "double": r"^(NaN|-?Infinity|-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?)$",
}
_SECONDS = between(0, 315_575_999_999)[1:-1]
DURATION = rf"^-?{_SECONDS}(\.[0-9]{{1,9}})?s$"
_PATH = "[a-z][A-Za-z0-9]*([.][a-z][A-Za-z0-9]*)*"
FIELD_MASK = rf"^({_PATH}(,{_PATH})*)?$"

WRAPPERS = {
    f"{GOOGLE}BoolValue": Kind.BOOL,
    f"{GOOGLE}BytesValue": Kind.BYTES,
    f"{GOOGLE}DoubleValue": Kind.DOUBLE,
    f"{GOOGLE}FloatValue": Kind.FLOAT,
    f"{GOOGLE}Int32Value": Kind.INT32,
    f"{GOOGLE}Int64Value": Kind.INT64,
    f"{GOOGLE}StringValue": Kind.STRING,
    f"{GOOGLE}UInt32Value": Kind.UINT32,
    f"{GOOGLE}UInt64Value": Kind.UINT64,
}

_SHARED: Mapping[str, Schema] = {
    f"{GOOGLE}Timestamp": {
        "type": "string",
        "format": "date-time",
    },
    f"{GOOGLE}Duration": {
        "type": "string",
        "pattern": DURATION,
        "examples": ["1.5s"],
    },
    f"{GOOGLE}FieldMask": {
        "type": "string",
        "pattern": FIELD_MASK,
        "examples": ["title,author.name"],
    },
    f"{GOOGLE}Struct": {"type": "object"},
    f"{GOOGLE}Value": {},
    f"{GOOGLE}ListValue": {"type": "array", "items": {}},
    f"{GOOGLE}Empty": {"type": "object"},
    f"{GOOGLE}Any": {
        "type": "object",
        "properties": {
            "@type": {
                "type": "string",
                "description": "The message's type, such as type.googleapis.com/google.protobuf.Duration.",
            }
        },
    },
}

TEXT = frozenset(
    {*WRAPPERS, *(f"{GOOGLE}{name}" for name in ("Timestamp", "Duration", "FieldMask", "Value"))}
)
"""The messages that stand in a URL: their JSON form is one string, number or boolean."""


def written(kind: Kind) -> Schema:
    """A scalar in a response."""
    if kind in INTEGERS:
        name = INTEGERS[kind]
        low, _ = BOUNDS[name]
        if name.endswith("64"):
            return {"type": "string", "format": name, "pattern": f"^{'-?' if low else ''}[0-9]+$"}
        return {"type": "integer", "format": name} | ({} if low else {"minimum": 0})
    if kind in FLOATS:
        return {"type": ["number", "string"], "format": FLOATS[kind], "pattern": _NOT_FINITE}
    return plain(kind)


def read(name: str) -> Schema:
    """A number in a request's body, by the name of its format."""
    if name in BOUNDS:
        low, high = BOUNDS[name]
        types = ["string", "integer"] if name.endswith("64") else ["integer", "string"]
        return {
            "type": types,
            "format": name,
            "minimum": low,
            "maximum": high,
            "pattern": _INTEGER_TEXT[name],
        }
    limits = {"minimum": -_FLOAT_MAX, "maximum": _FLOAT_MAX} if name == "float" else {}
    return {"type": ["number", "string"], "format": name, **limits, "pattern": _FLOAT_TEXT[name]}


def in_url(kind: Kind) -> Schema:
    """A scalar in a path or a query, where all is text."""
    if kind in INTEGERS:
        low, high = BOUNDS[INTEGERS[kind]]
        return {"type": "integer", "format": INTEGERS[kind], "minimum": low, "maximum": high}
    if kind in FLOATS:
        limits = {"minimum": -_FLOAT_MAX, "maximum": _FLOAT_MAX} if kind is Kind.FLOAT else {}
        return {"type": "number", "format": FLOATS[kind], **limits}
    return plain(kind)


def plain(kind: Kind) -> Schema:
    """A boolean, a string or bytes, anywhere. Bytes have no pattern: what is not base64 in a text is read over."""
    if kind is Kind.BOOL:
        return {"type": "boolean"}
    if kind is Kind.BYTES:
        return {"type": "string", "format": "byte", "contentEncoding": "base64"}
    return {"type": "string"}


def message(full_name: str, *, is_input: bool) -> Schema | None:
    """The schema of a well-known message that is no wrapper; None for any other message."""
    shared = _SHARED.get(full_name)
    if shared is None:
        return None
    found = dict(shared)
    if not is_input and full_name == f"{GOOGLE}FieldMask":  # a service may write what nobody may send
        del found["pattern"]
    if is_input and full_name == f"{GOOGLE}Empty":
        found["additionalProperties"] = False
    if is_input and full_name == f"{GOOGLE}Any":
        found["anyOf"] = [{"required": ["@type"]}, {"maxProperties": 0}]
    return found


def keys(kind: Kind) -> Schema:
    """The keys of a map, which JSON writes as strings; {} where any string is one."""
    if kind is Kind.BOOL:
        return {"enum": ["true", "false"]}
    if kind in INTEGERS:
        return {"pattern": _INTEGER_TEXT[INTEGERS[kind]]}
    return {}
