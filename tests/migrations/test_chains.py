"""Law: whatever is done to the models, one change after another, rows survive it, and the way back is free."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from scaffolder.targets.python.migrations import snapshot
from scaffolder.targets.python.migrations.state import Renames
from scaffolder.targets.python.storage.tables import Column, Constraint, Table
from tests.migrations.chain import Chain
from tests.migrations.library import (
    INT64,
    allowed,
    flag,
    genre,
    index,
    json,
    key,
    number,
    table,
    text,
    time,
    unique,
)

EXAMPLES = int(os.environ.get("SCAFFOLD_EXAMPLES", "100")) // 5
"""Each is a chain of revisions, run on a database."""


def short(column: Column) -> Column:
    """Other than text, which fits into no enum without a look at the rows."""
    return replace(column, type="sa.String(64)")


NAMES = ("alpha", "beta", "gamma", "order")
TABLES = ("shelves", "books", "prints")
TYPES: dict[str, Callable[[str], Column]] = {
    "text": text,
    "nullable text": lambda name: text(name, nullable=True, default=""),
    "number": number,
    "wide": lambda name: number(name, INT64),
    "flag": flag,
    "json": json,
    "time": time,
    "genre": lambda name: short(genre(name, ("NONE", "GOOD", "BAD"))),
    "more genre": lambda name: short(genre(name, ("NONE", "FINE", "BAD", "UGLY"))),
}


def build(name: str, columns: tuple[Column, ...], parent: str, extras: frozenset[str]) -> Table:
    """A table as the tool would build it: keys, indexes and constraints follow from the columns."""
    link = [text(f"{parent}_name", nullable=True, default="")] if parent else []
    everything = (text("name", default=""), *columns, *link)
    checks = tuple(allowed_of(name, column) for column in columns if column.members)
    indexed = tuple(index(name, c.name) for c in columns if c.name in extras and "JSON" not in c.type)
    optional = [c for c in columns if c.nullable and c.type == text("x").type]
    return table(
        name,
        *everything,
        foreign_keys=(key(name, f"{parent}_name", parent, "name"),) if parent else (),
        unique=tuple(unique(name, c.name) for c in optional if "unique" in extras),
        indexes=indexed,
        checks=checks,
    )


def allowed_of(name: str, column: Column) -> Constraint:
    made = allowed(column, name)
    return replace(made, condition=made.condition.replace(column.name, f'"{column.name}"', 1))


@st.composite
def schemas(draw: st.DrawFn) -> tuple[Table, ...]:
    """One state of the models."""
    found: list[Table] = []
    for name in draw(st.sets(st.sampled_from(TABLES), min_size=1).map(sorted)):
        kinds = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(TYPES)), max_size=3))
        parent = draw(st.sampled_from(["", *(item.name for item in found)]))
        extras = draw(st.frozensets(st.sampled_from([*NAMES, "unique"]), max_size=3))
        found.append(
            build(name, tuple(TYPES[kind](column) for column, kind in kinds.items()), parent, extras)
        )
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[tuple[Table, ...], Renames]]:
    """States one after another; a column may be renamed from one to the next."""
    steps: list[tuple[tuple[Table, ...], Renames]] = []
    for state in draw(st.lists(schemas(), min_size=2, max_size=5)):
        renames = Renames()
        before = {item.name: item for item in steps[-1][0]} if steps else {}
        pairs: list[tuple[Table, Column, Column]] = [
            (item, old, new)
            for item in state
            if item.name in before
            for old in before[item.name].columns
            for new in item.columns
            if old.name in NAMES
            and new.name in NAMES
            and all(old.name != c.name for c in item.columns)
            and all(new.name != c.name for c in before[item.name].columns)
        ]
        is_renamed: bool = draw(st.booleans())
        if pairs and is_renamed:
            item, old, new = draw(st.sampled_from(pairs))
            renames = Renames(columns={(item.name, new.name): old.name})
        steps.append((state, renames))
    return steps


def fill(chain: Chain, tables: tuple[Table, ...], number: int) -> None:
    """A row into every table, parents first."""
    values = {"JSON": "'[]'", "Boolean": "false", "DateTime": "'2026-01-01 00:00:00'", "Int": str(number)}
    statements = []
    for item in tables:
        row = {}
        for column in item.columns:
            known = (value for kind, value in values.items() if kind in column.type)
            free = next(known, f"'row-{number}'")
            row[f'"{column.name}"'] = f"'{column.members[0][0]}'" if column.members else free
        statements.append(f"INSERT INTO {item.name} ({', '.join(row)}) VALUES ({', '.join(row.values())})")
    chain.run(*statements)


def shown(tables: tuple[Table, ...]) -> str:
    return "; ".join(
        f"{item.name}({', '.join(f'{c.name} {c.type[3:10]}{c.nullable:d}{len(c.members)}' for c in item.columns)})"
        for item in tables
    )


def rows(chain: Chain) -> dict[str, int]:
    return {name: chain.run(f'SELECT count(*) FROM "{name}"')[0][0] for name in sorted(chain.names())}


def empty(chain: Chain) -> None:
    """Every row goes, those that others refer to at last."""
    gone: set[str] = set()
    tables = {item.name: {k.table for k in item.foreign_keys} for item in chain.state.tables}
    for name in sorted(chain.names() - tables.keys()):
        chain.run(f"DELETE FROM {name}")
    while len(gone) < len(tables):
        referred = {other for name, others in tables.items() if name not in gone for other in others - {name}}
        name = next(name for name in tables if name not in gone | referred)
        chain.run(f"DELETE FROM {name}")
        gone.add(name)


def goes_through(chain: Chain, history: list[tuple[tuple[Table, ...], Renames]], *, destroy: bool) -> None:
    for count, (tables, renames) in enumerate(history, 1):
        note(f"{count}: {shown(tables)} {dict(renames.columns)}")
        before = rows(chain)
        chain.change(*tables, renames=renames)
        kept = snapshot.render(chain.state, {}, "0001")
        assert snapshot.render(snapshot.parse(kept)[0], {}, "0001") == kept
        chain.upgrade()
        assert rows(chain).items() >= before.items()
        chain.check()
        fill(chain, tables, count)
    if destroy:
        chain.upgrade(destroy=True)
        assert chain.names() == {item.name for item in chain.state.tables}
        for item in chain.state.tables:
            assert chain.names(item.name) == {column.name for column in item.columns}
        chain.check()
    empty(chain)  # what a newer column holds may not fit into the older one
    chain.downgrade()
    assert chain.names() == set()
    chain.upgrade()
    chain.check()


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(history=histories(), destroy=st.booleans())
def test_every_history_of_models_runs_on_sqlite(
    history: list[tuple[tuple[Table, ...], Renames]], destroy: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        goes_through(
            Chain(f"sqlite+aiosqlite:///{folder}/test.db", Path(folder, "m")), history, destroy=destroy
        )


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(history=histories(), destroy=st.booleans())
def test_every_history_of_models_runs_on_postgresql(
    postgresql_database: Callable[[], str], history: list[tuple[tuple[Table, ...], Renames]], destroy: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        goes_through(Chain(postgresql_database(), Path(folder, "m")), history, destroy=destroy)
