"""Which repositories have a cache before them, and what a forced delete of a parent takes out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scaffolder.contract.model import Contract
from scaffolder.targets.python.views import ProjectViews

Load = Callable[[str], Contract]

HEAD = 'import "google/protobuf/empty.proto"; import "google/api/resource.proto";'


def resource(name: str, *verbs: str, named: str = "", parent: str = "") -> str:
    """Messages and RPCs of a resource: by a flat id, with the field of its `parent`; or `named` by a pattern."""
    identity = "string name = 1;" if named else "int64 id = 1;"
    option = f'option (google.api.resource) = {{type: "x.com/{name}" pattern: "{named}"}};' if named else ""
    field = f"int64 {parent}_id = 3;" if parent else ""
    above = "string parent = 3;" if named.count("{") > 1 else field
    messages = {
        "Create": f"{name} {name.lower()} = 1; {above}",
        "Get": identity,
        "Delete": f"{identity} bool force = 2;",
        "Update": f"{name} {name.lower()} = 1;",
    }
    found = [f"message {name} {{ {option} {identity} string title = 2; {field} }}"]
    found += [f"message {verb}{name}Request {{ {messages[verb]} }}" for verb in verbs]
    returns = {verb: "google.protobuf.Empty" if verb == "Delete" else name for verb in verbs}
    rpcs = [f"rpc {verb}{name}({verb}{name}Request) returns ({returns[verb]});" for verb in verbs]
    return " ".join([*found, f"service {name}Service {{ {' '.join(rpcs)} }}"])


def cached(
    load: Load, *resources: str, features: tuple[str, ...] = ("redis",)
) -> dict[str, tuple[bool, str]]:
    views = ProjectViews(load(HEAD + "".join(resources)), "shop", "shop", features=features)
    return {
        each["entity"]: (each["nested"], each["forgets"])
        for view in views.nouns.values()
        for each in view["service"]["repositories"]
        if each["cached"]
    }


def test_what_is_read_by_its_identity_has_a_cache(load: Load) -> None:
    assert cached(load, resource("Book", "Create", "Get")) == {"Book": (False, "")}
    assert cached(load, resource("Book", "Create", "Update")) == {}


@pytest.mark.parametrize("features", [(), ("redis",)])
def test_project_has_a_cache_where_it_is_asked_for_and_something_is_read(
    load: Load, features: tuple[str, ...]
) -> None:
    def has(*resources: str) -> bool:
        views = ProjectViews(load(HEAD + "".join(resources)), "shop", "shop", features=features)
        return "caches" in views.enabled and views.project["project"]["caches"]

    assert has(resource("Book", "Create", "Get")) is bool(features)
    assert not has(resource("Book", "Create", "Update"))
    assert not has("service PingService {}")


def test_names_below_a_deleted_name_are_forgotten_with_it(load: Load) -> None:
    shelf = resource("Shelf", "Create", "Get", "Delete", named="shelves/{shelf}")
    book = resource("Book", "Create", "Get", named="shelves/{shelf}/books/{book}")
    assert cached(load, shelf, book) == {"Shelf": (False, ", below=force"), "Book": (True, "")}


def test_table_of_flat_ids_below_a_deleted_one_is_forgotten(load: Load) -> None:
    """Even where the parent itself is not read: it has to tell the cache."""
    shelf, book = resource("Shelf", "Create", "Delete"), resource("Book", "Create", "Get", parent="shelf")
    assert cached(load, shelf, book) == {
        "Shelf": (False, ', tables=["books"] if force else ()'),
        "Book": (False, ""),
    }


def test_children_that_are_not_read_are_not_forgotten(load: Load) -> None:
    shelf = resource("Shelf", "Create", "Get", "Delete")
    assert cached(load, shelf, resource("Book", "Create", "Update", parent="shelf")) == {"Shelf": (False, "")}


def test_names_below_what_is_not_stored_are_forgotten_with_what_is(load: Load) -> None:
    shelf = resource("Shelf", "Create", "Get", "Delete", named="shelves/{shelf}")
    book = resource("Book", "Create", "Get", named="shelves/{shelf}/rows/{row}/books/{book}")
    assert cached(load, shelf, book) == {"Shelf": (False, ", below=force"), "Book": (True, "")}
