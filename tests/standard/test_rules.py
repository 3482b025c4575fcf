"""One case for every rule of recognition, and one for every refusal.

A contract is the base below with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.contract.model import Contract
from scaffolder.standard import Standard, recognise
from tests.contract_text import Load

from .support import contract, rpc

PATTERN = "option (google.api.resource) = {type: 'x.y/Book' pattern: 'shelves/{shelf}/books/{book}'}"
NAMED = {
    "Book": f"{PATTERN};, name, title, int32 pages",
    "CreateBookRequest": "parent, Book book, book_id",
    "GetBookRequest": "name",
    "ListBooksRequest": "parent, int32 page_size, page_token",
    "ListBooksResponse": "repeated Book books, next_page_token",
    "UpdateBookRequest": "Book book, Mask update_mask",
    "DeleteBookRequest": "name",
}
"""A resource by the AIPs."""
FLAT = {
    "Book": "int64 id, title, int32 pages",
    "CreateBookRequest": "title, int32 pages",
    "CreateBookReply": "Book book",
    "GetBookRequest": "int64 id",
    "GetBookReply": "Book book",
    "ListBooksRequest": "int32 page, int32 page_size",
    "ListBooksReply": "repeated Book books, int64 total",
    "UpdateBookRequest": "int64 id, title, int32 pages",
    "UpdateBookReply": "Book book",
    "DeleteBookRequest": "int64 id",
    "DeleteBookReply": "",
}
"""A resource as Kratos' users write it."""
RPCS = {
    "CreateBook": "CreateBookRequest Book",
    "GetBook": "GetBookRequest Book",
    "ListBooks": "ListBooksRequest ListBooksResponse",
    "UpdateBook": "UpdateBookRequest Book",
    "DeleteBook": "DeleteBookRequest Empty",
}
REPLIES = {
    "CreateBook": "CreateBookRequest CreateBookReply",
    "GetBook": "GetBookRequest GetBookReply",
    "ListBooks": "ListBooksRequest ListBooksReply",
    "UpdateBook": "UpdateBookRequest UpdateBookReply",
    "DeleteBook": "DeleteBookRequest DeleteBookReply",
}
ALL = {
    "CreateBook": "create",
    "GetBook": "get",
    "ListBooks": "list",
    "UpdateBook": "update",
    "DeleteBook": "delete",
}


def named(load: Load, messages: dict[str, str] | None = None, rpcs: dict[str, str] | None = None) -> Contract:
    return _load(load, {**NAMED, **(messages or {})}, {**RPCS, **(rpcs or {})})


def flat(load: Load, messages: dict[str, str] | None = None, rpcs: dict[str, str] | None = None) -> Contract:
    return _load(load, {**FLAT, **(messages or {})}, {**REPLIES, **(rpcs or {})})


def _load(load: Load, messages: dict[str, str], rpcs: dict[str, str]) -> Contract:
    return load(contract(messages, *(f"{name} {types}" for name, types in rpcs.items() if types)))


def verbs(found: Standard) -> dict[str, str]:
    return {name.rpartition(".")[2]: each.verb for name, each in found.methods.items()}


def reason(found: Standard, rpc: str) -> str:
    return next(text for name, text in found.reasons.items() if name.endswith(f".{rpc}"))


def method(found: Standard, rpc: str) -> dict[str, object]:
    """What the standard method says of its messages, without what is empty."""
    each = next(m for name, m in found.methods.items() if name.endswith(f".{rpc}"))
    left_out = ("verb", "resource", "why", "item")
    slots = {slot: getattr(each, slot) for slot in type(each).__dataclass_fields__ if slot not in left_out}
    return {slot: value for slot, value in slots.items() if value}


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


