"""Constants of a filter as values of a field's type (AIP-160, "Comparison operators")."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from .nodes import Pattern
from .syntax import Value

_INTEGER = re.compile(r"-?[0-9]+\Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_DURATION = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?s\Z")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_LEAST, _MOST = -(2**63), 2**64 - 1  # what an integer of protobuf can be
_MAX_EXPONENT = 100

ORDERED: frozenset[type[Any]] = frozenset(
    {str, int, float, decimal.Decimal, datetime.datetime, datetime.date, datetime.time, datetime.timedelta}
)
"""The types that `<` and its kin compare."""


class Wrong(ValueError):
    """A constant that is none of the type; the text says what the type takes."""


def constant(value: Value, kind: type[Any]) -> Any:
    """The value of type `kind` that is written there. Raises Wrong.

    A text with a wildcard is a Pattern. Numbers are within 64 bits, timestamps have an offset and become UTC, cut to
    microseconds; enums are the names of their members, with or without the prefix that the contract's have.
    """
    if kind is str:
        return _text(value)
    if len(value.pieces) > 1:
        raise Wrong(f"{takes(kind)}, without wildcards")
    if issubclass(kind, enum.Enum):
        return _member(value.text, kind)
    read = _READ.get(kind)
    if read is None:
        raise Wrong("nothing, it cannot be compared")
    try:
        return read(value.text)
    except (ValueError, OverflowError, decimal.DecimalException) as error:
        raise Wrong(str(error) if isinstance(error, Wrong) else takes(kind)) from error


def takes(kind: type[Any]) -> str:
    """What may be written for a type, in words."""
    if issubclass(kind, enum.Enum):
        names = [name.rstrip("_") for name in kind.__members__]
        return "one of " + ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return _TAKES.get(kind, "a text")


def _text(value: Value) -> str | Pattern:
    if len(value.pieces) == 1:
        return value.text
    first, *inner, last = value.pieces
    return Pattern((first, *filter(None, inner), last))


def _member(text: str, kind: type[enum.Enum]) -> enum.Enum:
    """An enum's member by its name, or by the contract's, which has the enum's name in front: BINDING_PAPERBACK."""
    members = {name: member for name, member in kind.__members__.items()}
    members |= {name.rstrip("_"): member for name, member in members.items()}
    if text in members:
        return members[text]
    for name, member in members.items():
        prefix = text.removesuffix(f"_{name}")
        if prefix != text and _is_prefix(prefix, kind.__name__):
            return member
    raise Wrong(takes(kind))


def _is_prefix(prefix: str, name: str) -> bool:
    """Whether it is the last words of a class's name: BINDING and BOOK_BINDING of BookBinding."""
    plain = prefix.replace("_", "").lower()
    start = len(name) - len(plain)
    return prefix.isupper() and start >= 0 and name.lower().endswith(plain) and name[start].isupper()


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        _refuse()
    return text == "true"


def _integer(text: str) -> int:
    if not _INTEGER.match(text):
        raise ValueError(text)
    number = int(text) if len(text) <= 21 else _MOST + 1
    if not _LEAST <= number <= _MOST:
        raise Wrong("a whole number of 64 bits")
    return number


def _float(text: str) -> float:
    number = float(text) if _NUMBER.match(text) else math.nan
    return number if math.isfinite(number) else _refuse()


def _decimal(text: str) -> decimal.Decimal:
    number = decimal.Decimal(text) if _NUMBER.match(text) and len(text) <= _MAX_EXPONENT else _refuse()
    return number if abs(number.adjusted()) <= _MAX_EXPONENT else _refuse()


def _timestamp(text: str) -> datetime.datetime:
    found = _TIMESTAMP.match(text) or _refuse()
    date, time, fraction, offset = found.groups()
    moment = datetime.datetime.fromisoformat(f"{date}T{time}.{(fraction or '')[:6]:0<6}{offset.upper()}")
    return moment.astimezone(datetime.UTC)


def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text) if _DATE.match(text) else _refuse()


def _time(text: str) -> datetime.time:
    found = _TIME.match(text) or _refuse()
    return datetime.time.fromisoformat(f"{found[1]}.{(found[2] or '')[:6]:0<6}")


def _duration(text: str) -> datetime.timedelta:
    found = _DURATION.match(text) or _refuse()
    sign, seconds, fraction = found.groups()
    length = datetime.timedelta(seconds=int(seconds), microseconds=int(f"{(fraction or '')[:6]:0<6}"))
    return -length if sign else length


def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text) if _UUID.match(text) else _refuse()


def _refuse() -> NoReturn:
    raise ValueError


_READ: Mapping[type[Any], Callable[[str], Any]] = {
    bool: _boolean,
    int: _integer,
    float: _float,
    decimal.Decimal: _decimal,
    datetime.datetime: _timestamp,
    datetime.date: _date,
    datetime.time: _time,
    datetime.timedelta: _duration,
    uuid.UUID: _uuid,
}

_TAKES: Mapping[type[Any], str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    decimal.Decimal: "a decimal number",
    datetime.datetime: "a timestamp with its offset, 2012-04-21T11:30:00-04:00 (RFC 3339)",
    datetime.date: "a date, 2012-04-21",
    datetime.time: "a time of day, 14:30:00",
    datetime.timedelta: "a duration in seconds, 20s or 1.5s",
    uuid.UUID: "a UUID",
}
