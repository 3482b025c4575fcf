"""Amounts of money in a column of JSON are compared and ordered to the last nano, as memory does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit import resource
from kit.database import Database, JsonOf, Name, select_page
from kit.errors import InvalidArgumentError
from kit.money import Money
from kit.resource import Page, Rules

from .databases import opened

NANO = Decimal("0.000000001")
MOST = Decimal(2**63 - 1)


@dataclass
class Offer:
    id: str = ""
    price: Money | None = None
    prices: list[Money] = field(default_factory=list)


OFFER = Rules(Offer, type="Offer", identity="id")


class Base(DeclarativeBase):
    pass


class OfferRow(Base):
    __tablename__ = "offers"

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    price: Mapped[Money | None] = mapped_column(JsonOf(Money))
    prices: Mapped[list[Money]] = mapped_column(JsonOf(list[Money]))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, Base.metadata) as database:
        yield database


async def store(database: Database, offers: list[Offer]) -> None:
    async with database.session() as session:
        await session.execute(delete(OfferRow))
        session.add_all(OfferRow(id=each.id, price=each.price, prices=each.prices) for each in offers)


async def answer(database: Database, **asked: Any) -> Page[Offer]:
    async with database.read() as session:
        query = OFFER.query(**asked)
        return await select_page(
            session, select(OfferRow), query, lambda row: Offer(row.id, row.price, row.prices)
        )


near = st.sampled_from([Decimal("0.1"), Decimal("12.5"), Decimal(2**53), MOST, -MOST, Decimal(0)])
amounts = st.builds(lambda amount, nanos: amount + nanos * NANO, near, st.integers(-2, 2))
money = st.builds(Money, st.sampled_from(["EUR", "CHF", ""]), amounts)
offers = st.lists(st.tuples(st.none() | money, st.lists(money, max_size=2)), max_size=6).map(
    lambda found: [Offer(f"o{number}", *each) for number, each in enumerate(found)]
)
filters = st.builds(
    "{}{} {} {:f}".format,
    st.sampled_from(["", "NOT ", "price.currency_code = EUR AND "]),
    st.just("price.amount"),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    amounts,
) | st.builds("prices.amount:{:f}".format, amounts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offers,
    filters,
    st.sampled_from(["price.amount", "price.amount desc", "price.currency_code, price.amount"]),
)
async def test_databases_compare_and_order_money_as_memory_does(
    database: Database, offers: list[Offer], filter: str, order: str
) -> None:
    await store(database, offers)
    asked: dict[str, Any] = {"filter": filter, "order_by": order}
    assert (await answer(database, **asked)).items == resource.select(OFFER.query(**asked), offers).items
    token, found = "", list[Offer]()
    while token or not found:
        page = await answer(database, order_by=order, page_size=2, page_token=token)
        found += page.items
        token = page.next_token
        if not token:
            break
    assert found == resource.select(OFFER.query(order_by=order), offers).items


@pytest.mark.parametrize("filter", ["price = 5", "price > 5", "price.units = 5", "prices:5"])
def test_an_amount_is_not_compared_without_saying_of_what(filter: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        OFFER.query(filter=filter)
    assert [each.field for each in error.value.violations] == ["filter"]
