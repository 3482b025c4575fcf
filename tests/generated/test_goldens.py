"""Whole projects as files in this repository: a change of a template is read as the diff of its output.

`make goldens` writes them anew. Left out: kit/ (copied verbatim, as a test here proves), protoc's modules (a new
version of protoc changes them, not we), and the lock (hashes of all of it).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import make

GOLDENS = Path(__file__).parent / "goldens"
KIT = Path(__file__).parents[2] / "templates/python/service/src/PACKAGE/kit"


def generated(name: str, folder: Path) -> Path:
    return make(f"{name}-service", CONTRACTS[name](folder / "contracts"), folder).root


def files(root: Path) -> dict[str, str]:
    found = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        left_out = {".git", ".scaffold", "kit", "__pycache__"} & set(relative.parts) or "_pb2" in path.name
        if path.is_file() and not left_out:
            found[relative.as_posix()] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("name", ["hello", "library"])
def test_golden_project(name: str, tmp_path: Path) -> None:
    root, golden = generated(name, tmp_path), GOLDENS / f"{name}-service"
    actual = files(root)
    if os.environ.get("UPDATE_GOLDENS"):
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in actual.items():
            target = golden / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    expected = files(golden)
    assert sorted(actual) == sorted(expected)
    for path, text in actual.items():
        assert text == expected[path], path


@pytest.mark.parametrize(
    ("name", "unused"),
    [("hello", {"cache", "database", "resource", "validation.py"}), ("library", {"cache", "validation.py"})],
)
def test_golden_kit_is_copied_verbatim(name: str, unused: set[str], tmp_path: Path) -> None:
    """Into the service all of it but what its contract has no use for, into its client a part."""
    root = generated(name, tmp_path)
    service = root / f"src/{name}_service/kit"
    client = root / f"clients/python/src/{name}_service_client/kit"
    left_out = {path for path in _paths(KIT) if path.partition("/")[0] in unused}
    assert _paths(KIT) - _paths(service) == left_out
    for copy in (service, client):
        for path in _paths(copy):
            assert (copy / path).read_bytes() == (KIT / path).read_bytes(), path


def _paths(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