RESPONSES = [
    # RPC, its response's fields, what is in the way or the slots that are set
    ("CreateBook", "int64 id", "result_identity"),
    ("CreateBook", "", "is_empty"),
    ("CreateBook", "Book result", "result"),
    ("CreateBook", "Book book, string message", "!the response's field message"),
    ("CreateBook", "int64 id, string title", "!the response's field title"),
    ("CreateBook", "bool ok", "success"),
    ("CreateBook", "bool ok, string message", "!the response CreateBookReply is no Book"),
    ("CreateBook", "string ok", "!the response CreateBookReply is no Book"),
    ("GetBook", "bool success", "!the response GetBookReply is no Book"),
    ("GetBook", "", "!the response GetBookReply is no Book"),
    ("GetBook", "int64 id", "!the response GetBookReply is no Book"),
    ("GetBook", "repeated Book book", "!the response GetBookReply is no Book"),
    ("UpdateBook", "", "is_empty"),
    ("UpdateBook", "int64 id", "result_identity"),
    ("DeleteBook", "int64 id", "result_identity"),
    ("DeleteBook", "bool success", "success"),
    ("DeleteBook", "bool success, int64 id", "!the response's field success"),
    ("DeleteBook", "int32 rows", "!the response's field rows is nothing that a store knows"),
    ("DeleteBook", "Book book", "!which has no delete_time"),
    ("ListBooks", "repeated Book results, int32 count", "total_size"),
    ("ListBooks", "repeated Book books, int32 total_count", "total_size"),
    ("ListBooks", "repeated Book books, repeated string unreachable", "items"),
    ("ListBooks", "repeated Book books, int32 code", "!the response's field code"),
    ("ListBooks", "repeated Book books, repeated Book others", "!several repeated fields of Book"),
    ("ListBooks", "int32 total", "!no repeated fields of Book"),
    ("ListBooks", "repeated Book books, next_page_token", "!next_page_token without a page_token"),
]


@pytest.mark.parametrize(("rpc", "body", "expected"), RESPONSES)
def test_response(load: Load, rpc: str, body: str, expected: str) -> None:
    found = recognise(flat(load, {f"{rpc}Reply": body}))
    if expected.startswith("!"):
        assert rpc not in verbs(found)
        assert expected[1:] in reason(found, rpc)
    else:
        assert expected in method(found, rpc), reason(found, rpc)


def test_operation_is_custom(load: Load) -> None:
    found = recognise(named(load, {}, {"DeleteBook": "DeleteBookRequest Operation"}))
    assert reason(found, "DeleteBook") == "custom: it returns a long-running operation (AIP-151)"


@pytest.mark.parametrize("types", ["~GetBookRequest Book", "GetBookRequest ~Book"])
def test_stream_is_custom(load: Load, types: str) -> None:
    found = recognise(named(load, {}, {"GetBook": types}))
    assert reason(found, "GetBook") == "custom: it streams"


@pytest.mark.parametrize(
    ("identity", "request_field"),
    [
        ("int64 id", "int64 id"),
        ("int32 id", "int32 id"),
        ("string id", "string id"),
        ("optional string id", "string id"),
        ("uid", "uid"),
        ("uuid", "uuid"),
        ("book_id", "book_id"),
        ("book_id", "id"),
        ("id", "book_id"),
        ("int64 book_id", "int64 id"),
        ("uuid", "id"),
        ("isbn [(google.api.field_behavior) = IDENTIFIER]", "isbn"),
    ],
)
def test_identity(load: Load, identity: str, request_field: str) -> None:
    """An id of any usual name, which a request may call `id` or `book_id` where that is no other field."""
    keys = {
        "Book": f"{identity}, title, int32 pages",
        "GetBookRequest": request_field,
        "DeleteBookRequest": request_field,
        "UpdateBookRequest": f"{request_field}, title, int32 pages",
    }
    found = recognise(flat(load, keys))
    assert verbs(found) == ALL, found.reasons
    words = request_field.split()
    assert method(found, "GetBook")["identity"] == words[-1]
    assert found.resources["shop.v1.Book"].patterns == ()


