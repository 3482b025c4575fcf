"""Lists on both databases: whatever is asked, they answer what `kit.resource.select` does in memory."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_jsonable_python
from sqlalchemy import BigInteger, delete
from sqlalchemy import select as sql_select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import (
    Database,
    Double,
    EnumName,
    Exact,
    JsonOf,
    Microseconds,
    Name,
    Unsigned64,
    UtcDateTime,
    select_page,
)
from kit.resource import (
    PRESENT,
    And,
    Compare,
    Has,
    Node,
    Not,
    Or,
    OrderKey,
    Page,
    Pattern,
    Query,
    Rules,
    select,
)

from .databases import opened


class Binding(IntEnum):
    UNSPECIFIED = 0
    PAPERBACK = 1
    HARDBACK = 2


@dataclass(slots=True, kw_only=True)
class Person:
    family_name: str = ""
    born: datetime | None = None
    from_: str = ""
    fee: float = 0.0
    cost: Decimal = Decimal(0)
    rank: int = 0
    awake: timedelta | None = None
    likes: Binding = Binding.UNSPECIFIED
    active: bool = False
    mark: bytes = b""
    tags: list[str] = field(default_factory=list)
    mentor: Person | None = None


@dataclass(slots=True, kw_only=True)
class Book:
    name: str = ""
    title: str = ""
    subtitle: str | None = None
    pages: int = 0
    stock: int | None = None
    owner: int = 0
    series: str = ""
    sold: int = 0
    price: float = 0.0
    rating: float | None = None
    cost: Decimal = Decimal(0)
    lent: bool = False
    binding: Binding = Binding.UNSPECIFIED
    create_time: datetime | None = None
    lasts: timedelta | None = None
    cover: bytes = b""
    author: Person | None = None
    tags: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    counts: dict[int, float] = field(default_factory=dict)
    delete_time: datetime | None = None


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "books"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    title: Mapped[str]  # of the database's language: it must not be seen
    subtitle: Mapped[str | None] = mapped_column(Name)
    pages: Mapped[int]
    stock: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[int | None] = mapped_column(BigInteger)
    series: Mapped[str | None] = mapped_column(Name)
    sold: Mapped[int] = mapped_column(Unsigned64)
    price: Mapped[float] = mapped_column(Double)
    rating: Mapped[float | None] = mapped_column(Double)
    cost: Mapped[Decimal] = mapped_column(Exact)
    lent: Mapped[bool]
    binding: Mapped[Binding] = mapped_column(EnumName(Binding))
    create_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lasts: Mapped[timedelta | None] = mapped_column(Microseconds)
    cover: Mapped[bytes]
    author: Mapped[Person | None] = mapped_column(JsonOf(Person))
    tags: Mapped[list[str]] = mapped_column(JsonOf(list[str]))
    sizes: Mapped[list[int]] = mapped_column(JsonOf(list[int]))
    people: Mapped[list[Person]] = mapped_column(JsonOf(list[Person]))
    labels: Mapped[dict[str, str]] = mapped_column(JsonOf(dict[str, str]))
    counts: Mapped[dict[int, float]] = mapped_column(JsonOf(dict[int, float]))
    delete_time: Mapped[datetime | None] = mapped_column(UtcDateTime)


BOOK = Rules(Book, type="library.example.com/Book", patterns=["shelves/{shelf}/books/{book}"], attributes={})
FIELDS = [each.name for each in dataclasses.fields(Book)]


UNSET: dict[str, Any] = {"owner": 0, "series": ""}
"""Kept as NULL."""


def row_of(book: Book) -> Row:
    values = {name: getattr(book, name) for name in FIELDS}
    return Row(**values | {name: values[name] or None for name in UNSET})


def book_of(row: Row) -> Book:
    values = {name: getattr(row, name) for name in FIELDS}
    return Book(**values | {name: values[name] or unset for name, unset in UNSET.items()})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, Base.metadata) as database:
        yield database


async def store(database: Database, books: Sequence[Book]) -> None:
    async with database.session() as session:
        await session.execute(delete(Row))
        session.add_all(map(row_of, books))


async def answer(database: Database, query: Query) -> Page[Book]:
    async with database.read() as session:
        return await select_page(session, sql_select(Row), query, book_of)


# Few values, so that many are equal, and odd ones.
TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "b",
    "_b",
    "a%",
    "*",
    "[a]",
    "é",
    "z",
    "Ω",
    "\U0001f600",
    "a\\b",
    "x'y\"",
    " a",
]
texts = st.sampled_from(TEXTS)
moments = st.sampled_from(
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 1, UTC),
        datetime(2026, 1, 2, 3, 4, 5, 500000, UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
    ]
)
spans = st.sampled_from(
    [
        timedelta(0),
        timedelta(microseconds=1),
        timedelta(microseconds=-1),
        timedelta(seconds=59.5),
        timedelta(days=-400, hours=5),
        timedelta(days=366, seconds=1),
        timedelta(days=3_650_000, microseconds=1),
    ]
)
floats = st.sampled_from([0.0, 0.1, 1.0, -2.5, 1e300, 5e-324, math.inf, -math.inf, math.nan])
decimals = st.sampled_from(
    [
        Decimal(each)
        for each in ("0", "0.1", "1.5", "1.25", "-1.5", "-1.25", "-10", "100", "12345678901234567890.5")
    ]
)
int32s = st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31)])
int64s = st.sampled_from([0, 1, -1, 2**53 + 1, 2**53, 2**63 - 1, -(2**63)])
uint64s = st.sampled_from([0, 1, 2**53 + 1, 2**63, 2**64 - 2, 2**64 - 1])
blobs = st.sampled_from([b"", b"\0", b"\xff\xfe", b"abc"])
bindings = st.sampled_from(Binding)
KEYS = ["a", "odd.key", 'quo"te', "back\\slash", "é", "", "$", "1", "new\nline"]
keys = st.sampled_from(KEYS)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def people(depth: int = 1) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        family_name=texts,
        born=maybe(moments),
        from_=texts,
        fee=floats,
        cost=decimals,
        rank=int64s,
        awake=maybe(spans),
        likes=bindings,
        active=st.booleans(),
        mark=blobs,
        tags=st.lists(texts, max_size=2),
        mentor=maybe(people(depth - 1)) if depth else st.none(),
    )


books = st.builds(
    Book,
    title=texts,
    subtitle=maybe(texts),
    pages=int32s,
    stock=maybe(int64s),
    owner=int64s,
    series=texts,
    sold=uint64s,
    price=floats,
    rating=maybe(floats),
    cost=decimals,
    lent=st.booleans(),
    binding=bindings,
    create_time=maybe(moments),
    lasts=maybe(spans),
    cover=blobs,
    author=maybe(people()),
    tags=st.lists(texts, max_size=3),
    sizes=st.lists(int64s, max_size=3),
    people=st.lists(people(), max_size=2),
    labels=st.dictionaries(keys, texts, max_size=3),
    counts=st.dictionaries(int32s, floats, max_size=2),
    delete_time=maybe(moments),
)


@st.composite
def libraries(draw: st.DrawFn) -> list[Book]:
    """Books of different names, in the order of no key."""
    found = draw(st.lists(books, max_size=8))
    for number, book in enumerate(found):
        shelf = draw(st.sampled_from(["1", "2", "a_b", "aXb", "%"]))
        book.name = f"shelves/{shelf}/books/{draw(st.sampled_from('zyXé'))}{number}"
    return found


finite = floats.filter(math.isfinite)
wide = int64s | uint64s
ORDERED = ["=", "!=", "<", "<=", ">", ">="]
EQUAL = ["=", "!="]
SCALARS: dict[type[Any], tuple[st.SearchStrategy[Any], list[str]]] = {
    str: (texts, ORDERED),
    int: (wide, ORDERED),
    float: (finite, ORDERED),
    Decimal: (decimals, ORDERED),
    bool: (st.booleans(), EQUAL),
    Binding: (bindings, EQUAL),
    datetime: (moments, ORDERED),
    timedelta: (spans, ORDERED),
    bytes: (blobs, ORDERED),
}
PATHS: list[tuple[tuple[str, ...], type[Any]]] = [
    (("title",), str),
    (("subtitle",), str),
    (("pages",), int),
    (("stock",), int),
    (("owner",), int),
    (("series",), str),
    (("sold",), int),
    (("price",), float),
    (("rating",), float),
    (("cost",), Decimal),
    (("lent",), bool),
    (("binding",), Binding),
    (("create_time",), datetime),
    (("lasts",), timedelta),
    (("cover",), bytes),
]
IN_PERSON: list[tuple[tuple[str, ...], type[Any]]] = [
    (("family_name",), str),
    (("born",), datetime),
    (("from",), str),
    (("fee",), float),
    (("cost",), Decimal),
    (("rank",), int),
    (("awake",), timedelta),
    (("likes",), Binding),
    (("active",), bool),
    (("mark",), bytes),
    (("mentor", "family_name"), str),
    (("mentor", "born"), datetime),
]
MANY: list[tuple[tuple[str, ...], type[Any]]] = [
    (("tags",), list),
    (("people",), list),
    (("labels",), dict),
    (("author",), Person),
    (("author", "tags"), list),
    (("author", "mentor"), Person),
]


def in_author(path: tuple[str, ...]) -> tuple[str, ...]:
    return ("author", *path)


@st.composite
def compares(draw: st.DrawFn, paths: Sequence[tuple[tuple[str, ...], type[Any]]]) -> Node:
    path, kind = draw(st.sampled_from(paths))
    if path[-1:] == ("rank",):
        values, operators = int64s, ORDERED  # see the limits of SQLite in json_values
    else:
        values, operators = SCALARS[kind]
    if draw(st.integers(0, 9)) == 0:
        return Compare(path, ":", PRESENT, kind)
    if kind is str and draw(st.integers(0, 2)) == 0:
        pieces = draw(st.lists(st.one_of(st.just(""), texts), min_size=2, max_size=4))
        return Compare(path, "like", Pattern(tuple(pieces)), str)
    return Compare(path, draw(st.sampled_from(operators)), draw(values), kind)


def leaves() -> st.SearchStrategy[Node]:
    own = [*PATHS, *((in_author(path), kind) for path, kind in IN_PERSON)]
    labels = [(("labels", key), str) for key in KEYS]
    counts = [(("counts", key), float) for key in ("0", "-1", "7")]
    element = compares([((), str)])
    return st.one_of(
        compares(own),
        compares([*labels, *counts]),
        st.builds(lambda chosen: Compare(chosen[0], ":", PRESENT, chosen[1]), st.sampled_from(MANY)),
        st.builds(Has, st.sampled_from([("tags",), ("author", "tags")]), element),
        st.builds(Has, st.just(("sizes",)), compares([((), int)])),
        st.builds(Has, st.just(("people",)), compares(IN_PERSON)),
        st.builds(Has, st.just(("people",)), st.builds(Has, st.just(("tags",)), element)),
    )


def nodes(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def more(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)

    return st.recursive(leaves, more, max_leaves=4)


NULLABLE = {"subtitle", "stock", "rating", "create_time", "lasts"}
ORDERS = [
    *((path, path[0] in NULLABLE) for path, kind in PATHS if kind is not bytes),
    *((in_author(path), True) for path, kind in IN_PERSON if kind is not bytes),
]


@st.composite
def orders(draw: st.DrawFn) -> tuple[OrderKey, ...]:
    chosen = draw(st.lists(st.sampled_from(ORDERS), max_size=3, unique_by=lambda each: each[0]))
    found = [OrderKey(path, draw(st.booleans()), nullable) for path, nullable in chosen]
    return (*found, OrderKey(("name",), draw(st.booleans())))


EQUALS = [
    ("binding", Binding.PAPERBACK),
    ("title", "a"),
    ("pages", 1),
    ("owner", 0),
    ("owner", 1),
    ("series", ""),
    ("series", "a"),
]


@st.composite
def queries(draw: st.DrawFn) -> Query:
    return Query(
        parent=draw(
            st.sampled_from(["", "", "shelves/1", "shelves/-", "shelves/a_b", "shelves/%", "shelves/9"])
        ),
        where=draw(st.none() | nodes(leaves())),
        order=draw(orders()),
        limit=draw(st.none() | st.integers(1, 4)),
        skip=draw(st.sampled_from([0, 0, 1, 3])),
        show_deleted=draw(st.booleans()),
        counted=draw(st.booleans()),
        equals=draw(st.sampled_from([(), *((each,) for each in EQUALS)])),
        unset=UNSET,
    )


def same(page: Page[Book]) -> tuple[list[str], int]:
    return [_shown(book) for book in page.items], page.total_size


def _shown(book: Book) -> str:
    """NaN is not equal to itself, maps have no order, and UTC has several classes."""
    return json.dumps(to_jsonable_python(book, bytes_mode="base64", inf_nan_mode="strings"), sort_keys=True)


law = settings(
    max_examples=int(os.environ.get("SCAFFOLD_EXAMPLES", "50")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@law
@given(library=libraries(), query=queries())
async def test_a_database_answers_as_memory_does(
    database: Database, library: list[Book], query: Query
) -> None:
    await store(database, library)
    expected = select(query, library)
    assert same(await answer(database, query)) == same(expected)


@law
@given(library=libraries(), order=orders(), limit=st.integers(1, 3))
async def test_pages_behind_each_other_are_the_whole_list(
    database: Database, library: list[Book], order: tuple[OrderKey, ...], limit: int
) -> None:
    await store(database, library)
    everything = select(Query(order=order, show_deleted=True, unset=UNSET), library).items
    for number in range(len(everything)):
        first = Query(order=order, show_deleted=True, limit=1, skip=number, unset=UNSET)
        last = select(first, library).items[0]
        after = tuple(_value(last, key.path) for key in order)
        query = Query(order=order, after=after, limit=limit, show_deleted=True, unset=UNSET)
        page = await answer(database, query)
        assert [book.name for book in page.items] == [
            book.name for book in everything[number + 1 : number + 1 + limit]
        ]


MAY_BE_NULL: list[tuple[tuple[str, ...], type[Any]]] = [(("owner",), int), (("series",), str)]


@law
@given(
    values=st.lists(st.tuples(st.sampled_from([0, 1, -1]), st.sampled_from(["", "a", "b"])), max_size=6),
    where=st.none() | nodes(compares(MAY_BE_NULL)),
    keys=st.lists(
        st.tuples(st.sampled_from(MAY_BE_NULL), st.booleans()), max_size=2, unique_by=lambda k: k[0][0]
    ),
    equals=st.sampled_from([(), (("owner", 0),), (("owner", 1),), (("series", ""),)]),
)
@example(values=[(0, ""), (1, "")], where=Not(Compare(("owner",), "<", 2**63, int)), keys=[], equals=())
@example(values=[(0, ""), (1, "")], where=Compare(("owner",), ":", PRESENT, int), keys=[], equals=())
async def test_null_is_the_value_that_it_stands_for(
    database: Database,
    values: list[tuple[int, str]],
    where: Node | None,
    keys: list[tuple[tuple[tuple[str, ...], type[Any]], bool]],
    equals: tuple[tuple[str, Any], ...],
) -> None:
    library = [
        Book(name=f"shelves/1/books/{number}", owner=owner, series=series)
        for number, (owner, series) in enumerate(values)
    ]
    await store(database, library)
    order = (*(OrderKey(path, descending) for (path, _), descending in keys), OrderKey(("name",)))
    query = Query(where=where, order=order, equals=equals, unset=UNSET)
    everything = select(query, library).items
    assert (await answer(database, query)).items == everything
    for number, last in enumerate(everything, 1):
        behind = dataclasses.replace(query, after=tuple(_value(last, key.path) for key in order))
        assert (await answer(database, behind)).items == everything[number:]
        assert select(behind, library).items == everything[number:]


def _value(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = None if value is None else getattr(value, "from_" if name == "from" else name)
    return value


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)]
)
@pytest.mark.parametrize("path", [("create_time",), ("author", "born")])
async def test_the_first_and_the_last_moment_are_moments(
    database: Database, moment: datetime, path: tuple[str, ...]
) -> None:
    """asyncpg takes them for -infinity and infinity, which no text in a document is."""
    await store(database, [Book(name="shelves/1/books/1", create_time=moment, author=Person(born=moment))])
    for descending in (False, True):
        order = (OrderKey(path, descending, nullable=True), OrderKey(("name",)))
        after = Query(order=order, after=(moment, "shelves/1/books/1"), show_deleted=True)
        assert (await answer(database, after)).items == []
    found = await answer(database, Query(where=Compare(path, "=", moment, datetime)))
    assert [book.create_time for book in found.items] == [moment]
