"""Page tokens: where a page begins, for one list alone (AIP-158).

A token holds the values that the last resource of a page has in the list's order, behind the fingerprint of the list
that it was made for and a checksum; all of it is masked, so that nobody takes it apart in passing. It guards against
mistakes and not against its maker: it holds nothing that a client could not ask for by a filter, and gives no right.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import decimal
import enum
import hashlib
import json
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .fields import invalid

_VERSION = b"\x01"
_SIZE = 8
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def fingerprint(*parts: Any) -> bytes:
    """What tells one list from another, of anything that says which one it is."""
    text = json.dumps(parts, default=_plain, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=_SIZE).digest()


def encode(mark: bytes, values: Sequence[Any]) -> str:
    """The token of the page behind a resource with these values, in the list with that fingerprint."""
    text = json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    payload = text.encode("utf-8", "surrogatepass")
    check = _checksum(mark, payload)
    return (
        base64.urlsafe_b64encode(_VERSION + mark + check + _masked(mark + check, payload))
        .decode()
        .rstrip("=")
    )


def decode(token: str, mark: bytes, kinds: Sequence[tuple[type[Any], bool]]) -> tuple[Any, ...]:
    """The values in a token; `kinds` are the type of each, and whether it may be unset.

    Raises InvalidArgumentError about ``page_token`` for a token of another list, and for anything else.
    """
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _damaged() from error
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != token:
        raise _damaged()  # bits that say nothing, in the last character
    version, made_for = data[:1], data[1 : 1 + _SIZE]
    check, masked = data[1 + _SIZE : 1 + 2 * _SIZE], data[1 + 2 * _SIZE :]
    payload = _masked(made_for + check, masked)
    if version != _VERSION or check != _checksum(made_for, payload):
        raise _damaged()
    if made_for != mark:
        raise invalid(
            "page_token", "is of another list; parent, filter, order_by and the like must stay the same"
        )
    try:
        values = json.loads(payload.decode("utf-8", "surrogatepass"))
        return tuple(_value(found, *kind) for found, kind in zip(values, kinds, strict=True))
    except (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        RecursionError,
        decimal.DecimalException,
    ) as error:
        raise _damaged() from error


def _damaged() -> Exception:
    return invalid("page_token", "is not a token that this list gave out")


def _checksum(mark: bytes, payload: bytes) -> bytes:
    return hashlib.blake2b(payload, key=mark, digest_size=_SIZE).digest()


def _masked(seed: bytes, data: bytes) -> bytes:
    stream = hashlib.shake_128(seed).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _plain(value: Any) -> Any:
    """A value as JSON has it, the inverse of `_value`."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime.datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, datetime.timedelta):
        return value // _MICROSECOND
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return (
        str(value)
        if isinstance(value, decimal.Decimal | uuid.UUID | datetime.date | datetime.time)
        else value
    )


def _value(found: Any, kind: type[Any], nullable: bool) -> Any:
    """The value that JSON has for `found`. Raises ValueError, TypeError or KeyError where it is none of the kind."""
    if found is None:
        return None if nullable else _refuse()
    if issubclass(kind, enum.Enum):
        return kind[found]
    if kind is float and type(found) is not float:
        return float(found) if type(found) is int or found in ("nan", "inf", "-inf") else _refuse()
    written, read = _READ.get(kind, (kind, kind))
    return read(found) if type(found) is written else _refuse()


def _refuse() -> Any:
    raise TypeError


_READ: Mapping[Any, tuple[type[Any], Callable[[Any], Any]]] = {
    datetime.datetime: (int, lambda found: _EPOCH + _MICROSECOND * found),
    datetime.timedelta: (int, lambda found: _MICROSECOND * found),
    datetime.date: (str, datetime.date.fromisoformat),
    datetime.time: (str, datetime.time.fromisoformat),
    decimal.Decimal: (str, decimal.Decimal),
    uuid.UUID: (str, uuid.UUID),
}
