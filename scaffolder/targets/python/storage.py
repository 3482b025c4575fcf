"""The view of a repository: its protocol in biz/ and its table in data/."""

from __future__ import annotations

from typing import Any

from scaffolder.contract.model import Kind
from scaffolder.standard import Resource
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.names import BUILTIN_TYPES, in_words, pascal, plural, safe, title
from scaffolder.targets.python.stores import collection_of, noun_of

WIDE = frozenset({Kind.INT64, Kind.SINT64, Kind.SFIXED64, Kind.UINT32, Kind.FIXED32})
"""Integers that need more than 32 signed bits in a database."""

UNSIGNED_64 = frozenset({Kind.UINT64, Kind.FIXED64})
"""Integers that no SQL type holds in full; as JSON they lose nothing."""

DECLARATIVE_NAMES = frozenset({"metadata", "registry", "type_annotation_map"})
"""Attributes of SQLAlchemy's declarative base, which a column must not replace."""

COLUMN_TYPES = frozenset(
    {"BigInteger", "Enum", "Integer", "JsonOf", "Mapped", "Microseconds", "UtcDateTime", "mapped_column"}
)
"""What a table's class body uses, and a column must not hide."""

DATA_CLASSES = COLUMN_TYPES | {
    "AlreadyExistsError",
    "Base",
    "Container",
    "Database",
    "IntegrityError",
    "InvalidArgumentError",
    "NotFoundError",
}
"""Names that data/ and the tests of a repository import beside the domain's classes."""

_VARIABLES = BUILTIN_TYPES | {
    "client",
    "container",
    "context",
    "created",
    "current",
    "datetime",
    "delete",
    "error",
    "found",
    "key",
    "keys",
    "last",
    "limit",
    "listed",
    "page",
    "query",
    "request",
    "row",
    "select",
    "self",
    "server",
    "session",
    "transport",
    "updated",
    "use_case",
}
"""Names that generated functions and tests have for themselves."""


def entity_variable(resource: Resource) -> str:
    """The variable that holds a resource, in code that has variables and functions of its own."""
    return safe(noun_of(resource), _VARIABLES)


def repository_view(
    domain: Domain, service: tuple[str, str], resource: Resource | None, verbs: set[str], store: str = ""
) -> dict[str, Any]:
    """The repository of a resource, or an empty one named after the service where nothing is known to be stored.

    `service` is the service's noun and the stem of its classes; `store` what the resource's noun is in names that are
    one for the whole project, where its own would be another's.
    """
    noun, stem = service
    if resource is None:
        return {
            "class": f"{stem}Repository",
            "sql_class": f"Sql{stem}Repository",
            "property": f"{noun}_repository",
            "resource": None,
        }
    entity = domain.class_of(resource.message)
    fields = domain.fields_of(resource.message)
    attributes = {field.field.name: field.attribute for field in fields}
    columns = [_column(field, field.field is resource.identity) for field in fields]
    name = repository_class(resource, store)
    before, _, after = in_words(store or noun_of(resource), noun_of(resource))
    return {
        "class": name,
        "sql_class": f"Sql{name}",
        "property": repository_property(resource, store),
        "resource": resource,
        "entity": entity,
        "entity_var": entity_variable(resource),
        "row_class": f"{resource.message.name}Row",
        "noun": title(resource.message.name).lower(),
        "plural": plural(title(resource.message.name).lower()),
        "table": "_".join(filter(None, (before, plural(noun_of(resource)), after))),
        "identity": attributes[resource.identity.name],
        "key": next(column["attribute"] for column in columns if column["is_identity"]),
        "identity_type": "int" if resource.is_integer else "str",
        "first": "0" if resource.is_integer else '""',
        "collection": collection_of(resource),
        "server_fields": sorted(attributes[name] for name in resource.server_fields),
        "create_time": bool(resource.create_time),
        "update_time": bool(resource.update_time),
        "columns": columns,
        "verbs": verbs | ({"get"} if "update" in verbs else set()),
    }


def repository_property(resource: Resource, store: str) -> str:
    """The container's property, and with an underscore before it the use case's attribute."""
    return f"{store or noun_of(resource)}_repository"


def repository_class(resource: Resource, store: str) -> str:
    """The protocol in biz/: `BookRepository`, `AdminBookRepository` of the store `admin_book`."""
    before, _, after = in_words(store or noun_of(resource), noun_of(resource))
    return f"{pascal(before)}{resource.message.name}{pascal(after)}Repository"


def _column(field: DomainField, is_identity: bool) -> dict[str, str | bool]:
    name = field.attribute
    taken = name in DECLARATIVE_NAMES | COLUMN_TYPES or name.startswith(("_sa_", "__"))
    attribute = f"column{name}" if taken and name.startswith("_") else f"{name}_" if taken else name
    options = [f'"{field.field.name}"'] if attribute != field.field.name else []
    if is_identity:
        options += _identity_options(field)
    elif sql_type := _sql_type(field):
        options.append(sql_type)
    return {
        "attribute": attribute,
        "entity_attribute": name,
        "annotation": f"Mapped[{field.annotation}]",
        "definition": f" = mapped_column({', '.join(options)})" if options else "",
        "is_identity": is_identity,
    }


def _identity_options(field: DomainField) -> list[str]:
    """SQLite numbers rows by itself only in a column that is INTEGER to the letter."""
    wide = field.field.kind in WIDE
    return [*(['BigInteger().with_variant(Integer, "sqlite")'] if wide else []), "primary_key=True"]


def _sql_type(field: DomainField) -> str:
    """The column type where SQLAlchemy cannot tell it from the annotation."""
    contract_field, annotation = field.field, field.value.annotation
    if field.key or contract_field.repeated:
        return f"JsonOf({field.annotation})"
    if contract_field.kind is Kind.ENUM:
        return f"Enum({annotation}, native_enum=False, length=64)"
    element = field.annotation.removesuffix(" | None")  # as the class body has to name it
    if not contract_field.type_name:
        if contract_field.kind in UNSIGNED_64:
            return f"JsonOf({element})"
        return "BigInteger" if contract_field.kind in WIDE else ""
    simple = {"datetime.datetime": "UtcDateTime", "datetime.timedelta": "Microseconds"}
    if annotation in simple:
        return simple[annotation]
    return "" if annotation in ("str", "int", "float", "bool", "bytes") else f"JsonOf({element})"
