"""Which messages are resources, and which of them are stored.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import ALL, NAMED, RPCS, flat, method, named, reason, verbs
from .support import contract, rpc


def test_resource_by_the_aips(load: Load) -> None:
    found = recognise(named(load))
    assert verbs(found) == ALL
    book = found.resources["shop.v1.Book"]
    assert (book.identity.name, book.patterns) == ("name", ("shelves/{shelf}/books/{book}",))
    assert method(found, "CreateBook") == {"payload": "book", "parent": "parent", "id_field": "book_id"}
    assert method(found, "GetBook") == {"identity": "name"}
    assert method(found, "ListBooks") == {
        "parent": "parent",
        "page_size": "page_size",
        "page_token": "page_token",
        "items": "books",
        "next_token": "next_page_token",
    }
    assert method(found, "UpdateBook") == {"payload": "book", "mask": "update_mask"}
    assert method(found, "DeleteBook") == {"identity": "name", "is_empty": True}


def test_resource_as_kratos_has_it(load: Load) -> None:
    found = recognise(flat(load))
    assert verbs(found) == ALL
    assert found.resources["shop.v1.Book"].is_integer
    pairs = (("title", "title"), ("pages", "pages"))
    assert method(found, "CreateBook") == {"fields": pairs, "result": "book"}
    assert method(found, "GetBook") == {"identity": "id", "result": "book"}
    assert method(found, "ListBooks") == {
        "page": "page",
        "page_size": "page_size",
        "items": "books",
        "total_size": "total",
    }
    assert method(found, "UpdateBook") == {"identity": "id", "fields": pairs, "result": "book"}
    assert method(found, "DeleteBook") == {"identity": "id", "is_empty": True}


def test_create_is_enough_to_be_stored(load: Load) -> None:
    only = dict.fromkeys(RPCS, "") | {"CreateBook": RPCS["CreateBook"]}
    assert verbs(recognise(named(load, {}, only))) == {"CreateBook": "create"}


def test_nothing_is_stored_that_nobody_creates(load: Load) -> None:
    found = recognise(named(load, {}, {"CreateBook": ""}))
    assert not found.resources
    assert reason(found, "GetBook") == "custom: no RPC creates a Book, so none is stored"


def test_service_that_creates_nothing_has_nothing(load: Load) -> None:
    other = "service Admin { rpc GetBook(GetBookRequest) returns (Book); }"
    found = recognise(load(contract(NAMED, *(f"{n} {t}" for n, t in RPCS.items())) + other))
    assert found.reasons["shop.v1.Admin.GetBook"] == (
        "custom: Admin creates no Book and has none; shop.v1.BookService does"
    )


def test_two_services_that_create_a_resource_are_told_to_keep_it_apart(load: Load) -> None:
    text = contract(NAMED, *(f"{name} {types}" for name, types in RPCS.items()))
    text += f"\nservice Admin {{ {rpc('CreateBook CreateBookRequest Book')} }}"
    found = recognise(load(text))
    reasons = {name: why for name, why in found.reasons.items() if name.endswith("CreateBook")}
    assert reasons["shop.v1.BookService.CreateBook"].endswith("; kept apart from what shop.v1.Admin creates")
    assert reasons["shop.v1.Admin.CreateBook"].endswith("; kept apart from what shop.v1.BookService creates")
