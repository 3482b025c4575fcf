"""All or nothing: whatever goes wrong at whatever moment, the tree is the old one or the new one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import transaction
from scaffolder.workspace.changeset import Action, Change
from tests.workspace.support import contents, fail_at, fill

BEFORE = {"keep.py": "keep", "update.py": "old", "old/gone.py": "gone", "run.sh": "old"}
CHANGES = (
    Change("new/deep/a.py", Action.CREATE, Ownership.MACHINE, None, b"a"),
    Change("update.py", Action.UPDATE, Ownership.MERGED, b"old", b"new"),
    Change("run.sh", Action.UPDATE, Ownership.MERGED, b"old", b"new"),
    Change("old/gone.py", Action.DELETE, Ownership.MACHINE, b"gone", None),
)
AFTER = {
    ".scaffold/": "",
    ".scaffold/lock.json": "{}",
    "keep.py": "keep",
    "new/": "",
    "new/deep/": "",
    "new/deep/a.py": "a",
    "run.sh": "new",
    "update.py": "new",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    fill(root, BEFORE)
    (root / "run.sh").chmod(0o750)
    return root


def test_everything_is_written(project: Path) -> None:
    """Creates, updates and deletes, with the folders that this makes and empties, and leaves nothing else."""
    transaction.apply(project, CHANGES, b"{}")
    assert contents(project) == AFTER


def test_modes_and_untouched_files_are_kept(project: Path) -> None:
    """An updated file keeps its mode; a file that does not change keeps its time."""
    os.utime(project / "keep.py", (1, 1))
    transaction.apply(project, CHANGES, b"{}")
    assert stat.S_IMODE((project / "run.sh").stat().st_mode) == 0o750
    assert (project / "keep.py").stat().st_mtime == 1


def test_executable_bit(project: Path) -> None:
    """An executable artifact can be executed by whoever can read it."""
    transaction.apply(
        project, [Change("go.sh", Action.CREATE, Ownership.MACHINE, None, b"", executable=True)], None
    )
    assert (project / "go.sh").stat().st_mode & stat.S_IXUSR


def test_nothing_to_write_writes_nothing(project: Path) -> None:
    """No change and the same lock: not even a folder is made."""
    fill(project, {".scaffold/lock.json": "{}"})
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    transaction.apply(project, [], b"{}")
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("count", range(1, 5))
def test_full_disk_while_staging(project: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The disk may be full at any file: the error says so, and the tree is as it was."""
    before = contents(project)
    monkeypatch.setattr(transaction, "write_file", fail_at(count, FULL, transaction.write_file))
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "cannot-write"
    assert "No space left" in str(error.value)
    assert contents(project) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), FULL], ids=["ctrl-c", "full"])
@pytest.mark.parametrize("count", range(1, 5))
def test_interrupted_between_renames(
    project: Path, monkeypatch: pytest.MonkeyPatch, count: int, error: BaseException
) -> None:
    """Whatever stops the renames halfway, those already made are undone."""
    before = contents(project)
    monkeypatch.setattr(os, "replace", fail_at(count, error, os.replace))
    with pytest.raises((KeyboardInterrupt, ScaffoldError)):
        transaction.apply(project, CHANGES, b"{}")
    assert contents(project) == before
    assert stat.S_IMODE((project / "run.sh").stat().st_mode) == 0o750


def test_file_changed_meanwhile(project: Path) -> None:
    """A file that somebody saves between the comparison and the writing is not overwritten."""
    fill(project, {"update.py": "saved just now"})
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "changed-meanwhile"
    assert contents(project) == before


def test_originals_are_kept_if_undoing_fails(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If even the undoing fails, the originals stay where the error says."""
    failing = fail_at(3, FULL, os.replace)
    calls = 0

    def replace(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise FULL
        return failing(*arguments)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "cannot-undo"
    (stage,) = (project / ".scaffold").glob("stage-*")
    assert (stage / "old" / "update.py").read_text() == "old"


def test_link_to_a_file_stays_a_link(project: Path) -> None:
    """Writing to a link inside the project changes the file and keeps the link."""
    (project / "link.py").symlink_to("update.py")
    transaction.apply(project, [Change("link.py", Action.UPDATE, Ownership.MERGED, b"old", b"new")], None)
    assert (project / "link.py").is_symlink()
    assert (project / "update.py").read_text() == "new"


def test_second_interrupt_waits_for_the_undoing() -> None:
    """Ctrl-C during the undoing is held back until it is done, and not forgotten."""
    import signal

    done = False
    with pytest.raises(KeyboardInterrupt), transaction.uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done = True
    assert done
