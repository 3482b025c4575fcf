"""Books as contracts have them, by the AIPs and as Kratos' users write them, and what is found in a contract."""

from __future__ import annotations

from scaffolder.contract.model import Contract
from scaffolder.standard import Standard
from tests.contract_text import Load

from .support import contract

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
SOFT = f"{PATTERN};, name, title, etag, Time delete_time [(google.api.field_behavior) = OUTPUT_ONLY]"
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


def named(load: Load, messages: dict[str, str] | None = None, rpcs: dict[str, str] | None = None) -> Contract:
    return loaded(load, {**NAMED, **(messages or {})}, {**RPCS, **(rpcs or {})})


def flat(load: Load, messages: dict[str, str] | None = None, rpcs: dict[str, str] | None = None) -> Contract:
    return loaded(load, {**FLAT, **(messages or {})}, {**REPLIES, **(rpcs or {})})


def loaded(load: Load, messages: dict[str, str], rpcs: dict[str, str]) -> Contract:
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
