"""What the names of a resource look like, by its patterns and by the paths that take them.

A contract is the base of `books` with what the case changes; its messages are written as `support.message` reads them.
"""

from __future__ import annotations

import pytest

from scaffolder.standard import Standard, recognise
from tests.contract_text import Load

from .books import ALL, method, named, reason, verbs


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
