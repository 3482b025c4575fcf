"""The table of a stored resource: the one builder behind the models and the migrations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaffolder.diagnostics import fail
from scaffolder.standard import Resource, StandardMethod
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.names import safe
from scaffolder.targets.python.storage.columns import (
    IDENTITIES,
    TEXT,
    column_names,
    columns_of,
    identity_type,
    is_json,
    line,
)
from scaffolder.targets.python.storage.identifiers import constraint_name, quoted
from scaffolder.targets.python.storage.keys import keys_of
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Table

MAX_COLUMNS = 1600
"""What PostgreSQL takes for one table; SQLite takes 2000."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A stored resource as others refer to it: its table, and the column that is the primary key there."""

    table: str
    column: str
    type: str


_NUMBERS = frozenset({IDENTITIES["int"].revision, IDENTITIES["wide"].revision, "sa.BigInteger()"})

_COMPATIBLE = {TEXT.revision: frozenset({TEXT.revision})} | dict.fromkeys(_NUMBERS, _NUMBERS)
"""By the type of a primary key the types of columns that can refer to it."""


@dataclass(frozen=True, slots=True)
class Model:
    """A table with what a repository needs to know of it.

    `fields` pairs the resource's fields with their columns, `key` is the primary key. `parent` is the column with the
    parent's identity, None for a resource without one; it may be the store's own, and no field's. `request_id` is the
    store's column for the id of the request that created a row, None where no request has one. `above` are the tables
    of what its names have in front and no foreign key refers to.
    """

    resource: Resource
    table: Table
    fields: tuple[tuple[DomainField, Column], ...]
    key: Column
    parent: Column | None = None
    request_id: Column | None = None
    above: tuple[str, ...] = ()

    @property
    def unset(self) -> dict[str, str]:
        """The entity's attributes that have a default where the column has NULL, and that default."""
        return {
            field.attribute: field.default
            for field, column in self.fields
            if column.nullable and not field.annotation.endswith(" | None")
        }

    @property
    def etag(self) -> Column | None:
        """The column of the standard field (AIP-154)."""
        return next((column for field, column in self.fields if field.field.name == self.resource.etag), None)

    @property
    def unique_fields(self) -> list[tuple[str, str]]:
        """The unique constraints that the contract declares, by name, with the fields as arguments: ``"isbn"``."""
        names = {column.name: field.field.name for field, column in self.fields}
        return [
            (each.name, ", ".join(f'"{names[column]}"' for column in each.columns))
            for each in self.table.unique
            if names.keys() >= set(each.columns)
        ]


def build_model(
    domain: Domain,
    resource: Resource,
    methods: Sequence[StandardMethod],
    name: str,
    parent: Reference | None = None,
) -> Model:
    """The model of a resource in the table `name`, for the standard methods that a service has for it.

    `parent` is the table of the resource's parent, None where the project stores no such one. Raises a `ScaffoldError`
    for a resource with more fields than a table has columns.
    """
    return _Builder(domain, resource, methods, name, parent).model()


