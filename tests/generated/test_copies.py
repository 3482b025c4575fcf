"""Replies that repeat a resource's fields, and copies of what it holds, show what is stored, over both transports."""

from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import Running, make

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "copies.py"


@pytest.mark.parametrize("transport", ["grpc", "http"])
def test_replies_show_what_is_stored(transport: str, tmp_path: Path) -> None:
    project = make("campus-service", CONTRACTS["campus"](tmp_path / "contracts"), tmp_path)
    with Running(project) as service:
        targets = {"grpc": f"127.0.0.1:{service.grpc}", "http": f"http://127.0.0.1:{service.http}"}
        result = project.run_script(SCRIPT, targets[transport])
    assert result.stdout.strip() == "done"
