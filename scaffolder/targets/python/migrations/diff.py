"""The steps from what the revisions made to what the models want."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.compaction import compacted
from scaffolder.targets.python.migrations.constraints import Constraints
from scaffolder.targets.python.migrations.retyping import fits, holds
from scaffolder.targets.python.migrations.rewriting import Comparison, Inside, Lost
from scaffolder.targets.python.migrations.state import Renames, State
from scaffolder.targets.python.migrations.steps import Step
from scaffolder.targets.python.storage.identifiers import COLUMN_NAME, TABLE_NAME, shortened
from scaffolder.targets.python.storage.tables import Column, Key, Table, by_reference


@dataclass(frozen=True, slots=True)
class Plan:
    """A revision: its steps, what is left to be destroyed (``books.isbn``, ``books``), and what stands afterwards.

    `lost` is what rows hold in JSON until they are written next.
    """

    steps: tuple[Step, ...]
    destroys: tuple[str, ...]
    state: State
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A table before and after."""

    before: Table
    after: Table


def diff(old: State, new: Sequence[Table], renames: Renames | None = None, number: str = "0001") -> Plan:
    """The revision `number` (``0003``) that brings `old` to the models' tables.

    A table is the same as before by its renames, else by its message, else by its name.
    """
    return _Diff(old, tuple(new), renames or Renames(), number).plan()


