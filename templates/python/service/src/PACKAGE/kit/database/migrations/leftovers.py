"""What revisions leave in the database though no model has it any more, until somebody wants it destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import MetaData, inspect

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script, ScriptDirectory

_log = structlog.stdlib.get_logger("migrations")


class Included:
    """What Alembic compares: not what is in the database only to be destroyed."""

    def __init__(self) -> None:
        self._left: set[str] | None = None

    def __call__(self, item: Any, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        if not reflected or compare_to is not None or kind not in ("table", "column"):
            return True
        if self._left is None:
            from alembic import context

            self._left = {left for script in context.script.walk_revisions() for left in _destroys(script)}
        return (name if kind == "table" else f"{item.table.name}.{name}") not in self._left


def destroy(migration: MigrationContext, script: ScriptDirectory, metadata: MetaData) -> None:
    """Drops what the applied revisions left, tables before columns. What is there no more was destroyed already."""
    from alembic.operations import Operations

    assert migration.connection is not None
    applied = script.iterate_revisions(migration.get_current_heads(), "base")
    left = dict.fromkeys(name for item in applied for name in _destroys(item))
    operations = Operations(migration)
    for name in sorted(left, key=lambda name: "." in name):
        table, _, column = name.partition(".")
        inspector = inspect(migration.connection)
        model = metadata.tables.get(table)
        if not inspector.has_table(table) or (model is not None and (not column or column in model.c)):
            continue
        if not column:
            operations.drop_table(table)
        elif column in [item["name"] for item in inspector.get_columns(table)]:
            with operations.batch_alter_table(table) as batch:
                for index in inspector.get_indexes(table):
                    if column in index["column_names"] and index["name"] is not None:
                        batch.drop_index(index["name"])
                batch.drop_column(column)
        else:
            continue
        _log.warning("destroyed", name=name)


def _destroys(script: Script) -> list[str]:
    return list(getattr(script.module, "destroys", ()))
