"""The statements of a revision: Alembic's operations, one batch for the steps of a table that stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from scaffolder.targets.python.migrations import sql
from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.checks import refusal
from scaffolder.targets.python.migrations.retyping import family, sql_name
from scaffolder.targets.python.migrations.rewriting import Inside, Rewriting
from scaffolder.targets.python.migrations.steps import Step
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


@dataclass(frozen=True, slots=True)
class Code:
    """Writes steps as Python. `tables` are those before and after, by name, for their keys and how they number rows.

    Constraints come when all is called as in the end; `constrained` are the tables as they are called then.
    """

    tables: Mapping[str, Table]
    constrained: Mapping[str, Table]

    def statements(self, steps: Sequence[Step]) -> list[str]:
        """The lines of the steps; what rows may be against is looked for first."""
        pieces: list[Piece] = []
        for step in steps:
            pieces += refusal(step, self._primary_key(step))
            pieces += self._pieces(step)
        return list(self._lines(pieces))

    def _primary_key(self, step: Step) -> tuple[str, ...]:
        table = getattr(step, "table", "")
        tables = self.tables if isinstance(step, s.AddColumn | s.AlterColumn) else self.constrained
        known = tables.get(table) if isinstance(table, str) else None
        return known.primary_key if known else ()

    def _lines(self, pieces: Iterable[Piece]) -> Iterator[str]:
        for table, group in groupby(pieces, lambda piece: piece.table if isinstance(piece, Call) else ""):
            if not table:
                yield from (str(piece) for piece in group)
                continue
            yield self._batch(table)
            yield from (f"{INDENT}batch.{piece.text}" for piece in group if isinstance(piece, Call))

    def _batch(self, table: str) -> str:
        """Where SQLite copies the table, AUTOINCREMENT is not among what it tells of itself."""
        known = self.tables.get(table)
        options = ', table_kwargs={"sqlite_autoincrement": True}' if known and known.numbered else ""
        return f"with op.batch_alter_table({literal(table)}{options}) as batch:"

    def _pieces(self, step: Step) -> list[Piece]:  # noqa: PLR0911
        match step:
            case s.CreateTable(table):
                return list(_create(table))
            case s.DropTable(table):
                return [f"op.drop_table({literal(table.name)})"]
            case s.RenameTable(old, new):
                return list(_rename_table(old, new))
            case s.KeepTable(table):
                return []
            case s.RestoreTable(table):
                return [f"if not {_has(table.name)}:", *_indented(_create(table))]
            case s.ReviveTable(table, steps):
                inner = self.statements(steps) or ["pass"]
                return [
                    f"if {_has(table.name)}:",
                    *_indented(inner),
                    "else:",
                    *_indented(_create(table)),
                ]
            case s.SetTableAside(table, name, is_certain):
                renamed = list(_rename_table(table.name, name))
                return [*renamed] if is_certain else [f"if {_has(table.name)}:", *_indented(renamed)]
            case s.BringTableBack(table, name):
                return [
                    f"if {_has(name)}:",
                    *_indented(_rename_table(name, table.name)),
                    "else:",
                    *_indented(_create(table)),
                ]
        pieces = self._column_pieces(step)
        return _constraint_pieces(step) if pieces is None else pieces

    def _column_pieces(self, step: Step) -> list[Piece] | None:  # noqa: PLR0911
        match step:
            case s.AddColumn(table, column):
                return list(_add_column(table, column))
            case s.DropColumn(table, column):
                return [Call(table, f"drop_column({literal(column.name)})")]
            case s.RenameColumn(table, old, new):
                return [_rename_column(table, old, new)]
            case s.AlterColumn(table, before, after):
                return list(_alter_column(table, before, after))
            case s.KeepColumn(table, column):
                return [] if column.nullable else [_nullable(table, column, nullable=True)]
            case s.RestoreColumn(table, column):
                return self._restored(table, column, column.name)
            case s.ReviveColumn(table, before, after):
                kept = replace(before, nullable=True)
                there = list(self._lines(_alter_column(table, kept, after))) or ["pass"]
                anew = self._lines(_add_column(table, after))
                return [
                    f"if {_has(table, after.name)}:",
                    *_indented(there),
                    "else:",
                    *_indented(anew),
                ]
            case s.SetColumnAside(table, column, name, is_certain):
                return self._set_aside(table, column, name, is_certain=is_certain)
            case s.BringColumnBack(table, column, name):
                return self._restored(table, column, name)
            case s.RenameValues(table, column, pairs):
                return [_rename_values(table, column, pairs)]
            case s.TakeValues():
                return [_take_values(step)]
            case s.RewriteValues(table, rewriting):
                return [_rewrite(table, rewriting)]
        return None

    def _set_aside(self, table: str, column: Column, name: str, *, is_certain: bool) -> list[Piece]:
        renamed = _rename_column(table, column.name, name)
        if not is_certain:
            return [f"if {_has(table, column.name)}:", *_indented([renamed])]
        kept = [] if column.nullable else [_nullable(table, replace(column, name=name), nullable=True)]
        return [renamed, *kept]

    def _restored(self, table: str, column: Column, name: str) -> list[Piece]:
        """The column is there under `name`, with NULL in new rows, or it was destroyed."""
        there: list[Piece] = [_rename_column(table, name, column.name)] if name != column.name else []
        if not column.nullable:
            there += [*_fill(table, column), _nullable(table, column, nullable=False)]
        # Nothing can be in it, so that without a default it has to allow NULL.
        anew = replace(column, nullable=column.nullable or not column.default)
        added = _indented(self._lines(_add_column(table, anew)))
        if not there:
            return [f"if not {_has(table, name)}:", *added]
        return [f"if {_has(table, name)}:", *_indented(self._lines(there)), "else:", *added]


def _constraint_pieces(step: Step) -> list[Piece]:  # noqa: PLR0911
    match step:
        case s.AddIndex(table, index):
            return [Call(table, f"create_index({_named(index.name)}, {literal(index.columns)})")]
        case s.DropIndex(table, index):
            return [Call(table, f"drop_index({_named(index.name)})")]
        case s.AddUnique(table, unique):
            return [
                Call(table, f"create_unique_constraint({_named(unique.name)}, {literal(unique.columns)})")
            ]
        case s.AddCheck(table, check):
            return [
                Call(table, f"create_check_constraint({_named(check.name)}, {_condition(check.condition)})")
            ]
        case s.AddForeignKey(table, key):
            ends = f"{literal(key.table)}, {literal(key.columns)}, {literal(key.refers_to)}"
            return [Call(table, f"create_foreign_key({_named(key.name)}, {ends})")]
        case s.DropUnique(table, unique):
            return [_drop_constraint(table, unique.name, "unique")]
        case s.DropCheck(table, check):
            return [_drop_constraint(table, check.name, "check")]
        case s.DropForeignKey(table, key):
            return [_drop_constraint(table, key.name, "foreignkey")]
    raise TypeError(type(step).__name__)


def _create(table: Table) -> Iterator[str]:
    parts = [literal(table.name), *(_column(column) for column in table.columns)]
    parts.append(f"sa.PrimaryKeyConstraint({literals(table.primary_key)}, name={_named(f'pk_{table.name}')})")
    for key in table.foreign_keys:
        ends = f"{literal(key.columns)}, {literal([f'{key.table}.{column}' for column in key.refers_to])}"
        parts.append(f"sa.ForeignKeyConstraint({ends}, name={_named(key.name)})")
    parts += [
        f"sa.UniqueConstraint({literals(item.columns)}, name={_named(item.name)})" for item in table.unique
    ]
    parts += [
        f"sa.CheckConstraint({_condition(item.condition)}, name={_named(item.name)})" for item in table.checks
    ]
    parts += ["sqlite_autoincrement=True"] if table.numbered else []
    yield f"op.create_table({', '.join(parts)},)"
    for index in table.indexes:
        yield f"op.create_index({_named(index.name)}, {literal(table.name)}, {literal(index.columns)})"


def _rename_table(old: str, new: str) -> Iterator[str]:
    yield f"op.rename_table({literal(old)}, {literal(new)})"
    renamed = f"RENAME CONSTRAINT {sql.name(f'pk_{old}')} TO {sql.name(f'pk_{new}')}"
    # The names of keys are one for all tables of a schema there.
    yield 'if op.get_context().dialect.name == "postgresql":'
    yield INDENT + sql.execute(f"ALTER TABLE {sql.name(new)} {renamed}")


def _rename_column(table: str, old: str, new: str) -> str:
    return f"op.alter_column({literal(table)}, {literal(old)}, new_column_name={literal(new)})"


def _add_column(table: str, column: Column) -> Iterator[Piece]:
    if column.nullable or column.default:
        yield Call(table, f"add_column({_column(column, with_default=True)})")
        return
    # SQLite adds no column without a default, but where it copies the table.
    yield Call(table, f"add_column({_column(replace(column, nullable=True))})")
    yield _nullable(table, column, nullable=False)


def _alter_column(table: str, before: Column, after: Column) -> Iterator[Piece]:
    """NULL is allowed before the type changes, and not allowed afterwards: its place takes what is of the new type."""
    name = literal(after.name)
    if after.nullable and not before.nullable:
        yield _nullable(table, replace(before, name=after.name), nullable=True)
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
        yield from _fill(table, after)
        yield _nullable(table, after, nullable=False)


def _nullable(table: str, column: Column, *, nullable: bool) -> Call:
    return Call(
        table, f"alter_column({literal(column.name)}, existing_type={column.type}, nullable={nullable})"
    )


def _fill(table: str, column: Column) -> list[Piece]:
    """Puts the default in the place of NULL."""
    if not column.default:
        return []
    place, there = sql.name(table), sql.name(column.name)
    if value := sql.value(column.default):
        return [sql.execute(f"UPDATE {place} SET {there} = {value} WHERE {there} IS NULL")]
    name = literal(column.name)
    where = f".where(sa.column({name}).is_(None)).values({{{name}: {column.default}}})"
    return [f"op.execute(sa.update(sa.table({literal(table)}, sa.column({name}))){where})"]


def _rename_values(table: str, column: str, pairs: Sequence[tuple[str, str]]) -> str:
    """All at once, so that two may change places."""
    place, there = sql.name(table), sql.name(column)
    if len(pairs) == 1:
        old, new = map(sql.text, pairs[0])
        return sql.execute(f"UPDATE {place} SET {there} = {new} WHERE {there} = {old}")
    cases = " ".join(f"WHEN {sql.text(old)} THEN {sql.text(new)}" for old, new in pairs)
    known = ", ".join(sql.text(old) for old, _ in pairs)
    return sql.execute(f"UPDATE {place} SET {there} = CASE {there} {cases} END WHERE {there} IN ({known})")


def _take_values(step: s.TakeValues) -> str:
    there, source = sql.name(step.column), sql.name(step.source)
    known = ", ".join(map(sql.text, step.names))
    return sql.execute(f"UPDATE {sql.name(step.table)} SET {there} = {source} WHERE {source} IN ({known})")


def _rewrite(table: str, rewriting: Rewriting) -> str:
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


def _drop_constraint(table: str, name: str, kind: str) -> Call:
    return Call(table, f'drop_constraint({_named(name)}, type_="{kind}")')


def _column(column: Column, *, with_default: bool = False) -> str:
    default = f", server_default={column.default}" if with_default and column.default else ""
    return f"sa.Column({literal(column.name)}, {column.type}, nullable={column.nullable}{default})"


def _has(table: str, column: str = "") -> str:
    return f"_has({literals([table, column] if column else [table])})"


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line for line in lines]


def _named(name: str) -> str:
    """A name that no naming convention changes any more."""
    return f"op.f({literal(name)})"


def _condition(condition: str) -> str:
    return f"sa.text({literal(condition.replace(':', chr(92) + ':'))})"
