"""Logic that an owner writes into the use case answers all four kinds of RPC through the generated clients."""

from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import make

pytestmark = pytest.mark.slow


def test_all_four_kinds_of_rpc(tmp_path: Path) -> None:
    project = make("order-service", CONTRACTS["order"](tmp_path / "contracts"), tmp_path)
    result = project.run_script(Path(__file__).parent / "streaming.py")
    assert result.stdout.endswith("ok\n")
