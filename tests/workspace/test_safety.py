"""Paths that are refused before anything is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import safety
from tests.workspace.support import fill


def codes(error: pytest.ExceptionInfo[ScaffoldError]) -> list[str]:
    return [item.code for item in error.value.diagnostics]


@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "/a",
        "a/../b",
        "a\\b",
        "C:/a",
        "a//b",
        "./a",
        "",
        ".",
        "a/",
        "nul\0",
        "con",
        "src/aux.py",
        "LPT1",
    ],
)
def test_path_that_no_project_may_hold(path: str) -> None:
    """Paths out of the project, and those that some system cannot have, are refused."""
    with pytest.raises(ScaffoldError) as error:
        safety.check_artifacts([path])
    assert codes(error) == ["unsafe-path"]


@pytest.mark.parametrize(
    "paths",
    [
        ["a.py", "a.py"],
        ["Order.py", "order.py"],
        ["src/A/x.py", "src/a/X.py"],
        ["caf\u00e9.py", "cafe\u0301.py"],
        ["order", "order/v1.py"],
    ],
)
def test_two_files_that_are_one_somewhere(paths: list[str]) -> None:
    """Two artifacts that share a path on some file system are refused on all."""
    with pytest.raises(ScaffoldError) as error:
        safety.check_artifacts(paths)
    assert codes(error) == ["same-path"]


def test_ordinary_paths_pass() -> None:
    """Dots, spaces, dashes and non-ASCII letters are all fine."""
    safety.check_artifacts(
        [".github/workflows/ci.yaml", "src/a-b/ü.py", "a b/c", "console.py", "compose.yaml"]
    )


def test_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    """Nothing is written through a link that leads out."""
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / "src").symlink_to(outside, target_is_directory=True)
    with pytest.raises(ScaffoldError) as error:
        safety.check_targets(root, ["src/a.py"])
    assert codes(error) == ["unsafe-path"]


def test_link_inside_the_project_passes(tmp_path: Path) -> None:
    """A link that stays inside is the user's way to arrange things."""
    fill(tmp_path, {"real/a.py": ""})
    (tmp_path / "src").symlink_to(tmp_path / "real", target_is_directory=True)
    safety.check_targets(tmp_path, ["src/a.py"])


def test_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    """A file in the way of a folder is named."""
    fill(tmp_path, {"src": "a file"})
    with pytest.raises(ScaffoldError) as error:
        safety.check_targets(tmp_path, ["src/order/a.py"])
    assert codes(error) == ["not-a-folder"]


def test_folder_where_a_file_is_generated(tmp_path: Path) -> None:
    """A folder in the way of a file is named."""
    (tmp_path / "Makefile").mkdir()
    with pytest.raises(ScaffoldError) as error:
        safety.check_targets(tmp_path, ["Makefile"])
    assert codes(error) == ["not-a-file"]


def test_name_that_differs_in_case_only(tmp_path: Path) -> None:
    """A file beside one that a case-insensitive disk would take for it is refused."""
    fill(tmp_path, {"src/Order.py": ""})
    with pytest.raises(ScaffoldError) as error:
        safety.check_targets(tmp_path, ["src/order.py"])
    assert codes(error) == ["same-path"]


def test_read_only_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read-only is refused before the first write, even where a rename could replace it."""
    fill(tmp_path, {"a.py": "", "locked/b.py": ""})
    denied = {str(tmp_path / "a.py"), str(tmp_path / "locked")}
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) not in denied)
    with pytest.raises(ScaffoldError) as error:
        safety.check_targets(tmp_path, ["a.py", "locked/new.py"])
    assert codes(error) == ["read-only", "read-only"]
