"""The revisions in migrations/ make the tables of the models, with and without rows in them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import JSON, Column, Connection, MetaData, Table, func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from library_service.kit.database import Database, DatabaseConfig

SETTINGS = Path(__file__).parents[2] / "alembic.ini"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """Of an empty database."""
    database = Database(DatabaseConfig(url=database_url))
    async with database.engine.connect() as connection:
        yield connection
    await database.close()


async def alembic(connection: AsyncConnection, run: Callable[..., object], *arguments: str) -> None:
    """Runs one of Alembic's commands on the connection."""

    def connected(sync: Connection) -> None:
        settings = Config(SETTINGS)
        settings.attributes["connection"] = sync
        run(settings, *arguments)

    await connection.run_sync(connected)


def revisions() -> list[str]:
    """From the oldest to the newest."""
    script = ScriptDirectory.from_config(Config(SETTINGS))
    return [item.revision for item in script.walk_revisions()][::-1]


async def test_an_empty_database_gets_the_tables_of_the_models(connection: AsyncConnection) -> None:
    await alembic(connection, command.upgrade, "heads")
    await alembic(connection, command.check)


async def test_every_revision_keeps_the_rows_that_are_there(connection: AsyncConnection) -> None:
    for number, revision in enumerate(revisions(), 1):
        before = await connection.run_sync(count)
        try:
            await alembic(connection, command.upgrade, revision)
        except CommandError as error:
            assert isinstance(error.__cause__, ValueError), error  # it names rows that are against it
            assert await connection.run_sync(count) == before
            before = await connection.run_sync(clear)
            await alembic(connection, command.upgrade, revision)
        after = await connection.run_sync(count)
        assert sum(after.values()) >= sum(before.values()), revision
        await connection.run_sync(fill, number)
    await alembic(connection, command.check)


async def test_the_way_back_ends_with_an_empty_database(connection: AsyncConnection) -> None:
    await alembic(connection, command.upgrade, "heads")
    await alembic(connection, command.downgrade, "base")
    assert await connection.run_sync(count) == {}


def reflected(connection: Connection) -> list[Table]:
    """The tables that are there, each behind those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def count(connection: Connection) -> dict[str, int]:
    found = {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in reflected(connection)
    }
    connection.rollback()
    return found


def clear(connection: Connection) -> dict[str, int]:
    """Takes all rows away, and counts what is left."""
    for table in reversed(reflected(connection)):
        connection.execute(table.delete())
    connection.commit()
    return count(connection)


def fill(connection: Connection, number: int) -> None:
    """Puts a row into every table: the same text, and the same number, wherever the column is free to hold it."""
    for table in reflected(connection):
        checks = inspect(connection).get_check_constraints(table.name)
        conditions = [str(check["sqltext"]) for check in checks]
        row = {column.name: value(column, conditions, number) for column in table.columns}
        connection.execute(table.insert().values(row))
    connection.commit()


def value(column: Column[Any], conditions: list[str], number: int) -> object:
    """What every constraint that the column has lets through; of an enum its first value."""
    for condition in conditions:
        if re.match(rf'\W*"?{re.escape(column.name)}\b', condition) and (
            literal := re.search(r"'([^']*)'", condition)
        ):
            return literal[1]
    if isinstance(column.type, JSON):
        return None if column.nullable else text("'{}'")
    simple = {
        bool: False,
        int: number,
        float: float(number),
        Decimal: Decimal(number),
        bytes: b"row",
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
        time: time(12),
        UUID: UUID(int=number),
    }
    return simple.get(column.type.python_type, f"row-{number}")
