"""The model of a table: what stands in the class body of its row."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from scaffolder.targets.python.domain import DomainField
from scaffolder.targets.python.storage.schema import Model
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.storage.tables import Column, Constraint, Table
from scaffolder.targets.python.text import WIDTH, literal, literals


def table_arguments(table: Table) -> list[str]:
    """The entries of `__table_args__`: every constraint and every index, by its name."""
    keys = {column.name: column.key or column.name for column in table.columns}

    def called(columns: Sequence[str]) -> list[str]:
        return [keys[name] for name in columns]

    found = [
        f"ForeignKeyConstraint({literal(called(key.columns))}, {literal([f'{key.table}.{c}' for c in key.refers_to])}, "
        f'name="{key.name}")'
        for key in table.foreign_keys
    ]
    found += [
        f'UniqueConstraint({literals(called(each.columns))}, name="{each.name}")' for each in table.unique
    ]
    found += [f'Index("{each.name}", {literals(called(each.columns))})' for each in table.indexes]
    found += [_check(each) for each in table.checks]
    # SQLite would give the number of a row that was deleted to the next one.
    return [*found, *(['{"sqlite_autoincrement": True}'] if table.numbered else [])]


def row_values(stored: Stored, model: Model) -> list[tuple[str, str]]:
    """What a row is made of, by its attributes: expressions of the entity."""
    return [
        *((column.attribute, _value(stored, model, field, column)) for field, column in model.fields),
        *(
            [(model.parent.attribute, parent_value(stored))]
            if model.parent and not _is_field(model, model.parent)
            else []
        ),
    ]


def _value(stored: Stored, model: Model, field: DomainField, column: Column) -> str:
    source = f"{stored.variable}.{field.attribute}"
    if field.attribute == stored.etag:
        return "new_etag()"
    is_given = column is model.key and model.table.numbered  # by the database
    return f"{source} or None" if is_given or field.attribute in model.unset else source


def entity_values(model: Model) -> list[tuple[str, str]]:
    """What an entity is made of, by its attributes: expressions of the row."""
    return [
        (name, f"row.{column.attribute}{f' or {model.unset[name]}' if name in model.unset else ''}")
        for field, column in model.fields
        for name in [field.attribute]
    ]


def parent_value(stored: Stored) -> str:
    """The parent's identity, as an expression of the entity: in a field, or in front of the name."""
    if field := stored.resource.parent_field:
        return f"{stored.variable}.{stored.attributes[field]}"
    return f"parent_of({stored.variable}.{stored.identity})"


def _is_field(model: Model, column: Column) -> bool:
    return any(each is column for _, each in model.fields)


def _check(constraint: Constraint) -> str:
    name = f'name="{constraint.name}"'
    whole = f"CheckConstraint({literal(constraint.condition)}, {name})"
    if len(whole) < WIDTH - 10:
        return whole
    lines = textwrap.wrap(constraint.condition, WIDTH - 20, break_long_words=False, break_on_hyphens=False)
    parts = [literal(f"{part} ") for part in lines[:-1]] + [literal(lines[-1])]
    return f"CheckConstraint({' '.join(parts)}, {name})"
