"""A sample of the corpus, in every test run: at least 25 services with at least 300 RPCs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .checks import Check, Result
from .contracts import Source
from .corpus import sample
from .fetch import NotFetchedError
from .packages import SAMPLE

pytestmark = [pytest.mark.slow, pytest.mark.network]

SEEDS = 2


@pytest.fixture(scope="session")
def contracts() -> dict[str, Source]:
    try:
        return {source.name: source for source in sample()}
    except NotFetchedError as error:
        pytest.skip(f"the contracts of the corpus cannot be fetched: {error}")


@pytest.fixture
def result(request: pytest.FixtureRequest, contracts: dict[str, Source], tmp_path: Path) -> Iterator[Result]:
    known = Path(os.environ["MYPY_CACHE_DIR"])  # of all projects of this run, see tests/conftest.py
    yield Check(contracts[request.param], tmp_path, known, seeds=SEEDS).run()


@pytest.mark.parametrize("result", [name for _, name in SAMPLE], indirect=True)
def test_every_rpc_and_binding_carries_what_is_sent(result: Result) -> None:
    """Its project generates, type-checks, imports and starts, and its handlers get what clients send."""
    assert not result.failures, "\n".join(result.failures)
    assert result.compared >= SEEDS * 3 * result.rpcs


def test_the_sample_is_large_enough(contracts: dict[str, Source]) -> None:
    services = rpcs = 0
    for source in contracts.values():
        for name in source.files:
            lines = [line.split() for line in (source.root / name).read_text().splitlines()]
            services += sum(line[:1] == ["service"] for line in lines)
            rpcs += sum(line[:1] == ["rpc"] for line in lines)
    assert (services >= 25, rpcs >= 300) == (True, True), (services, rpcs)
