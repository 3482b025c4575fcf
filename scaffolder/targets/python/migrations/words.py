"""A revision's steps in words: for its name, its docstring, and the report of the run that writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.checks import doubt
from scaffolder.targets.python.migrations.steps import Step

_LONGEST = 40


def phrases(steps: Sequence[Step]) -> list[str]:
    """What happens to tables and columns, then to constraints of which nothing else tells: ``add books.subtitle``."""
    columns = [phrase for step in steps if (phrase := _column(step) or _table(step))]
    retyped = {phrase.replace("retype", "add") for phrase in columns if phrase.startswith("retype")}
    columns = [phrase for phrase in columns if phrase not in retyped]
    return list(dict.fromkeys([*columns, *(phrase for step in steps if (phrase := _constraint(step)))]))


def slug(steps: Sequence[Step]) -> str:
    """What a revision's file is called: ``add_books_subtitle``."""
    found = phrases(steps)
    if not found:
        return "merge"
    created = [step.table.name for step in steps if isinstance(step, s.CreateTable)]
    first = found[0]
    if len(created) > 1 and len(created) == len(found):
        first = f"create {' and '.join(created)}" if len(created) == 2 else "create tables"
        found = [first]
    word = re.sub(r"[^a-z0-9]+", "_", first.lower()).strip("_")
    if len(word) > _LONGEST:
        word = word[:_LONGEST].rpartition("_")[0] or word[:_LONGEST]
    return word if len(found) == 1 else f"{word}_and_more"


def title(steps: Sequence[Step]) -> str:
    """The first line of a revision's docstring."""
    found = phrases(steps)
    if not found:
        return "Merge the revisions of two branches."
    text = "; ".join(found)
    if len(text) > 100:
        text = f"{found[0]}; {len(found) - 1} more, below" if len(found) > 1 else found[0]
    return f"{text[0].upper()}{text[1:]}."


def losses(steps: Sequence[Step]) -> Iterator[str]:
    """What is left to be destroyed, and why."""
    for step in steps:
        match step:
            case s.KeepTable(table):
                yield f"{table.name}: in no model any more; the table is kept"
            case s.KeepColumn(table, column):
                yield f"{table}.{column.name}: in no model any more; the column is kept, NULL in new rows"
            case s.SetTableAside(table, name):
                yield f"{table.name}: its rows are identified otherwise now; those of before are kept in {name}"
            case s.SetColumnAside(table, column, name):
                yield f"{table}.{column.name}: its values may not fit the new type; they are kept in {name}"
            case s.ReviveTable(_, inner):
                yield from losses(inner)


def doubts(steps: Sequence[Step]) -> Iterator[str]:
    """Which rows the revision fails on."""
    for step in steps:
        if isinstance(step, s.ReviveTable):
            yield from doubts(step.steps)
        elif isinstance(step, s.RewriteValues):
            yield from step.doubts
        elif problem := doubt(step):
            yield problem


def _table(step: Step) -> str:
    match step:
        case s.CreateTable(table):
            return f"create {table.name}"
        case s.KeepTable(table):
            return f"remove {table.name}"
        case s.RenameTable(old, new):
            return f"rename {old} to {new}"
        case s.ReviveTable(table):
            return f"bring back {table.name}"
        case s.SetTableAside(table):
            return f"set {table.name} aside"
    return ""


def _column(step: Step) -> str:  # noqa: PLR0911
    match step:
        case s.AddColumn(table, column):
            return f"add {table}.{column.name}"
        case s.KeepColumn(table, column):
            return f"remove {table}.{column.name}"
        case s.RenameColumn(table, old, new):
            return f"rename {table}.{old} to {new}"
        case s.AlterColumn(table, _, after):
            return f"alter {table}.{after.name}"
        case s.ReviveColumn(table, _, after):
            return f"bring back {table}.{after.name}"
        case s.SetColumnAside(table, column):
            return f"retype {table}.{column.name}"
        case s.RenameValues(table, column):
            return f"rename values of {table}.{column}"
        case s.RewriteValues(table, rewriting):
            return f"rewrite {' and '.join(f'{table}.{column}' for column in rewriting.columns)}"
    return ""


def _constraint(step: Step) -> str:
    match step:
        case s.AddIndex(_, item) | s.AddUnique(_, item) | s.AddCheck(_, item):
            return f"add {item.name}"
        case s.DropIndex(_, item) | s.DropUnique(_, item) | s.DropCheck(_, item):
            return f"drop {item.name}"
        case s.AddForeignKey(_, key):
            return f"add {key.name}"
        case s.DropForeignKey(_, key):
            return f"drop {key.name}"
    return ""
