"""What statements take: slow ones in the log as warnings, all of them at the level debug.

The text is the statement's, whose values are elsewhere: no parameter is ever logged. Tracing needs no hook of ours:
OpenTelemetry's instrumentation for SQLAlchemy takes `database.engine.sync_engine`.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from .config import DatabaseConfig

_log = structlog.stdlib.get_logger("database")
_level = logging.getLogger("database")  # asked first, because it is asked for every statement

_STARTED = "started"  # a connection's note of ours


def watch(engine: AsyncEngine, config: DatabaseConfig) -> None:
    slow = config.slow_statement.total_seconds()

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def start(connection: Any, *_: Any) -> None:
        connection.info[_STARTED] = time.perf_counter()

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def end(connection: Any, cursor: object, statement: str, *_: Any) -> None:
        seconds = time.perf_counter() - connection.info[_STARTED]
        if seconds >= slow:
            _log.warning("slow statement", statement=statement, seconds=round(seconds, 6))
        elif _level.isEnabledFor(logging.DEBUG):
            _log.debug("statement", statement=statement, seconds=round(seconds, 6))
