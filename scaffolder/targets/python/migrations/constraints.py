"""The constraints and indexes of tables before and after: which go, which come, and which rows may be against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.retyping import holds
from scaffolder.targets.python.migrations.state import Renames
from scaffolder.targets.python.migrations.steps import Step
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Table


@dataclass(slots=True)
class Constraints:
    """`pairs` are the tables that stay, before and after; `old` are all that were there.

    A column that is renamed or widened takes its constraints along, but for foreign keys, whose two columns are of one
    type. One that makes room for another column does not.
    """

    old: Sequence[Table]
    renames: Renames
    pairs: Sequence[tuple[Table, Table]]
    _tables: dict[str, str] = field(default_factory=dict, init=False)
    _names: dict[tuple[str, str], str] = field(default_factory=dict, init=False)
    _retyped: set[tuple[str, str]] = field(default_factory=set, init=False)
    _fresh: set[tuple[str, str]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        for before, after in self.pairs:
            self._tables[before.name] = after.name
            was = {column.name: column for column in before.columns}
            for column in after.columns:
                name = self.renames.columns.get((after.name, column.name), column.name)
                old = was.get(name) or was.get(column.name)
                if old is None or not holds(old, column):
                    self._fresh.add((after.name, column.name))
                elif old.type != column.type:
                    self._retyped.add((after.name, column.name))
                if old is not None:
                    self._names[before.name, old.name] = column.name

    def released(self, table: Table) -> Iterator[Step]:
        """A table that is only kept holds up no deletion in another one."""
        for key in table.foreign_keys:
            yield s.DropForeignKey(table.name, key)

    def dropped(self, before: Table, after: Table) -> Iterator[Step]:
        """What goes, under the names of before."""
        table = before.name
        for key in before.foreign_keys:
            if not self._same_key(before, after, key):
                yield s.DropForeignKey(table, key)
        for check in before.checks:
            if not self._same(before, after, check, after.checks):
                yield s.DropCheck(table, check)
        for unique in before.unique:
            if not self._same(before, after, unique, after.unique):
                yield s.DropUnique(table, unique)
        for index in before.indexes:
            if not self._same(before, after, index, after.indexes):
                yield s.DropIndex(table, index)

    def added(self, before: Table, after: Table, *, certain: bool) -> Iterator[Step]:
        """What comes, under the names of now: that which no row can be against, or the rest."""
        kept = {c.name for c in before.indexes if self._same(before, after, c, after.indexes)}
        for index in after.indexes if certain else ():
            if index.name not in kept:
                yield s.AddIndex(after.name, index)
        kept = {c.name for c in before.unique if self._same(before, after, c, after.unique)}
        for unique in after.unique:
            doubtful = self._is_doubtful_unique(before, after, unique)
            if unique.name not in kept and doubtful is not certain:
                yield s.AddUnique(after.name, unique, doubtful)
        kept = {c.name for c in before.checks if self._same(before, after, c, after.checks)}
        for check in after.checks:
            doubtful = self._is_doubtful_check(before, after, check)
            if check.name not in kept and doubtful is not certain:
                yield s.AddCheck(after.name, check, doubtful)
        kept = {key.name for key in before.foreign_keys if self._same_key(before, after, key)}
        for key in after.foreign_keys:
            doubtful = self._is_doubtful_key(before, after, key)
            if key.name not in kept and doubtful is not certain:
                yield s.AddForeignKey(after.name, key, doubtful)

    def _now(self, table: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Columns of before as they are called now; a column that goes has no name."""
        return tuple(self._names.get((table, column), "") for column in columns)

    def _same(
        self, before: Table, after: Table, constraint: Constraint, others: Sequence[Constraint]
    ) -> bool:
        """Whether a constraint stays as it is."""
        names = self._now(before.name, constraint.columns)
        return replace(constraint, columns=names) in others and not self._are_fresh(after.name, names)

    def _are_fresh(self, table: str, columns: Sequence[str]) -> bool:
        return any((table, column) in self._fresh for column in columns)

    def _key_now(self, before: Table, key: ForeignKey) -> ForeignKey:
        return replace(
            key,
            columns=self._now(before.name, key.columns),
            table=self._tables.get(key.table, ""),
            refers_to=self._now(key.table, key.refers_to),
        )

    def _same_key(self, before: Table, after: Table, key: ForeignKey) -> bool:
        now = self._key_now(before, key)
        ends = [*((after.name, c) for c in now.columns), *((now.table, c) for c in now.refers_to)]
        return now in after.foreign_keys and not any(
            end in self._fresh or end in self._retyped for end in ends
        )

    def _holds_nothing(self, after: Table, columns: Sequence[str]) -> bool:
        """Whether one of the columns is new, and NULL in every row."""
        known = {column.name: column for column in after.columns}
        return any((after.name, name) in self._fresh and known[name].nullable for name in columns)

    def _is_doubtful_unique(self, before: Table, after: Table, unique: Constraint) -> bool:
        if self._holds_nothing(after, unique.columns):
            return False
        if self._are_fresh(after.name, unique.columns):
            return True
        held = [
            set(self._now(before.name, columns))
            for columns in (*(other.columns for other in before.unique), before.primary_key)
        ]
        return not any(columns <= set(unique.columns) for columns in held)

    def _is_doubtful_check(self, before: Table, after: Table, check: Constraint) -> bool:
        """A new column holds nothing but its default; an enum that only grew is satisfied by every row."""
        known = {column.name: column for column in after.columns}
        was = {self._names.get((before.name, column.name), ""): column for column in before.columns}
        return not all(
            (after.name, name) in self._fresh or _grew(was.get(name), known.get(name))
            for name in check.columns
        )

    def _is_doubtful_key(self, before: Table, after: Table, key: ForeignKey) -> bool:
        if self._holds_nothing(after, key.columns):
            return False
        same = [self._key_now(before, other) for other in before.foreign_keys]
        ends = [*((after.name, c) for c in key.columns), *((key.table, c) for c in key.refers_to)]
        return any(end in self._fresh for end in ends) or not any(
            (other.columns, other.table, other.refers_to) == (key.columns, key.table, key.refers_to)
            for other in same
        )


def _grew(before: Column | None, after: Column | None) -> bool:
    """Whether an enum's column may hold all that it held, values that were renamed under their numbers included."""
    if before is None or after is None or not before.members:
        return False
    names, numbers = {name for name, _ in after.members}, {number for _, number in after.members}
    return all(name in names or number in numbers for name, number in before.members)
