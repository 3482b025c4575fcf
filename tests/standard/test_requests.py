"""What a request may ask of a standard method, and what makes it a custom one.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import ALL, NAMED, PATTERN, RPCS, flat, method, named, reason, verbs
from .support import contract

TAKEN = [
    # RPC, its request, and what is expected beside what the base has
    ("CreateBook", "parent, Book book, request_id, bool validate_only", "request_id validate_only"),
    ("CreateBook", "parent, Book book, bookId", "id_field"),
    ("GetBook", "name, Mask read_mask", "read_mask"),
    ("GetBook", "book", "identity"),
    ("ListBooks", "parent, int32 pageSize, pageToken", "page_size"),
    ("ListBooks", "parent, int32 page_size, page_token, filter, order_by", "filter order_by"),
    ("ListBooks", "parent, int32 page_size, page_token, int32 skip", "skip"),
    ("ListBooks", "parent, int32 page_size, page_token, Mask read_mask", "read_mask"),
    ("ListBooks", "parent, page_token, title, optional int32 pages", "equals"),
    ("ListBooks", "parent, page_token, bool return_partial_success", "page_token"),
    ("UpdateBook", "Book book, Mask update_mask, bool allow_missing, bool validate_only", "allow_missing"),
    ("UpdateBook", "Book book", "payload"),
    ("DeleteBook", "name, bool force, bool allow_missing, bool validate_only", "force allow_missing"),
]


@pytest.mark.parametrize(("rpc", "request_body", "slots"), TAKEN)
def test_standard_field_is_taken(load: Load, rpc: str, request_body: str, slots: str) -> None:
    found = recognise(named(load, {f"{rpc}Request": request_body}))
    assert verbs(found) == ALL, reason(found, rpc)
    assert set(slots.split()) <= set(method(found, rpc))


REFUSED = [
    ("CreateBook", "parent, Book book, author_hint", "field author_hint is nothing that a store knows"),
    ("CreateBook", "parent, Book book, Book copy", "fields book and copy both hold a Book"),
    ("CreateBook", "parent, Book book, int64 book_id", "field book_id is nothing"),
    ("CreateBook", "Book book", "names no parent, and a new Book is called shelves/{shelf}/books/{book}"),
    ("CreateBook", "parent, book_id", "holds no Book and none of its fields"),
    ("CreateBook", "parent, Book book, repeated string tags", "field tags is nothing"),
    ("GetBook", "name, etag", "field etag needs an etag in Book"),
    ("GetBook", "name, title", "field title is one of a Book, and of no use here"),
    ("GetBook", "title", "has no name, which names a Book"),
    ("GetBook", "repeated string name", "has no name, which names a Book"),
    ("ListBooks", "parent, page_token, query", "field query is a search"),
    ("ListBooks", "parent, page_token, bool show_deleted", "show_deleted needs a delete_time in Book"),
    ("ListBooks", "parent, page_token, int32 pages, repeated string title", "field title has another type"),
    ("ListBooks", "parent, page_token, int32 filter", "field filter is nothing"),
    ("ListBooks", "parent, int32 page_size", "next_page_token without a page_token"),
    ("ListBooks", "parent, page_token, int32 page", "page_token and page say in two ways"),
    ("UpdateBook", "Book book, update_mask", "field update_mask is nothing"),
    ("UpdateBook", "Book book, Mask update_mask, request_id", "request_id has to be remembered"),
    ("UpdateBook", "Mask update_mask", "neither a Book nor its name"),
    ("DeleteBook", "name, request_id", "request_id has to be remembered"),
    ("DeleteBook", "name, reason", "field reason is nothing"),
]


@pytest.mark.parametrize(("rpc", "request_body", "told"), REFUSED)
def test_request_that_asks_for_more_is_custom(load: Load, rpc: str, request_body: str, told: str) -> None:
    """And the reason names the field."""
    found = recognise(named(load, {f"{rpc}Request": request_body}))
    assert rpc not in verbs(found)
    assert reason(found, rpc).startswith("custom: ")
    assert told in reason(found, rpc)
    others = ALL if rpc != "CreateBook" else {}
    assert verbs(found) == {name: verb for name, verb in others.items() if name != rpc}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("bool lent", "field lent would find what is false wherever it is not set: make it optional"),
        ("repeated string tags", "field tags holds nothing that a list can compare"),
        ("double price", "field price holds nothing that a list can compare"),
        ("Time sold", "field sold holds nothing that a list can compare"),
    ],
)
def test_field_that_a_list_cannot_compare(load: Load, asked: str, told: str) -> None:
    book = "int64 id, title, bool lent, repeated string tags, double price, Time sold"
    found = recognise(
        flat(load, {"Book": book, "CreateBookRequest": "title", "ListBooksRequest": f"int32 page, {asked}"})
    )
    assert told in reason(found, "ListBooks")


def test_get_has_no_use_for_an_etag(load: Load) -> None:
    found = recognise(named(load, {"Book": f"{PATTERN};, name, title, etag", "GetBookRequest": "name, etag"}))
    assert "field etag is one of a Book, and of no use here" in reason(found, "GetBook")


def test_view_is_refused_as_one(load: Load) -> None:
    body = "enum BookView { BASIC = 0; }, name, BookView view"
    assert "is a view (AIP-157)" in reason(recognise(named(load, {"GetBookRequest": body})), "GetBook")


def test_oneof_is_refused(load: Load) -> None:
    text = contract(NAMED, *(f"{n} {t}" for n, t in RPCS.items()))
    text = text.replace(
        "message GetBookRequest { string name = 1; }",
        "message GetBookRequest { oneof key { string name = 1; } }",
    )
    assert "GetBook" not in verbs(recognise(load(text)))


def test_resource_itself_as_the_request(load: Load) -> None:
    """`rpc CreateBook(Book) returns (Book)`: what a client cannot set is not taken from it."""
    body = "int64 id, title, int32 pages, Time create_time [(google.api.field_behavior) = OUTPUT_ONLY]"
    found = recognise(flat(load, {"Book": body}, {"CreateBook": "Book Book", "UpdateBook": "Book Book"}))
    assert method(found, "CreateBook") == {"fields": (("title", "title"), ("pages", "pages"))}
    assert method(found, "UpdateBook")["identity"] == "id"
    refused = recognise(named(load, {}, {"CreateBook": "Book Book"}))
    assert "would be the new Book's whole name" in reason(refused, "CreateBook")


def test_id_of_a_new_resource(load: Load) -> None:
    """A text may be proposed, a number is the store's."""
    text = {"Book": "id, title", "CreateBookRequest": "id, title", "GetBookRequest": "id"}
    assert method(recognise(flat(load, text)), "CreateBook")["id_field"] == "id"
    number = {"CreateBookRequest": "int64 id, title"}
    assert "those the store gives" in reason(recognise(flat(load, number)), "CreateBook")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("int64 title", "field title has another type"),
        ("title, repeated int32 pages", "field pages has another type"),
        ("title, author", "field author is nothing"),
        ("int32 pages", "has no field title, which a Book requires"),
    ],
)
def test_request_repeats_fields_with_their_types(load: Load, body: str, told: str) -> None:
    book = "int64 id, title [(google.api.field_behavior) = REQUIRED], int32 pages"
    found = recognise(flat(load, {"Book": book, "CreateBookRequest": body}))
    assert told in reason(found, "CreateBook")


