"""Which field of a message is its identity.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import ALL, PATTERN, flat, method, named, reason, verbs


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
