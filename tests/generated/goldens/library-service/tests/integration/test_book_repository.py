"""The book repositories on a real database."""

from __future__ import annotations

import dataclasses

import pytest

from library_service.biz.book import BOOK, BookRepository
from library_service.biz.book_types import Book
from library_service.kit.errors import AlreadyExistsError, NotFoundError
from library_service.wiring import Container


def new_book() -> Book:
    return Book(name="books/one", title="sample")


@pytest.fixture
async def book_repository(container: Container) -> BookRepository:
    return container.book_repository


async def test_book_is_stored(book_repository: BookRepository) -> None:
    created = await book_repository.create(new_book())
    assert await book_repository.get(created.name) == created


async def test_unknown_book_is_not_found(book_repository: BookRepository) -> None:
    with pytest.raises(NotFoundError):
        await book_repository.get("books/none")


async def test_book_is_stored_once(book_repository: BookRepository) -> None:
    created = await book_repository.create(new_book())
    with pytest.raises(AlreadyExistsError):
        await book_repository.create(created)


async def test_books_are_listed(book_repository: BookRepository) -> None:
    query = BOOK.query()
    assert not (await book_repository.find(query)).items
    created = await book_repository.create(new_book())
    assert (await book_repository.find(query)).items == [created]


async def test_updated_book_is_stored(book_repository: BookRepository) -> None:
    created = await book_repository.create(new_book())
    updated = await book_repository.update(dataclasses.replace(created, title="changed"))
    assert updated.title == "changed"
    assert await book_repository.get(created.name) == updated
    with pytest.raises(NotFoundError):
        await book_repository.update(dataclasses.replace(created, name="books/none"))


async def test_deleted_book_is_not_found(book_repository: BookRepository) -> None:
    created = await book_repository.create(new_book())
    await book_repository.delete(created.name)
    with pytest.raises(NotFoundError):
        await book_repository.get(created.name)
    with pytest.raises(NotFoundError):
        await book_repository.delete(created.name)
