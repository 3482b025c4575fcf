"""Replies that repeat a resource's fields, and resources whose only message is one of a reply."""

from __future__ import annotations

import pytest

from scaffolder.contract.model import Contract
from scaffolder.standard import Standard, recognise
from scaffolder.standard.copies import Copies
from tests.contract_text import Load

from .books import ALL, REPLIES, method, reason, verbs
from .support import contract

BOOK = "int64 id, title, int32 pages"
REPEATED = {
    "CreateBookRequest": "title, int32 pages",
    "CreateBookReply": BOOK,
    "GetBookRequest": "int64 id",
    "GetBookReply": BOOK,
    "ListBooksRequest": "int32 page, int32 page_size",
    "ListBooksReply": "repeated Book results",
    "UpdateBookRequest": BOOK,
    "UpdateBookReply": BOOK,
    "DeleteBookRequest": "int64 id",
    "DeleteBookReply": "",
}
"""Replies with the fields of a book, of which no message is called Book."""
PAIRS = (("id", "id"), ("title", "title"), ("pages", "pages"))


def nested(name: str, body: str) -> str:
    """A message inside another; `body` separates its fields by `;`, each with its type."""
    fields = " ".join(f"{each.strip()} = {n};" for n, each in enumerate(body.split(";"), 1))
    return f"message {name} {{ {fields} }}"


LISTED = {"ListBooksReply": f"{nested('Book', 'int64 id; string title; int32 pages')}, repeated Book results"}
"""A book that the list's reply alone has a message of."""


def repeated(load: Load, messages: dict[str, str], rpcs: dict[str, str] | None = None) -> Contract:
    lines = [f"{name} {types}" for name, types in {**REPLIES, **(rpcs or {})}.items() if types]
    return load(contract({**REPEATED, **messages}, *lines))


def stored(found: Standard) -> str:
    [name] = found.resources
    return name.removeprefix("shop.v1.")


def test_replies_repeat_the_fields_of_a_message(load: Load) -> None:
    found = recognise(repeated(load, {"Book": BOOK}))
    assert verbs(found) == ALL, found.reasons
    for rpc in ("CreateBook", "GetBook", "UpdateBook"):
        assert method(found, rpc)["shows"] == PAIRS
        assert reason(found, rpc).partition(" (")[0].endswith("returns its id, title and pages")


def test_resource_is_nested_in_the_reply_of_the_list(load: Load) -> None:
    found = recognise(repeated(load, LISTED))
    assert verbs(found) == ALL, found.reasons
    assert stored(found) == "ListBooksReply.Book"
    assert {each.resource.noun for each in found.methods.values()} == {"book"}


@pytest.mark.parametrize("items", ["repeated GetBookReply results", "repeated BookBrief results"])
def test_reply_of_the_get_is_the_resource(load: Load, items: str) -> None:
    """The list holds many of it, or of what repeats some of its fields."""
    found = recognise(repeated(load, {"BookBrief": "int64 id, title", "ListBooksReply": items}))
    assert verbs(found) == ALL, found.reasons
    assert stored(found) == "GetBookReply"
    assert found.resources["shop.v1.GetBookReply"].name == "Book"


def test_message_that_describes_what_a_list_holds_is_the_resource(load: Load) -> None:
    found = recognise(repeated(load, {"BookInfo": BOOK, "ListBooksReply": "repeated BookInfo results"}))
    assert verbs(found) == ALL, found.reasons
    assert (stored(found), found.resources["shop.v1.BookInfo"].name) == ("BookInfo", "Book")


def test_message_of_the_name_itself_comes_first(load: Load) -> None:
    """What the list holds of the same name is a copy."""
    found = recognise(repeated(load, {**LISTED, "Book": BOOK}))
    assert stored(found) == "Book"
    assert verbs(found) == ALL, found.reasons


def test_message_that_describes_is_a_copy_where_the_list_has_one_of_the_name(load: Load) -> None:
    found = recognise(repeated(load, {**LISTED, "BookInfo": BOOK, "CreateBookReply": "BookInfo book"}))
    assert stored(found) == "ListBooksReply.Book"
    assert verbs(found) == ALL, found.reasons


