"""Functions that SQLite lacks, for values inside of JSON."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects import sqlite

from ..errors import InvalidArgumentError
from .types import Exact

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_duration = TypeAdapter(timedelta)
_SQLITE = sqlite.dialect()


def _instant(text: Any) -> int | None:
    """Microseconds since 1970 of an ISO 8601 date and time; NULL for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // MICROSECOND


def _span(text: Any) -> int | None:
    """Microseconds of an ISO 8601 duration; NULL for anything else."""
    try:
        return _duration.validate_python(text) // MICROSECOND if isinstance(text, str) else None
    except ValidationError:
        return None


def _bytes(text: Any) -> bytes | None:
    """What is written in base64, with the alphabet for URLs; NULL for anything else."""
    try:
        return base64.urlsafe_b64decode(text)
    except (TypeError, ValueError):
        return None


def _exact(text: Any) -> str | None:
    """A decimal number as `types.Exact` stores it, which is ordered as numbers are; NULL for anything else."""
    try:
        found: str | None = Exact().process_bind_param(Decimal(text), _SQLITE)
    except (TypeError, ValueError, ArithmeticError, InvalidArgumentError):
        return None
    return found


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "instant_microseconds": _instant,
    "span_microseconds": _span,
    "base64_bytes": _bytes,
    "exact_decimal": _exact,
}
"""By name, each of one argument."""
