"""The rules of library.v1.BookService, with the database faked."""

from __future__ import annotations

import dataclasses

import pytest

from library_service.biz.book import BOOK, BookUseCase
from library_service.biz.book_types import Book
from library_service.kit.errors import AlreadyExistsError, InvalidArgumentError, NotFoundError
from library_service.kit.resource import Page, Query, no_transaction, select


class FakeBookRepository:
    """Keeps books in memory."""

    def __init__(self) -> None:
        self._stored: dict[str, Book] = {}

    async def create(self, book: Book) -> Book:
        if book.name in self._stored:
            raise BOOK.already_exists(book.name)
        return self._keep(book)

    async def get(self, name: str, *, for_update: bool = False) -> Book:
        if name not in self._stored:
            raise BOOK.not_found(name)
        return dataclasses.replace(self._stored[name])

    async def find(self, query: Query) -> Page[Book]:
        return select(query, self._stored.values())

    async def update(self, book: Book) -> Book:
        return self._keep(book)

    async def delete(self, name: str) -> None:
        if self._stored.pop(name, None) is None:
            raise BOOK.not_found(name)

    def _keep(self, book: Book) -> Book:
        self._stored[book.name] = dataclasses.replace(book)
        return dataclasses.replace(self._stored[book.name])


@pytest.fixture
def use_case() -> BookUseCase:
    return BookUseCase(FakeBookRepository(), no_transaction)


async def new_book(use_case: BookUseCase, *, title: str = "sample", book_id: str = "") -> Book:
    return await use_case.create_book(Book(title=title), book_id=book_id)


async def test_book_is_found_after_its_creation(use_case: BookUseCase) -> None:
    created = await new_book(use_case)
    assert await use_case.get_book(created.name) == created


async def test_unknown_book_is_not_found(use_case: BookUseCase) -> None:
    with pytest.raises(NotFoundError):
        await use_case.get_book("books/none")


async def test_book_is_created_once(use_case: BookUseCase) -> None:
    await new_book(use_case, book_id="one")
    with pytest.raises(AlreadyExistsError):
        await new_book(use_case, book_id="one")


async def test_book_id_must_fit_into_a_path(use_case: BookUseCase) -> None:
    with pytest.raises(InvalidArgumentError):
        await new_book(use_case, book_id="one/two")


async def test_book_needs_what_is_required(use_case: BookUseCase) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        await use_case.create_book(Book())
    assert [each.field for each in caught.value.violations] == ["book.title"]


async def test_pages_hold_every_book_once(use_case: BookUseCase) -> None:
    created = [await new_book(use_case) for _ in range(3)]
    first = await use_case.list_books(page_size=2)
    second = await use_case.list_books(page_size=2, page_token=first.next_token)
    names = [item.name for page in (first, second) for item in page.items]
    assert names == sorted(item.name for item in created)
    assert not second.next_token


async def test_update_of_book_changes_what_the_mask_names(use_case: BookUseCase) -> None:
    created = await new_book(use_case)
    changed = dataclasses.replace(created, title="changed")
    updated = await use_case.update_book(changed, ["title"])
    assert updated.title == "changed"
    with pytest.raises(InvalidArgumentError):
        await use_case.update_book(updated, ["no_such_field"])


async def test_deleted_book_is_gone(use_case: BookUseCase) -> None:
    created = await new_book(use_case)
    await use_case.delete_book(created.name)
    with pytest.raises(NotFoundError):
        await use_case.get_book(created.name)