@dataclass(slots=True)
class _Diff:
    old: State
    new: tuple[Table, ...]
    renames: Renames
    number: str
    destroys: list[str] = field(default_factory=list)
    kept_tables: dict[str, Table] = field(default_factory=dict)
    kept_columns: dict[tuple[str, str], Column] = field(default_factory=dict)
    kept_keys: dict[str, tuple[Key, ...]] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)

    def plan(self) -> Plan:
        self.kept_tables = dict(self.old.kept_tables)
        self.kept_columns = dict(self.old.kept_columns)
        pairs = matched(self.old.tables, self.new, self.renames)
        apart = [pair for pair in pairs if self._is_another(pair)]
        pairs = [pair for pair in pairs if pair not in apart]
        paired = {pair.before.name for pair in pairs}
        gone = [table for table in self.old.tables if table.name not in paired]
        fresh = [table for table in self.new if table not in [pair.after for pair in pairs]]
        constraints = Constraints(self.old.tables, self.renames, pairs=[(p.before, p.after) for p in pairs])
        found: list[Step] = []
        for table in gone:
            found += constraints.released(table)
        for pair in pairs:
            found += constraints.dropped(pair.before, pair.after)
        for table in gone:
            found += self._gone(table, is_apart=any(pair.before is table for pair in apart))
        for pair in pairs:
            found += self._renamed(pair)
        for table in by_reference(fresh):
            found += self._fresh(table)
        for pair in pairs:
            found += self._columns(pair)
        for certain in (True, False):
            for pair in pairs:
                found += constraints.added(pair.before, pair.after, certain=certain)
        tables = (replace(t, keys=(*t.keys, *self.kept_keys.get(t.name, ()))) for t in self.new)
        state = State(tuple(tables), self.kept_tables, self.kept_columns)
        return Plan(tuple(compacted(found)), tuple(sorted(set(self.destroys))), state, tuple(self.lost))

    def _is_another(self, pair: Pair) -> bool:
        """Whether rows are identified by something else now, so that those of before are none of the new table's."""
        now = {column.name: column for column in pair.after.columns}
        was = {column.name: column for column in pair.before.columns}
        names = tuple(self._was(pair, name) for name in pair.after.primary_key)
        if names != pair.before.primary_key:
            return True
        return not all(
            fits(was[a].type, now[b].type) for a, b in zip(names, pair.after.primary_key, strict=True)
        )

    def _was(self, pair: Pair, column: str) -> str:
        """What a column was called."""
        old = self.renames.columns.get((pair.after.name, column), column)
        return old if any(item.name == old for item in pair.before.columns) else column

    def _gone(self, table: Table, *, is_apart: bool) -> Iterator[Step]:
        if not is_apart:
            self.kept_tables[table.name] = s.without_keys(table)
            self.destroys.append(table.name)
            yield s.KeepTable(s.without_keys(table))
            return
        name = self._table_aside(table.name)
        self._forget_columns(table.name)
        self.kept_tables[name] = replace(table, name=name, unique=(), indexes=(), foreign_keys=())
        self.destroys.append(name)
        yield from (s.DropIndex(table.name, index) for index in table.indexes)
        yield from (s.DropUnique(table.name, unique) for unique in table.unique)
        yield s.SetTableAside(replace(table, unique=(), indexes=(), foreign_keys=()), name)

    def _forget_columns(self, table: str) -> None:
        """Columns that were kept in a table that is set aside are of no table with its name any more."""
        self.kept_columns = {key: column for key, column in self.kept_columns.items() if key[0] != table}

    def _fresh(self, table: Table) -> Iterator[Step]:
        kept = self.kept_tables.pop(table.name, None)
        if kept is None:
            yield s.CreateTable(table)
            return
        pair = Pair(kept, table)
        if self._is_another(pair):
            name = self._table_aside(table.name)
            self._forget_columns(table.name)
            self.kept_tables[name] = replace(kept, name=name)
            self.destroys.append(name)
            yield s.SetTableAside(kept, name, is_certain=False)
            yield s.CreateTable(table)
            return
        constraints = Constraints((kept,), Renames(), pairs=[(kept, table)])
        inner = [
            *constraints.dropped(kept, table),
            *self._columns(pair),
            *constraints.added(kept, table, certain=True),
            *constraints.added(kept, table, certain=False),
        ]
        yield s.ReviveTable(table, tuple(compacted(inner)))

    def _renamed(self, pair: Pair) -> Iterator[Step]:
        before, after = pair.before, pair.after
        if before.name != after.name:
            if (kept := self.kept_tables.pop(after.name, None)) is not None:
                name = self._table_aside(after.name)
                self._forget_columns(after.name)
                self.kept_tables[name] = replace(kept, name=name)
                self.destroys.append(name)
                yield s.SetTableAside(kept, name, is_certain=False)
            yield s.RenameTable(before.name, after.name)
            moved = {key: column for key, column in self.kept_columns.items() if key[0] == before.name}
            for (_, name), column in moved.items():
                del self.kept_columns[before.name, name]
                self.kept_columns[after.name, name] = column
                self.destroys.append(f"{after.name}.{name}")
        for column in after.columns:
            was = self._was(pair, column.name)
            if was != column.name:
                yield from self._make_room(after.name, column.name)
                yield s.RenameColumn(after.name, was, column.name)

    def _table_aside(self, table: str) -> str:
        taken = {item.name for item in (*self.old.tables, *self.new)} | self.kept_tables.keys()
        return _free(f"{table}_before_{self.number}", taken, TABLE_NAME)

    def _column_aside(self, table: str, column: str) -> str:
        taken = {name for owner, name in self.kept_columns if owner == table}
        taken |= {c.name for item in (*self.old.tables, *self.new) for c in item.columns}
        return _free(f"{column}_before_{self.number}", taken, COLUMN_NAME)

    def _make_room(self, table: str, name: str) -> Iterator[Step]:
        """Another column takes the name of one that was kept."""
        kept = self.kept_columns.pop((table, name), None)
        if kept is not None:
            aside = self._column_aside(table, name)
            self._keep(table, replace(kept, name=aside))
            yield s.SetColumnAside(table, kept, aside, is_certain=False)

    def _keep(self, table: str, column: Column) -> None:
        self.kept_columns[table, column.name] = replace(column, nullable=True)
        self.destroys.append(f"{table}.{column.name}")

    def _columns(self, pair: Pair) -> Iterator[Step]:
        table, was = pair.after.name, {column.name: column for column in pair.before.columns}
        known = set()
        inside: dict[str, Inside] = {}
        comparison = Comparison(pair.before, pair.after, self.renames, self.number)
        referring, referred = _referring(pair.after), _referring(pair.before)
        for column in pair.after.columns:
            old = was.get(self._was(pair, column.name))
            if old is None:
                yield from self._new_column(table, column, refers=column.name in referring)
                continue
            known.add(old.name)
            refers = (old.name in referred, column.name in referring)
            held = comparison.column(old.name, column.name)
            if held is not None:
                inside[column.name] = held
            before = replace(old, name=column.name)
            yield from self._changed(table, before, column, refers, is_read=held is not None)
        for column in pair.before.columns:
            if column.name not in known:
                self._keep(table, column)
                yield s.KeepColumn(table, column)
        self.kept_keys[table] = tuple(comparison.kept.values())
        self.lost += comparison.lost
        if (rewriting := comparison.rewriting(inside)) is not None:
            yield s.RewriteValues(table, rewriting, tuple(comparison.doubts))

    def _new_column(self, table: str, column: Column, *, refers: bool) -> Iterator[Step]:
        kept = self.kept_columns.get((table, column.name))
        if kept is not None and holds(kept, column):
            del self.kept_columns[table, column.name]
            yield s.ReviveColumn(table, kept, column)
            if refers and column.nullable and kept.default:
                yield s.UnsetValues(table, kept)
            return
        yield from self._make_room(table, column.name)
        yield s.AddColumn(table, column)

    def _changed(
        self, table: str, before: Column, after: Column, refers: tuple[bool, bool], *, is_read: bool
    ) -> Iterator[Step]:
        """`refers` says whether the column is a foreign key's, before and after."""
        if pairs := renamed_values(before, after):
            yield s.RenameValues(table, after.name, pairs)
        if not (is_read and holds(before, after)):
            name = self._column_aside(table, after.name)
            self._keep(table, replace(before, name=name))
            yield s.SetColumnAside(table, before, name)
            yield s.AddColumn(table, after)
            if is_read and fits(before.type, after.type):
                yield s.TakeValues(table, after.name, name, tuple(member for member, _ in after.members))
        elif before.nullable != after.nullable and any(refers):
            yield from _optional(table, before, after, refers)
        elif (before.type, before.nullable) != (after.type, after.nullable):
            yield s.AlterColumn(table, before, after)


