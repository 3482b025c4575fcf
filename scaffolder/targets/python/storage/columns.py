"""The columns of a resource's fields: what they are called, and their types in the model and in revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaffolder.contract.model import Field, Kind
from scaffolder.standard import Resource
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.domain_names import enum_members
from scaffolder.targets.python.names import safe
from scaffolder.targets.python.storage.identifiers import COLUMN_NAME, shortened
from scaffolder.targets.python.storage.tables import Column

WIDE = frozenset({Kind.INT64, Kind.SINT64, Kind.SFIXED64, Kind.UINT32, Kind.FIXED32})
"""Integers that need more than 32 signed bits in a database."""

UNSIGNED_64 = frozenset({Kind.UINT64, Kind.FIXED64})
"""Integers that no integer type of SQL holds in full."""

DECLARATIVE_NAMES = frozenset({"metadata", "registry", "type_annotation_map"})
"""Attributes of SQLAlchemy's declarative base, which a column must not replace."""

COLUMN_TYPES = frozenset(
    {
        "BigInteger",
        "CheckConstraint",
        "EnumName",
        "ForeignKeyConstraint",
        "Index",
        "JsonOf",
        "Mapped",
        "RowNumber",
        "RowReference",
        "UniqueConstraint",
        "Unsigned64",
        "mapped_column",
    }
)
"""What a table's class body uses, and a column must not hide."""

SYSTEM_COLUMNS = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})
"""Columns that every table of PostgreSQL has of its own (PostgreSQL, "System Columns")."""

UNQUOTED = frozenset({"collation", "concurrently", "lateral", "nothing", "returning", "tablesample"})
"""Words of SQL that SQLAlchemy writes without the quotes that SQLite or PostgreSQL needs."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type in the model, ``""`` where the annotation says it (`type_annotation_map` of data/), and in a revision.

    `default` is what fills the rows that are there when such a column is added (`tables.Column`).
    """

    model: str
    revision: str
    default: str = ""


TEXT = ColumnType("", 'sa.String().with_variant(sa.String(collation="C"), "postgresql")', '""')
UNSIGNED = ColumnType(
    "Unsigned64", 'sa.Numeric(20, 0).with_variant(sa.String(20), "sqlite")', f'"{"0" * 20}"'
)
NUMBER = ColumnType("", "sa.Integer()", '"0"')
WIDE_NUMBER = ColumnType("BigInteger", "sa.BigInteger()", '"0"')
PARENT_NUMBER = ColumnType("RowReference", "sa.BigInteger()", '"0"')
SET_TIME = ColumnType(
    "default=utc_now",
    "sa.DateTime(timezone=True)",
    "sa.literal(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), sa.DateTime(timezone=True))",
)
"""When a row was created or changed, which the service always says: an order by it needs no place for NULL. A row from
before it did so has the beginning of time.
"""
JSON = 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'

BY_ANNOTATION = {
    "str": TEXT,
    "bool": ColumnType("", "sa.Boolean()", "sa.false()"),
    "float": ColumnType("", "sa.Double()", '"0"'),
    "bytes": ColumnType("", "sa.LargeBinary()", "sa.cast(sa.text(\"''\"), sa.LargeBinary())"),
    "int": NUMBER,
    "datetime.datetime": ColumnType("", "sa.DateTime(timezone=True)"),
    "datetime.timedelta": ColumnType("", "sa.BigInteger()"),
    "datetime.time": ColumnType("", "sa.Time()"),
    "Decimal": ColumnType("", 'sa.Numeric().with_variant(sa.String(), "sqlite")'),
    "UUID": ColumnType("", "sa.Uuid()"),
}
"""The column of a value that is neither repeated, nor a map, nor an enum."""

