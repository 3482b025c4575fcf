"""What the database fails with: each a defined status, with nothing half-stored, and calls go on when it is back."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.container import Container
from kit.database import Database, DatabaseConfig, Double, JsonOf, constraints
from kit.database.failures import reported
from kit.errors import Code, FailedPreconditionError, ServiceError
from kit.lifecycle import run
from tests.postgresql.fixtures import asyncpg_url
from tests.postgresql.server import Server


class Base(DeclarativeBase):
    pass


@dataclass
class Note:
    text: str = ""


class Row(Base):
    __tablename__ = "rows"
    __table_args__ = (
        UniqueConstraint("shelf", "code", name="uq_rows_shelf_code"),
        CheckConstraint("count >= 0", name="ck_rows_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent: Mapped[int | None] = mapped_column(ForeignKey("rows.id", name="fk_rows_parent"))
    shelf: Mapped[str | None]
    code: Mapped[str | None]
    count: Mapped[int] = mapped_column(default=0)
    price: Mapped[float] = mapped_column(Double, default=0.0)
    note: Mapped[Note | None] = mapped_column(JsonOf(Note))


async def opened(url: str, **settings: Any) -> Database:
    chosen = {"url": url, "pool_size": 3, "busy_timeout": "200ms", "pool_timeout": "300ms"} | settings
    database = Database(DatabaseConfig.model_validate(chosen))
    await database.create_tables(Base.metadata)
    return database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await opened(database_url)
    yield database
    await database.close()


async def add(database: Database, number: int, **values: Any) -> None:
    async with database.session() as session:
        session.add(Row(id=number, **values))


async def ids(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(select(Row.id).order_by(Row.id)))


def in_use(database: Database) -> int:
    used: int = database.engine.pool.checkedout()  # type: ignore[attr-defined]
    return used


def is_told(error: ServiceError, code: Code, reason: str, *, retry: bool) -> None:
    """The whole of what a caller learns: no SQL, no values, no address, no password."""
    assert (error.code, error.reason) == (code, reason), repr(error.__cause__)
    assert (error.retry_after is not None) == retry
    assert error.__cause__ is not None
    for secret in ("rows", "INSERT", "SELECT", "UPDATE", "127.0.0.1", "test", "s3cret", "Traceback"):
        assert secret not in error.message


# What the request is to blame for


@pytest.mark.parametrize(
    ("values", "code", "reason"),
    [
        ({"id": 1}, Code.ALREADY_EXISTS, "NOT_UNIQUE"),
        ({"id": 2, "shelf": "s3cret", "code": "c"}, Code.ALREADY_EXISTS, "NOT_UNIQUE"),
        ({"id": 2, "parent": 99}, Code.FAILED_PRECONDITION, "REFERENCE_BROKEN"),
        ({"id": 2, "count": -1}, Code.INVALID_ARGUMENT, "VALUE_REFUSED"),
        ({"id": 2, "count": 2**63}, Code.INVALID_ARGUMENT, "VALUE_REFUSED"),
        ({"id": 2, "code": "\ud800"}, Code.INVALID_ARGUMENT, "VALUE_REFUSED"),
        ({"id": 2, "note": Note("\ud800")}, Code.INVALID_ARGUMENT, "VALUE_REFUSED"),
    ],
)
async def test_what_cannot_be_stored_is_told_by_its_kind(
    database: Database, values: dict[str, Any], code: Code, reason: str
) -> None:
    await add(database, 1, shelf="s3cret", code="c")
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        async with database.transaction():
            await add(database, 3)
            number = values["id"]
            await add(database, number, **{key: value for key, value in values.items() if key != "id"})
    is_told(caught.value, code, reason, retry=False)
    assert await ids(database) == [1]
    assert logs == []  # it is the caller's affair


@pytest.mark.parametrize("values", [{"code": "a\0b"}, {"note": Note("a\0b")}, {"count": 2**31}])
async def test_what_postgresql_alone_cannot_store_is_the_request_s_fault(
    postgresql_url: str, values: dict[str, Any]
) -> None:
    database = await opened(postgresql_url)
    with pytest.raises(ServiceError) as caught:
        await add(database, 1, **values)
    is_told(caught.value, Code.INVALID_ARGUMENT, "VALUE_REFUSED", retry=False)
    assert await ids(database) == []
    await database.close()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 5e-324])
async def test_every_double_can_be_stored(database: Database, number: float) -> None:
    await add(database, 1, price=number)
    async with database.read() as session:
        row = await session.get_one(Row, 1)
    assert repr(row.price) == repr(number)


async def test_a_value_that_is_missing_is_refused(database: Database) -> None:
    with pytest.raises(ServiceError) as caught:
        async with database.session() as session:
            await session.execute(insert(Row).values(id=1, count=None))
    is_told(caught.value, Code.INVALID_ARGUMENT, "VALUE_REFUSED", retry=False)


async def test_errors_by_the_name_of_a_constraint_go_before_those_by_its_kind(database: Database) -> None:
    await add(database, 1, shelf="s", code="c")
    by_name, by_kind = FailedPreconditionError("by name"), FailedPreconditionError("by kind")
    for number, expected in ((1, by_kind), (2, by_name)):
        with pytest.raises(FailedPreconditionError) as caught:
            async with database.session() as session:
                session.add(Row(id=number, shelf="s", code="c"))
                with constraints(unique=by_kind, uq_rows_shelf_code=by_name):
                    await session.flush()
        assert caught.value is expected
        assert isinstance(caught.value.__cause__, IntegrityError)


async def test_the_removal_of_a_row_that_others_refer_to_is_a_foreign_key(database: Database) -> None:
    await add(database, 1)
    await add(database, 2, parent=1)
    with pytest.raises(FailedPreconditionError, match="has children"):
        async with database.session() as session:
            await session.delete(await session.get_one(Row, 1))
            with constraints(foreign_key=FailedPreconditionError("has children")):
                await session.flush()
    assert await ids(database) == [1, 2]


# Conflicts


async def test_a_row_that_two_calls_change_crosswise_aborts_one_of_them(postgresql_url: str) -> None:
    """A deadlock, which PostgreSQL ends after a second."""
    database = await opened(postgresql_url)
    await add(database, 1)
    await add(database, 2)
    met = asyncio.Barrier(2)

    async def change(first: int, second: int) -> None:
        async with database.session() as session:
            await session.execute(update(Row).where(Row.id == first).values(count=Row.count + 1))
            await met.wait()
            await session.execute(update(Row).where(Row.id == second).values(count=Row.count + 1))

    results = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)
    failed = [each for each in results if isinstance(each, ServiceError)]
    assert results.count(None) == 1 and len(failed) == 1
    is_told(failed[0], Code.ABORTED, "TRANSACTION_CONFLICT", retry=True)
    async with database.read() as session:
        assert list(await session.scalars(select(Row.count))) == [1, 1]
    await database.close()


async def test_a_transaction_that_cannot_be_put_in_a_row_with_others_is_aborted(postgresql_url: str) -> None:
    database = await opened(postgresql_url)
    await add(database, 1)
    with pytest.raises(ServiceError) as caught:
        async with database.session() as session:
            await session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
            assert await session.scalar(select(Row.count)) == 0
            await asyncio.create_task(_count_up(database))
            await session.execute(update(Row).values(count=Row.count + 1))
    is_told(caught.value, Code.ABORTED, "TRANSACTION_CONFLICT", retry=True)
    await database.close()


async def _count_up(database: Database) -> None:
    async with database.session() as session:
        await session.execute(update(Row).values(count=Row.count + 1))


async def test_a_database_that_another_holds_locked_aborts(tmp_path: Path) -> None:
    database = await opened(f"sqlite+aiosqlite:///{tmp_path / 'data.db'}")
    async with database.session() as session:
        session.add(Row(id=1))
        await session.flush()
        with pytest.raises(ServiceError) as caught:
            await asyncio.create_task(add(database, 2))
    is_told(caught.value, Code.ABORTED, "TRANSACTION_CONFLICT", retry=True)
    assert await ids(database) == [1]
    await database.close()


# Too much, too slow, too full


@pytest.fixture
def endless(database_url: str) -> str:
    if database_url.startswith("postgresql"):
        return "SELECT pg_sleep(60)"
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def test_a_statement_that_takes_too_long_ends_in_time(database_url: str, endless: str) -> None:
    database = await opened(database_url, statement_timeout="300ms")
    started = time.monotonic()
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        async with database.session() as session:
            session.add(Row(id=1))
            await session.flush()
            await session.execute(text(endless))
    assert time.monotonic() - started < 5
    is_told(caught.value, Code.DEADLINE_EXCEEDED, "DATABASE_TIMEOUT", retry=False)
    assert [(each["event"], each["reason"], each["log_level"]) for each in logs] == [
        ("database failed", "DATABASE_TIMEOUT", "warning")
    ]
    assert await ids(database) == []
    await add(database, 1)
    assert in_use(database) == 0
    await database.close()


async def test_code_that_goes_on_after_the_database_gave_up_stores_nothing(
    database_url: str, endless: str
) -> None:
    """SQLite ends the transaction by itself then; what follows would be committed statement by statement."""
    database = await opened(database_url, statement_timeout="300ms")
    first = text("INSERT INTO rows (id, count, price) VALUES (1, 0, 0)")
    with structlog.testing.capture_logs(), pytest.raises(ServiceError):
        async with database.session() as session:
            await session.execute(first)
            with pytest.raises(DBAPIError):
                # One that writes: SQLite undoes no transaction for the sake of a SELECT.
                await session.execute(
                    text(f"UPDATE rows SET count = (SELECT count(*) FROM ({endless}) AS n)")
                )
            await session.execute(text("INSERT INTO rows (id, count, price) VALUES (2, 0, 0)"))
    assert await ids(database) == []
    await add(database, 3)
    assert await ids(database) == [3]
    await database.close()


async def test_a_call_that_gets_no_connection_is_turned_away_for_now(database: Database) -> None:
    done = asyncio.Event()

    async def hold() -> None:
        async with database.read() as session:
            await session.scalars(select(Row))
            await done.wait()

    holding = [asyncio.create_task(hold()) for _ in range(3)]
    await asyncio.sleep(0.1)
    with pytest.raises(ServiceError) as caught:
        await add(database, 1)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_OVERLOADED", retry=True)
    done.set()
    await asyncio.gather(*holding)
    await add(database, 1)


async def test_a_full_disk_is_told_and_nothing_of_the_call_is_stored(tmp_path: Path) -> None:
    database = await opened(f"sqlite+aiosqlite:///{tmp_path / 'data.db'}", pool_size=1)
    await add(database, 1)
    async with database.engine.connect() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        async with database.transaction():
            await add(database, 2)
            with pytest.raises(ServiceError):
                await add(database, 3, code="s3cret" * 10_000)
            await add(database, 4)
    assert caught.value.code in (Code.RESOURCE_EXHAUSTED, Code.ABORTED)
    assert ("database failed", "DATABASE_FULL") in [(each["event"], each["reason"]) for each in logs]
    assert await ids(database) == [1]
    with pytest.raises(ServiceError) as caught:
        await add(database, 3, code="s3cret" * 10_000)
    is_told(caught.value, Code.RESOURCE_EXHAUSTED, "DATABASE_FULL", retry=False)
    await add(database, 5)
    assert await ids(database) == [1, 5]
    await database.close()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write to every file")
async def test_a_file_that_must_not_be_written_answers_reads(tmp_path: Path) -> None:
    database = await opened(f"sqlite+aiosqlite:///{tmp_path / 'data.db'}")
    await add(database, 1)
    await database.close()
    (tmp_path / "data.db").chmod(stat.S_IRUSR)
    with pytest.raises(ServiceError) as caught:
        await add(database, 2)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_READ_ONLY", retry=True)
    await database.close()


async def test_a_server_that_takes_no_changes_is_unavailable_for_them(postgresql_url: str) -> None:
    """As a standby does, which a client may be connected to after a failover."""
    database = await opened(postgresql_url)
    with pytest.raises(ServiceError) as caught:
        async with database.session() as session:
            await session.execute(text("SET TRANSACTION READ ONLY"))
            session.add(Row(id=1))
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_READ_ONLY", retry=True)
    await database.close()


async def test_a_damaged_file_is_data_loss(tmp_path: Path) -> None:
    (tmp_path / "data.db").write_bytes(b"this is no database, but text. " * 100)
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path / 'data.db'}"))
    with pytest.raises(ServiceError) as caught:
        await ids(database)
    is_told(caught.value, Code.DATA_LOSS, "DATABASE_DAMAGED", retry=False)
    await database.close()


async def test_a_table_that_is_not_there_is_the_service_s_own_fault(database_url: str) -> None:
    database = Database(DatabaseConfig(url=database_url))
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        await add(database, 1)
    is_told(caught.value, Code.INTERNAL, "DATABASE_SCHEMA", retry=False)
    assert [each["log_level"] for each in logs] == ["error"]
    await database.close()


# PostgreSQL that is down, restarts, or hangs


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_server_that_is_not_there_makes_calls_unavailable() -> None:
    url = f"postgresql+asyncpg://postgres:s3cret@127.0.0.1:{free_port()}/test"
    database = Database(DatabaseConfig(url=url))
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        await ids(database)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    assert len(logs) == 1 and "s3cret" not in str(logs)
    with pytest.raises(ServiceError) as caught:
        await database.create_tables(Base.metadata)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    with pytest.raises(Exception, match=r"cannot connect to \S+:\d+: "):
        await database.check()
    await database.close()


def test_a_service_whose_database_is_down_ends_at_the_start_with_a_line_in_the_log() -> None:
    """Whoever started it starts it again: there is nothing to serve without."""

    class Service(Container):
        async def start(self) -> None:
            url = f"postgresql+asyncpg://postgres:s3cret@127.0.0.1:{free_port()}/test"
            await Database(DatabaseConfig(url=url)).create_tables(Base.metadata)

    with structlog.testing.capture_logs() as logs, pytest.raises(SystemExit) as caught:
        run(Service(), [])
    assert caught.value.code == 1
    told = [each for each in logs if each["event"] == "cannot start"]
    assert told[0]["error"] == "the database cannot be reached" and "s3cret" not in str(logs)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda url: url.replace(":test@", ":s3cret@"), "password"),
        (lambda url: url.rpartition("/")[0] + "/s3cret", "database"),
    ],
)
async def test_a_server_that_lets_nobody_in_makes_calls_unavailable(
    postgresql_url: str, change: Callable[[str], str], what: str
) -> None:
    database = Database(DatabaseConfig(url=change(postgresql_url)))
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        await ids(database)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    assert what in logs[0]["error"]
    await database.close()


@pytest.fixture
async def own(own_postgresql: Server) -> AsyncIterator[Database]:
    database = await opened(
        asyncpg_url(own_postgresql.url), connect_timeout="1s", statement_timeout="1s", pool_size=5
    )
    async with database.session() as session:
        await session.execute(text("TRUNCATE rows"))
    yield database
    await database.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_after_a_restart_calls_go_on_as_if_nothing_had_been(
    own: Database, own_postgresql: Server, how: signal.Signals
) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(add(own, number))
    await asyncio.to_thread(own_postgresql.stop, how)
    await asyncio.to_thread(own_postgresql.start)
    async with asyncio.TaskGroup() as group:
        for number in range(5, 10):
            group.create_task(add(own, number))
    assert set(range(5, 10)) <= set(await ids(own))
    assert in_use(own) == 0


async def test_a_restart_in_the_middle_of_a_call_fails_that_call_alone(
    own: Database, own_postgresql: Server
) -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(ServiceError) as caught:
        async with own.transaction():
            await add(own, 1)
            await asyncio.to_thread(own_postgresql.restart)
            await add(own, 2)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    assert len(logs) == 1
    assert await ids(own) == []
    await add(own, 3)
    assert await ids(own) == [3]


async def test_a_connection_that_is_lost_during_a_statement_is_unavailable(
    own: Database, own_postgresql: Server
) -> None:
    async def long() -> None:
        async with own.session() as session:
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            await session.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(long())
    await asyncio.sleep(0.3)
    await asyncio.to_thread(own_postgresql.restart)
    with pytest.raises(ServiceError) as caught:
        await task
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    await add(own, 1)


async def test_a_connection_that_is_lost_at_the_commit_leaves_the_outcome_open(
    own: Database, own_postgresql: Server
) -> None:
    """To repeat the call may do it twice: nobody is asked to."""
    with pytest.raises(ServiceError) as caught:
        async with own.session() as session:
            session.add(Row(id=1))
            await session.flush()
            await asyncio.to_thread(own_postgresql.restart)
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_COMMIT_UNKNOWN", retry=False)
    await add(own, 2)


async def test_calls_during_a_restart_succeed_or_are_told_to_come_again(
    own: Database, own_postgresql: Server
) -> None:
    done: list[int] = []
    failures: list[ServiceError] = []
    stop = threading.Event()

    async def client(start: int) -> None:
        number = start
        while not stop.is_set():
            try:
                await add(own, number)
                done.append(number)
            except ServiceError as error:
                failures.append(error)
                await asyncio.sleep(0.02)
            number += 1

    def restart() -> None:
        for how in (signal.SIGINT, signal.SIGQUIT):
            own_postgresql.stop(how)
            time.sleep(0.3)
            own_postgresql.start()
            time.sleep(0.5)
        stop.set()

    clients = [asyncio.create_task(client(10_000 * index)) for index in range(1, 9)]
    await asyncio.to_thread(restart)
    await asyncio.gather(*clients)
    assert failures and {error.code for error in failures} == {Code.UNAVAILABLE}
    assert set(done) <= set(await ids(own))
    unknown = sum(error.reason == "DATABASE_COMMIT_UNKNOWN" for error in failures)
    assert len(await ids(own)) - len(done) <= unknown
    assert in_use(own) == 0


async def test_a_server_that_hangs_holds_up_a_call_for_a_while_only(
    own: Database, own_postgresql: Server
) -> None:
    """Nothing closes the connection, nothing answers: the client's own limit has to end it."""
    await add(own, 1)
    await asyncio.sleep(1.1)  # so that the connection is asked whether it is alive
    own_postgresql.pause()
    started = time.monotonic()
    with pytest.raises(ServiceError) as caught:
        await add(own, 2)
    assert time.monotonic() - started < 10
    is_told(caught.value, Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", retry=True)
    own_postgresql.resume()
    await add(own, 3)
    assert await ids(own) == [1, 3]
    assert in_use(own) == 0


async def test_a_server_that_hangs_during_a_statement_ends_the_call_in_time(
    own: Database, own_postgresql: Server
) -> None:
    started = time.monotonic()
    with pytest.raises(ServiceError) as caught:
        async with own.session() as session:
            session.add(Row(id=1))
            await session.flush()
            own_postgresql.pause()
            await session.execute(text("SELECT 1"))
    assert time.monotonic() - started < 20
    is_told(caught.value, Code.DEADLINE_EXCEEDED, "DATABASE_TIMEOUT", retry=False)
    own_postgresql.resume()
    await add(own, 2)
    assert await ids(own) == [2]
    assert in_use(own) == 0


async def test_the_check_has_a_short_end_of_its_own(own: Database, own_postgresql: Server) -> None:
    await own.check()
    own_postgresql.pause()
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await own.check()
    assert time.monotonic() - started < 6
    own_postgresql.resume()
    await own.check()
    await asyncio.to_thread(own_postgresql.stop)
    with pytest.raises(DBAPIError):
        await own.check()
    await asyncio.to_thread(own_postgresql.start)
    await own.check()


# What is hard to bring about


class Fake(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("fake")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "code", "reason"),
    [
        ("53100", Code.RESOURCE_EXHAUSTED, "DATABASE_FULL"),
        ("53200", Code.UNAVAILABLE, "DATABASE_OVERLOADED"),
        ("53300", Code.UNAVAILABLE, "DATABASE_OVERLOADED"),
        ("57P01", Code.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
        ("57P03", Code.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
        ("08006", Code.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
        ("40003", Code.UNAVAILABLE, "DATABASE_COMMIT_UNKNOWN"),
        ("55P03", Code.ABORTED, "TRANSACTION_CONFLICT"),
        ("54000", Code.INVALID_ARGUMENT, "VALUE_REFUSED"),
        ("XX001", Code.DATA_LOSS, "DATABASE_DAMAGED"),
        ("42601", Code.INTERNAL, ""),
        ("ZZZZZ", Code.INTERNAL, ""),
    ],
)
def test_states_of_postgresql_have_their_code(sqlstate: str, code: Code, reason: str) -> None:
    with pytest.raises(ServiceError) as caught, reported():
        raise DBAPIError("SELECT 's3cret'", None, Fake(sqlstate))
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert "s3cret" not in caught.value.message
