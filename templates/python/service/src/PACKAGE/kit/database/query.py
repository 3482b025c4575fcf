"""Lists: a query of the domain as one SELECT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..resource import Page

R = TypeVar("R")
T = TypeVar("T")


async def select_page(
    session: AsyncSession,
    statement: Select[R],
    query: Any,
    entity: Callable[[R], T],
) -> Page[T]:
    """The page that `query` asks for, of the rows that `statement` selects, each made an entity by `entity`.

    `statement` selects one mapped class, whose table's columns are called like the contract's fields.
    """
    table = statement.column_descriptions[0]["entity"].__table__
    columns = table.c
    if query.parent:
        statement = statement.where(children(columns["parent"], query.parent))
    for field, value in query.equals:
        statement = statement.where(columns[field] == value)
    if "delete_time" in columns and not query.show_deleted:
        statement = statement.where(columns["delete_time"].is_(None))
    total = 0
    if query.counted:
        total = await session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    keys = [columns[key.path[0]] for key in query.order]
    if query.after is not None:
        before: list[ColumnElement[bool]] = []
        options = []
        for key, column, value in zip(query.order, keys, query.after, strict=True):
            options.append(and_(*before, column < value if key.descending else column > value))
            before.append(column == value)
        statement = statement.where(or_(false(), *options))
    statement = statement.order_by(
        *(column.desc() if key.descending else column for key, column in zip(query.order, keys, strict=True))
    )
    if query.skip:
        statement = statement.offset(query.skip)
    if query.limit is not None:
        statement = statement.limit(query.limit + 1)
    found = [entity(row) for row in await session.scalars(statement)]
    page: Page[T] = query.page(found, total)
    return page


def children(column: Any, parent: str) -> ColumnElement[bool]:
    """Whether `column` holds the name `parent`; "-" in it stands for any id (AIP-159): "shelves/-"."""
    segments = parent.split("/")
    if "-" not in segments:
        return column == parent  # type: ignore[no-any-return]
    pattern = "/".join("%" if each == "-" else _escaped(each) for each in segments)
    deeper = "/".join("%" for _ in range(len(segments) + 1))
    return and_(column.like(pattern, escape="\\"), column.not_like(deeper))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
