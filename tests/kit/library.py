"""Entities as services generate them, for the tests of the rules of resources."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Any

from kit.money import Money
from kit.resource import Rules


class BookBinding(enum.IntEnum):
    """How a book is bound."""

    UNSPECIFIED = 0
    HARDCOVER = 1
    PAPERBACK = 2


@dataclasses.dataclass(slots=True, kw_only=True)
class Book:
    """A book on a shelf, with a field of every kind."""

    name: str = ""
    title: str = ""
    author: BookAuthor | None = None
    authors: list[BookAuthor] = dataclasses.field(default_factory=list)
    binding: BookBinding = BookBinding.UNSPECIFIED
    pages: int = 0
    rating: float = 0.0
    on_loan: bool = False
    cover: bytes = b""
    price: decimal.Decimal | None = None
    uid: uuid.UUID | None = None
    printed: datetime.date | None = None
    read_at: datetime.time | None = None
    fee: Money | None = None
    tags: list[str] = dataclasses.field(default_factory=list)
    numbers: list[int] = dataclasses.field(default_factory=list)
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    places: dict[int, BookAuthor] = dataclasses.field(default_factory=dict)
    flags: dict[bool, int] = dataclasses.field(default_factory=dict)
    details: dict[str, Any] | None = None
    isbn: str | None = None
    edition: int | None = None
    lent_for: datetime.timedelta | None = None
    from_: str = ""
    paper: BookPaper | None = None
    ebook: BookEbook | None = None
    password: str = ""
    etag: str = ""
    create_time: datetime.datetime | None = None
    delete_time: datetime.datetime | None = None


@dataclasses.dataclass(slots=True, kw_only=True)
class BookAuthor:
    """A person who wrote the book."""

    given_name: str = ""
    family_name: str = ""
    born: datetime.datetime | None = None
    id: str = ""
    seen: int = 0
    class_: str = ""
    teacher: BookAuthor | None = None


@dataclasses.dataclass(slots=True, kw_only=True)
class BookPaper:
    """A book of paper."""

    weight: int = 0


@dataclasses.dataclass(slots=True, kw_only=True)
class BookEbook:
    """A book without."""

    size: int = 0


@dataclasses.dataclass(slots=True, kw_only=True)
class Loan:
    """Something with a plain id, in something else with one."""

    loan_id: str = ""
    shelf_id: str = ""
    note: str = ""


BOOK = Rules(
    Book,
    type="library.example.com/Book",
    patterns=["shelves/{shelf}/books/{book}"],
    required=["title", "authors.family_name", "author.family_name"],
    output_only=[
        "etag",
        "create_time",
        "delete_time",
        "author.id",
        "authors.id",
        "authors.seen",
        "places.id",
    ],
    input_only=["password"],
    immutable=["isbn", "author.born"],
    oneofs=[["paper", "ebook"]],
    attributes={"from": "from_"},
)

PLAIN = Rules(Book, type="Book", attributes={"from": "from_"})
"""The same without any rule."""

LOAN = Rules(Loan, type="Loan", identity="loan_id", parent_field="shelf_id")

LOOSE_LOAN = Rules(Loan, type="Loan", identity="loan_id", parent_field="shelf_id", parent_optional=True)
"""The same, also on no shelf."""
