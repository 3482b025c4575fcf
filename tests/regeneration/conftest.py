"""A project as it is made, once per test run; each test works on a copy."""

from pathlib import Path

import pytest

from .contract_life import START, make


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(START, tmp_path_factory.mktemp("untouched")).root