IDENTITIES = {
    "str": TEXT,
    "int": NUMBER,
    "wide": ColumnType("RowNumber", 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")', '"0"'),
}
"""The column of an identity. SQLite numbers rows by itself only in a column that is INTEGER to the letter."""


def type_of(field: DomainField) -> ColumnType:
    """The type of a field's column; what SQL has no type for is JSON."""
    element = field.annotation.removesuffix(" | None")  # as the class body has to name it
    if field.key:
        return ColumnType(f"JsonOf({element})", JSON, '"{}"')
    if field.field.repeated:
        return ColumnType(f"JsonOf({element})", JSON, '"[]"')
    if field.field.kind is Kind.ENUM:
        first = field.value.default.rpartition(".")[2]
        return ColumnType(f"EnumName({element})", TEXT.revision, f'"{first}"')
    if field.field.kind in UNSIGNED_64 or field.field.type_name == "google.protobuf.UInt64Value":
        return UNSIGNED
    if field.field.kind in WIDE or field.field.type_name in _WIDE_WRAPPERS:
        return WIDE_NUMBER
    return BY_ANNOTATION.get(field.value.annotation) or ColumnType(f"JsonOf({element})", JSON)


_WIDE_WRAPPERS = {"google.protobuf.Int64Value", "google.protobuf.UInt32Value"}


def is_json(field: DomainField) -> bool:
    """Whether the field's column is JSON, which no index and no key can be over."""
    return type_of(field).revision == JSON


def identity_type(field: Field) -> ColumnType:
    """The type of the primary key, and of every column that refers to it."""
    if field.kind is Kind.STRING:
        return IDENTITIES["str"]
    # The store counts, and will not get beyond 63 bits.
    return IDENTITIES["wide" if field.kind in WIDE | UNSIGNED_64 else "int"]


def columns_of(
    domain: Domain, fields: Sequence[DomainField], resource: Resource, *, refers: bool = False
) -> list[Column]:
    """A column for every field of a resource, in the contract's order.

    The field with the identity of its parent has that column's type where it is a number of 64 bits. Where the column
    `refers` to the parent's table, and a resource can be without one, it allows NULL.
    """
    names = column_names([field.field.name for field in fields])
    attributes = _attributes([field.attribute for field in fields])
    found = []
    for field, name, attribute in zip(fields, names, attributes, strict=True):
        is_identity = field.field.name == resource.identity.name
        kind = identity_type(resource.identity) if is_identity else type_of(field)
        if kind is UNSIGNED and field.field.name == resource.parent_field:
            kind = PARENT_NUMBER
        if field.field.name in (resource.create_time, resource.update_time):
            kind = SET_TIME
        annotation = field.annotation.removesuffix(" | None")
        is_alone = refers and not resource.needs_parent and field.field.name == resource.parent_field
        nullable = (annotation != field.annotation and kind is not SET_TIME) or is_alone
        annotation += " | None" if nullable else ""
        options = [*([f'"{name}"'] if name != attribute else []), *filter(None, [kind.model])]
        key = field.field.name if name != field.field.name else ""
        options += [f'key="{key}"'] if key else []
        found.append(
            Column(
                name,
                kind.revision,
                nullable,
                "" if nullable or is_identity else kind.default,
                _members(domain, field),
                attribute,
                line(attribute, annotation, [*options, *(["primary_key=True"] if is_identity else [])]),
                key,
            )
        )
    return found


def line(attribute: str, annotation: str, options: Sequence[str]) -> str:
    """The line of a column in its model."""
    definition = f" = mapped_column({', '.join(options)})" if options else ""
    return f"{attribute}: Mapped[{annotation}]{definition}"


def column_names(fields: Sequence[str]) -> list[str]:
    """What columns are called: like their fields, but where a database would refuse it.

    PostgreSQL has columns of its own and cuts off names behind 63 letters; to SQLite, `a` and `A` are one; a few words
    would be read as SQL.
    """
    taken: set[str] = set()
    found = []
    for field in fields:
        name = shortened(field, COLUMN_NAME)
        while name in SYSTEM_COLUMNS | UNQUOTED or name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        found.append(name)
    return found


def _attributes(domain: Sequence[str]) -> list[str]:
    """The model's attributes: the entity's, but where the declarative class needs the name itself."""
    refused = DECLARATIVE_NAMES | COLUMN_TYPES
    hidden = [name in refused or name.startswith(("_sa_", "__")) for name in domain]
    taken = {name for name, is_hidden in zip(domain, hidden, strict=True) if not is_hidden}
    found = []
    for name, is_hidden in zip(domain, hidden, strict=True):
        attribute = name
        if is_hidden:
            attribute = safe(f"column{name}" if name.startswith("_") else f"{name}_", taken)
            taken.add(attribute)
        found.append(attribute)
    return found


def _members(domain: Domain, field: DomainField) -> tuple[tuple[str, int], ...]:
    if field.field.kind is not Kind.ENUM or field.key or field.field.repeated:
        return ()
    enum = next(each for each in domain.enums if each.full_name == field.field.type_name)
    return tuple((name, number) for name, number, _ in enum_members(enum))