def test_put_without_mask_replaces(load: Load) -> None:
    def update(path: str, request: str = "Book book") -> object:
        rpcs = {"UpdateBook": f"UpdateBookRequest Book {path}"}
        return method(recognise(named(load, {"UpdateBookRequest": request}, rpcs)), "UpdateBook").get(
            "replaces"
        )

    path = "/v1/{book.name=shelves/*/books/*}"
    assert update(f"put:{path}") is True
    assert update(f"patch:{path}") is None
    assert update(f"put:{path} patch:{path}") is None
    assert update(f"put:{path}", "Book book, Mask update_mask") is None
    assert update("") is None


@pytest.mark.parametrize("verb", ["get", "update", "delete"])
def test_ids_in_a_path_above_the_parent_are_not_compared(load: Load, verb: str) -> None:
    """An update would set what says where the resource is."""
    path = "/v1/users/{user_id}/shelves/{shelf_id}/books/{id}"
    requests = {"get": "", "update": ", title", "delete": ""}
    messages = {
        "Shelf": "id",
        "Book": "int64 id, user_id, shelf_id, title",
        "CreateBookRequest": "user_id, shelf_id, title",
        **{
            f"{v.capitalize()}BookRequest": f"user_id, shelf_id, int64 id{more}"
            for v, more in requests.items()
        },
    }
    rpcs = [
        "CreateShelf Shelf Shelf",
        "CreateBook CreateBookRequest Book post:/v1/users/{user_id}/shelves/{shelf_id}/books",
        f"GetBook GetBookRequest Book get:{path}",
        f"UpdateBook UpdateBookRequest Book patch:{path}",
        f"DeleteBook DeleteBookRequest Empty delete:{path}",
    ]
    found = recognise(load(contract(messages, *rpcs)))
    assert "CreateBook" in verbs(found)
    assert "field user_id is an id in the path" in reason(found, f"{verb.capitalize()}Book")


def test_field_that_a_handler_cannot_name(load: Load) -> None:
    found = recognise(named(load, {"CreateBookRequest": "parent, Book class"}), reserved={"class"})
    assert "cannot name its field class" in reason(found, "CreateBook")


def test_fields_that_a_request_repeats_may_be_words_of_the_language(load: Load) -> None:
    """They are read by functions, which can: a mail's `from` makes nothing custom."""
    found = recognise(
        flat(
            load,
            {
                "Book": "int64 id, from, title",
                "CreateBookRequest": "from, title",
                "ListBooksRequest": "from, int32 page",
            },
        ),
        reserved={"from"},
    )
    assert {"CreateBook": "create", "ListBooks": "list"}.items() <= verbs(found).items()
