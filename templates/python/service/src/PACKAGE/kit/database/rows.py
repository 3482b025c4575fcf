"""Writing rows by their primary keys."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

R = TypeVar("R", bound=DeclarativeBase)


async def replace_row(session: AsyncSession, row: R, *conditions: ColumnElement[bool]) -> R | None:
    """Stores what is set on `row` in the row with its primary key, and returns that; None where there is none, or none
    for which the conditions hold.

    One UPDATE, whatever the session has read before: an object of the ORM would be compared with what was read, and its
    lists may be the very ones that have been changed. What the session has of the row is refreshed.
    """
    state = inspect(row)
    values = {each.key: state.dict[each.key] for each in state.mapper.column_attrs if each.key in state.dict}
    keys = [
        column == values[state.mapper.get_property_by_column(column).key]
        for column in state.mapper.primary_key
    ]
    statement = update(type(row)).where(*keys, *conditions).values(values).returning(type(row))
    options = {"synchronize_session": False, "populate_existing": True}
    return (await session.scalars(statement, execution_options=options)).one_or_none()
