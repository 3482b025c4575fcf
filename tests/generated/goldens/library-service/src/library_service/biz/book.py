"""Book: the rules, and what they need stored."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Protocol

from library_service.biz.book_types import Book
from library_service.kit.resource import Page, apply_mask, page_start, resource_id, utc_now


class BookRepository(Protocol):
    """Where books are kept."""

    async def create(self, book: Book) -> Book:
        """Stores a new book. Raises AlreadyExistsError."""
        ...

    async def get(self, name: str) -> Book:
        """Raises NotFoundError."""
        ...

    async def list_after(self, name: str, limit: int | None) -> list[Book]:
        """The books behind `name` in its order, at most `limit`."""
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
        self, book_repository: BookRepository, now: Callable[[], datetime.datetime] = utc_now
    ) -> None:
        self._book_repository = book_repository
        self._now = now

    async def create_book(self, book: Book, book_id: str = "") -> Book:
        """Adds a book."""
        book.name = f"books/{resource_id(book_id)}"
        book.create_time = book.update_time = self._now()
        return await self._book_repository.create(book)

    async def get_book(self, name: str) -> Book:
        """Returns one book."""
        return await self._book_repository.get(name)

    async def list_books(self, page_size: int = 0, page_token: str = "") -> Page[Book]:
        """Lists the books by name, a page at a time."""
        limit, last = page_start(page_size, page_token)
        found = await self._book_repository.list_after(last, limit + 1)
        return Page.of(found, limit, lambda book: book.name)

    async def update_book(self, book: Book, update_mask: Sequence[str] = ()) -> Book:
        """Changes the fields of a book that the mask names."""
        current = await self._book_repository.get(book.name)
        updated = apply_mask(current, book, update_mask, keep={"name", "create_time", "update_time"})
        updated.update_time = self._now()
        return await self._book_repository.update(updated)

    async def delete_book(self, name: str) -> None:
        """Removes a book."""
        await self._book_repository.delete(name)