@pytest.mark.parametrize(
    ("identity", "told"),
    [
        ("title", "it has no identity: no field name, id, uid, uuid or book_id"),
        ("double id", "its id is a double"),
        ("google.protobuf.StringValue id", "its id is a google.protobuf.StringValue, which may be absent"),
        ("bytes id", "its id is a bytes"),
        ("repeated string id", "it has no identity"),
    ],
)
def test_message_without_identity_is_no_resource(load: Load, identity: str, told: str) -> None:
    found = recognise(flat(load, {"Book": f"{identity}, int32 pages", "CreateBookRequest": "int32 pages"}))
    assert not found.methods
    assert told in reason(found, "CreateBook")
    assert told in reason(found, "GetBook")


def test_id_in_another_field_of_the_resource_is_no_alias(load: Load) -> None:
    """Which of two ids a request means, only its exact name tells."""
    two = {"Book": "int64 id, int64 book_id, title, int32 pages"}
    found = recognise(flat(load, {**two, "DeleteBookRequest": "int64 book_id"}))
    assert "DeleteBook" not in verbs(found)
    assert method(found, "GetBook")["identity"] == "id"


def test_name_beside_an_id_is_no_identity(load: Load) -> None:
    """A user's name is not a resource's, as long as no path or pattern says so."""
    found = recognise(flat(load, {"Book": "int64 id, name, title, int32 pages", "DeleteBookRequest": "name"}))
    assert found.resources["shop.v1.Book"].identity.name == "id"
    assert "has no id, which names a Book" in reason(found, "DeleteBook")


def test_name_is_the_identity_where_keys_are_names(load: Load) -> None:
    body = f"{PATTERN};, name, int64 id, title"
    assert recognise(named(load, {"Book": body})).resources["shop.v1.Book"].identity.name == "name"


def resource_of(load: Load, patterns: str, paths: str = "", create: str = "parent, Book book") -> Standard:
    """The base with these patterns in google.api.resource (none if empty), and a path of GetBook."""
    listed = " ".join(f"pattern: '{p}'" for p in patterns.split())
    option = f"option (google.api.resource) = {{type: 'x.y/Book' {listed}}};, " if patterns else ""
    messages = {"Book": f"{option}name, title", "CreateBookRequest": create, "ListBooksRequest": "page_token"}
    return recognise(named(load, messages, {"GetBook": f"GetBookRequest Book {paths}"}))


@pytest.mark.parametrize(
    ("patterns", "told"),
    [
        ("users/{user}/settings", "is that of a singleton"),
        ("books/{shelf}~{book}", "has two ids in one segment"),
        ("*", "says nothing of its names"),
        ("{shelf}/books/{book}", "does not alternate"),
        ("shelves/{shelf}/books/old/{book}", "does not alternate"),
        ("shelves/{shelf=**}", "does not alternate"),
        ("_deleted_", "none of its patterns has an id"),
        ("shelves/{s}/books/{b} shelves/{s}/tomes/{b}", "two of its patterns have the parent shelves/{s}"),
    ],
)
def test_pattern_of_names_that_nobody_can_make(load: Load, patterns: str, told: str) -> None:
    found = resource_of(load, patterns)
    assert not found.methods
    assert told in reason(found, "CreateBook")


def test_several_patterns(load: Load) -> None:
    found = resource_of(load, "shelves/{shelf}/books/{book} authors/{author}/books/{book} _deleted-book_")
    assert found.resources["shop.v1.Book"].patterns == (
        "shelves/{shelf}/books/{book}",
        "authors/{author}/books/{book}",
    )
    assert verbs(found) == ALL


@pytest.mark.parametrize(
    ("paths", "patterns"),
    [
        ("get:/v1/{name=volumes/*}", ("volumes/{book}",)),
        ("get:/v1/{name=shelves/*/books/*}", ("shelves/{shelf}/books/{book}",)),
        (
            "get:/v1/{name=libraries/*/shelves/*/books/*}",
            ("libraries/{library}/shelves/{shelf}/books/{book}",),
        ),
        (
            "get:/v1/{name=books/*} get:/v1/{name=shelves/*/books/*}",
            ("books/{book}", "shelves/{shelf}/books/{book}"),
        ),
        ("get:/v1/books/{name}", ()),
        ("", ("books/{book}",)),
    ],
)
def test_patterns_are_what_the_paths_take(load: Load, paths: str, patterns: tuple[str, ...]) -> None:
    has_parent = any(pattern.count("{") > 1 for pattern in patterns)
    found = resource_of(load, "", paths, "parent, Book book" if has_parent else "Book book")
    assert verbs(found) == ALL, found.reasons
    assert found.resources["shop.v1.Book"].patterns == patterns