def test_message_with_the_most_fields_is_the_resource(load: Load) -> None:
    """A list often shows less than a get; what it shows is a copy."""
    brief = {"ListBooksReply": f"{nested('Book', 'int64 id; string title')}, repeated Book results"}
    found = recognise(repeated(load, brief))
    assert verbs(found) == ALL, found.reasons
    assert stored(found) == "GetBookReply"
    assert method(found, "ListBooks")["shows"] == PAIRS[:2]


def test_get_that_shows_what_nothing_sets_is_custom(load: Load) -> None:
    found = recognise(repeated(load, {**LISTED, "GetBookReply": f"{BOOK}, int32 rank"}))
    assert verbs(found) == {name: verb for name, verb in ALL.items() if verb != "get"}
    assert "custom: the response's field rank is nothing that a store knows" in reason(found, "GetBook")
    assert "`shop.v1.BookService.GetBook: get without rank` under `methods:`" in reason(found, "GetBook")


def test_nothing_is_stored_that_would_be_shown_empty_for_ever(load: Load) -> None:
    every = f"{BOOK}, int32 rank"
    found = recognise(
        repeated(load, {"GetBookReply": every, "ListBooksReply": "repeated GetBookReply results"})
    )
    assert verbs(found) == {}
    assert reason(found, "ListBooks") == (
        "custom: Book cannot be stored: no create and no update sets its rank"
    )
    assert "`shop.v1.BookService.GetBook: get without rank` under `methods:`" in reason(found, "GetBook")
    output = "[(google.api.field_behavior) = OUTPUT_ONLY]"
    said = recognise(
        repeated(
            load, {"GetBookReply": f"{every} {output}", "ListBooksReply": "repeated GetBookReply results"}
        )
    )
    assert verbs(said) == ALL, said.reasons


def test_times_of_the_server_need_no_request(load: Load) -> None:
    every = f"{BOOK}, Time create_time, Time updated_at"
    found = recognise(
        repeated(load, {"GetBookReply": every, "ListBooksReply": "repeated GetBookReply results"})
    )
    assert verbs(found) == ALL, found.reasons


@pytest.mark.parametrize(
    "reply",
    [
        "title, int32 pages",  # no identity
        "name, title, int32 pages",  # which is a name like any other
        "int64 id",  # and nothing else: see the list, which has no message either
        "repeated int64 id, title, int32 pages",
    ],
)
def test_reply_without_an_id_is_no_resource(load: Load, reply: str) -> None:
    found = recognise(repeated(load, {"GetBookReply": reply, "ListBooksReply": "repeated string titles"}))
    assert verbs(found) == {}, found.reasons


def test_reply_of_another_name_is_no_resource(load: Load) -> None:
    """`ReadBookReply` may be the reply of anything; so may an answer that no list or get gives."""
    rpcs = {"GetBook": "GetBookRequest BookPage"}
    pages = {"BookPage": BOOK, "ListBooksReply": "repeated BookPage pages"}
    assert verbs(recognise(repeated(load, pages, rpcs))) == {}
    alone = {"ListBooksReply": "repeated string titles"}
    assert verbs(recognise(repeated(load, alone, {"GetBook": ""}))) == {}


def test_each_reply_has_a_message_of_its_own_name(load: Load) -> None:
    """`CreateBookReply.Book`, `GetBookReply.Book`, `ListBooksReply.Book`: the created one is the resource."""
    book = nested("Book", "int64 id; string title; int32 pages")
    held = {f"{verb}BookReply": f"{book}, Book book" for verb in ("Create", "Get", "Update")}
    found = recognise(repeated(load, {**LISTED, **held}))
    assert verbs(found) == ALL, found.reasons
    assert stored(found) == "CreateBookReply.Book"
    assert method(found, "GetBook")["result"] == "book"
    assert "returns Book as book" in reason(found, "GetBook")


