"""The book repositories on a real database."""

from __future__ import annotations

import pytest

from library_service.biz.book import BookRepository
from library_service.biz.book_types import Book
from library_service.data import Base
from library_service.kit.errors import AlreadyExistsError, NotFoundError
from library_service.wiring import Container


@pytest.fixture
async def book_repository(container: Container) -> BookRepository:
    await container.database.create_tables(Base.metadata)
    return container.book_repository


async def test_book_is_stored(book_repository: BookRepository) -> None:
    created = await book_repository.create(Book(name="books/one", title="sample"))
    assert await book_repository.get(created.name) == created


async def test_book_is_stored_once(book_repository: BookRepository) -> None:
    created = await book_repository.create(Book(name="books/one", title="sample"))
    with pytest.raises(AlreadyExistsError):
        await book_repository.create(created)


async def test_books_are_listed(book_repository: BookRepository) -> None:
    created = await book_repository.create(Book(name="books/one", title="sample"))
    assert await book_repository.list_after("", limit=10) == [created]
    assert not await book_repository.list_after(created.name, limit=10)


async def test_deleted_book_is_not_found(book_repository: BookRepository) -> None:
    created = await book_repository.create(Book(name="books/one", title="sample"))
    await book_repository.delete(created.name)
    with pytest.raises(NotFoundError):
        await book_repository.get(created.name)
    with pytest.raises(NotFoundError):
        await book_repository.delete(created.name)
