"""Lists: a query of the domain as one SELECT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..resource import Page, Query
from .filters import Clause, where
from .keyset import key_of, stretches
from .operands import Source
from .text import below, children

R = TypeVar("R")
T = TypeVar("T")


async def select_page(
    session: AsyncSession,
    statement: Select[R],
    query: Query,
    entity: Callable[[R], T],
    *,
    parent: Any = None,
) -> Page[T]:
    """The page that `query` asks for, of the rows that `statement` selects, each made an entity by `entity`.

    `statement` selects one mapped class, whose table's columns are called like the contract's fields; it may have
    conditions of its own. `parent` is the column with the parents' names or ids; without it, the parent is looked for
    in the names. In a `Database.read` the page and the number of all are of one moment.
    """
    columns = inspect(statement.column_descriptions[0]["entity"]).selectable.c
    source = Source(session.get_bind().dialect, columns, unset=query.unset)
    identity = query.order[-1].path[0]
    statement = statement.where(*_conditions(query, source, columns, identity, parent))
    total = 0
    if query.counted:
        counted = statement.with_only_columns(columns[identity]).order_by(None).subquery()
        total = await session.scalar(select(func.count()).select_from(counted)) or 0
    keys = [key_of(key, source) for key in query.order]
    found: list[T] = []
    after = None if query.after is None else [k.stored(v) for k, v in zip(keys, query.after, strict=True)]
    for conditions, order in stretches(keys, after, is_whole=query.skip > 0):
        part = statement.where(*conditions).order_by(None).order_by(*order).offset(query.skip or None)
        if query.limit is not None:
            part = part.limit(query.limit + 1 - len(found))
        found += [entity(row) for row in await session.scalars(part)]
        if query.limit is not None and len(found) > query.limit:
            break
    return query.page(found, total)


def _conditions(query: Query, source: Source, columns: Any, identity: str, parent: Any) -> list[Clause]:
    found = [] if query.where is None else [where(query.where, source)]
    if query.parent and parent is not None:
        found.append(_in_parent(parent, query.parent))
    elif query.parent:
        # The collection and the id, or the name of a singleton.
        found.append(below(columns[identity], query.parent, 2, 1))
    found += [_equal(columns[field], value, source.unset((field,))) for field, value in query.equals]
    if not query.show_deleted and query.delete_time in columns:
        found.append(columns[query.delete_time].is_(None))
    return found


def _equal(column: Any, value: Any, unset: Any) -> Clause:
    found: Clause = column.is_(None) if unset is not None and value == unset else column == value
    return found


def _in_parent(column: Any, parent: str) -> Clause:
    if column.type.python_type is int:
        found: Clause = column == int(parent)
        return found
    return children(column, parent)
