"""The fields of a resource that the server sets, and what is deleted softly.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import recognise
from tests.contract_text import Load

from .books import PATTERN, SOFT, method, named, reason


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
