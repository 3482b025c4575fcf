"""Ids, pages and update masks (AIP-122, 133, 134, 158)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidArgumentError
from kit.resource import MAX_PAGE_SIZE, Page, apply_mask, page_start, resource_id, utc_now


@dataclasses.dataclass(slots=True, kw_only=True)
class Author:
    name: str = ""
    born: int = 0


@dataclasses.dataclass(slots=True, kw_only=True)
class Book:
    name: str = ""
    title: str = ""
    from_: str = ""
    author: Author | None = None
    words: list[str] = dataclasses.field(default_factory=list)


def current() -> Book:
    return Book(name="books/1", title="old", from_="here", author=Author(name="A", born=1), words=["a"])


def test_mask_takes_what_it_names_and_nothing_else() -> None:
    updated = apply_mask(current(), Book(title="new", from_="there", words=["b"]), ["title", "words"])
    assert updated == dataclasses.replace(current(), title="new", words=["b"])


def test_without_a_mask_what_is_set_is_taken() -> None:
    assert apply_mask(current(), Book(title="new"), []) == dataclasses.replace(current(), title="new")


def test_star_takes_everything_but_what_the_server_owns() -> None:
    assert apply_mask(current(), Book(name="books/2"), ["*"], keep={"name"}) == Book(name="books/1")


def test_mask_reaches_into_messages() -> None:
    updated = apply_mask(current(), Book(author=Author(name="B", born=2)), ["author.name"])
    assert updated.author == Author(name="B", born=1)


def test_mask_names_a_field_as_the_contract_does() -> None:
    assert apply_mask(current(), Book(from_="there"), ["from"]).from_ == "there"


@pytest.mark.parametrize("path", ["nope", "author.nope", "title.length", "", "words.0"])
def test_unknown_path_is_named(path: str) -> None:
    with pytest.raises(InvalidArgumentError, match="update_mask"):
        apply_mask(current(), current(), [path])


def test_path_into_a_message_that_is_not_set_sets_it() -> None:
    updated = apply_mask(Book(), Book(author=Author(name="B", born=2)), ["author.name"])
    assert updated.author == Author(name="B")


def test_path_into_a_message_that_nobody_gave_clears_the_field() -> None:
    assert apply_mask(current(), Book(), ["author.name"]).author == Author(born=1)
    assert apply_mask(Book(), Book(), ["author.name"]).author is None


def test_update_shares_nothing_with_its_sources() -> None:
    incoming = Book(words=["b"])
    updated = apply_mask(current(), incoming, ["words"])
    incoming.words.append("c")
    assert updated.words == ["b"]


@given(st.lists(st.text(min_size=1), unique=True, max_size=30), st.integers(1, 7))
def test_pages_hold_every_item_once_and_in_order(keys: list[str], size: int) -> None:
    keys = sorted(keys)
    seen: list[str] = []
    token = ""
    while True:
        limit, last = page_start(size, token)
        page = Page.of([key for key in keys if key > last][: limit + 1], limit, str)
        seen += page.items
        token = page.next_token
        if not token:
            break
    assert seen == keys


def test_page_size_has_limits() -> None:
    assert page_start(0, "")[0] == 50
    assert page_start(10**6, "")[0] == MAX_PAGE_SIZE
    with pytest.raises(InvalidArgumentError, match="page_size"):
        page_start(-1, "")


@pytest.mark.parametrize("token", ["%", "a", "é", "____", "_w=="])
def test_foreign_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidArgumentError, match="page_token"):
        page_start(1, token)


def test_ids() -> None:
    assert resource_id("left-hand_1.~2") == "left-hand_1.~2"
    assert resource_id() != resource_id()
    for bad in ("a/b", "-a", "a-", "a b", "é", "a" * 64):
        with pytest.raises(InvalidArgumentError):
            resource_id(bad)


def test_now_has_a_zone() -> None:
    assert utc_now().utcoffset() is not None
