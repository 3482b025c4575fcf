"""Messages of google.type, and texts, that stand for a value that Python has a type for.

As in `convert`: what came in and is none is an InvalidArgumentError that names the field, what the domain
should not have made is a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from google.type.decimal_pb2 import Decimal as DecimalMessage  # type: ignore[import-untyped,unused-ignore]
from google.type.timeofday_pb2 import TimeOfDay  # type: ignore[import-untyped,unused-ignore]

from .errors import InvalidArgumentError
from .money import Money

M = TypeVar("M")

NANOS = 9
MAX_UNITS = 2**63
MAX_EXPONENT = 1000
"""How large a decimal's exponent may be, and how many digits it may have: no small text stands for a huge number."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


class MoneyMessage(Protocol):
    """google.type.Money, or a message of the same form."""

    @property
    def currency_code(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def nanos(self) -> int: ...


def uuid_from(text: str, field: str = "") -> UUID:
    """A UUID of RFC 9562 in its usual form, 8-4-4-4-12 digits; written again, its letters are small."""
    if not _UUID.fullmatch(text):
        raise InvalidArgumentError.field(field, "must be a UUID")
    return UUID(text)


def uuid_or_none(text: str) -> UUID | None:
    """That of an OUTPUT_ONLY field: what a client sends there is ignored, even if it is no UUID (AIP-203)."""
    return UUID(text) if _UUID.fullmatch(text) else None


def money_from(message: MoneyMessage, field: str = "") -> Money:
    """Exact. Units and nanos must not have different signs, and nanos are less than one unit (money.proto)."""
    units, nanos = message.units, message.nanos
    if abs(nanos) >= 10**NANOS:
        raise InvalidArgumentError.field(
            _part(field, "nanos"), "must be between -999,999,999 and 999,999,999"
        )
    if units * nanos < 0:
        raise InvalidArgumentError.field(_part(field, "nanos"), "must have the sign of units")
    return Money(message.currency_code, _scaled(units * 10**NANOS + nanos))


def money_to(value: Money, message: Callable[..., M]) -> M:
    """The message of that class; ValueError for an amount that it cannot hold."""
    total = _nanos(value.amount)
    units, nanos = divmod(abs(total), 10**NANOS)
    sign = -1 if total < 0 else 1
    if not -MAX_UNITS <= sign * units < MAX_UNITS:
        raise ValueError(f"{value.amount} has more units than 64 bits hold")
    return message(currency_code=value.currency_code, units=sign * units, nanos=sign * nanos)


def _scaled(nanos: int) -> Decimal:
    """As many decimals as it needs. From text, because arithmetic would round to the context's digits."""
    places = NANOS
    while places and nanos % 10 == 0:
        nanos, places = nanos // 10, places - 1
    return Decimal(f"{nanos}E-{places}" if places else nanos)


def _nanos(amount: Decimal) -> int:
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or (amount and not -NANOS <= amount.adjusted() <= len(str(MAX_UNITS))):
        raise ValueError(f"{amount} is no amount between a billionth and 64 bits of units")
    if not amount:
        return 0
    whole, rest = int("".join(map(str, digits))), 0
    if exponent >= -NANOS:
        whole *= int(10 ** (exponent + NANOS))
    else:
        whole, rest = divmod(whole, int(10 ** (-exponent - NANOS)))
    if rest:
        raise ValueError(f"{amount} has more than {NANOS} decimals; round it")
    return -whole if sign else whole


def decimal_from(message: DecimalMessage, field: str = "") -> Decimal:
    """Exact; no text is 0 (decimal.proto). Not a number, and infinity, have no form in it."""
    text = message.value
    if not text:
        return Decimal(0)
    if len(text) > MAX_EXPONENT or not _DECIMAL.fullmatch(text):
        raise InvalidArgumentError.field(_part(field, "value"), "must be a decimal number, such as -2.5e3")
    if abs(int(text.lower().partition("e")[2] or 0)) > MAX_EXPONENT:
        most = f"must have an exponent between -{MAX_EXPONENT} and {MAX_EXPONENT}"
        raise InvalidArgumentError.field(_part(field, "value"), most)
    return Decimal(text)


def decimal_to(value: Decimal) -> DecimalMessage:
    """ValueError for what is no finite number."""
    if not value.is_finite():
        raise ValueError(f"{value} is no number that a message can hold")
    return DecimalMessage(value=str(value).lower())


def time_of_day_from(message: TimeOfDay, field: str = "") -> time:
    """Nanoseconds are cut to microseconds. Neither 24:00 nor a leap second, which timeofday.proto leaves to an API."""
    parts = {
        "hours": (message.hours, 23),
        "minutes": (message.minutes, 59),
        "seconds": (message.seconds, 59),
        "nanos": (message.nanos, 10**NANOS - 1),
    }
    for name, (number, most) in parts.items():
        if not 0 <= number <= most:
            raise InvalidArgumentError.field(_part(field, name), f"must be between 0 and {most}")
    return time(message.hours, message.minutes, message.seconds, message.nanos // 1000)


def time_of_day_to(value: time) -> TimeOfDay:
    """A time of a zone is taken as it reads: the message has no zone."""
    return TimeOfDay(
        hours=value.hour, minutes=value.minute, seconds=value.second, nanos=value.microsecond * 1000
    )


def _part(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
