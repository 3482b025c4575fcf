"""Which stored resource another one belongs to."""

from __future__ import annotations

import pytest

from scaffolder.standard import Resource, recognise
from tests.contract_text import Load

from .support import contract

NAMED = "option (google.api.resource) = {{type: 'x.y/{0}' pattern: '{1}'}};, name, title"


def stored(
    load: Load, messages: dict[str, str], *paths: str, requests: dict[str, str] | None = None
) -> dict[str, str]:
    """By message its parent and the field with its identity. Each of `messages` is created, as `paths` bind it."""
    given = {f"Create{name}Request": f"{name} {name.lower()}" for name in messages}
    bound = {path.split()[0]: path.partition(" ")[2] for path in paths}
    rpcs = [f"Create{name} Create{name}Request {name} {bound.get(name, '')}" for name in messages]
    text = contract({**messages, **given, **(requests or {})}, *rpcs, service="LibraryService")
    found = recognise(load(text))
    assert len(found.resources) == len(messages), found.reasons
    return {name.rpartition(".")[2]: _parent(each) for name, each in found.resources.items()}


def _parent(found: Resource) -> str:
    """`Shelf shelf_id`; `above Shelf Author` where these are in front of its names, and none of them is its parent."""
    above = " ".join(name.rpartition(".")[2] for name in found.above)
    own = f"{found.parent.rpartition('.')[2]} {found.parent_field}".strip()
    return f"above {above}" if above else own


def named(load: Load, **patterns: str) -> dict[str, str]:
    """The parents of resources with these patterns."""
    messages = {}
    for name, given in patterns.items():
        first, *more = given.split()
        messages[name] = NAMED.format(name, first).replace(
            "'}", "' " + " ".join(f"pattern: '{p}'" for p in more) + "}"
        )
    requests = {
        f"Create{name}Request": f"{'parent, ' if given.count('{') > 1 else ''}{name} {name.lower()}"
        for name, given in patterns.items()
    }
    return stored(load, messages, requests=requests)


def test_pattern_before_the_last_collection(load: Load) -> None:
    assert named(
        load,
        Shelf="shelves/{shelf}",
        Book="shelves/{shelf}/books/{book}",
        Page="shelves/{s}/books/{b}/pages/{p}",
    ) == {"Shelf": "", "Book": "Shelf", "Page": "Book"}


def test_what_is_between_is_not_stored(load: Load) -> None:
    """A project that holds locations is not the parent of what a location holds, but it is above it."""
    found = named(
        load,
        Project="projects/{project}",
        Book="projects/{project}/locations/{location}/books/{book}",
        Page="projects/{project}/locations/{location}/books/{book}/pages/{page}",
        Line="projects/{project}/locations/{location}/books/{book}/pages/{page}/parts/{part}/lines/{line}",
        Word="words/{word}/parts/{part}/letters/{letter}",
    )
    assert found == {"Project": "", "Book": "above Project", "Page": "Book", "Line": "above Page", "Word": ""}


def test_several_parents(load: Load) -> None:
    """Patterns with different parents have no one parent; with one that has all of them, they have."""
    two = "shelves/{shelf}/books/{book} authors/{author}/books/{book}"
    found = named(load, Shelf="shelves/{shelf}", Author="authors/{author}", Book=two)
    assert found["Book"] == "above Shelf Author"
    both = "halls/{hall}/shelves/{shelf} yards/{yard}/shelves/{shelf}"
    below = " ".join(f"{pattern}/books/{{book}}" for pattern in both.split())
    assert named(load, Shelf=both, Book=below)["Book"] == "Shelf"
    found = named(load, Shelf="shelves/{shelf}", Book="books/{book} shelves/{shelf}/books/{book}")
    assert found["Book"] == "above Shelf"


