"""Column types for values that SQL has no type for, or not the same one on SQLite and PostgreSQL."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

import sqlalchemy
from pydantic import ConfigDict, TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..errors import InvalidArgumentError

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

Name = String().with_variant(String(collation="C"), "postgresql")
"""Text that is compared and ordered by its characters' code points on every database, as SQLite and Python do: names of
resources, ids, and any text that a list is filtered or ordered by. PostgreSQL would order by the language that it was
set up for, and could use no index for a prefix.
"""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored and returned in UTC; a naive one is a ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in time; give it a timezone")
        value = value.astimezone(UTC)
        # SQLite has no time zones: it would store the offset and lose it on the way back.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Microseconds(TypeDecorator[timedelta]):
    """Spans of time as whole microseconds: a database's own type is an instant in SQLite, and ends in the year 9999."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


class _NumberOrText(sqlalchemy.Double[float]):
    """SQLAlchemy's makes numbers of all that it is given."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None


class Double(TypeDecorator[float]):
    """Floating point numbers of 64 bits, with the infinities, and with NaN, which is ordered behind all others.

    SQLite takes NaN for NULL; it is stored as text there, which SQLite orders behind numbers.
    """

    impl = sqlalchemy.Double
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_NumberOrText() if dialect.name == "sqlite" else sqlalchemy.Double())

    def process_bind_param(self, value: float | None, dialect: Dialect) -> Any:
        is_nan = value is not None and math.isnan(value)
        return "NaN" if is_nan and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:
        return None if value is None else float(value)


class Unsigned64(TypeDecorator[int]):
    """Integers from 0 to 2⁶⁴ - 1, which no integer type of SQL holds: NUMERIC on PostgreSQL, and on SQLite, whose
    numbers would lose the last digits, text with leading zeros, which is ordered as the numbers are.
    """

    impl = Numeric(20, 0)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = String(20) if dialect.name == "sqlite" else Numeric(20, 0)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: int | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name != "sqlite" else f"{value:020}"

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class RowNumber(TypeDecorator[int]):
    """The number of a row, which the store gives: 63 bits, and more than 0.

    A contract may say `uint64`, and so a client ask for more than any integer of SQL is. No row has such a number, and
    -1 stands for it in statements.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLite numbers rows by itself only in a column that is INTEGER to the letter.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return -1 if value is not None and value >= 2**63 else value


class RowReference(RowNumber):
    """The number of a row of another table."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger())


class Exact(TypeDecorator[Decimal]):
    """Decimal numbers without loss, and without the zeros at their end: NUMERIC on PostgreSQL.

    SQLite has no such type; there it is text that is ordered as the numbers are, with the number behind it, as in
    ``p10001125 12.5``.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_finite() or abs(value.adjusted()) >= _MAX_EXPONENT:
            raise InvalidArgumentError(f"{value:.9g} is too large, too small or no number at all")
        digits = "".join(map(str, value.as_tuple().digits)).strip("0")
        plain = value.normalize(Context(prec=len(digits) or 1))
        return _ordered(plain, digits) if dialect.name == "sqlite" else plain

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return Decimal(value.split()[1]) if isinstance(value, str) else value


_MAX_EXPONENT = 10_000  # of ten; PostgreSQL has 16,383 digits behind the point
_COMPLEMENTS = str.maketrans("0123456789", "9876543210")


def _ordered(value: Decimal, digits: str) -> str:
    """The sign, the exponent and the digits, which count backwards for a negative number, and the number itself."""
    if not value:
        return "o 0"
    text = f"{value.adjusted() + _MAX_EXPONENT:05}{digits}"
    return f"n{text.translate(_COMPLEMENTS)}~ {value:f}" if value < 0 else f"p{text} {value:f}"


class EnumName(TypeDecorator[E], Generic[E]):
    """An enum by its members' names, as text: readable in the database, and safe from renumbering.

    A name that the enum does not have, written by a newer version of the service, reads as the member 0, or the
    first one where there is no 0.
    """

    impl = String
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum  # SQLAlchemy's statement cache tells columns apart by it
        self._unknown = next((member for member in enum if member.value == 0), next(iter(enum)))

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Name)

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else value.name

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.enum.__members__.get(value, self._unknown)


class JsonOf(TypeDecorator[T], Generic[T]):
    """A JSON column for a value of the type `of`: anything that pydantic can validate, such as (nested)
    dataclasses, lists, dicts, datetimes, enums, and bytes (as base64). What is read is validated again.

    JSONB on PostgreSQL, which refuses NUL in a text; SQLite keeps it.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__(none_as_null=True)
        self.of = of  # SQLAlchemy's statement cache tells columns apart by it
        # A union, because pydantic refuses a configuration for a bare dataclass, yet hands it to nested ones.
        nullable: Any = of | None
        self._adapter: TypeAdapter[T | None] = TypeAdapter(
            nullable, config=ConfigDict(val_json_bytes="base64")
        )

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        json = JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        return dialect.type_descriptor(json)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        # By way of text, because only that writes NaN and the infinities, for which JSON has no numbers, as texts.
        return from_json(to_json(value, bytes_mode="base64", inf_nan_mode="strings"))

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self._adapter.validate_json(to_json(value))
