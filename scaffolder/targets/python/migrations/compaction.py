"""The order of a revision's steps in which SQLite copies the fewest tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.steps import Step

_COLUMNS = (s.AddColumn, s.AlterColumn, s.SetColumnAside, s.ReviveColumn, s.AddUnique)
_OnOneTable = (
    s.AddColumn
    | s.AlterColumn
    | s.KeepColumn
    | s.ReviveColumn
    | s.RenameColumn
    | s.SetColumnAside
    | s.RenameValues
    | s.UnsetValues
    | s.TakeValues
    | s.AddIndex
    | s.DropIndex
    | s.AddUnique
    | s.DropUnique
    | s.AddCheck
    | s.DropCheck
    | s.AddForeignKey
    | s.DropForeignKey
)
_ON_ONE_TABLE = get_args(_OnOneTable)


def compacted(steps: Sequence[Step]) -> list[Step]:
    """The steps of one table together, where none of several tables stands between: SQLite then copies it once."""
    changed = {item.table for item in steps if isinstance(item, _COLUMNS)}
    found: list[Step] = []
    run: list[_OnOneTable] = []
    for step in (*steps, None):
        if isinstance(step, _ON_ONE_TABLE) and not _binds(step, changed):
            run.append(step)
            continue
        for table in dict.fromkeys(item.table for item in run):
            found += [item for item in run if item.table == table]
        run = []
        if step is not None:
            found.append(step)
    return found


def _binds(step: Step, changed: set[str]) -> bool:
    """Whether a foreign key goes before, or comes after, changes of the other table's columns."""
    return isinstance(step, s.AddForeignKey | s.DropForeignKey) and step.key.table in changed - {step.table}