def test_services_keep_what_they_show_apart(load: Load) -> None:
    lines = [f"{name} {types}" for name, types in REPLIES.items()]
    other = "service Admin { rpc CreateBook(CreateBookRequest) returns (CreateBookReply); }"
    found = recognise(load(contract({**REPEATED, **LISTED}, *lines) + other))
    assert reason(found, "Admin.CreateBook") == "custom: no message is called Book"
    assert len(found.methods) == len(ALL)


IMAGE = "message Image { string url = 1; int32 width = 2; }"


@pytest.mark.parametrize(
    ("copy", "fits"),
    [
        (IMAGE, True),
        ("message Image { int32 width = 7; string url = 8; }", True),
        ("message Image { string url = 1; }", False),
        ("message Image { string url = 1; int32 width = 2; string alt = 3; }", False),
        ("message Image { string url = 1; int64 width = 2; }", False),
        ("message Image { string url = 1; optional int32 width = 2; }", False),
        ("message Image { oneof of { string url = 1; int32 width = 2; } }", False),
    ],
)
def test_values_have_copies_of_the_same_fields(load: Load, copy: str, fits: bool) -> None:
    """Their numbers may differ, and the order."""
    own = f"{IMAGE}, {BOOK}, repeated Image images"
    other = f"{copy}, {BOOK}, repeated Image images"
    request = f"{copy}, title, int32 pages, repeated Image images"
    shown = recognise(repeated(load, {"Book": own, "GetBookReply": other}))
    taken = recognise(repeated(load, {"Book": own, "CreateBookRequest": request}))
    assert ("GetBook" in verbs(shown)) is fits
    assert ("CreateBook" in verbs(taken)) is fits
    if not fits:
        why = "field images has another type than that of a Book"
        assert why in reason(shown, "GetBook")
        assert why in reason(taken, "CreateBook")


@pytest.mark.parametrize(
    ("copy", "fits"),
    [("NONE = 0; HARD = 1;", True), ("HARD = 1; NONE = 0;", False), ("NONE = 0; SOFT = 1;", False)],
)
def test_enums_have_copies_of_the_same_values(load: Load, copy: str, fits: bool) -> None:
    """A value of one is the value of the other that has its number."""
    if copy.startswith("HARD"):
        copy = "HARD = 0; NONE = 1;"
    own = f"enum Cover {{ NONE = 0; HARD = 1; }}, {BOOK}, Cover cover"
    found = recognise(
        repeated(load, {"Book": own, "GetBookReply": f"enum Cover {{ {copy} }}, {BOOK}, Cover cover"})
    )
    assert ("GetBook" in verbs(found)) is fits


def test_copies_that_hold_themselves_end(load: Load) -> None:
    part = "message Part { string title = 1; repeated Part parts = 2; }"
    found = recognise(
        repeated(load, {name: f"{part}, {BOOK}, Part part" for name in ("Book", "GetBookReply")})
    )
    assert "GetBook" in verbs(found)


def test_messages_that_hold_each_other_are_no_copies_if_one_is_none(load: Load) -> None:
    """A holds B and B holds A, as C and D do; A and C differ -> whichever is asked for first -> neither is a copy."""
    text = contract(
        {"A": "B b, int32 x", "B": "A a", "C": "D b, string x", "D": "C a", "H": "A a, B b, C c, D d"}
    )
    messages = load(text).messages
    fields = {each.name: each for each in messages["shop.v1.H"].fields}
    for pairs in ([("a", "c"), ("b", "d")], [("b", "d"), ("a", "c")]):
        copies = Copies(load(text))
        assert [copies.alike(fields[one], fields[other]) for one, other in pairs] == [False, False]


def test_what_is_never_shown_makes_a_reply_that_has_it_custom(load: Load) -> None:
    """AIP-203: INPUT_ONLY. The reply would be less than it declares."""
    book = f"{BOOK}, secret [(google.api.field_behavior) = INPUT_ONLY]"
    found = recognise(repeated(load, {"Book": book, "GetBookReply": f"{BOOK}, secret"}))
    assert "the response's field secret is INPUT_ONLY in Book alone (AIP-203)" in reason(found, "GetBook")


