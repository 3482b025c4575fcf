"""Whole numbers that a column cannot hold: no row has them, and filters compare them as mathematics does."""

from __future__ import annotations

import operator
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import BigInteger, ForeignKey, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import (
    Database,
    JsonOf,
    RowNumber,
    RowReference,
    Unsigned64,
    constraints,
    replace_row,
    select_page,
)
from kit.errors import NotFoundError
from kit.resource import Rules

from .databases import opened

BEYOND = [2**63, 2**63 + 1, 2**64 - 1]


@dataclass
class Sizes:
    number: int = 0


@dataclass
class Ticket:
    id: int = 0
    small: int = 0
    big: int = 0
    large: int = 0
    sizes: Sizes | None = None
    larges: list[int] | None = None


TICKET = Rules(Ticket, type="Ticket", identity="id")


class Base(DeclarativeBase):
    pass


class TicketRow(Base):
    __tablename__ = "tickets"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    small: Mapped[int]
    big: Mapped[int] = mapped_column(BigInteger)
    large: Mapped[int] = mapped_column(Unsigned64)
    sizes: Mapped[Sizes | None] = mapped_column(JsonOf(Sizes))
    larges: Mapped[list[int]] = mapped_column(JsonOf(list[int]))


class NoteRow(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(RowReference, ForeignKey("tickets.id"))


def row(**values: Any) -> TicketRow:
    return TicketRow(
        **({"small": 7, "big": -5, "large": 2**64 - 1, "sizes": Sizes(2**64 - 1), "larges": []} | values)
    )


def entity(found: TicketRow) -> Ticket:
    return Ticket(found.id, found.small, found.big, found.large, found.sizes, found.larges)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, Base.metadata) as database:
        async with database.session() as session:
            session.add(row())
        yield database


async def test_rows_are_numbered_from_one(database: Database) -> None:
    async with database.session() as session:
        session.add(row())
    async with database.read() as session:
        assert list(await session.scalars(select(TicketRow.id).order_by(TicketRow.id))) == [1, 2]


@pytest.mark.parametrize("number", [0, -1, *BEYOND])
async def test_no_row_has_a_number_that_the_store_does_not_give(database: Database, number: int) -> None:
    async with database.session() as session:
        assert await session.get(TicketRow, number) is None
        named = select(TicketRow.id).where(TicketRow.id.in_([1, number]))
        assert list(await session.scalars(named)) == [1]
        assert await replace_row(session, row(id=number)) is None
        this = delete(TicketRow).where(TicketRow.id == number).returning(TicketRow.id)
        assert await session.scalar(this) is None


@pytest.mark.parametrize("number", BEYOND)
async def test_nothing_is_stored_below_a_number_that_no_row_has(database: Database, number: int) -> None:
    with pytest.raises(NotFoundError):
        async with database.session() as session:
            session.add(NoteRow(ticket_id=number))
            with constraints(foreign_key=TICKET.not_found(number)):
                await session.flush()


COMPARED = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FIELDS = {"id": 1, "small": 7, "big": -5, "large": 2**64 - 1, "sizes.number": 2**64 - 1}
CONSTANTS = [-(2**63), -(2**63) + 1, -(2**31) - 1, -1, 0, 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1]
CONSTANTS += [2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1]


@pytest.mark.parametrize("field", FIELDS)
async def test_filters_compare_numbers_that_no_column_holds(database: Database, field: str) -> None:
    for constant in CONSTANTS:
        for written, compared in COMPARED.items():
            expected = compared(FIELDS[field], constant)
            for text, is_asked in (("", expected), ("NOT ", not expected)):
                query = TICKET.query(filter=f"{text}{field} {written} {constant}")
                async with database.read() as session:
                    page = await select_page(session, select(TicketRow), query, entity)
                assert len(page.items) == is_asked, query.where


async def test_elements_of_lists_are_compared_to_the_last_digit(database: Database) -> None:
    async with database.session() as session:
        session.add(row(larges=[3, 2**64 - 1]))
    for constant in (0, 3, 2**63, 2**64 - 2, 2**64 - 1):
        query = TICKET.query(filter=f"larges:{constant}")
        async with database.read() as session:
            page = await select_page(session, select(TicketRow), query, entity)
        assert [each.id for each in page.items] == ([2] if constant in (3, 2**64 - 1) else [])


async def test_orders_tell_large_numbers_in_messages_apart(database: Database) -> None:
    numbers = [2**64 - 2, 2**63, 5, 2**64 - 3]
    async with database.session() as session:
        session.add_all(row(sizes=Sizes(number)) for number in numbers)
    found: list[int] = []
    token = ""
    while token or not found:
        query = TICKET.query(order_by="sizes.number", page_size=1, page_token=token)
        async with database.read() as session:
            page = await select_page(session, select(TicketRow), query, entity)
        found += [each.sizes.number for each in page.items if each.sizes]
        token = page.next_token
    assert found == sorted([*numbers, 2**64 - 1])
