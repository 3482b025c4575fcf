"""Errors and rules that a contract declares reach its clients alike over gRPC and HTTP."""

from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import make

pytestmark = pytest.mark.slow


def test_declared_errors_and_rules_are_the_same_over_both(tmp_path: Path) -> None:
    project = make("failing-service", CONTRACTS["failing"](tmp_path / "contracts"), tmp_path)
    result = project.run_script(Path(__file__).parent / "failing.py")
    assert result.stdout.endswith("ok\n")
