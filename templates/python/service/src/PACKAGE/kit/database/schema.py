"""The tables of a database against those of the code, without migrations."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

_log = structlog.stdlib.get_logger("database")


async def create_tables(engine: AsyncEngine, metadata: MetaData) -> None:
    """Creates the tables that are missing; changes none that exist, and logs each that does not fit any more."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        misfits = await connection.run_sync(_misfits, metadata)
    for table, columns in misfits.items():
        _log.error("table is older than the code: calls will fail", table=table, **columns)


def _misfits(connection: Connection, metadata: MetaData) -> dict[str, dict[str, list[str]]]:
    """By table, the columns that it is `missing`, and those `unknown` ones without which no row can be stored."""
    found = {}
    inspector = inspect(connection)
    for table in metadata.tables.values():
        columns = {column["name"]: column for column in inspector.get_columns(table.name, table.schema)}
        missing = [column.name for column in table.columns if column.name not in columns]
        unknown = [
            name
            for name, column in columns.items()
            if name not in table.columns
            and not (column["nullable"] or column["default"] is not None or "identity" in column)
        ]
        if missing or unknown:
            found[table.fullname] = {"missing": missing, "unknown": unknown}
    return found
