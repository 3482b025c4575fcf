"""Units of work: what of one call is stored together, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import MetaData, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import ORMExecuteState, Session

from . import schema
from .config import DatabaseConfig
from .engine import create_engine
from .failures import reported
from .sqlite import READING

T = TypeVar("T")


class Database:
    """Connects at first use. `engine` is there for what units of work do not cover.

    What the database refuses, or cannot do, leaves every unit of work as a ServiceError, see `failures`; nothing of the
    unit is stored then.
    """

    def __init__(self, config: DatabaseConfig) -> None:
        self.engine = create_engine(config)
        self._config = config
        self._reading = self.engine.execution_options(
            **_reading_options(self.engine)
        )  # of the same connections
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self._reading, expire_on_commit=False, sync_session_class=_ReadSession
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed at the end of the block, rolled back if it raises.

        Inside of another one of the same task, a `transaction` or a `session`, it is a part of that: what it did is
        undone if it raises, and stored when the outer one is. A task that was started inside is on its own, because
        two tasks cannot share a connection.

        On SQLite one at a time: the first statement, even a SELECT, waits up to `busy_timeout` for the others
        to end, and what it reads stays true until its own end.
        """
        async with self._unit(discard=False) as session:
            yield session

    @asynccontextmanager
    async def transaction(self, *, discard: bool = False) -> AsyncIterator[None]:
        """Makes one unit of work of what the block's task does in `session` and `read`.

        With `discard` nothing of it is kept, though every statement ran: for AIP-163's validate_only.
        """
        async with self._unit(discard):
            yield

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A unit of work that only reads; RuntimeError where it would write an object or run a DML statement.

        All of its statements see the database as it was at the first, and it neither waits for a `session` nor holds
        one up (except for SQLite in memory, which has one connection). Inside of a `transaction` or a `session` of the
        same task it is a part of that, and sees what was written there.
        """
        outer = _open_unit(self)
        with reported():
            if outer is not None:
                yield outer.session
                return
            async with self._readers() as session:
                yield session
                await session.flush()  # so that an object that was added or changed does not pass in silence

    @property
    def in_transaction(self) -> bool:
        """Whether the current task is inside of a `transaction` or a `session`."""
        return _open_unit(self) is not None

    def after_commit(self, callback: Callable[[list[T]], Awaitable[None]], item: T) -> bool:
        """Has `callback` called, once with all its items, right after the commit of what the current task has open, and
        before the block is left; False, and no call, where nothing is open.

        Nothing is called after a rollback, but it is after a commit that was interrupted, which may have happened. The
        callback must not raise, and has to get through though the task is cancelled.
        """
        unit = _open_unit(self)
        if unit is not None:
            unit.afterwards.append((callback, item))
        return unit is not None

    @asynccontextmanager
    async def _unit(self, discard: bool) -> AsyncIterator[AsyncSession]:
        outer = _open_unit(self)
        with reported():
            if outer is not None:
                with outer.part(discard):
                    async with _part(outer.session, discard):
                        yield outer.session
                return
            async with self._sessions() as session:
                with _opened(self, session) as unit:
                    yield session
                await session.flush()
                if not discard:
                    try:
                        with reported(committing=True):
                            await session.commit()
                    finally:
                        await unit.call_back()

    async def create_tables(self, metadata: MetaData) -> None:
        """Creates the tables that are missing; changes none that exist, and logs each that does not fit any more."""
        with reported():
            await schema.create_tables(self.engine, metadata)

    async def check(self) -> None:
        """Raises if the database does not answer; fit for `Health.register`."""
        async with asyncio.timeout(self._config.check_timeout.total_seconds()):
            async with self._reading.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _reading_options(engine: AsyncEngine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        # One snapshot for all statements, as SQLite has it; asked for by the words of BEGIN, so for nothing.
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {READING: True}


@asynccontextmanager
async def _part(session: AsyncSession, discard: bool) -> AsyncIterator[None]:
    """A part of a unit of work, of which nothing stays if it fails."""
    savepoint = await session.begin_nested()
    try:
        yield
        await session.flush()
    except BaseException:
        # Where the whole transaction is over, or the connection is, that was why.
        with suppress(SQLAlchemyError):
            await savepoint.rollback()
        raise
    await (savepoint.rollback() if discard else savepoint.commit())


@dataclass(slots=True)
class _Unit:
    """A unit of work that is open, and the one task that may join it."""

    database: Database
    session: AsyncSession
    task: asyncio.Task[Any] | None
    outer: _Unit | None
    is_open: bool = True
    afterwards: list[tuple[Callable[[list[Any]], Awaitable[None]], Any]] = field(default_factory=list)

    @contextmanager
    def part(self, discard: bool) -> Iterator[None]:
        """What is to be called after the commit is forgotten with a part of the unit that is undone."""
        before, is_kept = len(self.afterwards), False
        try:
            yield
            is_kept = not discard
        finally:
            if not is_kept:
                del self.afterwards[before:]

    async def call_back(self) -> None:
        items: dict[Callable[[list[Any]], Awaitable[None]], list[Any]] = {}
        for callback, item in self.afterwards:
            items.setdefault(callback, []).append(item)
        for callback, found in items.items():
            await callback(found)


_innermost: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)


def _open_unit(database: Database) -> _Unit | None:
    """The unit of work that the current task has open."""
    unit = _innermost.get()
    task = asyncio.current_task()
    while unit is not None:
        # A task inherits its parent's variables, and a fixture may end in another context than it began in.
        if unit.database is database and unit.task is task and unit.is_open:
            return unit
        unit = unit.outer
    return None


@contextmanager
def _opened(database: Database, session: AsyncSession) -> Iterator[_Unit]:
    unit = _Unit(database, session, asyncio.current_task(), _innermost.get())
    _innermost.set(unit)
    try:
        yield unit
    finally:
        unit.is_open = False
        if _innermost.get() is unit:
            _innermost.set(unit.outer)


class _ReadSession(Session):
    """Refuses to write: on SQLite it would often work, but fail at once where another one has written."""


@event.listens_for(_ReadSession, "before_flush")
def _refuse_flush(session: Session, context: object, instances: object) -> None:
    raise RuntimeError("read() cannot write; use session()")


@event.listens_for(_ReadSession, "do_orm_execute")
def _refuse_dml(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("read() cannot write; use session()")
