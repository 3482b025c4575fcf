"""An engine with its pool, set up for SQLite or PostgreSQL."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from . import postgresql, sqlite, statements
from .config import DatabaseConfig


def create_engine(config: DatabaseConfig) -> AsyncEngine:
    """Connects at first use. Whatever fails in it is one of SQLAlchemy's exceptions, never the driver's own."""
    url = make_url(config.url)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        sqlite.make_folder(url)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        # Every connection to memory is a database of its own, so there is one, and units of work take turns.
        pool_size=1 if is_sqlite and sqlite.in_memory(url) else config.pool_size,
        max_overflow=0,
        pool_timeout=config.pool_timeout.total_seconds(),
        # What is in memory ends with its connection.
        pool_recycle=-1 if is_sqlite else int(config.pool_recycle.total_seconds()),
        connect_args=_connect_args(url, config),
        hide_parameters=True,  # in errors, and so in logs
        # Several times as fast as json, and strict: a text that is no Unicode is refused now, not when it is read.
        json_serializer=_to_json,
        json_deserializer=from_json,
    )
    _wrap_errors(engine)
    statements.watch(engine, config)
    if is_sqlite:
        sqlite.prepare(engine, config)
    elif url.drivername == "postgresql+asyncpg":
        postgresql.notice_loss(engine)
        if config.pre_ping:
            postgresql.ping(engine, config)
    return engine


def _to_json(value: Any) -> str:
    return to_json(value).decode()


def _connect_args(url: URL, config: DatabaseConfig) -> dict[str, Any]:
    return postgresql.connect_args(config) if url.drivername == "postgresql+asyncpg" else {}


def _wrap_errors(engine: AsyncEngine) -> None:
    """SQLAlchemy lets through what a driver raises of its own, and what the network does beneath it."""

    url = engine.url
    where = f"{url.host}:{url.port or 5432}" if url.host else "the database"

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Any, record: object, args: Any, arguments: Any) -> Any:
        try:
            return dialect.connect(*args, **arguments)
        except (OSError, ValueError) as error:
            why = f": {error}" if isinstance(error, OSError) else ""  # others may hold the password
            cannot = dialect.loaded_dbapi.OperationalError(f"cannot connect to {where}{why}")
            cannot.connecting = True
            raise cannot from error

    @event.listens_for(engine.sync_engine, "handle_error")
    def wrap(context: ExceptionContext) -> Exception | None:
        error, statement = context.original_exception, context.statement
        if isinstance(error, OSError) and context.sqlalchemy_exception is None:
            # With TimeoutError, which the driver's own limit for an answer ends with.
            context.is_disconnect = True
            return OperationalError(statement, None, error, hide_parameters=True, connection_invalidated=True)
        if isinstance(error, OverflowError | UnicodeError) and context.sqlalchemy_exception is None:
            return DataError(statement, None, error, hide_parameters=True)
        return None