def _optional(table: str, before: Column, after: Column, refers: tuple[bool, bool]) -> Iterator[Step]:
    """What is a foreign key may be left out now, or may not any more.

    No row of the other table has the default: where no key looks, it says that nothing is meant; elsewhere it fills no
    gap.
    """
    was, now = (replace(c, default="") if r else c for c, r in zip((before, after), refers, strict=True))
    yield s.AlterColumn(table, was, now)
    if now.nullable and was.default:
        yield s.UnsetValues(table, was)


def _referring(table: Table) -> set[str]:
    """The columns of a table that are foreign keys."""
    return {name for key in table.foreign_keys for name in key.columns}


def matched(old: Sequence[Table], new: Sequence[Table], renames: Renames) -> list[Pair]:
    """The tables that were there before, in the order of the new ones."""

    def _was_called(table: Table) -> str:
        return renames.resources.get(table.resource, table.resource)

    left, found = list(old), dict[str, Pair]()
    rules: tuple[Callable[[Table, Table], bool], ...] = (
        lambda a, b: a.name == renames.tables.get(b.name),
        lambda a, b: (a.resource, a.name) == (_was_called(b), b.name),
        lambda a, b: a.resource == _was_called(b) and bool(a.resource),
        lambda a, b: a.name == b.name,
    )
    for rule in rules:
        for table in new:
            if table.name in found:
                continue
            same = [item for item in left if rule(item, table)]
            if len(same) == 1:
                found[table.name] = Pair(same[0], table)
                left.remove(same[0])
    return [found[table.name] for table in new if table.name in found]


def renamed_values(before: Column, after: Column) -> tuple[tuple[str, str], ...]:
    """Texts of an enum's members that have another name under the same number."""
    names = {name for name, _ in after.members}
    numbers: dict[int, str] = {}
    for name, number in after.members:
        numbers.setdefault(number, name)
    return tuple(
        (name, numbers[number]) for name, number in before.members if name not in names and number in numbers
    )


def _free(name: str, taken: Collection[str], limit: int) -> str:
    """The name, with a number behind it where it is taken."""
    candidates = (shortened(f"{name}{suffix}", limit) for suffix in chain([""], (f"_{n}" for n in count(2))))
    return next(candidate for candidate in candidates if candidate not in taken)
