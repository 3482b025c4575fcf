"""Batches, and the requests in them.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import BATCH_RPCS, BATCHES, method, named, reason, verbs


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
