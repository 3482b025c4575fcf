"""Units of work on both databases: what is stored together, what joins, and what a cancelled call leaves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import structlog
from sqlalchemy import func, literal, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import Database, DatabaseConfig, constraints
from kit.errors import AlreadyExistsError, NotFoundError, ServiceError


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    config = {"url": database_url, "pool_size": 3, "busy_timeout": "1s", "pool_timeout": "2s"}
    database = Database(DatabaseConfig.model_validate(config))
    await database.create_tables(Base.metadata)
    yield database
    await database.close()


async def add(database: Database, number: int) -> None:
    async with database.session() as session:
        session.add(Row(id=number))


async def stored(database: Database) -> list[int]:
    """What another task sees."""

    async def ids() -> list[int]:
        async with database.read() as session:
            return list(await session.scalars(select(Row.id).order_by(Row.id)))

    return await asyncio.create_task(ids())


def in_use(database: Database) -> int:
    used: int = database.engine.pool.checkedout()  # type: ignore[attr-defined]
    return used


async def test_sessions_in_a_transaction_are_stored_together(database: Database) -> None:
    async with database.transaction():
        await add(database, 1)
        assert await stored(database) == []
        await add(database, 2)
        async with database.read() as session:
            assert await session.scalar(select(func.count()).select_from(Row)) == 2
    assert await stored(database) == [1, 2]
    assert in_use(database) == 0


async def test_a_transaction_that_raises_stores_nothing(database: Database) -> None:
    with pytest.raises(LookupError):
        async with database.transaction():
            await add(database, 1)
            raise LookupError
    assert await stored(database) == []


async def test_a_discarded_transaction_runs_everything_and_stores_nothing(database: Database) -> None:
    await add(database, 1)
    async with database.transaction(discard=True):
        await add(database, 2)
    with pytest.raises(AlreadyExistsError):
        async with database.transaction(discard=True):
            await add(database, 1)
    assert await stored(database) == [1]


async def test_a_discarded_part_of_a_transaction_leaves_the_rest(database: Database) -> None:
    async with database.transaction():
        await add(database, 1)
        async with database.transaction(discard=True):
            await add(database, 2)
        await add(database, 3)
    assert await stored(database) == [1, 3]


async def test_a_part_that_failed_is_undone_and_the_rest_can_go_on(database: Database) -> None:
    """AIP-134's allow_missing: what is not there is created, in the same transaction."""
    async with database.transaction():
        await add(database, 1)
        with pytest.raises(AlreadyExistsError):
            await add(database, 1)
        with pytest.raises(NotFoundError):
            async with database.session() as session:
                session.add(Row(id=2))
                await session.flush()
                raise NotFoundError("no")
        await add(database, 3)
    assert await stored(database) == [1, 3]


async def test_a_session_in_a_session_is_a_part_of_it(database: Database) -> None:
    with pytest.raises(LookupError):
        async with database.session() as outer:
            outer.add(Row(id=1))
            await add(database, 2)
            raise LookupError
    assert await stored(database) == []


async def test_a_task_that_was_started_inside_is_on_its_own(database: Database) -> None:
    """Two tasks on one connection would mix their statements."""
    async with database.transaction():
        assert await asyncio.create_task(_count(database)) == 0
        await add(database, 1)
        async with asyncio.TaskGroup() as group:
            counts = [group.create_task(_count(database)) for _ in range(5)]
        assert [each.result() for each in counts] == [0] * 5
    assert await _count(database) == 1


async def _count(database: Database) -> int | None:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Row))


async def test_a_task_that_outlives_the_transaction_is_not_in_it(database: Database) -> None:
    go = asyncio.Event()

    async def later() -> None:
        await go.wait()
        await add(database, 2)

    with pytest.raises(LookupError):
        async with database.transaction():
            task = asyncio.create_task(later())
            raise LookupError
    go.set()
    await task
    assert await stored(database) == [2]


async def test_reads_of_one_unit_see_one_moment(database: Database) -> None:
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Row)) == 0
        await asyncio.create_task(add(database, 1))
        assert await session.scalar(select(func.count()).select_from(Row)) == 0
    assert await stored(database) == [1]


