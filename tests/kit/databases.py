"""A database with a test's own tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import MetaData

from kit.database import Database, DatabaseConfig


@asynccontextmanager
async def opened(url: str, tables: MetaData) -> AsyncIterator[Database]:
    """The database at `url` with the tables, closed in the end."""
    database = Database(DatabaseConfig(url=url))
    try:
        await database.create_tables(tables)
        yield database
    finally:
        await database.close()
