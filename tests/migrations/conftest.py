"""Every test of a step runs on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.migrations.chain import Chain
from tests.postgresql.fixtures import postgresql, postgresql_database, postgresql_url  # noqa: F401


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    make: Callable[[], str] = request.getfixturevalue("postgresql_database")
    return make()


@pytest.fixture
def chain(database_url: str, tmp_path: Path) -> Chain:
    return Chain(database_url, tmp_path / "migrations")
