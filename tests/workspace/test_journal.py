"""Killed at any moment: the tree is the old or the new one, or the next run makes it the old one and says so."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import journal
from tests.workspace import crash_project
from tests.workspace.crash_support import crash, drive, needs_fork
from tests.workspace.support import contents, fill

LINKS = pytest.mark.parametrize("options", [[], ["no-links", "every=2"]], ids=["links", "no-links"])


@pytest.fixture
def old(tmp_path: Path) -> crash_project.Tree:
    """The tree as it is before the run that is killed."""
    crash_project.make(tmp_path / "old")
    return crash_project.tree(tmp_path / "old")


@needs_fork
@LINKS
def test_killed_at_any_call(tmp_path: Path, options: list[str]) -> None:
    """A run killed before every call that changes the disk: old or new after the repair, and new after another run."""
    found = drive("every", tmp_path / "x", "kill", *options)
    assert found["wrong"] == []
    assert found["points"] > 50
    assert found["half"] > 5, "some of these kills must have left a tree that is neither"
    assert found["repaired"] > found["half"]


@needs_fork
@pytest.mark.parametrize("options", [["every=8"], ["every=12", "no-links"]], ids=["links", "no-links"])
def test_killed_while_repairing(tmp_path: Path, options: list[str]) -> None:
    """The repair may itself be killed, twice, at any call; the one after it ends at the old tree."""
    found = drive("every", tmp_path / "x", "repair", *options)
    assert found["wrong"] == []
    assert found["points"] > 50


@needs_fork
@pytest.mark.parametrize("options", [[], ["kill"]], ids=["all-live", "some-killed"])
def test_several_runs_at_once(tmp_path: Path, options: list[str]) -> None:
    """Processes that write two different outputs to one project, some killed: each finds, and leaves, a whole one."""
    found = drive("race", tmp_path / "x", "4", "25", *options)
    assert found["ends"] == [0] * 4
    assert len(found["last"]) == 1


def test_everything_is_on_the_disk_in_time(tmp_path: Path) -> None:
    """Contents, then the journal, then the renames, then their names, then the end: a loss of power finds no gap."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("the path of an open file is known through /proc only")
    calls = [
        (name, str(path).replace(str(tmp_path / "x"), "").strip("/"))
        for name, path in drive("record", tmp_path / "x")
    ]
    stage = next(path for name, path in calls if name == "mkdir" and "stage-" in path)
    calls = [(name, path.replace(stage, "STAGE")) for name, path in calls]
    staged = {path for name, path in calls if name in ("open", "link") and path.startswith("STAGE/")}
    begin = calls.index(("replace", "STAGE/journal.json"))
    end = calls.index(("unlink", "STAGE/journal.json"))
    touching = [
        i for i, (_, path) in enumerate(calls) if not path.startswith(("STAGE", ".scaffold/", "fsync"))
    ]
    writes = [i for i in touching if begin < i < end and calls[i][0] not in ("fsync", "open")]
    assert {("fsync", path) for path in staged} <= set(calls[:begin])
    assert {("fsync", "STAGE/old/app"), ("fsync", "STAGE/old")} <= set(calls[:begin])
    assert {("fsync", "STAGE"), ("fsync", ".scaffold"), ("fsync", "")} <= set(calls[begin : writes[0]])
    renames = max(i for i in writes if calls[i][0] in ("replace", "link", "unlink"))
    folders = {"", "app", "new", "new/deep", "going", "going/down", ".scaffold"}
    assert {("fsync", folder) for folder in folders} <= set(calls[renames:end])
    assert calls[end + 1] == ("fsync", "STAGE")


@needs_fork
def test_repair_is_said(tmp_path: Path, old: crash_project.Tree) -> None:
    """A run killed between two renames is noticed, undone to the last bit, mode and time, and named in a warning."""
    root = tmp_path / "project"
    crash(root, "replace", "/app/run.sh")
    assert journal.interrupted(root)
    assert (root / "app" / "update.py").read_bytes() == b"new update"
    (warning,) = crash_project.repair(root)
    assert (warning.code, warning.severity) == ("repaired", "warning")
    assert "an earlier run was killed while it wrote 8 files" in warning.message
    assert crash_project.tree(root) == old
    assert not journal.interrupted(root)
    assert crash_project.repair(root) == ()


@needs_fork
def test_killed_before_the_journal(tmp_path: Path, old: crash_project.Tree) -> None:
    """A run killed while it staged has changed nothing: what it left is removed without a word."""
    root = tmp_path / "project"
    crash(root, "replace", "/journal.json")
    assert list((root / ".scaffold").glob("stage-*"))
    assert not journal.interrupted(root)
    assert crash_project.repair(root) == ()
    assert crash_project.tree(root) == old


@needs_fork
def test_killed_after_the_last_step(tmp_path: Path) -> None:
    """A run killed while it cleaned up has done its work: that stays."""
    root = tmp_path / "project"
    crash(root, "rmdir", "deep")
    assert not journal.interrupted(root)
    assert crash_project.repair(root) == ()
    assert (root / ".scaffold" / "lock.json").read_bytes() == crash_project.LOCK_AFTER
    assert sorted(path.name for path in (root / ".scaffold").iterdir()) == ["lock.json"]


