"""A database whose tables are older than its migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Index, MetaData, Table, inspect

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script, ScriptDirectory

_log = structlog.stdlib.get_logger("migrations")


def adopt(migration: MigrationContext, script: ScriptDirectory) -> None:
    """A database whose tables are older than its migrations gets the first revision, if they are as that makes them."""
    from alembic.util import CommandError

    assert migration.connection is not None
    first = script.get_bases()
    if migration.get_current_heads() or len(first) != 1:
        return
    there = set(inspect(migration.connection).get_table_names())
    if not there:
        return
    revision = script.get_revision(first[0])
    wanted = _made(migration, revision)
    if not wanted.tables.keys() & there:
        return
    if differences := _differences(migration, wanted):
        shown = "; ".join(differences[:5])
        raise CommandError(
            f"the database has tables but no revision, and they differ from what {revision.revision} makes "
            f"({shown}): `alembic stamp {revision.revision}` takes them as that, then `alembic revision "
            "--autogenerate -m adopt` writes what differs; a database without data of worth is better removed"
        )
    _log.warning("took the tables that are there for the first revision's", revision=revision.revision)
    migration.stamp(script, revision.revision)


def _made(migration: MigrationContext, revision: Script) -> MetaData:
    """The tables that a revision creates, without a database."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    made = MetaData()
    dry = MigrationContext.configure(
        dialect=migration.dialect, opts={"as_sql": True, "output_buffer": _Nowhere()}
    )

    def create_table(table: Table, **options: object) -> None:
        table.to_metadata(made)

    def create_index(index: Index, **options: object) -> None:
        assert index.table is not None and index.name is not None
        columns = [made.tables[index.table.name].c[column.name] for column in index.columns]
        Index(index.name, *columns, unique=index.unique)

    dry.impl.create_table = create_table  # type: ignore[method-assign]
    dry.impl.create_index = create_index  # type: ignore[method-assign]
    with Operations.context(dry):
        revision.module.upgrade()
    return made


class _Nowhere:
    def write(self, text: str) -> None: ...
    def flush(self) -> None: ...


def _differences(migration: MigrationContext, wanted: MetaData) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def included(item: Any, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        return kind != "table" or name in wanted.tables

    assert migration.connection is not None
    context = MigrationContext.configure(migration.connection, opts={"include_object": included})
    return [_difference(item) for item in compare_metadata(context, wanted)]


def _difference(item: Any) -> str:
    """One of Alembic's differences in words: (kind, thing), or (kind, schema, table, column, …) in a list."""
    if isinstance(item, list):
        return ", ".join(_difference(part) for part in item)
    kind, *rest = item
    names = [part if isinstance(part, str) else getattr(part, "name", None) for part in rest[:3]]
    return f"{kind.replace('_', ' ')} {'.'.join(str(name) for name in names if name)}"
