"""What a standard method may answer.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import flat, method, named, reason, verbs

RESPONSES = [
    # RPC, its response's fields, what is in the way or the slots that are set
    ("CreateBook", "int64 id", "result_identity"),
    ("CreateBook", "", "is_empty"),
    ("CreateBook", "Book result", "result"),
    ("CreateBook", "Book book, string message", "!the response's field message"),
    ("CreateBook", "int64 id, string title", "shows"),
    ("CreateBook", "int64 id, string message", "!the response's field message is nothing that a store knows"),
    (
        "CreateBook",
        "int64 id, int64 title",
        "!the response's field title has another type than that of a Book",
    ),
    ("CreateBook", "string title", "!the response CreateBookReply has no id, which names a Book"),
    ("CreateBook", "bool ok", "success"),
    ("CreateBook", "bool ok, string message", "!the response CreateBookReply is no Book"),
    ("CreateBook", "string ok", "!the response CreateBookReply is no Book"),
    ("GetBook", "bool success", "!the response GetBookReply is no Book"),
    ("GetBook", "", "!the response GetBookReply is no Book"),
    ("GetBook", "int64 id", "!the response GetBookReply is no Book"),
    ("GetBook", "int64 id, title, int32 pages", "copy"),
    ("GetBook", "int64 book_id, title", "shows"),
    ("GetBook", "string id, title", "!the response GetBookReply is no Book"),
    ("GetBook", "int64 id, repeated string title", "!the response's field title has another type"),
    ("GetBook", "int64 id, title, int32 code", "!the response's field code is nothing that a store knows"),
    ("GetBook", "repeated Book book", "!the response GetBookReply is no Book"),
    ("UpdateBook", "", "is_empty"),
    ("UpdateBook", "int64 id", "result_identity"),
    ("UpdateBook", "int64 id, title", "copy"),
    ("DeleteBook", "int64 id", "result_identity"),
    ("DeleteBook", "bool success", "success"),
    ("DeleteBook", "bool success, int64 id", "!the response's field success"),
    ("DeleteBook", "int32 rows", "!the response's field rows is nothing that a store knows"),
    ("DeleteBook", "Book book", "!which has no delete_time"),
    ("DeleteBook", "int64 id, title", "!which has no delete_time"),
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
