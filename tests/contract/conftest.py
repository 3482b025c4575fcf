"""Contracts written where a test can see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scaffolder.contract.builder import load
from scaffolder.contract.model import Contract

Write = Callable[[Mapping[str, str]], Path]
Load = Callable[..., Contract]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files by their paths below a fresh directory, which it returns."""

    def write_all(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return tmp_path

    return write_all


@pytest.fixture
def read(write: Write) -> Load:
    """Loads contracts given as texts by import name; `names` are those asked for, all if left out."""

    def read_all(files: Mapping[str, str], *names: str) -> Contract:
        return load(names or tuple(files), [write(files)])

    return read_all
