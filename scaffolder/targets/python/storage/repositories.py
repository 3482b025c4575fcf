"""The view of a repository: its protocol in biz/ and its table in data/."""

from __future__ import annotations

from typing import Any

from scaffolder.standard import Resource
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.names import BUILTIN_TYPES, in_words, pascal, plural, safe, title
from scaffolder.targets.python.storage.columns import COLUMN_TYPES
from scaffolder.targets.python.storage.identifiers import TABLE_NAME, shortened
from scaffolder.targets.python.storage.schema import Model

DATA_CLASSES = COLUMN_TYPES | {
    "AbortedError",
    "AlreadyExistsError",
    "Base",
    "Cache",
    "Container",
    "Database",
    "FailedPreconditionError",
    "NotFoundError",
    "Page",
    "Query",
    "constraints",
    "delete",
    "new_etag",
    "parent_of",
    "replace_row",
    "select",
    "select_page",
}
"""Names that data/ and the tests of a repository import beside the domain's classes."""

_VARIABLES = BUILTIN_TYPES | {
    "client",
    "container",
    "context",
    "created",
    "current",
    "etag",
    "datetime",
    "delete",
    "error",
    "first",
    "force",
    "found",
    "key",
    "keys",
    "last",
    "limit",
    "name",
    "named",
    "names",
    "listed",
    "page",
    "parent",
    "query",
    "request",
    "requests",
    "row",
    "same",
    "select",
    "self",
    "server",
    "session",
    "this",
    "transport",
    "updated",
    "use_case",
}
"""Names that generated functions and tests have for themselves."""


def entity_variable(resource: Resource) -> str:
    """The variable that holds a resource, in code that has variables and functions of its own."""
    return safe(resource.noun, _VARIABLES)


def repository_view(domain: Domain, resource: Resource, store: str, model: Model) -> dict[str, Any]:
    """The repository of a resource; `model` is its table's.

    `store` is what the resource's noun is in names that are one for the whole project, where its own would be
    another's.
    """
    name = repository_class(resource, store)
    return {
        "class": name,
        "sql_class": f"Sql{name}",
        "cached_class": f"Cached{name}",
        "property": repository_property(resource, store),
        "resource": resource,
        "entity": domain.class_of(resource.message),
        "row_class": f"{resource.name}Row",
        "noun": title(resource.name).lower(),
        "plural": plural(title(resource.name).lower()),
        "model": model,
        "table": model.table,
    }


def table_name(resource: Resource, store: str) -> str:
    """The plural of the resource's noun: `books`, `admin_books` of the store `admin_book`."""
    before, _, after = in_words(store or resource.noun, resource.noun)
    name = "_".join(filter(None, (before, plural(resource.noun), after)))
    # SQLite keeps names that begin like this for itself.
    name = f"stored_{name}" if name.startswith("sqlite_") else name
    return shortened(name, TABLE_NAME)


def repository_property(resource: Resource, store: str) -> str:
    """The container's property, and with an underscore before it the use case's attribute."""
    return f"{store or resource.noun}_repository"


def repository_class(resource: Resource, store: str) -> str:
    """The protocol in biz/: `BookRepository`, `AdminBookRepository` of the store `admin_book`."""
    before, _, after = in_words(store or resource.noun, resource.noun)
    return f"{pascal(before)}{resource.name}{pascal(after)}Repository"
