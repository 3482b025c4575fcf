"""What the names of RPCs and messages mean.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import names, recognise
from tests.contract_text import Load

from .books import ALL, FLAT, NAMED, REPLIES, RPCS, flat, loaded, named, reason, verbs
from .support import contract


@pytest.mark.parametrize(
    ("service", "rpc", "verb"),
    [
        ("BookService", "Get", "get"),
        ("Books", "Get", "get"),
        ("BooksAPI", "Get", "get"),
        ("Library", "Get", ""),
        ("BookService", "GetBooks", ""),
        ("BookService", "GetTheBook", ""),
        ("BookService", "get_book", "get"),
        ("BookService", "Getbook", ""),
        ("BookService", "FetchBook", ""),
        ("BookService", "ReadBook", ""),
        ("BookService", "Getaway", ""),
    ],
)
def test_name_of_an_rpc(load: Load, service: str, rpc: str, verb: str) -> None:
    rpcs = [f"{name} {types}" for name, types in RPCS.items() if name != "GetBook"]
    found = recognise(load(contract(NAMED, *rpcs, f"{rpc} GetBookRequest Book", service=service)))
    assert verbs(found).get(rpc, "") == verb, reason(found, rpc)


def test_service_of_bare_verbs(load: Load) -> None:
    """`service BookService { rpc Create(…); rpc List(…); … }`"""
    rpcs = [f"{name.removesuffix('s').removesuffix('Book')} {types}" for name, types in RPCS.items()]
    found = recognise(load(contract(NAMED, *rpcs)))
    assert verbs(found) == {verb.capitalize(): verb for verb in ALL.values()}


@pytest.mark.parametrize(
    ("rpc", "listed"),
    [
        ("ListBook", True),
        ("ListBooks", True),
        ("ListBookItems", False),
        ("ListBookIds", False),
        ("ListAll", False),
    ],
)
def test_name_of_a_list(load: Load, rpc: str, listed: bool) -> None:
    found = recognise(named(load, {}, {"ListBooks": "", rpc: "ListBooksRequest ListBooksResponse"}))
    assert (rpc in verbs(found)) is listed


@pytest.mark.parametrize(
    ("rpc", "types", "verb"),
    [
        ("AddBook", "CreateBookRequest Book", "create"),
        ("FindBook", "GetBookRequest Book", "get"),
        ("SearchBooks", "ListBooksRequest ListBooksResponse", "list"),
        ("RemoveBook", "DeleteBookRequest Empty", "delete"),
        ("PatchBook", "UpdateBookRequest Book", "update"),
    ],
)
def test_similar_word_is_no_standard_method(load: Load, rpc: str, types: str, verb: str) -> None:
    """But the reason says how to make it one, where it has the shape; an override does."""
    loaded = named(load, {}, {rpc: types})
    found = recognise(loaded)
    assert rpc not in verbs(found)
    assert f"say `shop.v1.BookService.{rpc}: {verb}` under `methods:`" in reason(found, rpc)
    said = recognise(loaded, {f"shop.v1.BookService.{rpc}": verb})
    assert verbs(said)[rpc] == verb
    assert "by scaffold.yaml" in reason(said, rpc)
    assert not said.problems


def test_similar_word_with_another_shape_has_no_advice(load: Load) -> None:
    found = recognise(named(load, {"Q": "query"}, {"SearchBooks": "Q ListBooksResponse"}))
    assert reason(found, "SearchBooks") == "custom: its name is none of a standard method"


@pytest.mark.parametrize("ending", ["Info", "Data", "DTO", "Model", "_Entity"])
def test_a_message_that_describes_what_rpcs_are_about(load: Load, ending: str) -> None:
    """A service that is called Book already has BookInfo, as Kratos' users write it."""
    messages = {name: text.replace("Book ", f"Book{ending} ") for name, text in FLAT.items()}
    messages[f"Book{ending}"] = messages.pop("Book")
    messages["GetBookRequest"] = "int64 book_id"
    rpcs = [f"{name} {types}" for name, types in REPLIES.items()]
    found = recognise(load(contract(messages, *rpcs, service="Book")))
    assert verbs(found) == ALL
    [resource] = found.resources.values()
    assert (resource.message.name, resource.name, resource.noun) == (f"Book{ending}", "Book", "book")


def test_an_answer_is_what_rpcs_are_about_where_another_one_gives_it(load: Load) -> None:
    messages = {**FLAT, "BookReply": FLAT["Book"], "ListBooksReply": "repeated BookReply books, int64 total"}
    del messages["Book"], messages["CreateBookReply"], messages["GetBookReply"], messages["UpdateBookReply"]
    rpcs = {
        "CreateBook": "CreateBookRequest BookReply",
        "GetBook": "GetBookRequest BookReply",
        "ListBooks": "ListBooksRequest ListBooksReply",
        "UpdateBook": "UpdateBookRequest BookReply",
        "DeleteBook": "DeleteBookRequest Empty",
    }
    assert verbs(recognise(loaded(load, messages, rpcs))) == ALL
    alone = {"CreateBook": rpcs["CreateBook"], "DeleteBook": rpcs["DeleteBook"]}
    found = recognise(loaded(load, messages, alone))
    assert verbs(found) == {}
    assert reason(found, "CreateBook") == "custom: no message is called Book"


@pytest.mark.parametrize("part", ["BookItem", "BookProfile", "BookRecord", "Data"])
def test_a_part_of_a_resource_is_not_the_resource(load: Load, part: str) -> None:
    messages = {name: text.replace("Book ", f"{part} ") for name, text in FLAT.items()}
    messages[part] = messages.pop("Book")
    assert verbs(recognise(loaded(load, messages, REPLIES))) == {}


def test_a_list_may_be_called_as_many_of_what_it_holds(load: Load) -> None:
    rpcs = {**REPLIES, "ListBooks": "ListBooksRequest Books"}
    found = recognise(loaded(load, {**FLAT, "Books": FLAT["ListBooksReply"]}, rpcs))
    assert verbs(found) == ALL


def test_a_message_of_the_name_itself_comes_first(load: Load) -> None:
    found = recognise(flat(load, {"BookInfo": f"{FLAT['Book']}, isbn", "GetBookReply": "BookInfo book"}))
    assert verbs(found) == {name: verb for name, verb in ALL.items() if verb != "get"}
    assert reason(found, "GetBook") == "custom: BookInfo's field isbn is nothing that a store knows"


@pytest.mark.parametrize(
    ("message", "may"),
    [
        *((name, True) for name in ("Book", "ListBookReply.Book", "BookInfo", "GetBookReply")),
        *((name, False) for name in ("OldBook", "ListBooksReply", "GetBook", "BookPart")),
    ],
)
def test_what_a_resource_may_have_been_the_message_of(message: str, may: bool) -> None:
    assert names.may_be(f"shop.v1.{message}", "book") is may
