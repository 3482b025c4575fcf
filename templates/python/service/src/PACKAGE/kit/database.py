"""The database: an engine, units of work, and column types for what SQL has none for.

SQLite (aiosqlite) is the embedded default, PostgreSQL (asyncpg) the one for production; the drivers are
imported by the URL's scheme, only when used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from pydantic import ConfigDict, TypeAdapter, field_validator
from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import JSON, BigInteger, Connection, DateTime, Dialect, MetaData, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.types import TypeDecorator

from .config import Duration, Section

T = TypeVar("T")

_log = structlog.stdlib.get_logger("database")

_READING = "reading"  # an execution option of ours: the transaction will not write


class DatabaseConfig(Section):
    """`url` is SQLAlchemy's: sqlite+aiosqlite:///data.db, sqlite+aiosqlite:// (in memory),
    postgresql+asyncpg://user:password@host/name. `pool_size` connections at most; a call waits `pool_timeout`
    for one. SQLite waits `busy_timeout` for another writer; the folder of its file is created.
    """

    url: str = "sqlite+aiosqlite:///data.db"
    pool_size: int = 10
    pool_timeout: Duration = timedelta(seconds=10)
    busy_timeout: Duration = timedelta(seconds=5)

    @field_validator("url")
    @classmethod
    def _has_driver(cls, url: str) -> str:
        try:
            name = make_url(url).drivername
        except ArgumentError as error:
            raise ValueError("not a database URL like sqlite+aiosqlite:///data.db") from error
        if "+" not in name:
            drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
            wanted = drivers.get(name, f"{name}+…")
            raise ValueError(f"names no asyncio driver; write {wanted}:// instead of {name}://")
        return url


class Database:
    """Connects at first use. `engine` is there for what `session` and `read` do not cover."""

    def __init__(self, config: DatabaseConfig) -> None:
        self.engine = _create_engine(config)
        self._reading = self.engine.execution_options(**{_READING: True})  # of the same connections
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self._reading, expire_on_commit=False, sync_session_class=_ReadSession
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed at the end of the block, rolled back if it raises.

        On SQLite one at a time: the first statement, even a SELECT, waits up to `busy_timeout` for the others
        to end, and what it reads stays true until its own end.
        """
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A unit of work that only reads; RuntimeError where it would write an object or run a DML statement.

        On SQLite in a file, neither waits for a `session` nor holds one up, and all of its statements see the
        database as it was at the first. Other databases have it in a transaction like any other.
        """
        async with self._readers.begin() as session:
            yield session

    async def create_tables(self, metadata: MetaData) -> None:
        """Creates the tables that are missing; changes none that exist, and logs each that does not fit any more."""
        async with self.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            misfits = await connection.run_sync(_misfits, metadata)
        for table, columns in misfits.items():
            _log.error("table is older than the code: calls will fail", table=table, **columns)

    async def check(self) -> None:
        """Raises if the database does not answer; fit for `Health.register`."""
        async with self._reading.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


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


class _ReadSession(Session):
    """Refuses to write: on SQLite it would often work, but fail at once where another one has written."""


@event.listens_for(_ReadSession, "before_flush")
def _refuse_flush(session: Session, context: object, instances: object) -> None:
    raise RuntimeError("read() cannot write; use session()")


@event.listens_for(_ReadSession, "do_orm_execute")
def _refuse_dml(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("read() cannot write; use session()")


def _create_engine(config: DatabaseConfig) -> AsyncEngine:
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
        reading = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored and returned in UTC; a naive one is a ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in time; give it a timezone")
        value = value.astimezone(UTC)
        # SQLite has no time zones: it would store the offset and lose it on the way back.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Microseconds(TypeDecorator[timedelta]):
    """Spans of time as whole microseconds: a database's own type is an instant in SQLite, and ends in the year 9999."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


class JsonOf(TypeDecorator[T], Generic[T]):
    """A JSON column for a value of the type `of`: anything that pydantic can validate, such as (nested)
    dataclasses, lists, dicts, datetimes, enums, and bytes (as base64). What is read is validated again.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__(none_as_null=True)
        self.of = of  # SQLAlchemy's statement cache tells columns apart by it
        # A union, because pydantic refuses a configuration for a bare dataclass, yet hands it to nested ones.
        nullable: Any = of | None
        self._adapter: TypeAdapter[T | None] = TypeAdapter(
            nullable, config=ConfigDict(val_json_bytes="base64")
        )

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return to_jsonable_python(value, bytes_mode="base64", inf_nan_mode="strings")

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self._adapter.validate_json(to_json(value))
