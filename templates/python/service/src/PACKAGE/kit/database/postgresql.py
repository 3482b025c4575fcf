"""What is special about PostgreSQL, by asyncpg."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from .config import DatabaseConfig

_GRACE = timedelta(seconds=5)
_FRESH = 1.0  # seconds
_RETURNED = "returned"  # a connection's note of when it was given back to the pool


def connect_args(config: DatabaseConfig) -> dict[str, Any]:
    """asyncpg's, for every new connection."""
    limit = config.statement_timeout
    return {
        "timeout": config.connect_timeout.total_seconds(),
        # The server ends a statement in time; this is for one that answers nothing any more.
        "command_timeout": (limit + _GRACE).total_seconds(),
        "server_settings": {
            "application_name": __name__.partition(".")[0],  # the service's package, in pg_stat_activity
            "statement_timeout": str(int(limit / timedelta(milliseconds=1))),
            "timezone": "UTC",
            # Compiling pays for reports that run for seconds; it is started by a guess of the costs, and a wrong guess
            # makes a call of a millisecond take hundreds.
            "jit": "off",
        },
    }


def notice_loss(engine: AsyncEngine) -> None:
    """A server that shuts down says so before it closes its connections; to the driver a statement that is sent in
    between is a mistake of its own.
    """

    @event.listens_for(engine.sync_engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        if type(context.original_exception).__name__ == "InternalClientError":
            context.is_disconnect = True


def ping(engine: AsyncEngine, config: DatabaseConfig) -> None:
    """Sees that a connection is alive before it is used; a dead one is replaced.

    It costs a trip to the server, so not for one that was used a moment ago: the driver itself knows whether that was
    closed. (SQLAlchemy's own pre-ping asks always, in a transaction, which makes it three trips.)
    """
    limit = config.connect_timeout.total_seconds()

    @event.listens_for(engine.sync_engine, "checkin")
    def note(connection: Any, record: Any) -> None:
        record.info[_RETURNED] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ask(connection: Any, record: Any, proxy: object) -> None:
        returned = record.info.pop(_RETURNED, None)
        if returned is None:
            return  # it is new
        driver = connection.driver_connection
        if driver.is_closed():
            raise DisconnectionError
        if time.monotonic() - returned < _FRESH:
            return
        try:
            await_only(_answers(driver, limit))
        except TimeoutError as error:
            raise InvalidatePoolError from error  # the others are no better, and as slow to say so
        except Exception as error:
            raise DisconnectionError from error


async def _answers(driver: Any, limit: float) -> None:
    async with asyncio.timeout(limit):
        await driver.execute(";")
