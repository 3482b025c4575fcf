"""What filters and orders compare: the values at paths of a row, or of an element of a list, as SQL."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from sqlalchemy import BigInteger, Dialect, FromClause, Integer, bindparam
from sqlalchemy.types import String

from ..resource.fields import fields_of
from .json_values import Json, Path, Postgresql, Sql, Sqlite
from .types import JsonOf, RowNumber


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in SQL that compares as `kind` does; `json` is None where it is a column of its own.

    `unset` is the value that NULL stands for, None where NULL is a value of its own.
    """

    sql: Sql
    kind: type[Any]
    json: Json | None
    is_nullable: bool
    unset: Any = None

    @property
    def is_integer(self) -> bool:
        """Whether it is a column of one of SQL's own integers, of 64 bits at most."""
        return self.json is None and isinstance(self.sql.type, Integer | RowNumber)

    def constant(self, value: Any) -> Sql:
        """What to compare it with."""
        if self.json is not None:
            return self.json.constant(value, self.kind)
        # Wider than the column: a number that it cannot hold is no error, but larger than all that it can.
        return bindparam(None, value, type_=BigInteger() if self.is_integer else self.sql.type)


class Source:
    """Where paths start: the columns of a row, called like the contract's fields, or an element of a list in JSON.

    `unset` are the values that NULL stands for, by column; `hint` is the type of the element.
    """

    def __init__(
        self,
        dialect: Dialect,
        columns: Mapping[str, Any],
        element: Sql | None = None,
        hint: Any = None,
        *,
        unset: Mapping[str, Any] = {},
    ) -> None:
        self.dialect = dialect
        self.json: Json = Sqlite() if dialect.name == "sqlite" else Postgresql()
        self._columns = columns
        self._element = element
        self._hint = hint
        self._unset = unset

    def operand(self, path: Path, kind: type[Any]) -> Operand:
        source, rest, _ = self._find(path)
        if self._element is not None or isinstance(source.type, JsonOf):
            return Operand(self.json.scalar(source, rest, kind), kind, self.json, True)
        nullable = bool(self._columns[path[0]].nullable)
        return Operand(self._by_code_point(source), kind, None, nullable, self.unset(path))

    def unset(self, path: Path) -> Any:
        """The value that NULL stands for there, None where it is a value of its own."""
        if len(path) != 1 or path[0] not in self._unset or not self._columns[path[0]].nullable:
            return None
        return self._unset[path[0]]

    def kind(self, path: Path) -> type[Any]:
        """The type of the value there, for what a path alone says."""
        source, _, hint = self._find(path)
        if self._element is None and not isinstance(source.type, JsonOf):
            return object
        return hint if isinstance(hint, type) else object

    def column(self, path: Path) -> Sql | None:
        """The column that a path leads to, None where it leads into JSON or to a column of JSON."""
        source, _, _ = self._find(path)
        return None if self._element is not None or isinstance(source.type, JsonOf) else source

    def document(self, path: Path) -> tuple[Sql, Path]:
        """The column or element that a path begins at, and the path's rest in its JSON."""
        source, rest, _ = self._find(path)
        return source, rest

    def elements(self, path: Path) -> tuple[FromClause, Source]:
        """The elements of the list there: as rows, and each as where paths start."""
        source, rest, hint = self._find(path)
        rows, element = self.json.elements(source, rest)
        arguments = typing.get_args(_plain(hint))
        return rows, Source(self.dialect, {}, element, arguments[0] if arguments else object)

    def _find(self, path: Path) -> tuple[Sql, list[str], Any]:
        if self._element is not None:
            return self._element, *_in_json(self._hint, path)
        column = self._columns[path[0]]
        return column, *_in_json(getattr(column.type, "of", None), path[1:])

    def _by_code_point(self, column: Sql) -> Sql:
        """PostgreSQL orders text by a language, unless the column says otherwise; see `types.Name`."""
        if self.dialect.name != "postgresql" or not isinstance(column.type, String):
            return column
        kind = column.type.dialect_impl(self.dialect)
        is_plain = isinstance(kind, String) and kind.collation == "C"
        return column if is_plain else column.collate("C")


def _in_json(hint: Any, path: Path) -> tuple[list[str], Any]:
    """The path as JSON has it, attributes of dataclasses in place of the contract's names, and the type there."""
    found = []
    for name in path:
        hint = _plain(hint)
        if is_dataclass(hint) and isinstance(hint, type):
            attribute = fields_of(hint)[name].attribute
            hint = typing.get_type_hints(hint)[attribute]
        else:
            attribute = name
            hint = next(iter(typing.get_args(hint)[1:]), object)
        found.append(attribute)
    return found, _plain(hint)


def _plain(hint: Any) -> Any:
    """The same without None."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(each for each in typing.get_args(hint) if each is not types.NoneType)
    return hint
