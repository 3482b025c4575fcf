"""All or nothing: whatever goes wrong at whatever moment, the tree is the old one or the new one.

That a killed run is undone by the next is in `test_journal.py`; here the run itself survives to undo.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import journal, transaction
from scaffolder.workspace.changeset import Action, Change
from tests.workspace.crash_support import drive, needs_fork
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
@pytest.mark.parametrize(
    ("call", "count"), [("replace", n) for n in range(1, 5)] + [("unlink", 1), ("mkdir", 8)]
)
def test_interrupted_between_renames(
    project: Path, monkeypatch: pytest.MonkeyPatch, call: str, count: int, error: BaseException
) -> None:
    """Whatever stops the renames halfway, those already made are undone."""
    fill(project, {".scaffold/lock.json": "[]"})
    before = contents(project)
    monkeypatch.setattr(os, call, fail_at(count, error, getattr(os, call)))
    with pytest.raises((KeyboardInterrupt, ScaffoldError)):
        transaction.apply(project, CHANGES, b"{}")
    assert contents(project) == before
    assert stat.S_IMODE((project / "run.sh").stat().st_mode) == 0o750


@needs_fork
@pytest.mark.parametrize("options", [[], ["no-links"]], ids=["links", "no-links"])
@pytest.mark.parametrize("experiment", ["full-once", "full-since"])
def test_disk_full_at_any_write(tmp_path: Path, experiment: str, options: list[str]) -> None:
    """The disk fills at any write, for once or for good: the run is refused and the tree as it was, or it is done."""
    found = drive("every", tmp_path / "x", experiment, *options)
    assert found["wrong"] == []
    assert found["points"] > 60
    assert found["old"] > found["points"] * 0.9, (
        "a full disk must have stopped nearly every one of these runs"
    )


def test_file_changed_meanwhile(project: Path) -> None:
    """A file that somebody saves between the comparison and the writing is not overwritten."""
    fill(project, {"update.py": "saved just now"})
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "changed-meanwhile"
    assert contents(project) == before


@pytest.mark.parametrize("in_place", [True, False], ids=["in-place", "by-rename"])
def test_file_saved_after_staging(project: Path, monkeypatch: pytest.MonkeyPatch, in_place: bool) -> None:
    """A file that an editor saves after it was compared and staged is not overwritten, and the rest is undone."""
    real, saved = journal.write, "saved by hand"

    def write(stage: Path, body: journal.Journal) -> None:
        real(stage, body)
        if not in_place:
            (project / "run.sh").unlink()
        (project / "run.sh").write_text(saved)

    monkeypatch.setattr(journal, "write", write)
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "changed-meanwhile"
    assert contents(project) == before | {"run.sh": saved}


def test_file_saved_in_place_at_the_rename(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a save between the last look at a file and its rename is found, by the old name, and comes back."""
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(target).name == "update.py" and "new" in Path(source).parts:
            (project / "update.py").write_text("saved by hand")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "changed-meanwhile"
    assert contents(project) == before | {"update.py": "saved by hand"}


def test_file_made_at_the_last_moment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody makes where a new one is about to go stays, even right before the new one's name is made."""
    real = os.link

    def link(source: Path, target: Path) -> None:
        if Path(target) == project / "new" / "deep" / "a.py":
            fill(project, {"new/deep/a.py": "mine"})
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "changed-meanwhile"
    assert contents(project) == before | {"new/": "", "new/deep/": "", "new/deep/a.py": "mine"}


def test_file_that_another_program_holds_open(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename that the system forbids, as Windows does for an open file, is an error with that file's name."""
    monkeypatch.setattr(
        os, "replace", fail_at(3, PermissionError(errno.EACCES, "Access is denied"), os.replace)
    )
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "cannot-write"
    assert diagnostic.location is not None and diagnostic.location.path.endswith("/run.sh")
    assert "has the file open" in diagnostic.hint
    assert contents(project) == before


def test_one_file_by_two_names(project: Path) -> None:
    """A file and a link to it cannot both be written: the second would replace what the first wrote."""
    (project / "link.py").symlink_to("update.py")
    both = [
        Change(path, Action.UPDATE, Ownership.MERGED, b"old", b"new") for path in ("update.py", "link.py")
    ]
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, both, None)
    assert error.value.diagnostics[0].code == "same-path"
    assert contents(project) == before


def test_originals_are_kept_if_undoing_fails(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If even the undoing fails, the originals stay where the error says, and the next run undoes."""
    before = contents(project)
    real = os.replace
    calls = 0

    def replace(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise FULL
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(ScaffoldError) as error:
            transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "cannot-undo"
    (stage,) = (project / ".scaffold").glob("stage-*")
    assert (stage / "old" / "update.py").read_text() == "old"
    assert [item.code for item in journal.recover(project)] == ["repaired"]
    assert contents(project) == before


def test_unfinished_run_is_not_written_over(project: Path) -> None:
    """Where an earlier run left its journal, nothing is written before that is undone."""
    fill(project, {".scaffold/stage-00000000/journal.json": "{}"})
    before = contents(project)
    with pytest.raises(ScaffoldError) as error:
        transaction.apply(project, CHANGES, b"{}")
    assert error.value.diagnostics[0].code == "interrupted"
    assert contents(project) == before


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