def test_pattern_comes_from_the_parents_path(load: Load) -> None:
    """`/v1/{parent=shelves/*}/books` says what the names below look like."""
    messages = {"Book": "name, title"}
    rpcs = {"CreateBook": "CreateBookRequest Book post:/v1/{parent=shelves/*}/books"}
    found = recognise(named(load, messages, rpcs))
    assert found.resources["shop.v1.Book"].patterns == ("shelves/{shelf}/books/{book}",)


@pytest.mark.parametrize(
    ("patterns", "paths", "told"),
    [
        ("", "get:/v1/{name=**}", "its name is ** in a path"),
        ("", "get:/v1/{name=books/**}", "its name is books/** in a path"),
        ("", "get:/v1/{name=*/books/*}", "its name is */books/* in a path"),
        ("", "get:/v1/{name=books/*} get:/v1/{name=tomes/*}", "two of its patterns have no parent"),
        ("books/{book}", "get:/v1/{name=tomes/*}", "a path takes tomes/* for its name"),
        ("books/{book}", "get:/v1/books/{name}", "a path takes * for its name"),
    ],
)
def test_path_that_leaves_names_open(load: Load, patterns: str, paths: str, told: str) -> None:
    found = resource_of(load, patterns, paths, "Book book")
    assert not found.methods
    assert told in reason(found, "GetBook")


def test_path_with_wildcards_fits_the_pattern(load: Load) -> None:
    found = resource_of(load, "shelves/{shelf}/books/{book}", "get:/v1/{name=shelves/**}")
    assert verbs(found) == ALL


def test_parent_without_any_form_is_refused(load: Load) -> None:
    found = recognise(named(load, {"Book": "name, title"}))
    assert "nothing says what a name with a parent looks like" in reason(found, "CreateBook")


def test_parent_of_a_resource_without_one_is_refused(load: Load) -> None:
    found = resource_of(load, "books/{book}")
    assert "field parent is a parent, and a Book has none" in reason(found, "CreateBook")


def test_parent_by_another_name(load: Load) -> None:
    """What a path binds as the parent, or what google.api.resource_reference calls one."""
    path = "post:/v1/{shelf=shelves/*}/books"
    bound = {"CreateBook": f"CreateBookRequest Book {path}"}
    found = recognise(named(load, {"CreateBookRequest": "shelf, Book book"}, bound))
    assert method(found, "CreateBook")["parent"] == "shelf"
    child = "above [(google.api.resource_reference) = {child_type: 'x.y/Book'}], Book book"
    assert method(recognise(named(load, {"CreateBookRequest": child})), "CreateBook")["parent"] == "above"
    own = "above [(google.api.resource_reference) = {type: 'x.y/Book'}], Book book"
    assert "CreateBook" not in verbs(recognise(named(load, {"CreateBookRequest": own})))


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


def test_two_services_that_create_a_resource_are_told_to_keep_it_apart(load: Load) -> None:
    text = contract(NAMED, *(f"{name} {types}" for name, types in RPCS.items()))
    text += f"\nservice Admin {{ {rpc('CreateBook CreateBookRequest Book')} }}"
    found = recognise(load(text))
    reasons = {name: why for name, why in found.reasons.items() if name.endswith("CreateBook")}
    assert reasons["shop.v1.BookService.CreateBook"].endswith("; kept apart from what shop.v1.Admin creates")
    assert reasons["shop.v1.Admin.CreateBook"].endswith("; kept apart from what shop.v1.BookService creates")


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
    assert verbs(recognise(_load(load, messages, rpcs))) == ALL
    alone = {"CreateBook": rpcs["CreateBook"], "DeleteBook": rpcs["DeleteBook"]}
    found = recognise(_load(load, messages, alone))
    assert verbs(found) == {}
    assert reason(found, "CreateBook") == "custom: no message is called Book"


