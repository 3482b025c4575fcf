"""Proto3 JSON for any message (https://protobuf.dev/programming-guides/json/): the HTTP side's serialization.

The result and what is accepted are those of google.protobuf.json_format, at a fraction of its cost, except:

| a request with | json_format | here |
|---|---|---|
| `NaN`, `Infinity`, or a number beyond double's range, in a Value | takes it, cannot write it | refused: not JSON |
| `[]`, `""` for a message; any array or string where unknown fields are ignored | takes it for `{}` | refused |
| one field under its JSON name and its proto name | the later one wins, messages merge | refused: a duplicate |
| `true`, `false` for a number or an enum | takes 1, 0 for a float, a double and an enum | refused, as for an int32 |
| a number with a fraction for an enum | cuts the fraction off | refused |
| a number beyond 32 bits for an enum | takes it modulo 2³², where that has a name | refused |
| a Timestamp that is not RFC 3339: `2026-1-1T…`, `…+24:00`, `….5e-3Z` | takes it | refused |
| `null` for a repeated Value or NullValue | fails | takes it: empty, as for any repeated field |
| a field of proto2 whose JSON name is that of a oneof, behind a member of it | refuses it | takes it |

What is refused here is not JSON, not what protobuf's conformance suite takes, or would become something else. Keys and
numbers are as lenient as there: "1_0" is 10, characters that are not base64 are skipped.

A type's functions are made when it is first read or written; a type that never is costs nothing.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeAlias

import orjson
from google.protobuf.message import Message

from ..errors import InvalidArgumentError
from .decode import field_setter, readers
from .encode import WRITERS, field_writer
from .fault import Fault, shown
from .types import descriptor_of

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"


def encode(message: Message) -> bytes:
    """The message as compact JSON in UTF-8, fields in the order of their numbers; ValueError as `to_value`."""
    return dump(to_value(message))


def to_value(message: Message) -> Any:
    """The message as the JsonValue that `encode` writes.

    ValueError where it has none: a time beyond the year 9999, a NaN in a Value, an Any of an unknown type.
    """
    return WRITERS[type(message)](message)


def field_value(message: Message, name: str) -> Any:
    """One field's JsonValue by its proto name: its default where it has no presence, None where it has and is not set.

    ValueError as `to_value`.
    """
    return field_writer(descriptor_of(type(message)), name)(message)


def dump(value: JsonValue) -> bytes:
    """A JSON value as compact UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:  # more than 254 levels
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode(data: bytes, message: Message, *, ignore_unknown: bool = False, root: str = "body") -> None:
    """Merges a JSON document into the message.

    Raises InvalidArgumentError with the one violation that was found first: its field is a path in the contract's
    names, `order.items[2].quantity` or `labels["a"]`, or `root` where the document as a whole is wrong. What was read
    up to there stays in the message. Unknown fields, and unknown names of enum values, are such an error unless
    `ignore_unknown`.
    """
    merge(parse(data, root=root), message, ignore_unknown=ignore_unknown, root=root)


def merge(value: JsonValue, message: Message, *, ignore_unknown: bool = False, root: str = "body") -> None:
    """Merges a parsed JSON document into the message, as `decode` does."""
    try:
        readers(ignore_unknown=ignore_unknown)[type(message)](value, message, 1)
    except Fault as fault:
        raise _invalid(fault, root) from fault


def merge_field(value: JsonValue, message: Message, name: str, *, ignore_unknown: bool = False) -> None:
    """Merges a parsed JSON document into one field of the message, by its proto name; null clears it."""
    put = field_setter(descriptor_of(type(message)), name, ignore_unknown=ignore_unknown)
    try:
        put(message, value, 1)
    except Fault as fault:
        raise _invalid(fault.inside_field(name), name) from fault


def parse(data: bytes, *, root: str = "body") -> JsonValue:
    """The JSON value of UTF-8 text (RFC 8259). InvalidArgumentError for what is not, and for a key that is repeated."""
    try:
        value: JsonValue = orjson.loads(data)
        # What is written again as it came had no key twice, of which one would be lost, and no number that orjson
        # cannot hold. All else is for the slower parser, which sees each key, and its errors.
        if orjson.dumps(value) == data:
            return value
    except (ValueError, TypeError):
        pass
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    except RecursionError as error:
        raise InvalidArgumentError.field(root, "not valid JSON: nested too deeply") from error
    except Fault as fault:
        raise _invalid(fault, root) from fault
    except ValueError as error:  # of which those of the decoder for JSON and for UTF-8 are
        raise InvalidArgumentError.field(root, f"not valid JSON: {_why(error)}") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise Fault(f"duplicate key {shown(name)}")
            seen.add(name)
    return found


def _refuse(constant: str) -> NoReturn:
    raise Fault(f"not valid JSON: {constant} is to be written as a string")


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else "a number of too many digits"


def _invalid(fault: Fault, root: str) -> InvalidArgumentError:
    return InvalidArgumentError.field(fault.path or root, fault.description)
