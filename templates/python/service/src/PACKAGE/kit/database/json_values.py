"""Values inside of JSON columns, as SQL of their own type: one class for each database.

A path is of names of fields and keys of maps, as `JsonOf` writes them; what is not there is NULL. The types are those
that `JsonOf` writes: numbers, booleans and texts as JSON has them, enums by value, and ISO 8601 for times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    LargeBinary,
    Numeric,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from .functions import EPOCH, MICROSECOND
from .types import Double, Exact, UtcDateTime

Sql = ColumnElement[Any]
Path = Sequence[str]

_PLAIN = re.compile(r'[^"\\\x00-\x1f]+\Z')  # a key that SQLite finds by a path
_DIGITS = len(str(2**64 - 1))


class Json(Protocol):
    """What a filter and an order need of JSON."""

    def scalar(self, source: Sql, path: Path, kind: type[Any]) -> Sql:
        """The value there, of a type that compares as `kind` does."""
        ...

    def constant(self, value: Any, kind: type[Any]) -> Sql:
        """A value to compare a `scalar` of that kind with."""
        ...

    def present(self, source: Sql, path: Path, *, filled: bool) -> Sql:
        """Whether something other than null is there; a list or map that is `filled` has an element as well."""
        ...

    def elements(self, source: Sql, path: Path) -> tuple[FromClause, Sql]:
        """The elements of the list there as rows, and the column that is the `source` of each."""
        ...


_READ: dict[type[Any], tuple[str, TypeEngine[Any]]] = {
    datetime: ("instant_microseconds", BigInteger()),
    timedelta: ("span_microseconds", BigInteger()),
    bytes: ("base64_bytes", LargeBinary()),
    Decimal: ("exact_decimal", Exact()),
}
"""The functions of `functions` that read a text of JSON on SQLite."""


class Sqlite:
    """JSON as text, read by functions; an element of a list is its SQL value, or JSON where it is no scalar."""

    def scalar(self, source: Sql, path: Path, kind: type[Any]) -> Sql:
        raw = self._raw(source, path)
        if kind in _READ:
            function, type_ = _READ[kind]
            found: Sql = getattr(func, function)(raw, type_=type_)
            return found
        if kind is float:
            infinite: dict[Any, Any] = {
                "Infinity": literal_column("9e999"),
                "-Infinity": literal_column("-9e999"),
            }
            return case(infinite, value=raw, else_=raw)
        if kind is int:
            # SQLite makes a float of what is beyond 63 bits. As text it comes behind all numbers, in its order.
            digits = func.substr(literal_column("'0'").concat(self._text(source, path)), -_DIGITS)
            return case((func.typeof(raw) == "real", digits), else_=raw)
        return raw

    def constant(self, value: Any, kind: type[Any]) -> Sql:
        if value is None or kind in (str, bytes):
            return bindparam(None, value, type_=LargeBinary() if kind is bytes else String())
        if issubclass(kind, Enum):
            value = value.value
        elif kind is datetime:
            value = (value - EPOCH) // MICROSECOND
        elif kind is timedelta:
            value //= MICROSECOND
        elif kind is UUID or issubclass(kind, date | time):
            value = str(value)
        elif kind is Decimal:
            return bindparam(None, value, type_=Exact())
        if isinstance(value, bool):
            value = int(value)
        if isinstance(value, int) and value >= 2**63:
            return bindparam(None, f"{value:0{_DIGITS}}", type_=String())
        if isinstance(value, float) or (isinstance(value, int) and value < -(2**63)):
            return bindparam(None, float(value), type_=Double())
        return bindparam(None, value, type_=BigInteger() if isinstance(value, int) else String())

    def present(self, source: Sql, path: Path, *, filled: bool) -> Sql:
        if not path:
            return and_(source.is_not(None), *([_object_has(source)] if filled else []))
        parent = self._document(source, path[:-1])
        inner = self._json_type(parent, path[-1])
        there = func.coalesce(inner, "null") != "null"
        return and_(there, _object_has(self._document(source, path))) if filled else there

    def elements(self, source: Sql, path: Path) -> tuple[FromClause, Sql]:
        document = self._document(source, path)
        array = case((func.json_type(document) == "array", document))
        rows = func.json_each(array).table_valued("value", "json", "fullkey")
        return rows, rows.c.value

    def _raw(self, source: Sql, path: Path) -> Sql:
        return self._document(source, path)

    def _document(self, source: Sql, path: Path) -> Sql:
        """The value there: a scalar as SQL's, an object or array as its JSON."""
        if not path:
            return source
        if all(map(_PLAIN.match, path)):
            return func.json_extract(source, "$" + "".join(f'."{key}"' for key in path))
        return self._member(self._document(source, path[:-1]), path[-1])

    def _text(self, source: Sql, path: Path) -> Sql:
        """The value there as JSON has it; without a path that of an element."""
        if not path:
            rows: Any = source
            return _written(rows.table.c)
        if all(map(_PLAIN.match, path)):
            place = "$" + "".join(f'."{key}"' for key in path)
            return source.op("->", return_type=String())(bindparam(None, place, type_=String()))
        return self._member(self._document(source, path[:-1]), path[-1], _written)

    def _member(
        self, parent: Sql, key: str, shown: Callable[[Any], Sql] = lambda member: member.value
    ) -> Sql:
        members = func.json_each(parent).table_valued("key", "value", "json", "fullkey")
        return select(shown(members.c)).where(members.c.key == key).limit(1).scalar_subquery()

    def _json_type(self, parent: Sql, key: str) -> Sql:
        if _PLAIN.match(key):
            return func.json_type(parent, f'$."{key}"')
        members = func.json_each(parent).table_valued("key", "type")
        return select(members.c.type).where(members.c.key == key).limit(1).scalar_subquery()