FLAT = [
    # fields of Book, paths, its parent
    ("int64 id, int64 shelf_id", "", "Shelf shelf_id"),
    ("int64 id, string shelf_id", "", ""),
    ("int64 id, uint64 shelf_id", "", ""),
    ("int64 id, int64 shelf", "", ""),
    ("int64 id, repeated int64 shelf_id", "", ""),
    ("int64 id, int64 place [(google.api.resource_reference) = {type: 'x.y/Shelf'}]", "", "Shelf place"),
    ("int64 id, int64 place [(google.api.resource_reference) = {child_type: 'x.y/Shelf'}]", "", ""),
    ("int64 id, int64 shelf_id, int64 author_id", "", ""),
    ("int64 id, int64 shelf_id, int64 author_id", "post:/v1/shelves/{shelf_id}/books", "Shelf shelf_id"),
    (
        "int64 id, int64 shelf_id, int64 author_id",
        "post:/v1/{shelf_id}/{author_id}/books",
        "Author author_id",
    ),
    ("int64 id, int64 user_id", "post:/v1/users/{user_id}/books", "user_id"),
    ("int64 id, int64 user_id", "", ""),
]


@pytest.mark.parametrize(("fields", "path", "parent"), FLAT)
def test_field_with_the_parents_id(load: Load, fields: str, path: str, parent: str) -> None:
    """By its name, its reference or the path; not where two might be meant."""
    body = "option (google.api.resource) = {type: 'x.y/Shelf'};, int64 id, theme"
    messages = {"Shelf": body, "Author": "int64 id, title", "Book": f"{fields}, title"}
    names = [part.strip().split()[1] for part in fields.split(",") if "_id" in part]
    requests = (
        {"CreateBookRequest": ", ".join([*(f"int64 {name}" for name in names), "Book book"])} if path else {}
    )
    if len(names) == 2 and path:  # one of them is no parent, and would be left in the request
        requests = {"CreateBookRequest": f"{fields.replace('int64 id, ', '')}, title"}
    assert stored(load, messages, f"Book {path}", requests=requests)["Book"] == parent


def test_of_two_versions_the_own_package_is_the_parent(load: Load) -> None:
    shelf = (
        "message Shelf { int64 id = 1; string theme = 2; } message CreateShelfRequest { Shelf shelf = 1; }"
    )
    book = "message Book { int64 id = 1; int64 shelf_id = 2; } message CreateBookRequest { Book book = 1; }"
    rpcs = """service LibraryService {
      rpc CreateShelf(CreateShelfRequest) returns (Shelf); rpc CreateBook(CreateBookRequest) returns (Book);"""
    load(f'syntax = "proto3"; package shop.v2; {shelf}', "shop/v2/shop.proto")
    other = "rpc CreateOtherShelf(shop.v2.CreateShelfRequest) returns (shop.v2.Shelf);"
    contract = load(f'import "shop/v2/shop.proto"; {shelf} {book} {rpcs} {other} }}')
    over = {"shop.v1.LibraryService.CreateOtherShelf": "create shop.v2.Shelf"}
    found = recognise(contract, over)
    assert set(found.resources) == {"shop.v1.Shelf", "shop.v1.Book", "shop.v2.Shelf"}
    assert found.resources["shop.v1.Book"].parent == "shop.v1.Shelf"


def test_no_parent_where_each_is_the_others(load: Load) -> None:
    """Else no first one could be created."""
    messages = {"Shelf": "int64 id, int64 book_id, title", "Book": "int64 id, int64 shelf_id, title"}
    assert stored(load, messages) == {"Shelf": "", "Book": ""}


def test_parents_id_beside_the_payload(load: Load) -> None:
    """`/v1/shelves/{shelf_id}/books/{id}` names a book of a shelf."""
    path = "/v1/shelves/{shelf_id}/books"
    messages = {
        "Shelf": "int64 id, theme",
        "Book": "int64 id, int64 shelf_id, title",
        "CreateShelfRequest": "theme",
        "CreateBookRequest": "int64 shelf_id, Book book",
        "GetBookRequest": "int64 shelf_id, int64 id",
        "ListBooksRequest": "int64 shelf_id, int32 limit, int32 offset",
        "ListBooksReply": "repeated Book books",
    }
    text = contract(
        messages,
        "CreateShelf CreateShelfRequest Shelf",
        f"CreateBook CreateBookRequest Book post:{path}",
        f"GetBook GetBookRequest Book get:{path}/{{id}}",
        f"ListBooks ListBooksRequest ListBooksReply get:{path}",
    )
    found = recognise(load(text))
    slots = {name.rpartition(".")[2]: (each.verb, each.parent) for name, each in found.methods.items()}
    assert slots == {
        "CreateShelf": ("create", ""),
        "CreateBook": ("create", "shelf_id"),
        "GetBook": ("get", "shelf_id"),
        "ListBooks": ("list", "shelf_id"),
    }


