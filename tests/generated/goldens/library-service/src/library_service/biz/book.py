"""Book: the rules, and what they need stored."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Protocol

from library_service.biz.book_types import Book
from library_service.kit.resource import Page, Query, Rules, Transaction, utc_now

BOOK = Rules(
    Book,
    type="library.example.com/Book",
    field="book",
    patterns=["books/{book}"],
    required=["title"],
    output_only=["create_time", "update_time"],
)


class BookRepository(Protocol):
    """Where books are kept."""

    async def create(self, book: Book) -> Book:
        """Stores a new book. Raises AlreadyExistsError."""
        ...

    async def get(self, name: str, *, for_update: bool = False) -> Book:
        """With `for_update`, nobody else changes it until the transaction ends. Raises NotFoundError."""
        ...

    async def find(self, query: Query) -> Page[Book]:
        """The books that the query asks for."""
        ...

    async def update(self, book: Book) -> Book:
        """Replaces what is stored. Raises NotFoundError."""
        ...

    async def delete(self, name: str) -> None:
        """Raises NotFoundError."""
        ...


class BookUseCase:
    """The rules of library.v1.BookService."""

    def __init__(
        self,
        book_repository: BookRepository,
        transaction: Transaction,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._book_repository = book_repository
        self._transaction = transaction
        self._now = now

    async def create_book(self, book: Book, *, book_id: str = "") -> Book:
        """Adds a book."""
        book = BOOK.new(book)
        book.name = BOOK.new_name(proposed=book_id)
        book.create_time = book.update_time = self._now()
        return await self._book_repository.create(book)

    async def get_book(self, name: str) -> Book:
        """Returns one book."""
        return await self._book_repository.get(name)

    async def list_books(self, *, page_size: int = 0, page_token: str = "") -> Page[Book]:
        """Lists the books by name, a page at a time."""
        return await self._book_repository.find(BOOK.query(page_size=page_size, page_token=page_token))

    async def update_book(self, book: Book, update_mask: Sequence[str] = ()) -> Book:
        """Changes the fields of a book that the mask names."""
        async with self._transaction():
            current = await self._book_repository.get(book.name, for_update=True)
            updated = BOOK.updated(current, book, update_mask)
            updated.update_time = self._now()
            return await self._book_repository.update(updated)

    async def delete_book(self, name: str) -> None:
        """Removes a book."""
        await self._book_repository.delete(name)
