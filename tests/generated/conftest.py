"""Whole projects, made by the command as a user makes them, once per test run."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .contracts import CONTRACTS, Source
from .projects import Project, make


@dataclass(frozen=True)
class Made:
    """A generated project and what it was made from."""

    project: Project
    source: Source


@pytest.fixture(scope="session", params=sorted(CONTRACTS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Each contract's project in turn."""
    folder = tmp_path_factory.mktemp(request.param)
    source = CONTRACTS[request.param](folder / "contracts")
    yield Made(make(f"{request.param}-service", source, folder), source)
