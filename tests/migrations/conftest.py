"""Every test of a step runs on both databases."""

from pathlib import Path

import pytest

from tests.migrations.chain import Chain


@pytest.fixture
def chain(database_url: str, tmp_path: Path) -> Chain:
    return Chain(database_url, tmp_path / "migrations")
