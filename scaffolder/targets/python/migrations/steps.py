"""What a revision does, one value for each step, and how each is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scaffolder.targets.python.migrations.rewriting import Rewriting
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Table


@dataclass(frozen=True, slots=True)
class CreateTable:
    table: Table

    def undone(self) -> DropTable:
        return DropTable(self.table)


@dataclass(frozen=True, slots=True)
class DropTable:
    """Only undoes: a table that is no longer in the models is kept."""

    table: Table


@dataclass(frozen=True, slots=True)
class RenameTable:
    old: str
    new: str

    def undone(self) -> RenameTable:
        return RenameTable(self.new, self.old)


@dataclass(frozen=True, slots=True)
class KeepTable:
    """Not in the models any more: it stays until somebody wants it destroyed."""

    table: Table

    def undone(self) -> RestoreTable:
        return RestoreTable(self.table)


@dataclass(frozen=True, slots=True)
class RestoreTable:
    """Undoes `KeepTable`: it is made anew, empty and without foreign keys, where it was destroyed."""

    table: Table


@dataclass(frozen=True, slots=True)
class ReviveTable:
    """In the models again, and perhaps in the database still: `steps` bring what was kept up to date."""

    table: Table
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SetTableAside:
    """Makes room for a table of the same name whose rows are identified otherwise.

    `is_certain` is false for a table that was kept before, and may be destroyed by now.
    """

    table: Table
    name: str
    is_certain: bool = True

    def undone(self) -> BringTableBack | None:
        return BringTableBack(self.table, self.name) if self.is_certain else None


@dataclass(frozen=True, slots=True)
class BringTableBack:
    """Undoes `SetTableAside`."""

    table: Table
    name: str


@dataclass(frozen=True, slots=True)
class AddColumn:
    table: str
    column: Column

    def undone(self) -> DropColumn:
        return DropColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class DropColumn:
    """Only undoes: a column that is no longer in the models is kept."""

    table: str
    column: Column


@dataclass(frozen=True, slots=True)
class RenameColumn:
    table: str
    old: str
    new: str

    def undone(self) -> RenameColumn:
        return RenameColumn(self.table, self.new, self.old)


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """Another type that every value fits into, or NULL allowed or not."""

    table: str
    before: Column
    after: Column

    def undone(self) -> AlterColumn:
        return AlterColumn(self.table, self.after, self.before)


@dataclass(frozen=True, slots=True)
class KeepColumn:
    """Not in the models any more: it stays, and takes rows that do not set it, until somebody wants it destroyed."""

    table: str
    column: Column

    def undone(self) -> RestoreColumn:
        return RestoreColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class RestoreColumn:
    """Undoes `KeepColumn`: it is made anew, with its default in every row, where it was destroyed."""

    table: str
    column: Column


@dataclass(frozen=True, slots=True)
class ReviveColumn:
    """In the models again, and perhaps in the database still: `before` is what was kept."""

    table: str
    before: Column
    after: Column

    def undone(self) -> KeepColumn:
        return KeepColumn(self.table, self.after)


@dataclass(frozen=True, slots=True)
class SetColumnAside:
    """Makes room for a column of the same name, of a type that its values may not fit into.

    `is_certain` is false for a column that was kept before, and may be destroyed by now.
    """

    table: str
    column: Column
    name: str
    is_certain: bool = True

    def undone(self) -> BringColumnBack | None:
        return BringColumnBack(self.table, self.column, self.name) if self.is_certain else None


@dataclass(frozen=True, slots=True)
class BringColumnBack:
    """Undoes `SetColumnAside`."""

    table: str
    column: Column
    name: str


@dataclass(frozen=True, slots=True)
class RenameValues:
    """Old and new texts of an enum's column."""

    table: str
    column: str
    pairs: tuple[tuple[str, str], ...]

    def undone(self) -> RenameValues:
        return RenameValues(self.table, self.column, tuple((new, old) for old, new in self.pairs))


@dataclass(frozen=True, slots=True)
class UnsetValues:
    """The default of a column that refers to no table yet becomes NULL, which no foreign key looks at."""

    table: str
    column: Column

    def undone(self) -> None:
        """Nothing: that NULL is not allowed any more puts the default in its place."""


@dataclass(frozen=True, slots=True)
class TakeValues:
    """An enum's column takes what a text that was set aside as `source` has of its names."""

    table: str
    column: str
    source: str
    names: tuple[str, ...]

    def undone(self) -> None:
        """Nothing: the column goes, and the text is still there."""


@dataclass(frozen=True, slots=True)
class RewriteValues:
    """What is in JSON columns: keys that were renamed or retyped. `doubts` say which rows it fails on."""

    table: str
    rewriting: Rewriting
    doubts: tuple[str, ...] = ()

    def undone(self) -> RewriteValues:
        return RewriteValues(self.table, self.rewriting.undone())


@dataclass(frozen=True, slots=True)
class AddIndex:
    table: str
    index: Constraint

    def undone(self) -> DropIndex:
        return DropIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class DropIndex:
    table: str
    index: Constraint

    def undone(self) -> AddIndex:
        return AddIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class AddUnique:
    """`doubtful` where rows that are there may be against it; so in the two below.

    On the way back it always is: rows that came meanwhile knew nothing of it.
    """

    table: str
    unique: Constraint
    doubtful: bool = False

    def undone(self) -> DropUnique:
        return DropUnique(self.table, self.unique)


@dataclass(frozen=True, slots=True)
class DropUnique:
    table: str
    unique: Constraint

    def undone(self) -> AddUnique:
        return AddUnique(self.table, self.unique, doubtful=True)


@dataclass(frozen=True, slots=True)
class AddCheck:
    table: str
    check: Constraint
    doubtful: bool = False

    def undone(self) -> DropCheck:
        return DropCheck(self.table, self.check)


@dataclass(frozen=True, slots=True)
class DropCheck:
    table: str
    check: Constraint

    def undone(self) -> AddCheck:
        return AddCheck(self.table, self.check, doubtful=True)


@dataclass(frozen=True, slots=True)
class AddForeignKey:
    table: str
    key: ForeignKey
    doubtful: bool = False

    def undone(self) -> DropForeignKey:
        return DropForeignKey(self.table, self.key)


@dataclass(frozen=True, slots=True)
class DropForeignKey:
    table: str
    key: ForeignKey

    def undone(self) -> AddForeignKey:
        return AddForeignKey(self.table, self.key, doubtful=True)


Step = (
    CreateTable
    | DropTable
    | RenameTable
    | KeepTable
    | RestoreTable
    | ReviveTable
    | SetTableAside
    | BringTableBack
    | AddColumn
    | DropColumn
    | RenameColumn
    | AlterColumn
    | KeepColumn
    | RestoreColumn
    | ReviveColumn
    | SetColumnAside
    | BringColumnBack
    | RenameValues
    | UnsetValues
    | TakeValues
    | RewriteValues
    | AddIndex
    | DropIndex
    | AddUnique
    | DropUnique
    | AddCheck
    | DropCheck
    | AddForeignKey
    | DropForeignKey
)

_Undoing = DropTable | RestoreTable | BringTableBack | DropColumn | RestoreColumn | BringColumnBack


def undone(steps: Sequence[Step]) -> list[Step]:
    """The steps back, in their order."""
    found: list[Step] = []
    for step in reversed(steps):
        if isinstance(step, ReviveTable):
            found += undone(step.steps)
        elif not isinstance(step, _Undoing) and (back := step.undone()) is not None:
            found.append(back)
    return found


def without_keys(table: Table) -> Table:
    """The table without its foreign keys."""
    return replace(table, foreign_keys=())
