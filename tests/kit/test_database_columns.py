"""Column types whose values SQLite has no type for: stored without loss, and ordered and compared as Python does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import Database, Exact, Unsigned64, replace_row
from kit.errors import InvalidArgumentError

from .databases import opened


class Base(DeclarativeBase):
    pass


class Number(Base):
    __tablename__ = "numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    exact: Mapped[Decimal | None] = mapped_column(Exact)
    unsigned: Mapped[int | None] = mapped_column(Unsigned64)
    tags: Mapped[str | None]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, Base.metadata) as database:
        yield database


async def stored(database: Database, field: str, values: list[Any]) -> list[Any]:
    """The values as they come back, in the database's order."""
    async with database.session() as session:
        await session.execute(delete(Number))
        session.add_all(Number(**{field: value}) for value in values)
    column = getattr(Number, field)
    async with database.read() as session:
        found = list(await session.scalars(select(column).order_by(column)))
        for value in values:
            smaller = select(column).where(column < value).order_by(column)
            assert list(await session.scalars(smaller)) == sorted(each for each in values if each < value)
            same = select(column).where(column == value)
            assert list(await session.scalars(same)) == [each for each in values if each == value]
    return found


law = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
decimals = st.decimals(min_value=-(10**30), max_value=10**30, allow_nan=False, allow_infinity=False)


@law
@given(values=st.lists(decimals | st.integers(-99, 99).map(Decimal), max_size=8))
async def test_decimals_are_ordered_and_compared_as_numbers(
    database: Database, values: list[Decimal]
) -> None:
    assert await stored(database, "exact", values) == sorted(values)


@law
@given(values=st.lists(st.integers(0, 2**64 - 1), max_size=8))
async def test_unsigned_numbers_are_ordered_and_compared(database: Database, values: list[int]) -> None:
    assert await stored(database, "unsigned", values) == sorted(values)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+20000", "-1E-20000"])
async def test_decimals_that_no_column_holds_are_refused(database: Database, value: str) -> None:
    with pytest.raises(InvalidArgumentError):
        await stored(database, "exact", [Decimal(value)])


async def test_decimals_come_back_without_an_exponent(database: Database) -> None:
    found = await stored(database, "exact", [Decimal("1.50E+3"), Decimal("0.00100"), Decimal("-0")])
    assert [str(value) for value in found] == ["0", "0.001", "1500"]


async def test_replacing_a_row_leaves_alone_what_is_not_set(database: Database) -> None:
    async with database.session() as session:
        session.add(Number(id=1, exact=Decimal(1), tags="kept"))
    async with database.session() as session:
        before = await session.get(Number, 1)
        replaced = await replace_row(session, Number(id=1, exact=Decimal(2)))
        assert replaced is before
        assert replaced is not None
        assert (replaced.exact, replaced.tags) == (Decimal(2), "kept")
        assert await replace_row(session, Number(id=2, exact=Decimal(2))) is None
        assert await replace_row(session, Number(id=1, tags="new"), Number.exact == Decimal(3)) is None