@needs_fork
@pytest.mark.parametrize(
    ("path", "edit"),
    [
        ("app/update.py", "new update, and more"),
        ("new/deep/a.py", "mine"),
        ("app/run.sh", "mine"),
        ("going/gone.py", "made again"),
        ("app/update.py", None),
    ],
)
def test_edit_after_the_crash_stays(
    tmp_path: Path, old: crash_project.Tree, path: str, edit: str | None
) -> None:
    """A file that the user changed between crash and repair stays as it is, and is named; the rest is undone."""
    root = tmp_path / "project"
    crash(root, "replace", "/.scaffold/lock.json" if path.startswith("going") else "/app/run.sh")
    if edit is None:
        (root / path).unlink()
    else:
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(edit)
    found = crash_project.repair(root)
    assert [item.code for item in found] == ["repaired", "repaired"]
    assert found[1].location is not None and found[1].location.path.endswith(f"/{path}")
    assert (root / path).exists() == (edit is not None)
    assert edit is None or (root / path).read_text() == edit
    now = crash_project.tree(root)
    assert {p for p in now.keys() | old.keys() if now.get(p) != old.get(p) and p != path} <= {
        "new",
        "new/deep",
    }


@needs_fork
def test_project_moved_after_the_crash(tmp_path: Path, old: crash_project.Tree) -> None:
    """The journal holds no absolute path: a project that was moved is repaired where it is now."""
    crash(tmp_path / "project", "replace", "/app/run.sh")
    shutil.move(tmp_path / "project", tmp_path / "moved")
    assert len(crash_project.repair(tmp_path / "moved")) == 1
    assert crash_project.tree(tmp_path / "moved") == old


@needs_fork
def test_folder_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    """Where a folder of the project has become a link to elsewhere since, nothing there is touched."""
    root = tmp_path / "project"
    crash(root, "replace", "/app/run.sh")
    shutil.move(root / "app", tmp_path / "elsewhere")
    (root / "app").symlink_to(tmp_path / "elsewhere")
    before = contents(tmp_path / "elsewhere")
    assert len(crash_project.repair(root)) > 1
    assert contents(tmp_path / "elsewhere") == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 100,
        b"{",
        b"[]",
        b"{}",
        b'{"format": 2, "made": [], "modes": {}, "files": []}',
        b'{"format": 1, "made": [], "modes": {}, "files": [{"path": "../victim", "before": null, "after": "SHA"}]}',
        b'{"format": 1, "made": [], "modes": {}, "files": [{"path": ".git/hooks/a", "before": "a", "after": null}]}',
        b'{"format": 1, "made": ["../folder"], "modes": {}, "files": []}',
        b'{"format": 1, "made": [], "modes": {"/folder": 7}, "files": []}',
        b'{"format": 1, "made": [], "modes": {}, "files": [{"path": "a", "before": 1, "after": null}]}',
    ],
    ids=["empty", "zeros", "half", "list", "object", "format", "outside", "git", "made", "modes", "hash"],
)
def test_damaged_journal(tmp_path: Path, body: bytes) -> None:
    """A journal that is none, or leads where no run writes, undoes nothing and deletes nothing; the error names it."""
    from scaffolder.workspace.lock import digest

    root = tmp_path / "project"
    fill(
        tmp_path,
        {
            "victim": "whole",
            "project/a": "a",
            "project/.git/hooks/b": "b",
            "project/.scaffold/stage-1/old/.git/hooks/a": "evil",
        },
    )
    (tmp_path / "folder").mkdir()
    body = body.replace(b"SHA", digest(b"whole").encode())
    (root / ".scaffold" / "stage-1" / "journal.json").write_bytes(body)
    before = crash_project.tree(tmp_path)
    for _ in range(2):
        assert journal.interrupted(root)
        with pytest.raises(ScaffoldError) as error:
            crash_project.repair(root)
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.code, diagnostic.severity) == ("cannot-undo", "error")
        assert diagnostic.location is not None and diagnostic.location.path.endswith(".scaffold/stage-1")
        assert crash_project.tree(tmp_path) == before


def test_repair_that_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot be put back now, everything is kept, and the next repair goes on."""
    from scaffolder.workspace.lock import digest

    stage = ".scaffold/stage-1"
    files = [{"path": "a", "before": digest(b"old"), "after": digest(b"new")}]
    body = {"format": 1, "made": [], "modes": {}, "files": files}
    fill(tmp_path, {"a": "new", f"{stage}/old/a": "old", f"{stage}/journal.json": json.dumps(body)})
    before = contents(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    with monkeypatch.context() as patch, pytest.raises(ScaffoldError, match="Access is denied"):
        patch.setattr(os, "replace", refuse)
        journal.recover(tmp_path)
    assert contents(tmp_path) == before
    assert [item.code for item in journal.recover(tmp_path)] == ["repaired"]
    assert contents(tmp_path) == {"a": "old"}


def test_nothing_to_repair(tmp_path: Path) -> None:
    """A project without leftovers, and a folder that is no project, need no repair and get no folder."""
    assert not journal.interrupted(tmp_path)
    assert journal.recover(tmp_path) == ()
    fill(tmp_path, {".scaffold/lock.json": "{}", ".scaffold/stage-notes": "a file of the user's"})
    before = contents(tmp_path)
    assert not journal.interrupted(tmp_path)
    assert journal.recover(tmp_path) == ()
    assert contents(tmp_path) == before
