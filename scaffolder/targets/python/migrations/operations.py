"""Alembic's operations, and statements on rows, as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scaffolder.targets.python.migrations import sql
from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.retyping import family, sql_name
from scaffolder.targets.python.migrations.rewriting import Inside, Rewriting
from scaffolder.targets.python.storage.tables import Column, Table
from scaffolder.targets.python.text import literal, literals

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on a table, as a method of its batch."""

    table: str
    text: str


Piece = Call | str
"""A call, or a statement of one line; what is below an ``if`` is indented."""


def create(table: Table) -> Iterator[str]:
    """A table with its indexes."""
    parts = [literal(table.name), *(_column(column) for column in table.columns)]
    parts.append(f"sa.PrimaryKeyConstraint({literals(table.primary_key)}, name={named(f'pk_{table.name}')})")
    for key in table.foreign_keys:
        ends = f"{literal(key.columns)}, {literal([f'{key.table}.{column}' for column in key.refers_to])}"
        parts.append(f"sa.ForeignKeyConstraint({ends}, name={named(key.name)})")
    parts += [
        f"sa.UniqueConstraint({literals(item.columns)}, name={named(item.name)})" for item in table.unique
    ]
    parts += [
        f"sa.CheckConstraint({condition(item.condition)}, name={named(item.name)})" for item in table.checks
    ]
    parts += ["sqlite_autoincrement=True"] if table.numbered else []
    yield f"op.create_table({', '.join(parts)},)"
    for index in table.indexes:
        yield f"op.create_index({named(index.name)}, {literal(table.name)}, {literal(index.columns)})"


def rename_table(old: str, new: str) -> Iterator[str]:
    """A table with the constraint of its primary key."""
    yield f"op.rename_table({literal(old)}, {literal(new)})"
    renamed = f"RENAME CONSTRAINT {sql.name(f'pk_{old}')} TO {sql.name(f'pk_{new}')}"
    # The names of keys are one for all tables of a schema there.
    yield 'if op.get_context().dialect.name == "postgresql":'
    yield INDENT + sql.execute(f"ALTER TABLE {sql.name(new)} {renamed}")


def rename_column(table: str, old: str, new: str) -> str:
    return f"op.alter_column({literal(table)}, {literal(old)}, new_column_name={literal(new)})"


def add_column(table: str, column: Column) -> Iterator[Piece]:
    if column.nullable or column.default:
        yield Call(table, f"add_column({_column(column, with_default=True)})")
        return
    # SQLite adds no column without a default, but where it copies the table.
    yield Call(table, f"add_column({_column(replace(column, nullable=True))})")
    yield nullable(table, column, nullable=False)


def alter_column(table: str, before: Column, after: Column) -> Iterator[Piece]:
    """NULL is allowed before the type changes, and not allowed afterwards: its place takes what is of the new type."""
    name = literal(after.name)
    if after.nullable and not before.nullable:
        yield nullable(table, replace(before, name=after.name), nullable=True)
    if before.type != after.type:
        other = family(before.type) != family(after.type)
        if other:
            # A default of the old type is none of the new one.
            yield Call(table, f"alter_column({name}, existing_type={before.type}, server_default=None)")
        cast = sql_name(after.type)
        value = sql.name(after.name)
        if other and family(before.type) == "text" and after.nullable:
            value = f"nullif({value}, '')"  # which stands for NULL since it was text
        using = literal(f"{value}::{cast}")
        options = f"type_={after.type}" + (f", postgresql_using={using}" if cast else "")
        was = f"existing_type={before.type}, existing_nullable={before.nullable or after.nullable}"
        yield Call(table, f"alter_column({name}, {was}, {options})")
        if other and after.default:
            default = f"server_default={after.default}"
            yield Call(table, f"alter_column({name}, existing_type={after.type}, {default})")
    if before.nullable and not after.nullable:
        yield from fill(table, after)
        yield nullable(table, after, nullable=False)


def nullable(table: str, column: Column, *, nullable: bool) -> Call:
    return Call(
        table, f"alter_column({literal(column.name)}, existing_type={column.type}, nullable={nullable})"
    )


def fill(table: str, column: Column) -> list[Piece]:
    """Puts the default in the place of NULL."""
    if not column.default:
        return []
    place, there = sql.name(table), sql.name(column.name)
    if value := sql.value(column.default):
        return [sql.execute(f"UPDATE {place} SET {there} = {value} WHERE {there} IS NULL")]
    name = literal(column.name)
    where = f".where(sa.column({name}).is_(None)).values({{{name}: {column.default}}})"
    return [f"op.execute(sa.update(sa.table({literal(table)}, sa.column({name}))){where})"]


def rename_values(table: str, column: str, pairs: Sequence[tuple[str, str]]) -> str:
    """All at once, so that two may change places."""
    place, there = sql.name(table), sql.name(column)
    if len(pairs) == 1:
        old, new = map(sql.text, pairs[0])
        return sql.execute(f"UPDATE {place} SET {there} = {new} WHERE {there} = {old}")
    cases = " ".join(f"WHEN {sql.text(old)} THEN {sql.text(new)}" for old, new in pairs)
    known = ", ".join(sql.text(old) for old, _ in pairs)
    return sql.execute(f"UPDATE {place} SET {there} = CASE {there} {cases} END WHERE {there} IN ({known})")


def set_values(step: s.TakeValues | s.UnsetValues) -> str:
    """NULL in the place of the default; or of the text that was set aside, what is one of the names."""
    if isinstance(step, s.UnsetValues):
        name, unset = sql.name(step.column.name), sql.value(step.column.default)
        return sql.execute(f"UPDATE {sql.name(step.table)} SET {name} = NULL WHERE {name} = {unset}")
    there, source = sql.name(step.column), sql.name(step.source)
    known = ", ".join(map(sql.text, step.names))
    return sql.execute(f"UPDATE {sql.name(step.table)} SET {there} = {source} WHERE {source} IN ({known})")


def rewrite(table: str, rewriting: Rewriting) -> str:
    """The call of the function that a revision has for it."""
    columns = {name: _inside(inside) for name, inside in rewriting.columns.items()}
    messages = {
        name: _dict(
            {rule.old: f"({literal(rule.new)}, {_inside(rule.inside)}, {rule.drops_null})" for rule in rules}
        )
        for name, rules in rewriting.messages.items()
    }
    return f"_rewrite({literal(table)}, {_dict(columns)}, {_dict(messages)})"


def _inside(inside: Inside) -> str:
    numbers = "".join(f"{number}, " for number in inside.allowed)
    what = inside.convert or (
        f"({numbers})" if numbers else literal(inside.message) if inside.message else "None"
    )
    if what == "None" or not inside.container:
        return what
    return f"[{what}]" if inside.container == "list" else f'{{"": {what}}}'


def _dict(items: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{literal(name)}: {value}' for name, value in items.items())}}}"


def drop_constraint(table: str, name: str, kind: str) -> Call:
    return Call(table, f'drop_constraint({named(name)}, type_="{kind}")')


def _column(column: Column, *, with_default: bool = False) -> str:
    default = f", server_default={column.default}" if with_default and column.default else ""
    return f"sa.Column({literal(column.name)}, {column.type}, nullable={column.nullable}{default})"


def has(table: str, column: str = "") -> str:
    """The condition that a table, or a column of it, is in the database."""
    return f"_has({literals([table, column] if column else [table])})"


def indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line for line in lines]


def named(name: str) -> str:
    """A name that no naming convention changes any more."""
    return f"op.f({literal(name)})"


def condition(condition: str) -> str:
    return f"sa.text({literal(condition.replace(':', chr(92) + ':'))})"
