"""Migrations on SQLite, where Alembic copies a table to change it: what else has to be done before and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

_PATIENCE = 600_000  # milliseconds to wait for a migration in another process


@contextmanager
def copying(connection: Connection) -> Iterator[None]:
    """With foreign keys on, dropping the old table would delete the rows below it, and they can only be turned off
    outside of a transaction. What else writes is waited for.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection  # not by SQLAlchemy, which would begin a transaction
    (keys, patience), cursor = _pragmas(raw), raw.cursor()
    try:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        yield
    finally:
        connection.rollback()
        cursor.execute(f"PRAGMA foreign_keys = {keys}")
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        cursor.close()


def _pragmas(raw: Any) -> tuple[int, int]:
    cursor = raw.cursor()
    found = []
    for name in ("foreign_keys", "busy_timeout"):
        cursor.execute(f"PRAGMA {name}")
        found.append(cursor.fetchone()[0])
    cursor.close()
    return found[0], found[1]


def last_numbers(migration: MigrationContext) -> dict[str, int]:
    """The last number that each AUTOINCREMENT table of SQLite gave; a copy would begin after its largest."""
    connection = migration.connection
    assert connection is not None
    if migration.dialect.name != "sqlite" or not inspect(connection).has_table("sqlite_sequence"):
        return {}
    return {
        name: number for name, number in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
    }


def count_on(migration: MigrationContext, numbers: dict[str, int]) -> None:
    """Has every table go on behind the last number that it gave before."""
    connection = migration.connection
    assert connection is not None
    for name, number in numbers.items():
        now = last_numbers(migration).get(name)
        if now is None and inspect(connection).has_table(name):
            connection.exec_driver_sql(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number)
            )
        elif now is not None and now < number:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name))


def check_keys(migration: MigrationContext) -> None:
    """PostgreSQL checks foreign keys by itself; SQLite was told not to."""
    assert migration.connection is not None
    if migration.dialect.name == "sqlite":
        rows = migration.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
        if rows:
            found = ", ".join(f"row {row[1]} of {row[0]}" for row in rows)
            raise ValueError(f"these refer to nothing: {found}")
