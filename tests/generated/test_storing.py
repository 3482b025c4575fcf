"""A resource with every kind of field is stored and returned without loss, over both transports, on both databases."""

from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import Running, make

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "storing.py"
KEEPING = Path(__file__).parent / "keeping.py"
GAPS = Path(__file__).parent / "gaps.py"
ALONE = Path(__file__).parent / "alone.py"


@pytest.mark.parametrize("transport", ["grpc", "http"])
def test_random_resources_come_back(transport: str, tmp_path: Path) -> None:
    project = make("store-service", CONTRACTS["store"](tmp_path / "contracts"), tmp_path)
    with Running(project) as service:
        targets = {"grpc": f"127.0.0.1:{service.grpc}", "http": f"http://127.0.0.1:{service.http}"}
        result = project.run_script(SCRIPT, targets[transport], "100")
    assert result.stdout.strip() == "100"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_parents_and_children_are_kept(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    settings = {"DATABASE__URL": url} if url else {}
    project = make("cupboards-service", CONTRACTS["cupboards"](tmp_path / "contracts"), tmp_path)
    with Running(project, **settings) as service:
        result = project.run_script(KEEPING, f"127.0.0.1:{service.grpc}", "60")
    assert result.stdout.strip() == "60"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_is_below_something_that_is_not_stored_is_guarded(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    settings = {"DATABASE__URL": url} if url else {}
    project = make("gaps-service", CONTRACTS["gaps"](tmp_path / "contracts"), tmp_path)
    with Running(project, **settings) as service:
        result = project.run_script(GAPS, f"127.0.0.1:{service.grpc}")
    assert result.stdout.strip() == "done"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_parent_may_be_left_out_and_a_wrong_one_is_refused(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    settings = {"DATABASE__URL": url} if url else {}
    project = make("campus-service", CONTRACTS["campus"](tmp_path / "contracts"), tmp_path)
    with Running(project, **settings) as service:
        for target in (f"127.0.0.1:{service.grpc}", f"http://127.0.0.1:{service.http}"):
            result = project.run_script(ALONE, target)
            assert result.stdout.strip() == "done"