def _written(row: Any) -> Sql:
    """The JSON of a row of json_each."""
    found: Sql = row.json.op("->", return_type=String())(row.fullkey)
    return found


def _object_has(document: Sql) -> Sql:
    members = func.json_each(document).table_valued("key")
    return select(members.c.key).exists()


_CASTS: dict[type[Any], TypeEngine[Any]] = {
    bool: Boolean(),
    int: Numeric(),
    float: Double(),
    Decimal: Numeric(),
    datetime: UtcDateTime(),
}


class Postgresql:
    """JSONB."""

    def scalar(self, source: Sql, path: Path, kind: type[Any]) -> Sql:
        text = self._text(source, path)
        if kind is timedelta:
            return _microseconds(text)
        if kind is bytes:
            return func.decode(func.translate(text, "-_", "+/"), "base64", type_=LargeBinary())
        if kind in _CASTS or _is_numbered(kind):
            return cast(text, _CASTS.get(kind, Numeric()))
        return text.collate("C")

    def constant(self, value: Any, kind: type[Any]) -> Sql:
        if kind is datetime:
            # As text, as in the document: asyncpg would send the first and the last moment as -infinity and infinity.
            written = None if value is None else value.isoformat()
            return cast(bindparam(None, written, type_=String()), _CASTS[kind])
        if kind in (float, bool, bytes):
            return bindparam(None, value, type_=_CASTS.get(kind, LargeBinary()))
        if kind is timedelta and value is not None:
            value //= MICROSECOND
        elif issubclass(kind, Enum) and value is not None:
            value = value.value
        if kind in (int, Decimal, timedelta) or _is_numbered(kind):
            return bindparam(None, None if value is None else Decimal(value), type_=Numeric())
        return bindparam(None, None if value is None else str(value), type_=String())

    def present(self, source: Sql, path: Path, *, filled: bool) -> Sql:
        value = self._value(source, path)
        there = func.coalesce(func.jsonb_typeof(value), "null") != "null"
        empty = value.in_([literal_column("'[]'::jsonb"), literal_column("'{}'::jsonb")])
        return and_(there, ~empty) if filled else there

    def elements(self, source: Sql, path: Path) -> tuple[FromClause, Sql]:
        value = self._value(source, path)
        array = case((func.jsonb_typeof(value) == "array", value))
        rows = func.jsonb_array_elements(array).table_valued(column("value", JSONB()))
        return rows, rows.c.value

    def _value(self, source: Sql, path: Path) -> Sql:
        return func.jsonb_extract_path(source, *path, type_=JSONB()) if path else source

    def _text(self, source: Sql, path: Path) -> Sql:
        if path:
            return func.jsonb_extract_path_text(source, *path, type_=String())
        return source.op("#>>", return_type=String())(literal_column("'{}'"))


def _is_numbered(kind: type[Any]) -> bool:
    return issubclass(kind, Enum) and all(isinstance(member.value, int) for member in kind)


def _microseconds(text: Sql) -> Sql:
    """Of an ISO 8601 duration as pydantic writes it: years of 365 days, no months, a sign in front."""
    seconds = {"(\\d+)Y": 31_536_000, "(\\d+)D": 86_400, "(\\d+)H": 3_600, "(\\d+)M": 60, "([\\d.]+)S": 1}
    parts = [
        func.coalesce(cast(func.substring(text, pattern), Numeric()), 0) * factor
        for pattern, factor in seconds.items()
    ]
    total = parts[0] + parts[1] + parts[2] + parts[3] + parts[4]
    sign = case((func.left(text, 1, type_=String()) == "-", -1), (text.is_not(None), 1))
    return sign * total * 1_000_000
