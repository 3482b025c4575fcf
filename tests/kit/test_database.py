"""The database on SQLite, in memory and in a file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import pytest
import structlog
from sqlalchemy import ForeignKey, delete, insert, select, text, update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.database import Database, DatabaseConfig, JsonOf, UtcDateTime
from kit.errors import AbortedError, FailedPreconditionError

from .databases import opened


class Base(DeclarativeBase):
    pass


class Colour(Enum):
    RED = 1


@dataclass(frozen=True, slots=True)
class Line:
    """As a domain would have it: slots, nested, and with types that JSON does not know."""

    sku: str
    at: datetime
    lasts: timedelta
    colour: Colour
    digest: bytes
    extras: dict[str, object] = field(default_factory=dict)
    inner: Line | None = None


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line: Mapped[Line | None] = mapped_column(JsonOf(Line))
    lines: Mapped[list[Line] | None] = mapped_column(JsonOf(list[Line]))
    parent: Mapped[int | None] = mapped_column(ForeignKey("rows.id"))
    count: Mapped[int] = mapped_column(default=0)


LINE = Line("a", datetime(2026, 1, 2, 3, 4, 5, 6, UTC), timedelta(days=1, seconds=1.5), Colour.RED, b"\xff\0")
NESTED = Line("b", LINE.at, LINE.lasts, Colour.RED, b"", {"a": [1, 2.5, None]}, LINE)


@pytest.fixture(params=["memory", "file"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    in_file = request.param == "file"
    url = f"sqlite+aiosqlite:///{tmp_path / 'data.db'}" if in_file else "sqlite+aiosqlite://"
    async with opened(url, Base.metadata) as database:
        yield database


async def test_a_unit_of_work_commits_or_rolls_back(database: Database) -> None:
    async with database.session() as session:
        session.add(Row(id=1))
    with pytest.raises(ValueError, match="no"):
        async with database.session() as session:
            session.add(Row(id=2))
            await session.flush()
            raise ValueError("no")
    async with database.session() as session:
        assert (await session.scalars(select(Row.id))).all() == [1]
    await database.check()


async def test_values_come_back_as_they_were(database: Database) -> None:
    local = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=5)))
    async with database.session() as session:
        session.add(Row(id=1, at=local, line=NESTED, lines=[LINE, NESTED]))
        session.add(Row(id=2))
    async with database.session() as session:
        row, empty = (await session.scalars(select(Row).order_by(Row.id))).all()
    assert row.at == local and row.at is not None and row.at.tzinfo == UTC
    assert row.line == NESTED
    assert row.lines == [LINE, NESTED]
    assert (empty.at, empty.line, empty.lines) == (None, None, None)


async def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.session() as session:
            session.add(Row(id=1, at=datetime(2026, 1, 1)))


async def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(FailedPreconditionError):
        async with database.session() as session:
            session.add(Row(id=1, parent=99))


async def test_concurrent_read_and_write_loses_no_update(database: Database) -> None:
    """Twenty units of work read the same row before any of them writes, were they let."""
    async with database.session() as session:
        session.add(Row(id=1))

    async def increment() -> None:
        async with database.session() as session:
            row = await session.get_one(Row, 1)
            await asyncio.sleep(0.001)
            row.count += 1

    await asyncio.gather(*(increment() for _ in range(20)))
    async with database.session() as session:
        assert (await session.get_one(Row, 1)).count == 20


async def test_what_was_committed_can_be_read(database: Database) -> None:
    async with database.session() as session:
        session.add(Row(id=1, line=NESTED))
    async with database.read() as session:
        row = await session.get_one(Row, 1)
        assert (await session.scalars(select(Row.id))).all() == [1]
    assert row.line == NESTED  # its values outlive the unit of work


async def _adds(session: AsyncSession) -> None:
    session.add(Row(id=2))


async def _changes(session: AsyncSession) -> None:
    (await session.get_one(Row, 1)).count += 1


async def _removes(session: AsyncSession) -> None:
    await session.delete(await session.get_one(Row, 1))


async def _inserts(session: AsyncSession) -> None:
    await session.execute(insert(Row).values(id=2))


async def _updates(session: AsyncSession) -> None:
    await session.execute(update(Row).values(count=1))


async def _deletes(session: AsyncSession) -> None:
    await session.scalar(delete(Row).returning(Row.id))


@pytest.mark.parametrize("write", [_adds, _changes, _removes, _inserts, _updates, _deletes])
async def test_reading_refuses_to_write(
    database: Database, write: Callable[[AsyncSession], Awaitable[None]]
) -> None:
    async with database.session() as session:
        session.add(Row(id=1))
    with pytest.raises(RuntimeError, match="use session"):
        async with database.read() as session:
            await write(session)
    async with database.read() as session:
        assert [(row.id, row.count) for row in await session.scalars(select(Row))] == [(1, 0)]


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Database]:
    """In a file, with one row, and a tenth of a second for locks."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'data.db'}"
    database = Database(DatabaseConfig.model_validate({"url": url, "busy_timeout": "100ms"}))
    await database.create_tables(Base.metadata)
    async with database.session() as session:
        session.add(Row(id=1))
    yield database
    await database.close()


