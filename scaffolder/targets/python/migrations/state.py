"""What the revisions of a project leave in its database, and what was renamed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scaffolder.targets.python.tables import Column, Table


@dataclass(frozen=True, slots=True)
class State:
    """`tables` are those of the models; `kept_tables` and `kept_columns` (by table and column) are in no model any
    more, and in the database until they are destroyed.
    """

    tables: tuple[Table, ...] = ()
    kept_tables: Mapping[str, Table] = field(default_factory=dict)
    kept_columns: Mapping[tuple[str, str], Column] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renames:
    """Old names by new ones: of tables, and of columns by the new names of both."""

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)


def renames_between(old: Sequence[Table], new: Sequence[Table]) -> Renames:
    """What is called otherwise in two builds of one contract, under its old names and under its new ones."""
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    for before, after in zip(old, new, strict=True):
        if before.name != after.name:
            tables[after.name] = before.name
        columns |= {(after.name, b): a for a, b in _columns(before, after) if a != b}
    return Renames(tables, columns)


def _columns(before: Table, after: Table) -> Iterator[tuple[str, str]]:
    for a, b in zip(before.columns, after.columns, strict=True):
        yield a.name, b.name