@pytest.mark.parametrize(
    ("reply", "fits"),
    [
        ("int64 id, oneof of { string title = 2; int32 pages = 3; }", True),
        ("int64 id, string title, int32 pages", False),
        ("int64 id, oneof of { string title = 2; }", False),
    ],
)
def test_alternatives_stay_alternatives(load: Load, reply: str, fits: bool) -> None:
    book = "int64 id, oneof of { string title = 2; int32 pages = 3; }"
    found = recognise(
        repeated(
            load,
            {
                "Book": book,
                "CreateBookRequest": "Book book",
                "CreateBookReply": "Book book",
                "GetBookReply": reply,
            },
        )
    )
    assert ("GetBook" in verbs(found)) is fits, reason(found, "GetBook")


def test_overrides(load: Load) -> None:
    """What is custom by scaffold.yaml still shows what the others are about."""
    name = "shop.v1.BookService."
    everything = {"ListBooksReply": "repeated GetBookReply results"}
    found = recognise(repeated(load, everything), {f"{name}GetBook": "custom"})
    assert verbs(found) == {rpc: verb for rpc, verb in ALL.items() if rpc != "GetBook"}
    assert reason(found, "GetBook") == "custom: scaffold.yaml says so"
    rpcs = {"CreateBook": "", "AddBook": "CreateBookRequest CreateBookReply"}
    said = recognise(repeated(load, LISTED, rpcs), {f"{name}AddBook": "create"})
    assert verbs(said) == {
        **{rpc: verb for rpc, verb in ALL.items() if rpc != "CreateBook"},
        "AddBook": "create",
    }
    paged = {"NextReply": f"{nested('Book', 'int64 id; string title')}, repeated Book results"}
    more = {"NextBooks": "ListBooksRequest NextReply"}
    line = {f"{name}NextBooks": "list shop.v1.ListBooksReply.Book"}
    assert verbs(recognise(repeated(load, {**LISTED, **paged}, more), line)) == {**ALL, "NextBooks": "list"}


def test_delete_shows_that_it_only_marks(load: Load) -> None:
    book = {"Book": f"{BOOK}, Time delete_time", "DeleteBookReply": "int64 id, Time delete_time"}
    found = recognise(repeated(load, book))
    assert verbs(found) == ALL, found.reasons
    assert found.resources["shop.v1.Book"].is_soft
    less = recognise(repeated(load, {**book, "DeleteBookReply": "int64 id, title"}))
    assert reason(less, "DeleteBook") == "custom: it returns fields of Book without delete_time (AIP-164)"
    assert not less.resources["shop.v1.Book"].is_soft


def test_fields_of_a_reply_may_be_passed_over(load: Load) -> None:
    """As `methods:` says it: such a reply shows the others, and what only such a field is in the way of is stored."""
    line = {"shop.v1.BookService.GetBook": "get without rank, message"}
    reply = {"GetBookReply": f"{BOOK}, int32 rank, message"}
    found = recognise(repeated(load, {"Book": BOOK, **reply}), line)
    assert verbs(found) == ALL, found.reasons
    assert method(found, "GetBook")["shows"] == PAIRS
    alone = recognise(repeated(load, {**reply, "ListBooksReply": "repeated GetBookReply results"}), line)
    assert verbs(alone) == ALL, alone.reasons


def test_batch_takes_no_copies_of_values(load: Load) -> None:
    """Its requests cross into the use case whole, with types of their own."""
    own = f"{IMAGE}, {BOOK}, Image image"
    request = f"{IMAGE}, title, Image image"
    messages = {
        "Book": own,
        "CreateBookRequest": request,
        "BatchCreateBooksRequest": "repeated CreateBookRequest requests",
        "BatchCreateBooksReply": "repeated Book books",
    }
    found = recognise(
        repeated(load, messages, {"BatchCreateBooks": "BatchCreateBooksRequest BatchCreateBooksReply"})
    )
    assert "CreateBook" in verbs(found)
    assert "field image has another type than that of a Book" in reason(found, "BatchCreateBooks")
