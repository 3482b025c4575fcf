"""Contracts written in a test, as the model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scaffolder.contract import builder
from scaffolder.contract.model import Contract

Load = Callable[..., Contract]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a contract from its text: ``load("service S {…}")``; the head is added where it is missing."""

    def load_text(text: str, name: str = "shop/v1/shop.proto", package: str = "shop.v1") -> Contract:
        head = f'syntax = "proto3";\npackage {package};\n'
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text.startswith(("syntax", "edition")) else head + text, encoding="utf-8")
        return builder.load([name], [tmp_path])

    return load_text
