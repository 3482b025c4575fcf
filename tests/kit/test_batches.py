"""Batches (AIP-231 to 235): the order of the work, its limit, and where in a request violations are."""

from __future__ import annotations

import pytest

from kit.errors import InvalidArgumentError, NotFoundError
from kit.resource import check_names, check_parents, in_turn, renamed, under


async def test_requests_are_done_in_turn() -> None:
    begun: list[int] = []

    async def double(number: int) -> int:
        begun.append(number)
        return 2 * number

    assert await in_turn([3, 1, 2], double) == [6, 2, 4]
    assert begun == [3, 1, 2]


async def test_first_failure_ends_a_batch() -> None:
    begun: list[int] = []

    async def fail(number: int) -> None:
        begun.append(number)
        raise NotFoundError(str(number))

    with pytest.raises(NotFoundError, match="1"):
        await in_turn([1, 2], fail)
    assert begun == [1]


async def test_violation_in_a_batch_has_the_place_of_its_request() -> None:
    async def refuse(title: str) -> None:
        if not title:
            raise InvalidArgumentError.field("book.title", "is required", reason="required")

    with pytest.raises(InvalidArgumentError) as caught:
        await in_turn(["a", ""], refuse)
    [violation] = caught.value.violations
    assert (violation.field, violation.reason) == ("requests[1].book.title", "required")
    assert caught.value.message == "requests[1].book.title: is required"


async def test_batch_of_more_than_a_thousand_is_refused_before_anything_is_done() -> None:
    async def never(number: int) -> None:
        raise AssertionError(number)

    with pytest.raises(InvalidArgumentError) as caught:
        await in_turn(range(1001), never, "names")
    assert [each.field for each in caught.value.violations] == ["names"]
    with pytest.raises(InvalidArgumentError):
        check_names(["shelves/1"] * 1001)


@pytest.mark.parametrize(
    ("parent", "name", "accepted"),
    [
        ("", "shelves/1/books/1", True),
        ("shelves/1", "shelves/1/books/1", True),
        ("shelves/1", "shelves/2/books/1", False),
        ("shelves/1", "shelves/11/books/1", False),
        ("shelves/1", "shelves/1", False),
        ("shelves/-", "shelves/2/books/1", True),
        ("shelves/-", "racks/2/books/1", False),
        ("shelves/.", "shelves/2/books/1", False),
    ],
)
def test_names_of_a_batch_are_in_its_parent(parent: str, name: str, accepted: bool) -> None:
    if accepted:
        check_names([name], parent)
        return
    with pytest.raises(InvalidArgumentError) as caught:
        check_names([name], parent, "requests[{}].name")
    assert [each.field for each in caught.value.violations] == ["requests[0].name"]


@pytest.mark.parametrize(
    ("parent", "own", "accepted"),
    [("", "a", True), ("a", "", True), ("a", "a", True), ("a", "b", False)],
)
def test_requests_of_a_batch_have_its_parent_or_none(parent: str, own: str, accepted: bool) -> None:
    if accepted:
        check_parents(parent, [own])
        return
    with pytest.raises(InvalidArgumentError) as caught:
        check_parents(parent, ["", own])
    assert [each.field for each in caught.value.violations] == ["requests[1].parent"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("book", "item"),
        ("book.title", "item.title"),
        ("book[0]", "item[0]"),
        ("bookcase", "bookcase"),
        ("shelf.book", "shelf.book"),
        ("page_size", "limit"),
    ],
)
def test_field_is_told_as_the_request_calls_it(said: str, told: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught, renamed(book="item", page_size="limit"):
        raise InvalidArgumentError.field(said, "is wrong")
    assert [each.field for each in caught.value.violations] == [told]


def test_field_that_the_request_has_not_is_left_out_of_the_path() -> None:
    with pytest.raises(InvalidArgumentError) as caught, renamed(book=""):
        raise InvalidArgumentError.field("book.title", "is wrong")
    assert [each.field for each in caught.value.violations] == ["title"]


def test_places_are_put_before_each_other_from_the_inside_out() -> None:
    with pytest.raises(InvalidArgumentError) as caught, under("batch"), under("requests[2]"):
        raise InvalidArgumentError.field("", "is wrong")
    assert [each.field for each in caught.value.violations] == ["batch.requests[2]"]


def test_error_without_violations_stays_as_it_is() -> None:
    error = InvalidArgumentError("no", reason="NO")
    with pytest.raises(InvalidArgumentError) as caught, under("requests[0]"):
        raise error
    assert caught.value is error
