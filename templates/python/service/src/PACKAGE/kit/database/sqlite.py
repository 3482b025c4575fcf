"""What is special about SQLite, by aiosqlite."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, UniqueConstraint, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from .config import DatabaseConfig
from .functions import FUNCTIONS

READING = "reading"
"""An execution option of ours: the transaction will not write."""

_STATE = "state"  # a connection's note of ours
_STEPS = 20_000  # of SQLite's machine between two looks at the clock: below a millisecond
_NEVER = float("inf")
_CONSTRAINT = re.compile(r"(UNIQUE|CHECK) constraint failed: (.+)", re.DOTALL)


@dataclass(slots=True)
class _State:
    """`deadline` is when the statement that runs has to end, by the monotonic clock.

    `ended` is true once SQLite has rolled back a transaction by itself. The next statement would begin another one,
    and be committed alone.
    """

    deadline: float = _NEVER
    ended: bool = False

    def is_late(self) -> bool:
        return time.monotonic() > self.deadline


def in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:")


def make_folder(url: URL) -> None:
    if url.database and not in_memory(url):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def prepare(engine: AsyncEngine, config: DatabaseConfig) -> None:
    """Settings of every connection, transactions, and the end of statements that take too long."""
    _configure(engine, config)
    _begin(engine)
    _limit(engine, config.statement_timeout.total_seconds())
    _notice_end(engine)
    _name_constraints(engine)


def _configure(engine: AsyncEngine, config: DatabaseConfig) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        state = record.info[_STATE] = _State()
        # The driver would begin transactions by itself, but not before a SELECT.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {int(config.busy_timeout.total_seconds() * 1000)}")
        if not in_memory(engine.url):
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()
        connection.run_async(lambda driver: driver.set_progress_handler(state.is_late, _STEPS))
        for name, function in FUNCTIONS.items():
            connection.create_function(name, 1, function, deterministic=True)


def _begin(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and then writes would fail at once, without waiting, if another one
        # has written in between; taking the write lock at the start makes it wait for `busy_timeout`
        # instead. One that only reads needs no lock: in WAL mode it sees its own snapshot.
        connection.info[_STATE].ended = False
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _limit(engine: AsyncEngine, seconds: float) -> None:
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def start(connection: Any, *_: Any) -> None:
        connection.info[_STATE].deadline = time.monotonic() + seconds

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def end(connection: Any, *_: Any) -> None:
        connection.info[_STATE].deadline = _NEVER

    @event.listens_for(engine.sync_engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        if context.connection is None:
            return
        state = context.connection.info[_STATE]
        if isinstance(context.original_exception, asyncio.CancelledError):
            # Nobody waits for the statement any more, but it runs on, in the driver's thread, in front of the rollback.
            # The connection is as good as before then; a database in memory must not lose it.
            state.deadline = 0.0
            context.is_disconnect = False
        else:
            state.deadline = _NEVER

    @event.listens_for(engine.sync_engine, "rollback")
    def undo(connection: Any) -> None:
        connection.info[_STATE].deadline = _NEVER


def _notice_end(engine: AsyncEngine) -> None:
    """SQLite ends the transaction by itself when the disk is full or a statement was interrupted, among others."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is not None and connection.in_transaction() and not connection.invalidated:
            driver: Any = connection.connection.driver_connection
            connection.info[_STATE].ended = not driver.in_transaction

    @event.listens_for(engine.sync_engine, "before_cursor_execute", retval=True)
    def refuse(
        connection: Any, cursor: object, statement: str, parameters: Any, *_: object
    ) -> tuple[str, Any]:
        if connection.info[_STATE].ended and statement.startswith("ROLLBACK TO"):
            return "SELECT 1", ()  # it is done already
        refuse_commit(connection)
        return statement, parameters

    @event.listens_for(engine.sync_engine, "commit")
    def refuse_commit(connection: Any) -> None:
        if connection.info[_STATE].ended:
            ended = connection.dialect.loaded_dbapi.OperationalError("the transaction was rolled back")
            ended.sqlite_errorcode = 4  # ABORT
            raise OperationalError(None, None, ended, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "rollback")
    def undo(connection: Any) -> None:
        connection.info[_STATE].ended = False


def _name_constraints(engine: AsyncEngine) -> None:
    """SQLite tells the columns that were to be unique; which constraint that is, the statement's table says."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        error: Any = context.original_exception
        found = _CONSTRAINT.match(str(error))
        if found is None:
            return
        compiled: Any = getattr(context.execution_context, "compiled", None)
        table = getattr(getattr(compiled, "statement", None), "table", None)
        error.constraint_name = _unique_name(table, found[2]) if found[1] == "UNIQUE" else found[2]


def _unique_name(table: Table | None, columns: str) -> str:
    names = {each.rpartition(".")[2] for each in columns.split(", ")}
    rules: list[Any] = [] if table is None else [*table.constraints, *table.indexes]
    unique = [each for each in rules if isinstance(each, UniqueConstraint) or getattr(each, "unique", False)]
    named = (str(each.name or "") for each in unique if {column.name for column in each.columns} == names)
    return next(named, "")
