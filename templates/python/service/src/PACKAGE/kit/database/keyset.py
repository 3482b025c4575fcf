"""Pages by what their last row was (keyset), not by how many rows came before: flat from the first page to the last,
and no row is left out or shown twice when others are added in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, true, tuple_

from ..resource import OrderKey
from .operands import Operand, Source

Clause = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the order as SQL; unset comes first when ascending, last when descending, as SQLite has it anyway."""

    operand: Operand
    is_descending: bool
    is_nullable: bool
    has_nulls_last: bool  # unless told otherwise: PostgreSQL

    @property
    def order(self) -> Any:
        sql = self.operand.sql
        direction = sql.desc() if self.is_descending else sql.asc()
        if not (self.is_nullable and self.has_nulls_last):
            return direction
        return direction.nulls_last() if self.is_descending else direction.nulls_first()

    def stored(self, value: Any) -> Any:
        """What a row has for the value: None where that says that nobody set it."""
        return None if value == self.operand.unset else value

    def constant(self, value: Any) -> ColumnElement[Any]:
        in_json = self.operand.json is not None
        return self.operand.constant(value.name if in_json and isinstance(value, Enum) else value)

    def equal(self, value: Any) -> Clause:
        sql = self.operand.sql
        return sql.is_(None) if value is None else sql == self.constant(value)

    def behind(self, value: Any) -> Clause:
        sql = self.operand.sql
        if value is None:
            return false() if self.is_descending else sql.is_not(None)
        constant = self.constant(value)
        if not self.is_descending:
            return sql > constant
        return or_(sql < constant, sql.is_(None)) if self.is_nullable else sql < constant

    def at_least(self, value: Any) -> Clause:
        """Not in front of the value."""
        sql = self.operand.sql
        if value is None:
            return sql.is_(None) if self.is_descending else true()
        constant = self.constant(value)
        if not self.is_descending:
            return sql >= constant
        return or_(sql <= constant, sql.is_(None)) if self.is_nullable else sql <= constant


def key_of(key: OrderKey, source: Source) -> Key:
    operand = source.operand(key.path, source.kind(key.path))
    if operand.json is not None and issubclass(operand.kind, Enum):
        operand = _by_name(operand, source)
    # What the table does not allow needs no word in the order, which an index might not have.
    nullable = (key.nullable or operand.unset is not None) and operand.is_nullable
    return Key(operand, key.descending, nullable, source.dialect.name == "postgresql")


def stretches(
    keys: Sequence[Key], after: Sequence[Any] | None, *, is_whole: bool = False
) -> list[tuple[list[Clause], list[Any]]]:
    """The parts of the list from `after` on, one behind the other: the conditions of each, and what orders it.

    With "or is NULL" in its condition no index is entered in the middle, and with a place for NULLs in its order
    PostgreSQL reads none at all. So the rows in which the first key is not set are a part of their own, unless the list
    has to be one, `is_whole`.
    """
    first, *others = keys
    if is_whole or not others or not first.is_nullable or first.operand.json is not None:
        return [([] if after is None else [behind(keys, after)], [key.order for key in keys])]
    filled = [replace(first, is_nullable=False), *others]
    order = [key.order for key in filled]
    is_set: list[Clause] = [first.operand.sql.is_not(None)]
    is_unset: list[Clause] = [first.operand.sql.is_(None)]
    if after is not None and after[0] is None:
        is_unset.append(behind(others, after[1:]))
    elif after is not None:
        is_set.append(behind(filled, after))
    found = [(is_set, order), (is_unset, order)]
    if not first.is_descending:
        found.reverse()
    is_second = after is not None and (after[0] is None) == first.is_descending
    return found[1:] if is_second else found


def behind(keys: Sequence[Key], values: Sequence[Any]) -> Clause:
    """Whether a row comes behind one with these values of the keys."""
    if len(keys) > 1 and _is_uniform(keys):
        row = tuple_(*(key.operand.sql for key in keys))
        last = tuple_(*(key.constant(value) for key, value in zip(keys, values, strict=True)))
        return row < last if keys[0].is_descending else row > last
    pairs = list(zip(keys, values, strict=True))
    found: Clause = false()
    for key, value in reversed(pairs):
        found = or_(key.behind(value), and_(key.equal(value), found))
    first, value = pairs[0]
    # It says nothing new, but what an index can begin at.
    return and_(first.at_least(value), found) if len(pairs) > 1 else first.behind(value)


def _is_uniform(keys: Sequence[Key]) -> bool:
    """Whether the keys can be compared as one row, which is what databases look up in an index of several columns."""
    plain = all(key.operand.json is None and not key.is_nullable for key in keys)
    return plain and len({key.is_descending for key in keys}) == 1


def _by_name(operand: Operand, source: Source) -> Operand:
    """An enum in JSON, where it is a number, by its members' names."""
    members = operand.kind.__members__.values()
    names: ColumnElement[str] = case({each.value: each.name for each in members}, value=operand.sql)
    sql = names.collate("C") if source.dialect.name == "postgresql" else names
    return Operand(sql, str, operand.json, operand.is_nullable)
