"""A resource with every kind of field is stored and returned without loss, over both transports."""

from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import Running, make

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "storing.py"


@pytest.mark.parametrize("transport", ["grpc", "http"])
def test_random_resources_come_back(transport: str, tmp_path: Path) -> None:
    project = make("store-service", CONTRACTS["store"](tmp_path / "contracts"), tmp_path)
    with Running(project) as service:
        targets = {"grpc": f"127.0.0.1:{service.grpc}", "http": f"http://127.0.0.1:{service.http}"}
        result = project.run_script(SCRIPT, targets[transport], "100")
    assert result.stdout.strip() == "100"
