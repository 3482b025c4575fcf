"""What scaffold.yaml may say of RPCs, and what it cannot."""

from __future__ import annotations

import pytest

from scaffolder.standard import Problem, recognise
from tests.contract_text import Load

from .books import NAMED, RPCS, named, verbs
from .support import contract

SERVICE = "shop.v1.BookService"


def test_name_is_relaxed(load: Load) -> None:
    """An RPC of any name is what it is said to be; the message is told by its types."""
    loaded = named(load, {}, {"ListBooks": "", "Everything": "ListBooksRequest ListBooksResponse"})
    assert "Everything" not in verbs(recognise(loaded))
    found = recognise(loaded, {f"{SERVICE}.Everything": "list shop.v1.Book"})
    assert verbs(found)["Everything"] == "list"


def test_message_is_told_by_the_name_or_the_types(load: Load) -> None:
    loaded = named(load, {}, {"DeleteBook": "", "ForgetBook": "DeleteBookRequest Empty"})
    assert verbs(recognise(loaded, {f"{SERVICE}.ForgetBook": "delete"}))["ForgetBook"] == "delete"


def test_message_becomes_stored(load: Load) -> None:
    loaded = named(load, {}, {"CreateBook": "", "EnterBook": "CreateBookRequest Book"})
    assert not recognise(loaded).resources
    found = recognise(loaded, {f"{SERVICE}.EnterBook": "create"})
    assert verbs(found) == {
        "EnterBook": "create",
        "GetBook": "get",
        "ListBooks": "list",
        "UpdateBook": "update",
        "DeleteBook": "delete",
    }


def test_custom_create_stores_nothing(load: Load) -> None:
    found = recognise(named(load), {f"{SERVICE}.CreateBook": "custom"})
    assert not found.methods
    assert found.reasons[f"{SERVICE}.CreateBook"] == "custom: scaffold.yaml says so"
    assert "no RPC creates a Book" in found.reasons[f"{SERVICE}.GetBook"]


@pytest.mark.parametrize(
    ("rpc", "said", "message", "hint"),
    [
        ("GetBok", "get", f"there is no RPC {SERVICE}.GetBok", f"did you mean `{SERVICE}.GetBook`?"),
        ("Tag", "update", f"{SERVICE}.Tag cannot be an update: ", ""),
        ("GetBook", "fetch", "`fetch` is no standard method", ""),
        ("GetBook", "list_books", "`list_books` is no standard method", ""),
        ("GetBook", "lst", "`lst` is no standard method", "did you mean `list`?"),
        ("GetBook", "", "`` is no standard method", ""),
        ("GetBook", "get shop.v1.Bok", "there is no message shop.v1.Bok", "did you mean `shop.v1.Book`?"),
        ("GetBook", "get a b", "`get a b` is more than a verb and a message", "write it as in"),
        ("GetBook", "list", f"{SERVICE}.GetBook cannot be a list: ", ""),
        (
            "GetBook",
            "get without nam",
            "neither GetBookRequest nor Book has a field nam",
            "did you mean `name`?",
        ),
        ("GetBook", "get without title, zz", "neither GetBookRequest nor Book has a field zz", "take it out"),
        ("GetBook", "custom without name", "`custom without name` is more than", "write it as in"),
        ("GetBook", "get without name", f"{SERVICE}.GetBook cannot be a get: ", ""),
        ("GetBook", "without name", "`` is no standard method", ""),
        (
            "GetBook",
            "delete",
            f"{SERVICE}.GetBook cannot be a delete: it returns Book, which has no delete_time",
            "",
        ),
        ("Watch", "get", f"{SERVICE}.Watch cannot be a get: it streams", ""),
        (
            "Tag",
            "get shop.v1.Book",
            "cannot be a get: the request's field tag is nothing that a store knows",
            f"`{SERVICE}.Tag: get without tag` under `methods:` in scaffold.yaml passes it over",
        ),
    ],
)
def test_what_cannot_be_followed(load: Load, rpc: str, said: str, message: str, hint: str) -> None:
    messages = {"TagRequest": "name, tag"}
    rpcs = {"Watch": "GetBookRequest ~Book", "Tag": "TagRequest Book"}
    found = recognise(named(load, messages, rpcs), {f"{SERVICE}.{rpc}": said})
    assert len(found.problems) == 1
    problem: Problem = found.problems[0]
    assert problem.rpc == f"{SERVICE}.{rpc}"
    assert message in problem.message
    assert hint in problem.hint


def test_message_has_to_be_written_where_nothing_tells_it(load: Load) -> None:
    rpcs = [*(f"{name} {types}" for name, types in RPCS.items()), "Ping P P"]
    text = contract({**NAMED, "P": ""}, *rpcs, service="Library")
    (problem,) = recognise(load(text), {"shop.v1.Library.Ping": "get"}).problems
    assert problem.message == "shop.v1.Library.Ping tells no message that it is to get"
    assert problem.hint == "write which: get shop.v1.Book"


def test_an_rpc_without_its_service_is_told_its_full_name(load: Load) -> None:
    (problem,) = recognise(named(load), {"GetBook": "custom"}).problems
    assert problem.message == "there is no RPC GetBook"
    assert problem.hint == f"did you mean `{SERVICE}.GetBook`?"


def test_fields_that_no_store_knows_are_passed_over_where_that_is_said(load: Load) -> None:
    """A create with two fields too many, a reply with two -> said to do without -> standard, and said to be so."""
    messages = {
        "CreateBookRequest": "parent, Book book, operator, trace",
        "CreateBookReply": "int32 code, string message, Book data",
    }
    loaded = named(load, messages, {"CreateBook": "CreateBookRequest CreateBookReply"})
    before = recognise(loaded).reasons[f"{SERVICE}.CreateBook"]
    line = "create without operator, trace"
    assert f"field operator is nothing that a store knows; `{SERVICE}.CreateBook: {line}`" in before
    (problem,) = recognise(loaded, {f"{SERVICE}.CreateBook": line}).problems
    assert problem.hint.startswith(f"`{SERVICE}.CreateBook: {line}, code, message`")
    found = recognise(loaded, {f"{SERVICE}.CreateBook": f"{line}, code, message"})
    assert not found.problems
    create = found.methods[f"{SERVICE}.CreateBook"]
    assert (create.payload, create.parent, create.result) == ("book", "parent", "data")
    assert "by scaffold.yaml without operator, trace, code and message" in create.why
    assert verbs(found)["GetBook"] == "get"


def test_an_update_may_do_without_what_it_answers(load: Load) -> None:
    loaded = named(load, {"UpdateBookReply": "message"}, {"UpdateBook": "UpdateBookRequest UpdateBookReply"})
    line = "update without message"
    assert f"`{SERVICE}.UpdateBook: {line}`" in recognise(loaded).reasons[f"{SERVICE}.UpdateBook"]
    found = recognise(loaded, {f"{SERVICE}.UpdateBook": line})
    assert found.methods[f"{SERVICE}.UpdateBook"].is_empty


def test_what_cannot_be_followed_changes_nothing_else(load: Load) -> None:
    loaded = named(load)
    found = recognise(loaded, {f"{SERVICE}.GetBok": "get", f"{SERVICE}.GetBook": "nothing"})
    assert len(found.problems) == 2
    assert verbs(found) == verbs(recognise(loaded))
