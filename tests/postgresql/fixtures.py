"""The fixtures of tests on PostgreSQL; tests/conftest.py has them for all."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from .server import Server  # which Windows could not import

__all__ = [
    "_stoppable",
    "database_url",
    "own_postgresql",
    "postgresql",
    "postgresql_database",
    "postgresql_url",
]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server, as a URL of its administrator."""
    if given := os.environ.get("SCAFFOLD_POSTGRES_URL"):
        yield given
        return
    _needs_programs()
    from .shared import shared_server

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers' common one
    with shared_server(folder) as url:
        yield url


@pytest.fixture
def postgresql_database(postgresql: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database, by its URL for SQLAlchemy with asyncpg; all are dropped at the end of the test."""
    made: list[str] = []

    def make() -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        execute(postgresql, f'CREATE DATABASE "{name}"')
        made.append(name)
        return asyncpg_url(postgresql, name)

    yield make
    for name in made:
        execute(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgresql_url(postgresql_database: Callable[[], str]) -> str:
    """An empty database of the test's own, as a URL for SQLAlchemy with asyncpg."""
    return postgresql_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own, once on each."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'data.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def _stoppable() -> Iterator[Server]:
    _needs_programs()
    from .server import Server

    server = Server()
    yield server
    server.remove()


@pytest.fixture
def own_postgresql(_stoppable: Server) -> Iterator[Server]:
    """A server that nobody else uses, started; a test may stop, restart, pause and resume it."""
    _stoppable.start()
    yield _stoppable
    _stoppable.stop()


def asyncpg_url(url: str, database: str = "") -> str:
    """The same server, as SQLAlchemy with asyncpg names it."""
    parts = urlsplit(url)
    return parts._replace(
        scheme="postgresql+asyncpg", path=f"/{database}" if database else parts.path
    ).geturl()


def execute(url: str, statement: str) -> None:
    """Runs one statement outside of any transaction."""
    import asyncpg  # type: ignore[import-untyped,unused-ignore]

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def _needs_programs() -> None:
    if sys.platform == "win32":
        pytest.skip("generated services run on Linux and macOS")
    from tests.debian import Missing

    from .install import programs

    try:
        programs()
    except Missing as missing:
        pytest.skip(f"no PostgreSQL: {missing}")
