"""The rules of library.v1.BookService, with the database faked."""

from __future__ import annotations

import dataclasses

import pytest

from library_service.biz.book import BookUseCase
from library_service.biz.book_types import Book
from library_service.kit.errors import AlreadyExistsError, InvalidArgumentError, NotFoundError


class FakeBookRepository:
    def __init__(self) -> None:
        self._stored: dict[str, Book] = {}

    async def create(self, book: Book) -> Book:
        if book.name in self._stored:
            raise AlreadyExistsError(str(book.name))
        self._stored[book.name] = book
        return book

    async def get(self, name: str) -> Book:
        if name not in self._stored:
            raise NotFoundError(str(name))
        return self._stored[name]

    async def list_after(self, name: str, limit: int | None) -> list[Book]:
        keys = sorted(key for key in self._stored if key > name)
        return [self._stored[key] for key in keys[:limit]]

    async def update(self, book: Book) -> Book:
        self._stored[book.name] = book
        return book

    async def delete(self, name: str) -> None:
        if name not in self._stored:
            raise NotFoundError(str(name))
        del self._stored[name]


@pytest.fixture
def use_case() -> BookUseCase:
    return BookUseCase(FakeBookRepository())


async def test_book_is_found_after_its_creation(use_case: BookUseCase) -> None:
    created = await use_case.create_book(Book(title="sample"))
    assert await use_case.get_book(created.name) == created


async def test_unknown_book_is_not_found(use_case: BookUseCase) -> None:
    with pytest.raises(NotFoundError):
        await use_case.get_book("books/none")


async def test_book_is_created_once(use_case: BookUseCase) -> None:
    await use_case.create_book(Book(), "one")
    with pytest.raises(AlreadyExistsError):
        await use_case.create_book(Book(), "one")


async def test_book_id_must_fit_into_a_path(use_case: BookUseCase) -> None:
    with pytest.raises(InvalidArgumentError):
        await use_case.create_book(Book(), "one/two")


async def test_pages_hold_every_book_once(use_case: BookUseCase) -> None:
    created = [await use_case.create_book(Book()) for _ in range(3)]
    first = await use_case.list_books(page_size=2)
    second = await use_case.list_books(page_size=2, page_token=first.next_token)
    names = [item.name for page in (first, second) for item in page.items]
    assert names == sorted(item.name for item in created)
    assert not second.next_token


async def test_update_of_book_changes_what_the_mask_names(use_case: BookUseCase) -> None:
    created = await use_case.create_book(Book())
    changed = dataclasses.replace(created, title="changed")
    updated = await use_case.update_book(changed, ["title"])
    assert updated.title == "changed"
    with pytest.raises(InvalidArgumentError):
        await use_case.update_book(changed, ["no_such_field"])


async def test_deleted_book_is_gone(use_case: BookUseCase) -> None:
    created = await use_case.create_book(Book())
    await use_case.delete_book(created.name)
    with pytest.raises(NotFoundError):
        await use_case.get_book(created.name)
