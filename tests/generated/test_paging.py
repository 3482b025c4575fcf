"""A list of 50,000 stays flat: its last page costs a database what its first does. Counted, not timed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import warm

from .contracts import Source
from .projects import Project, make

pytestmark = pytest.mark.slow

PROTOS = Path(__file__).parents[1] / "aip/protos"
SCRIPT = Path(__file__).parent / "paging.py"
ROWS = 50_000


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make(
        "library", Source((PROTOS / "aip/v1/library.proto",), (PROTOS,)), tmp_path_factory.mktemp("paging")
    )


def test_the_last_page_costs_what_the_first_does(library: Project, database_url: str) -> None:
    environment = library.environment(LIBRARY_DATABASE__URL=database_url)
    migrated = subprocess.run(
        [*warm.python(), "-m", "alembic", "upgrade", "head"],
        cwd=library.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stderr
    costs = json.loads(library.run_script(SCRIPT, database_url, str(ROWS)).stdout.splitlines()[-1])
    assert set(costs) == {"", "create_time desc"}
    for order, (first, last) in costs.items():
        assert 0 < last < 2 * first, f"order_by={order!r}: {first} for the first page, {last} for the last"