class _Builder:
    def __init__(
        self,
        domain: Domain,
        resource: Resource,
        methods: Sequence[StandardMethod],
        name: str,
        parent: Reference | None,
    ) -> None:
        self.resource, self.methods, self.name, self.reference = resource, methods, name, parent
        self.domain = domain
        fields = domain.fields_of(resource.message)
        columns = columns_of(domain, fields, resource, refers=parent is not None)
        self.fields = tuple(zip(fields, columns, strict=True))
        self.by_field = {field.field.name: (field, column) for field, column in self.fields}
        self.key = self.by_field[resource.identity.name][1]
        self.own: list[Column] = []
        self.names: set[str] = set()

    def model(self) -> Model:
        parent = self._parent()
        asked = any(method.request_id for method in self.methods if method.verb == "create")
        request_id = self._add("request_id", nullable=True) if asked else None
        columns = (*(column for _, column in self.fields), *self.own)
        if len(columns) > MAX_COLUMNS:
            raise fail(
                "wide-resource",
                f"{self.resource.message.full_name} needs {len(columns)} columns; a table has {MAX_COLUMNS} at most",
                "put fields that belong together into a message of their own, which is stored as one column",
                self.resource.message.location,
            )
        unique = self._unique(request_id)
        table = Table(
            self.name,
            self.resource.message.full_name,
            columns,
            (self.key.name,),
            self._foreign_keys(parent),
            unique,
            self._indexes(parent, {constraint.columns for constraint in unique}),
            tuple(self._checks()),
            self.resource.is_integer,
            keys_of(self.domain, self.fields),
        )
        return Model(self.resource, table, self.fields, self.key, parent, request_id)

    def _parent(self) -> Column | None:
        """The column with the parent's identity: a field's, or one of the store's own, as names hold it in front."""
        if self.resource.parent_field:
            return self.by_field[self.resource.parent_field][1]
        return self._add("parent") if self.resource.has_parent else None

    def _add(self, name: str, *, nullable: bool = False) -> Column:
        """A column of the store's own for a text, called like no field."""
        columns = [*(column for _, column in self.fields), *self.own]
        taken = {text for column in columns for text in (column.name.lower(), column.attribute)}
        annotation = "builtins.str" if "str" in taken else "str"
        name = safe(name, taken)
        definition = line(name, f"{annotation} | None" if nullable else annotation, [])
        default = "" if nullable else TEXT.default
        self.own.append(Column(name, TEXT.revision, nullable, default, (), name, definition))
        return self.own[-1]

    def _foreign_keys(self, parent: Column | None) -> tuple[ForeignKey, ...]:
        target = self.reference
        if parent is None or target is None or parent.type not in _COMPATIBLE[target.type]:
            return ()
        name = constraint_name("fk", self.name, [parent.name], self.names, target.table)
        return (ForeignKey(name, (parent.name,), target.table, (target.column,)),)

    def _unique(self, request_id: Column | None) -> tuple[Constraint, ...]:
        declared = [self._columns(fields) for fields in self.resource.unique]
        if request_id:
            declared.append((request_id.name,))
        return tuple(
            Constraint(constraint_name("uq", self.name, columns, self.names), columns)
            for columns in dict.fromkeys(declared)
        )

    def _indexes(self, parent: Column | None, keys: set[tuple[str, ...]]) -> tuple[Constraint, ...]:
        """What lists go through, each ending with the identity, which is the last key of every order."""
        scope = (parent.name,) if parent else ()
        key = self.key.name
        wanted: list[tuple[str, ...]] = [(*scope, key)] if scope else []
        if self.resource.create_time and any(method.order_by for method in self.methods):
            wanted.append((*scope, *self._columns([self.resource.create_time]), key))
        known = {columns[0] for columns in keys if len(columns) == 1}
        wanted += [(*scope, column, key) for column in self._compared() if column not in known]
        wanted += [(column, key) for column in self._references() if column not in known]
        wanted += [self._columns(fields) for fields in self.resource.indexes]
        indexes = [columns for columns in dict.fromkeys(wanted) if columns not in keys]
        return tuple(
            Constraint(constraint_name("ix", self.name, columns, self.names), columns) for columns in indexes
        )

    def _compared(self) -> list[str]:
        """The columns that a list's own fields of the request have to be equal to."""
        fields = [pair[1] for method in self.methods for pair in method.equals]
        return self._plain(name for name in fields if name != self.resource.parent_field)

    def _references(self) -> list[str]:
        fields = (field.field.name for field, _ in self.fields if field.field.reference)
        return self._plain(name for name in fields if name != self.resource.parent_field)

    def _plain(self, fields: Iterable[str]) -> list[str]:
        """The columns of the fields that an index can be over, without the identity, which has one."""
        pairs = (self.by_field[name] for name in dict.fromkeys(fields) if name in self.by_field)
        return [column.name for field, column in pairs if column is not self.key and not is_json(field)]

    def _columns(self, fields: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.by_field[name][1].name for name in fields)

    def _checks(self) -> Iterable[Constraint]:
        for _, column in self.fields:
            if column.members:
                members = ", ".join(f"'{name}'" for name, _ in column.members)
                name = constraint_name("ck", self.name, [column.name], self.names)
                yield Constraint(name, (column.name,), f"{quoted(column.name)} IN ({members})")


def reference_to(resource: Resource, table: str) -> Reference:
    """How other tables refer to the resource in the table `table`."""
    names = [field.name for field in resource.message.fields]
    columns = dict(zip(names, column_names(names), strict=True))
    return Reference(table, columns[resource.identity.name], identity_type(resource.identity).revision)
