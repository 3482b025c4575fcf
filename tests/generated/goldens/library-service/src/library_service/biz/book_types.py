"""Book: what it knows, free of any message and any table."""

from __future__ import annotations

import dataclasses
import datetime
import enum


class BookBinding(enum.IntEnum):
    """How a book is bound."""

    UNSPECIFIED = 0
    HARDCOVER = 1
    PAPERBACK = 2


@dataclasses.dataclass(slots=True, kw_only=True)
class Book:
    """A book on the shelf."""

    # The resource's name: books/{book}.
    name: str = ""
    title: str = ""
    authors: list[BookAuthor] = dataclasses.field(default_factory=list)
    binding: BookBinding = BookBinding.UNSPECIFIED
    page_count: int = 0
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    isbn: str | None = None
    create_time: datetime.datetime | None = None
    update_time: datetime.datetime | None = None


@dataclasses.dataclass(slots=True, kw_only=True)
class BookAuthor:
    """A person who wrote the book."""

    given_name: str = ""
    family_name: str = ""
