"""What can be set of a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ..config import Duration, Section

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",  # as hosts of databases write it
}


class DatabaseConfig(Section):
    """`url` is SQLAlchemy's: sqlite+aiosqlite:///data.db, sqlite+aiosqlite:// (in memory),
    postgresql+asyncpg://user:password@host/name. The folder of SQLite's file is created.

    Every wait has an end, and each end its own answer, see `failures`:

    - `connect_timeout`: for a new connection (PostgreSQL).
    - `pool_timeout`: for one of the `pool_size` connections, which are all that there ever are.
    - `busy_timeout`: for another writer (SQLite).
    - `statement_timeout`: for a statement, with its waits for locks; the database ends it.
    - `check_timeout`: for the answer to the readiness check.

    `pre_ping` asks a connection from the pool whether it is alive before it is used, one trip to the server: without,
    the first call after a restart of PostgreSQL fails. A connection that is older than `pool_recycle` is replaced, so
    that load spreads over servers that were added, and passwords that were changed are noticed.

    A statement that takes `slow_statement` or longer is logged as a warning, every one at the level debug; never with
    its parameters. `at_start` says what becomes of a database whose tables are not those of the code: migrate it, check
    and refuse to start, or ignore it.
    """

    url: str = "sqlite+aiosqlite:///var/data.db"
    pool_size: Annotated[int, Field(ge=1)] = 10
    pool_timeout: Duration = timedelta(seconds=10)
    pool_recycle: Duration = timedelta(minutes=30)
    pre_ping: bool = True
    connect_timeout: Duration = timedelta(seconds=5)
    busy_timeout: Duration = timedelta(seconds=5)
    statement_timeout: Duration = timedelta(seconds=30)
    check_timeout: Duration = timedelta(seconds=1)
    slow_statement: Duration = timedelta(milliseconds=500)
    at_start: Literal["migrate", "check", "ignore"] = "migrate"

    @field_validator("url")
    @classmethod
    def _has_driver(cls, url: str) -> str:
        try:
            name = make_url(url).drivername
        except ArgumentError as error:
            raise ValueError("not a database URL like sqlite+aiosqlite:///data.db") from error
        if name not in _DRIVERS.values():
            wanted = _DRIVERS.get(name.partition("+")[0])
            if wanted is None:
                raise ValueError(f"{name} is not among {' and '.join(dict.fromkeys(_DRIVERS.values()))}")
            raise ValueError(f"names no driver that is there; write {wanted}:// instead of {name}://")
        return url