def test_parents_id_among_the_fields(load: Load) -> None:
    """Where no path has it, an id among the resource's fields is set and compared like any other of them."""
    messages = {
        "Shelf": "int64 id, theme",
        "Book": "int64 id, int64 shelf_id, title",
        "CreateShelfRequest": "theme",
        "CreateBookRequest": "int64 shelf_id, title",
        "UpdateBookRequest": "int64 id, int64 shelf_id, title",
        "GetBookRequest": "int64 shelf_id, int64 id",
        "ListBooksRequest": "int64 shelf_id",
        "ListBooksReply": "repeated Book books",
    }
    rpcs = ["CreateShelf CreateShelfRequest Shelf", "ListBooks ListBooksRequest ListBooksReply"]
    rpcs += [f"{verb}Book {verb}BookRequest Book" for verb in ("Create", "Update", "Get")]
    found = recognise(load(contract(messages, *rpcs)))
    methods = {name.rpartition(".")[2]: each for name, each in found.methods.items()}
    pairs = (("shelf_id", "shelf_id"), ("title", "title"))
    assert (methods["CreateBook"].parent, methods["CreateBook"].fields) == ("", pairs)
    assert (methods["UpdateBook"].parent, methods["UpdateBook"].fields) == ("", pairs)
    assert (methods["ListBooks"].parent, methods["ListBooks"].equals) == ("", pairs[:1])
    assert methods["GetBook"].parent == "shelf_id"
    assert found.resources["shop.v1.Book"].parent == "shop.v1.Shelf"


ALONE = {
    "Shelf": "int64 id, theme",
    "Book": "int64 id, int64 shelf_id, title",
    "CreateShelfRequest": "theme",
    "CreateBookRequest": "int64 shelf_id, title",
    "GetBookRequest": "int64 id",
    "ListBooksRequest": "int64 shelf_id",
    "ListBooksReply": "repeated Book books",
    "UpdateBookRequest": "Book book, Mask update_mask",
}
NESTED = "/v1/shelves/{shelf_id}/books"


@pytest.mark.parametrize(
    ("messages", "paths", "needs"),
    [
        ({}, {}, False),
        ({}, {"Create": "post:/v1/books", "List": "get:/v1/books", "Get": "get:/v1/books/{id}"}, False),
        ({"Book": "int64 id, optional int64 shelf_id, title"}, {}, False),
        ({"Book": "int64 id, int64 shelf_id [(google.api.field_behavior) = IMMUTABLE], title"}, {}, False),
        ({"Book": "int64 id, int64 shelf_id [(google.api.field_behavior) = REQUIRED], title"}, {}, True),
        ({"CreateBookRequest": "Book book"}, {}, False),
        ({"CreateBookRequest": "int64 shelf_id, Book book"}, {}, True),
        ({"GetBookRequest": "int64 shelf_id, int64 id"}, {}, True),
        ({}, {"Create": f"post:{NESTED}"}, True),
        ({}, {"Create": f"post:/v1/books post:{NESTED}"}, False),
        ({}, {"List": f"get:{NESTED}"}, True),
        ({}, {"List": f"get:/v1/books get:{NESTED}"}, False),
    ],
)
def test_parent_may_be_left_out_where_only_a_field_says_it(
    load: Load, messages: dict[str, str], paths: dict[str, str], needs: bool
) -> None:
    """Not where it is required, nor where a book without a shelf could not be created, listed or found."""
    rpcs = ["CreateShelf CreateShelfRequest Shelf"]
    rpcs += [
        f"{verb}Book {verb}BookRequest Book {paths.get(verb, '')}" for verb in ("Create", "Get", "Update")
    ]
    rpcs.append(f"ListBooks ListBooksRequest ListBooksReply {paths.get('List', '')}")
    found = recognise(load(contract({**ALONE, **messages}, *rpcs)))
    assert len(found.methods) == 5, found.reasons
    book = found.resources["shop.v1.Book"]
    assert (book.parent, book.parent_field) == ("shop.v1.Shelf", "shelf_id")
    assert book.needs_parent is needs
