"""The statements of a revision: Alembic's operations, one batch for the steps of a table that stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from scaffolder.targets.python.migrations import operations
from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.checks import refusal
from scaffolder.targets.python.migrations.operations import (
    INDENT,
    Call,
    Piece,
    condition,
    has,
    indented,
    named,
)
from scaffolder.targets.python.migrations.steps import Step
from scaffolder.targets.python.storage.tables import Column, Table
from scaffolder.targets.python.text import literal


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
                return list(operations.create(table))
            case s.DropTable(table):
                return [f"op.drop_table({literal(table.name)})"]
            case s.RenameTable(old, new):
                return list(operations.rename_table(old, new))
            case s.KeepTable(table):
                return []
            case s.RestoreTable(table):
                return [f"if not {has(table.name)}:", *indented(operations.create(table))]
            case s.ReviveTable(table, steps):
                inner = self.statements(steps) or ["pass"]
                return [
                    f"if {has(table.name)}:",
                    *indented(inner),
                    "else:",
                    *indented(operations.create(table)),
                ]
            case s.SetTableAside(table, name, is_certain):
                renamed = list(operations.rename_table(table.name, name))
                return [*renamed] if is_certain else [f"if {has(table.name)}:", *indented(renamed)]
            case s.BringTableBack(table, name):
                return [
                    f"if {has(name)}:",
                    *indented(operations.rename_table(name, table.name)),
                    "else:",
                    *indented(operations.create(table)),
                ]
        pieces = self._column_pieces(step)
        return _constraint_pieces(step) if pieces is None else pieces

    def _column_pieces(self, step: Step) -> list[Piece] | None:  # noqa: PLR0911
        match step:
            case s.AddColumn(table, column):
                return list(operations.add_column(table, column))
            case s.DropColumn(table, column):
                return [Call(table, f"drop_column({literal(column.name)})")]
            case s.RenameColumn(table, old, new):
                return [operations.rename_column(table, old, new)]
            case s.AlterColumn(table, before, after):
                return list(operations.alter_column(table, before, after))
            case s.KeepColumn(table, column):
                return [] if column.nullable else [operations.nullable(table, column, nullable=True)]
            case s.RestoreColumn(table, column):
                return self._restored(table, column, column.name)
            case s.ReviveColumn(table, before, after):
                kept = replace(before, nullable=True)
                there = list(self._lines(operations.alter_column(table, kept, after))) or ["pass"]
                anew = self._lines(operations.add_column(table, after))
                return [
                    f"if {has(table, after.name)}:",
                    *indented(there),
                    "else:",
                    *indented(anew),
                ]
            case s.SetColumnAside(table, column, name, is_certain):
                return self._set_aside(table, column, name, is_certain=is_certain)
            case s.BringColumnBack(table, column, name):
                return self._restored(table, column, name)
            case s.RenameValues(table, column, pairs):
                return [operations.rename_values(table, column, pairs)]
            case s.TakeValues() | s.UnsetValues():
                return [operations.set_values(step)]
            case s.RewriteValues(table, rewriting):
                return [operations.rewrite(table, rewriting)]
        return None

    def _set_aside(self, table: str, column: Column, name: str, *, is_certain: bool) -> list[Piece]:
        renamed = operations.rename_column(table, column.name, name)
        if not is_certain:
            return [f"if {has(table, column.name)}:", *indented([renamed])]
        kept = (
            [] if column.nullable else [operations.nullable(table, replace(column, name=name), nullable=True)]
        )
        return [renamed, *kept]

    def _restored(self, table: str, column: Column, name: str) -> list[Piece]:
        """The column is there under `name`, with NULL in new rows, or it was destroyed."""
        there: list[Piece] = (
            [operations.rename_column(table, name, column.name)] if name != column.name else []
        )
        if not column.nullable:
            there += [*operations.fill(table, column), operations.nullable(table, column, nullable=False)]
        # Nothing can be in it, so that without a default it has to allow NULL.
        anew = replace(column, nullable=column.nullable or not column.default)
        added = indented(self._lines(operations.add_column(table, anew)))
        if not there:
            return [f"if not {has(table, name)}:", *added]
        return [f"if {has(table, name)}:", *indented(self._lines(there)), "else:", *added]


def _constraint_pieces(step: Step) -> list[Piece]:  # noqa: PLR0911
    match step:
        case s.AddIndex(table, index):
            return [Call(table, f"create_index({named(index.name)}, {literal(index.columns)})")]
        case s.DropIndex(table, index):
            return [Call(table, f"drop_index({named(index.name)})")]
        case s.AddUnique(table, unique):
            return [Call(table, f"create_unique_constraint({named(unique.name)}, {literal(unique.columns)})")]
        case s.AddCheck(table, check):
            return [
                Call(table, f"create_check_constraint({named(check.name)}, {condition(check.condition)})")
            ]
        case s.AddForeignKey(table, key):
            ends = f"{literal(key.table)}, {literal(key.columns)}, {literal(key.refers_to)}"
            return [Call(table, f"create_foreign_key({named(key.name)}, {ends})")]
        case s.DropUnique(table, unique):
            return [operations.drop_constraint(table, unique.name, "unique")]
        case s.DropCheck(table, check):
            return [operations.drop_constraint(table, check.name, "check")]
        case s.DropForeignKey(table, key):
            return [operations.drop_constraint(table, key.name, "foreignkey")]
    raise TypeError(type(step).__name__)
