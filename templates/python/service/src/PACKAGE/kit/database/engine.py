"""An engine with its pool, set up for SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from .config import DatabaseConfig

READING = "reading"
"""An execution option of ours: the transaction will not write."""


def create_engine(config: DatabaseConfig) -> AsyncEngine:
    """Connects at first use."""
    url = make_url(config.url)
    is_sqlite = url.get_backend_name() == "sqlite"
    in_memory = is_sqlite and url.database in (None, "", ":memory:")
    if is_sqlite and url.database and not in_memory:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        # Every connection to memory is a database of its own, so there is one, and units of work take turns.
        pool_size=1 if in_memory else config.pool_size,
        max_overflow=0,
        pool_timeout=config.pool_timeout.total_seconds(),
        pool_pre_ping=not is_sqlite,
    )
    if is_sqlite:
        _prepare_sqlite(engine, config, in_memory=in_memory)
    return engine


def _prepare_sqlite(engine: AsyncEngine, config: DatabaseConfig, *, in_memory: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, record: object) -> None:
        # The driver would begin transactions by itself, but not before a SELECT.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {int(config.busy_timeout.total_seconds() * 1000)}")
        if not in_memory:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and then writes would fail at once, without waiting, if another one
        # has written in between; taking the write lock at the start makes it wait for `busy_timeout`
        # instead. One that only reads needs no lock: in WAL mode it sees its own snapshot.
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