async def test_a_constraint_means_what_the_code_says(database: Database) -> None:
    await add(database, 1)
    with pytest.raises(AlreadyExistsError, match="row 1 is there") as caught:
        async with database.session() as session:
            session.add(Row(id=1))
            with constraints(unique=AlreadyExistsError("row 1 is there", reason="ROW_EXISTS")):
                await session.flush()
    assert caught.value.reason == "ROW_EXISTS"
    assert await stored(database) == [1]


async def test_a_cancelled_call_stores_nothing_and_gives_its_connection_back(database: Database) -> None:
    started = asyncio.Event()

    async def call() -> None:
        async with database.transaction():
            await add(database, 1)
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(call())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored(database) == []
    assert in_use(database) == 0
    await add(database, 1)


async def test_calls_that_are_cancelled_anywhere_leak_no_connection(database: Database) -> None:
    """Also in the middle of a connect, a BEGIN, a statement, a commit, a rollback, and twice."""
    chance = random.Random(1)

    async def call(number: int) -> None:
        async with database.transaction():
            await add(database, number)
            async with database.read() as session:
                await session.scalars(select(Row))

    for number in range(150):
        task = asyncio.create_task(call(number))
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        await asyncio.sleep(chance.choice([0, 0, 0.001, 0.003]))
        task.cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
        with suppress(asyncio.CancelledError, ServiceError):
            await task
        if number % 30 == 0:
            await database.engine.dispose()
    await asyncio.sleep(0.1)
    assert in_use(database) == 0
    async with asyncio.TaskGroup() as group:
        for number in range(1000, 1003):
            group.create_task(add(database, number))
    assert {1000, 1001, 1002} <= set(await stored(database))


async def test_a_statement_that_is_cancelled_ends_in_the_database(
    database: Database, database_url: str
) -> None:
    """It would hold its locks, and on SQLite the driver's thread, until its own end."""
    slow = (
        "SELECT pg_sleep(60)"
        if database_url.startswith("postgresql")
        else "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )

    async def call() -> None:
        async with database.session() as session:
            session.add(Row(id=1))
            await session.flush()
            await session.execute(text(slow))

    task = asyncio.create_task(call())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await add(database, 1)
    assert await stored(database) == [1]
    assert in_use(database) == 0


async def test_slow_statements_are_logged_without_their_values(database_url: str) -> None:
    database = Database(DatabaseConfig.model_validate({"url": database_url, "slow_statement": "0s"}))
    with structlog.testing.capture_logs() as logs:
        async with database.read() as session:
            await session.scalar(select(literal("s3cret")))
    slow = [each for each in logs if each["event"] == "slow statement"]
    assert slow and "SELECT" in slow[-1]["statement"] and slow[-1]["seconds"] >= 0
    assert "s3cret" not in str(logs)
    await database.close()


async def test_every_statement_is_logged_at_the_level_debug(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", "database"), structlog.testing.capture_logs() as logs:
        await stored(database)
    assert [each["event"] for each in logs if "FROM rows" in each.get("statement", "")] == ["statement"]


async def test_sessions_of_postgresql_are_set_up_for_a_service(postgresql_url: str) -> None:
    config = {"url": postgresql_url, "statement_timeout": "7s"}
    database = Database(DatabaseConfig.model_validate(config))
    async with database.read() as session:
        names = ("timezone", "statement_timeout", "jit", "application_name", "transaction_isolation")
        found = {name: await session.scalar(text(f"SHOW {name}")) for name in names}
        assert await session.scalar(text("SHOW transaction_read_only")) == "on"
    assert found == {
        "timezone": "UTC",
        "statement_timeout": "7s",
        "jit": "off",
        "application_name": "kit",
        "transaction_isolation": "repeatable read",
    }
    async with database.session() as session:  # on the same connection
        assert await session.scalar(text("SHOW transaction_isolation")) == "read committed"
        assert await session.scalar(text("SHOW transaction_read_only")) == "off"
    await database.close()
