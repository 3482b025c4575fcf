"""Pages of a long list on both databases: each costs the same, because an index is entered where the page begins."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Index, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import Database, DatabaseConfig, Name, UtcDateTime, children, select_page
from kit.resource import Compare, OrderKey, Page, Pattern, Query

from .databases import opened

ROWS = 50_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "books"
    __table_args__ = (Index("ix_create_time", "create_time", "name"), Index("ix_parent", "parent", "name"))

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    parent: Mapped[str] = mapped_column(Name)
    title: Mapped[str] = mapped_column(Name)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass
class Book:
    name: str
    create_time: datetime


def values(number: int) -> dict[str, Any]:
    parent = f"shelves/{number % 10}"
    # Ten books at every moment, and the names in another order than the times.
    moment = EPOCH + timedelta(seconds=number * 7919 % ROWS // 10)
    name = f"{parent}/books/{number:06}"
    return {"name": name, "parent": parent, "title": f"t{number}", "create_time": moment}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, Base.metadata) as database:
        async with database.session() as session:
            await session.execute(insert(Row), [values(number) for number in range(ROWS)])
        async with database.session() as session:
            await session.execute(text("ANALYZE"))
        yield database


async def page(database: Database, query: Query) -> Page[Book]:
    async with database.read() as session:
        return await select_page(session, select(Row), query, lambda row: Book(row.name, row.create_time))


async def plan(database: Database, query: Query) -> str:
    """What the database says of how it answers the query."""
    explained: list[str] = []
    async with database.read() as session:
        scalars = session.scalars

        async def explain(statement: Any) -> list[Row]:
            is_postgresql = database.engine.dialect.name == "postgresql"
            compiled = statement.compile(database.engine, compile_kwargs={"literal_binds": True})
            head = "EXPLAIN (FORMAT JSON) " if is_postgresql else "EXPLAIN QUERY PLAN "
            connection = await session.connection()
            found = await connection.exec_driver_sql(head + str(compiled))
            explained.extend(json.dumps(row[0]) if is_postgresql else str(row[-1]) for row in found)
            return list(await scalars(statement))

        session.scalars = explain  # type: ignore[method-assign,assignment]
        await select_page(session, select(Row), query, lambda row: Book(row.name, row.create_time))
    return "\n".join(explained)


NAME, TIME = OrderKey(("name",)), OrderKey(("create_time",), nullable=True)  # the entity's field may be unset
LATEST = OrderKey(("create_time",), True, True)
ORDERS = {
    "by name": (NAME,),
    "backwards by name": (OrderKey(("name",), True),),
    "by time": (TIME, NAME),
    "the latest first": (LATEST, OrderKey(("name",), True)),
}


def last(order: tuple[OrderKey, ...], number: int) -> tuple[Any, ...]:
    """The keys' values of the row that stands before the last page of an order."""
    rows = [values(each) for each in range(ROWS)]
    for key in reversed(order):
        rows.sort(key=lambda row: row[key.path[0]], reverse=key.descending)
    return tuple(rows[number][key.path[0]] for key in order)


@pytest.mark.slow
@pytest.mark.parametrize("parent", ["", "shelves/3"])
async def test_the_first_and_the_last_page_enter_an_index(database: Database, parent: str) -> None:
    for order in ORDERS.values() if not parent else [ORDERS["by name"]]:
        for after in (None, last(order, ROWS - 40)):
            query = Query(parent=parent, order=order, after=after, limit=50)
            told = await plan(database, query)
            assert "Seq Scan" not in told and "SCAN books\n" not in told + "\n", told
            assert "TEMP B-TREE" not in told and "INDEX" in told.upper(), told
            if after is not None:  # a few rows may be sorted, if they were looked up
                assert "Index Cond" in told or "SEARCH" in told, told
            else:
                assert '"Sort"' not in told, told


@pytest.mark.slow
async def test_the_last_page_costs_what_the_first_does(database: Database) -> None:
    order = ORDERS["the latest first"]
    first, final = (Query(order=order, after=after, limit=50) for after in (None, last(order, ROWS - 40)))
    assert len((await page(database, first)).items) == 50
    assert len((await page(database, final)).items) == 39

    async def cost(query: Query) -> float:
        best = float("inf")
        for _ in range(10):
            started = time.perf_counter()
            await page(database, query)
            best = min(best, time.perf_counter() - started)
        return best

    assert await cost(final) < 3 * await cost(first)


@pytest.mark.slow
async def test_a_prefix_is_looked_up_in_an_index(database: Database) -> None:
    where = Compare(("name",), "like", Pattern(("shelves/3/books/0001", "")), str)
    told = await plan(database, Query(where=where, order=(NAME,), limit=10))
    assert "Index Cond" in told or "SEARCH" in told, told
    found = await page(database, Query(where=where, order=(NAME,), limit=100, counted=True))
    assert found.total_size == 10


@pytest.mark.slow
async def test_pages_show_every_row_once_while_others_are_added(database: Database) -> None:
    seen: list[str] = []
    order, after, number = ORDERS["by time"], None, 0
    while True:
        query = Query(parent="shelves/3", order=order, after=after, limit=1000)
        found = await page(database, query)
        seen += [book.name for book in found.items]
        if len(found.items) < 1000:
            break
        final = found.items[-1]
        after = (final.create_time, final.name)
        async with database.session() as session:  # in front of what was seen: no page moves
            row = values(3) | {"name": f"shelves/3/books/!{number}", "create_time": EPOCH - timedelta(days=1)}
            session.add(Row(**row))
        number += 1
    expected = [values(each)["name"] for each in range(3, ROWS, 10)]
    assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("shelves/1", {"shelves/1"}),
        ("shelves/-", {"shelves/1", "shelves/2", "shelves/a_b", "shelves/a%b"}),
        ("shelves/a_b", {"shelves/a_b"}),
        ("-/1", {"shelves/1", "racks/1"}),
        ("rooms/-/shelves/1", {"rooms/a/shelves/1"}),
        ("rooms/-/shelves/-", {"rooms/a/shelves/1", "rooms/a/shelves/2"}),
        ("shelves/%", set()),
        ("shelves/*", set()),
        ("Shelves/-", set()),
    ],
)
async def test_a_dash_stands_for_one_id(database_url: str, parent: str, expected: set[str]) -> None:
    names = {"shelves/1", "shelves/2", "shelves/a_b", "shelves/a%b", "racks/1", "rooms/a/shelves/1"}
    names |= {"rooms/a/shelves/2", "shelves/1/rows/2", "rooms/a/rows/b/shelves/1"}
    database = Database(DatabaseConfig(url=database_url))
    await database.create_tables(Base.metadata)
    async with database.session() as session:
        session.add_all(Row(name=each, parent=each, title="", create_time=EPOCH) for each in names)
    async with database.read() as session:
        found = await session.scalars(select(Row.name).where(children(Row.parent, parent)))
        assert set(found) == expected
    await database.close()
