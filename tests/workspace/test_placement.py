"""A new folder is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import placement
from tests.workspace.crash_support import drive, needs_fork
from tests.workspace.support import contents, fill


def test_folder_appears_whole(tmp_path: Path) -> None:
    """What is built under a hidden name has its own name at the end, with folders above it made on the way."""
    target = tmp_path / "deep" / "down" / "service"
    with placement.new_folder(target) as folder:
        fill(folder, {"a.py": "a"})
        assert not target.exists()
    assert contents(tmp_path) == {
        "deep/": "",
        "deep/down/": "",
        "deep/down/service/": "",
        "deep/down/service/a.py": "a",
    }


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    """An empty folder in the place is as good as none."""
    (tmp_path / "service").mkdir()
    with placement.new_folder(tmp_path / "service") as folder:
        fill(folder, {"a.py": "a"})
    assert contents(tmp_path / "service") == {"a.py": "a"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a template"), OSError(28, "full")])
def test_failure_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    """Whatever goes wrong while it is built, there is no trace of it."""
    (tmp_path / "service").mkdir()
    with (
        pytest.raises((KeyboardInterrupt, ValueError, ScaffoldError)),
        placement.new_folder(tmp_path / "service" / "inner") as folder,
    ):
        fill(folder, {"a.py": "a"})
        raise error
    assert contents(tmp_path) == {"service/": ""}


def test_failing_rename_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty folder that was there is there again if the rename fails."""
    (tmp_path / "service").mkdir()

    def refuse(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ScaffoldError), placement.new_folder(tmp_path / "service") as folder:
        fill(folder, {"a.py": "a"})
    assert contents(tmp_path) == {"service/": ""}


def test_new_folder_has_the_users_mode(tmp_path: Path) -> None:
    """The folder can be read by whom the user's umask allows, as one made by hand."""
    (tmp_path / "by-hand").mkdir()
    with placement.new_folder(tmp_path / "service"):
        pass
    assert (tmp_path / "service").stat().st_mode == (tmp_path / "by-hand").stat().st_mode


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_taken_place_is_refused(tmp_path: Path, kind: str) -> None:
    """A file, a link, or a folder with something in it is refused and not touched."""
    target = tmp_path / "service"
    if kind == "file":
        fill(tmp_path, {"service": "mine"})
    elif kind == "link":
        target.symlink_to(tmp_path / "elsewhere")
    else:
        fill(tmp_path, {"service/mine": "mine"})
    before = contents(tmp_path)
    with pytest.raises(ScaffoldError) as error:
        placement.check_free(target)
    assert error.value.diagnostics[0].code == "target-exists"
    assert contents(tmp_path) == before


@needs_fork
def test_killed_at_any_call(tmp_path: Path) -> None:
    """A run killed before any call that changes the disk leaves the folder absent, as empty as it was, or whole."""
    found = drive("placement", tmp_path / "x")
    assert found["wrong"] == []
    assert found["points"] > 15
