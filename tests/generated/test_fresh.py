"""What its owner does first: `make test` in a new project, with nothing installed but Python, make and git.

The other tests lend generated projects the packages of this test run, which may be more than a project asks for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .projects import scaffold

pytestmark = [pytest.mark.slow, pytest.mark.network]


def test_make_test_passes_in_a_new_project(tmp_path: Path) -> None:
    """The sample project makes its own environment from its constraints, and passes all it checks."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    result = scaffold("new", "order-service", "--no-input", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHONPATH"))
    }
    result = subprocess.run(
        [make, "test"],
        cwd=tmp_path / "order-service",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if "No matching distribution" in result.stderr or "Connection" in result.stderr:
        pytest.skip(f"the packages of the project cannot be fetched: {result.stderr.strip()[-300:]}")
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert " passed" in result.stdout
    status = subprocess.run(
        ["git", "status", "--porcelain"],
        cwd=tmp_path / "order-service",
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == "", "what make leaves behind is ignored"
