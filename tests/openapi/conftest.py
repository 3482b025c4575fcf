"""Contracts written where a test can see them, and their documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffolder.contract.builder import load
from scaffolder.targets.openapi.document import document

Document = Callable[..., dict[str, Any]]

HEAD = """syntax = "proto3";
package a.v1;
import "google/api/annotations.proto";
import "google/api/client.proto";
import "google/api/field_behavior.proto";
import "google/api/field_info.proto";
import "google/api/resource.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/type/money.proto";
"""


@pytest.fixture
def written(tmp_path: Path) -> Document:
    """The document of a proto3 contract `a/v1/a.proto`, given without its head; `files` are whole ones beside it."""

    def write(body: str = "", /, settings: dict[str, Any] | None = None, **files: str) -> dict[str, Any]:
        texts = {f"{name}.proto": text for name, text in files.items()} | (
            {"a.proto": HEAD + body} if body else {}
        )
        for name, text in texts.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return document(load(tuple(texts), [tmp_path]), "Title", settings)

    return write
