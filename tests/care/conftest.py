"""All of it is about buf, so without buf there is nothing to see."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.care.support import project as make

BUF = shutil.which("buf", path=str(Path(sys.executable).parent)) or shutil.which("buf")


@pytest.fixture(autouse=True)
def _needs_buf() -> None:
    if BUF is None:
        pytest.skip("buf, of the package buf-bin, is not installed")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder with a space in its name, which is the working directory too."""
    folder = tmp_path / "my shop"
    make(folder)
    monkeypatch.chdir(folder)
    return folder