@pytest.mark.parametrize("part", ["BookItem", "BookProfile", "BookRecord", "Data"])
def test_a_part_of_a_resource_is_not_the_resource(load: Load, part: str) -> None:
    messages = {name: text.replace("Book ", f"{part} ") for name, text in FLAT.items()}
    messages[part] = messages.pop("Book")
    assert verbs(recognise(_load(load, messages, REPLIES))) == {}


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


def test_a_list_may_be_called_as_many_of_what_it_holds(load: Load) -> None:
    rpcs = {**REPLIES, "ListBooks": "ListBooksRequest Books"}
    found = recognise(_load(load, {**FLAT, "Books": FLAT["ListBooksReply"]}, rpcs))
    assert verbs(found) == ALL


def test_a_message_of_the_name_itself_comes_first(load: Load) -> None:
    found = recognise(flat(load, {"BookInfo": FLAT["Book"], "GetBookReply": "BookInfo book"}))
    assert verbs(found) == {name: verb for name, verb in ALL.items() if verb != "get"}
    assert (
        reason(found, "GetBook") == "custom: the response GetBookReply is no Book and does not hold one alone"
    )


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


def test_standard_fields_of_a_resource(load: Load) -> None:
    def book(body: str, create: str = "parent, Book book") -> tuple[str, ...]:
        found = recognise(named(load, {"Book": f"{PATTERN};, name, {body}", "CreateBookRequest": create}))
        each = found.resources["shop.v1.Book"]
        return each.etag, each.uid, each.create_time, each.update_time, each.delete_time, each.purge_time

    output = "[(google.api.field_behavior) = OUTPUT_ONLY]"
    assert book(f"etag, uid {output}, Time create_time {output}, Time update_time {output}") == (
        "etag",
        "uid",
        "create_time",
        "update_time",
        "",
        "",
    )
    assert book("Time created_at, Time updated_at, Time delete_time, Time purge_time")[2:] == (
        "created_at",
        "updated_at",
        "delete_time",
        "purge_time",
    )
    assert book("Time createdAt, Time UpdatedAt, Time deletedAt")[2:5] == (
        "createdAt",
        "UpdatedAt",
        "deletedAt",
    )
    assert not any(book("Time createdAt, title", "parent, Time createdAt, title"))
    assert not any(book("int64 create_time, update_time, repeated Time delete_time, int32 etag, uid"))
    assert not any(book("Time create_time [(google.api.field_behavior) = REQUIRED]"))
    assert not any(book("Time create_time, title", "parent, Time create_time, title"))


SOFT = f"{PATTERN};, name, title, etag, Time delete_time [(google.api.field_behavior) = OUTPUT_ONLY]"


@pytest.mark.parametrize(
    ("rpcs", "messages", "soft"),
    [
        ({}, {}, False),
        ({"UndeleteBook": "GetBookRequest Book"}, {}, True),
        ({"DeleteBook": "DeleteBookRequest Book"}, {}, True),
        ({}, {"ListBooksRequest": "parent, page_token, bool show_deleted"}, True),
    ],
)
def test_soft_deletion(load: Load, rpcs: dict[str, str], messages: dict[str, str], soft: bool) -> None:
    """There is a way back, or a way to see what is deleted."""
    found = recognise(named(load, {"Book": SOFT, **messages}, rpcs))
    assert found.resources["shop.v1.Book"].is_soft is soft
    assert all(each.resource.is_soft is soft for each in found.methods.values())
    assert len(found.methods) == 5 + ("UndeleteBook" in rpcs)


def test_etag_of_the_resource_may_be_asked_for(load: Load) -> None:
    found = recognise(named(load, {"Book": SOFT, "DeleteBookRequest": "name, etag"}))
    assert method(found, "DeleteBook")["etag"] == "etag"


