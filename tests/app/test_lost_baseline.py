"""Without its record the tool takes what is there for the user's: it says so, and only adds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scaffolder.app.report import Report
from scaffolder.workspace import lock as locks
from scaffolder.workspace.baseline import base_path
from scaffolder.workspace.comparison import FOREIGN
from tests.app.support import (
    GEN,
    HANDLERS,
    FakePipeline,
    change_contract,
    details,
    handlers,
    notes,
    regenerate,
)
from tests.workspace.support import fill

MINE = handlers(get="'mine'", own="'mine'")
NOTE = "its baseline is lost, so only what is missing was added"


def edited(root: Path, fake: FakePipeline) -> None:
    """A project with an edit, whose contract has one more RPC, one less, and another body for all."""
    regenerate(root)
    fill(root, {HANDLERS: MINE})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = handlers(get="2", watch="2")


def only_added(root: Path, report: Report) -> bool:
    """Whether the user's definitions stand as they were, and what was missing is there."""
    text = (root / HANDLERS).read_text()
    assert details(report)["OrderService.watch"] == "added"
    assert details(report)["OrderService.get"] == "kept"
    return text == handlers(get="'mine'", own="'mine'", watch="2") or text == handlers(
        get="'mine'", watch="2", own="'mine'"
    )


def remove(root: Path) -> None:
    (root / locks.FILE).unlink()


def damage(root: Path) -> None:
    (root / locks.FILE).write_text("<<<<<<<", encoding="utf-8")


def remove_all(root: Path) -> None:
    shutil.rmtree(root / ".scaffold")


@pytest.mark.parametrize("lose", [remove, damage, remove_all])
def test_lost_lock_only_adds(root: Path, fake: FakePipeline, lose: Callable[[Path], None]) -> None:
    """A warning; what the user wrote stays, what is missing comes, nothing goes, the machine's file is a conflict."""
    fill(root, {GEN: "gen v1"})
    edited(root, fake)
    lose(root)
    del fake.server["README.md"]

    report = regenerate(root)

    assert [(item.code, item.severity) for item in report.warnings] == [("lock", "warning")]
    assert notes(report)[HANDLERS] == NOTE
    assert only_added(root, report)
    assert (root / "README.md").exists()
    assert (root / GEN).read_text() == "gen v1"
    assert notes(report)[GEN] == FOREIGN
    report = regenerate(root, restore=[GEN])
    assert report.warnings == () and not report.needs_attention
    assert regenerate(root).changes == ()


def test_lost_lock_of_an_untouched_project(root: Path, fake: FakePipeline) -> None:
    """Where everything is as it would be generated there is nothing to add, and afterwards the record is whole."""
    regenerate(root)
    before = (root / locks.FILE).read_bytes()
    remove_all(root)
    assert regenerate(root).different == ()
    assert (root / locks.FILE).read_bytes() == before
    assert (root / base_path(HANDLERS)).exists()
    assert regenerate(root).warnings == ()


@pytest.mark.parametrize("tampered", [False, True])
def test_lost_base_only_adds_to_that_file(root: Path, fake: FakePipeline, tampered: bool) -> None:
    """A base that is gone, or is not what the lock says, counts for nothing; the other files merge as ever."""
    edited(root, fake)
    base = root / base_path(HANDLERS)
    if tampered:
        base.write_text(MINE, encoding="utf-8")
    else:
        base.unlink()
    fake.server["README.md"] = "readme v2"

    report = regenerate(root)

    assert notes(report)[HANDLERS] == NOTE
    assert only_added(root, report)
    assert (root / "README.md").read_text() == "readme v2"
    assert (root / GEN).read_text() == "gen v2"
    assert regenerate(root).changes == ()


def as_format_1(root: Path) -> None:
    """The project as the tool left it before there were bases."""
    lock, _ = locks.read(root)
    files = {path: {"owner": str(e.owner), "sha256": e.sha256} for path, e in lock.files.items()}
    content = {"format": 1, "inputs": dict(lock.inputs), "files": files}
    (root / locks.FILE).write_text(json.dumps(content, indent=0), encoding="utf-8")
    shutil.rmtree(root / ".scaffold/base")


def test_project_of_an_older_tool_that_nobody_edited(root: Path, fake: FakePipeline) -> None:
    """A file whose hash is the recorded one is its own base: it follows the contract, with nothing to be told."""
    regenerate(root)
    as_format_1(root)
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = handlers(get="2", watch="2")
    report = regenerate(root)
    assert report.warnings == () and not report.needs_attention
    assert (root / HANDLERS).read_text() == handlers(get="2", watch="2")
    assert (root / GEN).read_text() == "gen v2"
    assert (root / base_path("README.md")).read_text() == "readme"
    assert b'"format": 2' in (root / locks.FILE).read_bytes()


def test_project_of_an_older_tool_with_edits(root: Path, fake: FakePipeline) -> None:
    """A file that differs from its recorded hash is only added to, and merges from then on."""
    edited(root, fake)
    as_format_1(root)
    report = regenerate(root)
    assert notes(report)[HANDLERS] == NOTE
    assert only_added(root, report)
    change_contract(root, "v3")
    fake.server[HANDLERS] = handlers(get="2", watch="3")
    assert details(regenerate(root)) == {"OrderService.watch": "updated"}


def test_file_of_the_users_where_one_is_generated(root: Path, fake: FakePipeline) -> None:
    """A module that was there before the tool first generates one of its name keeps what it has, and is added to."""
    del fake.server[HANDLERS]
    regenerate(root)
    fill(root, {HANDLERS: MINE})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="2", watch="2")
    report = regenerate(root)
    assert notes(report)[HANDLERS] == FOREIGN
    assert only_added(root, report)
