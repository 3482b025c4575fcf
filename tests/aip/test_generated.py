"""What `scaffold new` makes of a contract keeps the AIPs, on both databases, without a line written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.aip import PASSED, Result, check_service, failures
from tests.aip.reference.contract import LIBRARY, PROTOS
from tests.generated.contracts import SAMPLES, Source
from tests.generated.projects import Project, Running, make

pytestmark = pytest.mark.slow

CONTRACTS = {
    "rich": Source((LIBRARY,), (PROTOS,)),
    "press": Source((PROTOS / "press" / "v1" / "press.proto",), (PROTOS,)),
    "sample": Source((SAMPLES / "library" / "v1" / "library.proto",), (SAMPLES,)),
}


@pytest.fixture(scope="module", params=sorted(CONTRACTS))
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp(request.param)
    return make("library-service", CONTRACTS[request.param], folder)


def checked(service: Running, seed: int = 1, leave: bool = False) -> list[Result]:
    url = f"http://127.0.0.1:{service.http}"
    return check_service(f"127.0.0.1:{service.grpc}", url, seed=seed, leave=leave)


def test_a_generated_service_keeps_the_aips_on_postgresql(project: Project, postgresql_url: str) -> None:
    with Running(project, DATABASE__URL=postgresql_url) as service:
        keeps_all(checked(service, leave=True))


def test_a_generated_service_keeps_the_aips_on_sqlite(project: Project, tmp_path: Path) -> None:
    with Running(project, DATABASE__URL=f"sqlite+aiosqlite:///{tmp_path / 'data.db'}") as service:
        keeps_all(checked(service, leave=True))


@pytest.mark.parametrize("project", ["sample"], indirect=True)
def test_a_service_with_rows_keeps_them(project: Project, tmp_path: Path) -> None:
    """A second run meets what the first one left, which is what no method can delete, and answers alike."""
    with Running(project, DATABASE__URL=f"sqlite+aiosqlite:///{tmp_path / 'data.db'}") as service:
        first, second = (statuses(checked(service, seed)) for seed in (1, 2))
    assert first == second


def keeps_all(results: list[Result]) -> None:
    assert not failures(results), failures(results)
    assert {result.transport for result in results if result.status == PASSED} == {"grpc", "http", "both"}


def statuses(results: list[Result]) -> dict[tuple[str, str], str]:
    return {(each.check.name, each.transport): each.status for each in results}