def test_undelete_needs_a_delete_time(load: Load) -> None:
    found = recognise(named(load, {}, {"UndeleteBook": "GetBookRequest Book"}))
    assert reason(found, "UndeleteBook") == "custom: a Book has no delete_time (AIP-164)"


BATCHES = {
    "BatchGetBooksRequest": "parent, repeated string names",
    "BatchGetBooksResponse": "repeated Book books",
    "BatchCreateBooksRequest": "parent, repeated CreateBookRequest requests",
    "BatchUpdateBooksRequest": "parent, repeated UpdateBookRequest requests",
    "BatchDeleteBooksRequest": "parent, repeated string names, bool force",
}
BATCH_RPCS = {
    "BatchGetBooks": "BatchGetBooksRequest BatchGetBooksResponse",
    "BatchCreateBooks": "BatchCreateBooksRequest BatchGetBooksResponse",
    "BatchUpdateBooks": "BatchUpdateBooksRequest BatchGetBooksResponse",
    "BatchDeleteBooks": "BatchDeleteBooksRequest Empty",
}


def test_batches(load: Load) -> None:
    found = recognise(named(load, BATCHES, BATCH_RPCS))
    assert {name: verb for name, verb in verbs(found).items() if name.startswith("Batch")} == {
        "BatchGetBooks": "batch_get",
        "BatchCreateBooks": "batch_create",
        "BatchUpdateBooks": "batch_update",
        "BatchDeleteBooks": "batch_delete",
    }
    assert method(found, "BatchGetBooks") == {"parent": "parent", "requests": "names", "items": "books"}
    created = found.methods["shop.v1.BookService.BatchCreateBooks"].item
    assert created is not None
    assert (created.verb, created.payload, created.id_field) == ("create", "book", "book_id")


@pytest.mark.parametrize(
    ("rpc", "body", "expected"),
    [
        ("BatchGetBooks", "repeated GetBookRequest requests", "requests"),
        ("BatchGetBooks", "repeated string books, Mask read_mask", "requests read_mask"),
        ("BatchDeleteBooks", "repeated DeleteBookRequest requests", "requests"),
        ("BatchGetBooks", "repeated string titles", "!neither names nor requests of a Book"),
        ("BatchGetBooks", "repeated int64 names", "!neither names nor requests"),
        ("BatchCreateBooks", "parent, repeated Book books", "!its books are Book, and there"),
        ("BatchUpdateBooks", "repeated string names", "!no field of requests of a Book"),
        ("BatchGetBooks", "repeated string names, bool fast", "!field fast is nothing"),
    ],
)
def test_request_of_a_batch(load: Load, rpc: str, body: str, expected: str) -> None:
    found = recognise(named(load, {**BATCHES, f"{rpc}Request": body}, BATCH_RPCS))
    if expected.startswith("!"):
        assert expected[1:] in reason(found, rpc)
    else:
        assert set(expected.split()) <= set(method(found, rpc)), reason(found, rpc)


def test_batch_of_what_is_refused_alone(load: Load) -> None:
    """The item is refused for what would be in the way of the RPC of its own."""
    bodies = {**BATCHES, "UpdateBookRequest": "Book book, Mask update_mask, reason"}
    told = reason(recognise(named(load, bodies, BATCH_RPCS)), "BatchUpdateBooks")
    assert told.startswith("custom: its requests are UpdateBookRequest, and there the request's field reason")


def test_message_of_another_package_is_deleted_by_name(load: Load) -> None:
    common = 'syntax = "proto3"; package common.v1; message Book { string name = 1; string title = 2; }'
    load(common, "common/v1/book.proto")
    text = """import "common/v1/book.proto"; import "google/protobuf/empty.proto";
    message CreateBookRequest { common.v1.Book book = 1; } message DeleteBookRequest { string name = 1; }
    service BookService { rpc CreateBook(CreateBookRequest) returns (common.v1.Book);
      rpc DeleteBook(DeleteBookRequest) returns (google.protobuf.Empty); }"""
    found = recognise(load(text))
    assert verbs(found) == {"CreateBook": "create", "DeleteBook": "delete"}