async def _ids(database: Database) -> list[int]:
    async with database.read() as session:
        return list((await session.scalars(select(Row.id).order_by(Row.id))).all())


async def _locking(database: Database) -> None:
    async with database.session() as session:
        await session.scalars(select(Row.id))


async def test_a_writer_holds_up_no_reader(impatient: Database) -> None:
    async with impatient.session() as session:
        session.add(Row(id=2))
        await session.flush()
        assert await asyncio.gather(*(_ids(impatient) for _ in range(20))) == [[1]] * 20
        await impatient.check()
        with pytest.raises(AbortedError):
            await asyncio.create_task(_locking(impatient))  # in the same task it would be a part of the first
    assert await _ids(impatient) == [1, 2]


async def test_a_reader_holds_up_no_writer_and_sees_one_moment(impatient: Database) -> None:
    async with impatient.read() as reader:
        assert (await reader.scalars(select(Row.id))).all() == [1]
        async with impatient.session() as session:
            session.add(Row(id=2))
        assert (await reader.scalars(select(Row.id))).all() == [1]
    assert await _ids(impatient) == [1, 2]


async def test_another_process_that_writes_holds_up_neither_the_first_read_nor_the_check(
    impatient: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "data.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE rows SET count = 9")
        await impatient.engine.dispose()  # so that new connections are made while it writes
        await impatient.check()
        assert await _ids(impatient) == [1]
        other.execute("ROLLBACK")


async def test_a_session_after_a_read_is_locked_first_again(impatient: Database, tmp_path: Path) -> None:
    """Both use the same connections; what one of them is for must not stick."""
    await _ids(impatient)
    async with impatient.session() as session:
        await session.scalars(select(Row.id))
        other = sqlite3.connect(tmp_path / "data.db", timeout=0, isolation_level=None)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    assert impatient.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_file_is_in_wal_mode(tmp_path: Path) -> None:
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path / 'data.db'}"))
    async with database.engine.connect() as connection:
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()
    await database.close()
    assert mode == "wal"


async def test_a_file_that_cannot_be_opened_fails_the_readiness_check(tmp_path: Path) -> None:
    (tmp_path / "data.db").mkdir()
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path}/data.db"))
    with pytest.raises(OperationalError, match="unable to open"):
        await database.check()
    await database.close()
    await asyncio.sleep(0.05)  # aiosqlite ends the thread of a failed connection a moment later


async def test_the_folder_of_a_file_is_created(tmp_path: Path) -> None:
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path}/var/deep/data.db"))
    await database.check()
    await database.close()
    assert (tmp_path / "var" / "deep" / "data.db").exists()


def test_postgresql_needs_its_driver_only_when_used() -> None:
    """Another test of this process may have used it."""
    fresh = "import sys, kit.database; sys.exit('asyncpg' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", fresh], env=environment, check=False).returncode == 0
    assert DatabaseConfig(url="postgresql+asyncpg://user:secret@db/orders").url.startswith("postgresql")
    try:
        database = Database(DatabaseConfig(url="postgresql+asyncpg://user:secret@db/orders"))
    except ModuleNotFoundError as error:
        assert error.name == "asyncpg"
    else:
        assert database.engine.dialect.name == "postgresql"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nonsense", "not a database URL"),
        ("postgresql://u:hunter2@h/d", r"write postgresql\+asyncpg:// instead of postgresql://"),
        ("postgres://u:hunter2@h/d", r"write postgresql\+asyncpg:// instead of postgres://"),
        (
            "postgresql+psycopg://u:hunter2@h/d",
            r"write postgresql\+asyncpg:// instead of postgresql\+psycopg://",
        ),
        (
            "mysql+aiomysql://u:hunter2@h/d",
            r"mysql\+aiomysql is not among sqlite\+aiosqlite and postgresql\+asyncpg",
        ),
    ],
)
def test_an_unfit_url_is_a_configuration_error(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        DatabaseConfig(url=url)


async def test_a_table_that_is_older_than_the_code_is_told_at_the_start(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(
            "CREATE TABLE rows (id INTEGER PRIMARY KEY, at TEXT, line TEXT, note TEXT NOT NULL, more TEXT)"
        )
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{old}"))
    with structlog.testing.capture_logs() as logs:
        await database.create_tables(Base.metadata)
    await database.close()
    assert [(each["table"], each["missing"], each["unknown"]) for each in logs] == [
        ("rows", ["lines", "parent", "count"], ["note"])
    ]


async def test_nothing_is_told_of_tables_that_fit(database: Database) -> None:
    with structlog.testing.capture_logs() as logs:
        await database.create_tables(Base.metadata)
    assert logs == []
