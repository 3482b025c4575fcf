"""What happens to one file, for each way in which lock, disk and artifact can agree or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.artifact import Ownership
from scaffolder.workspace.changeset import Action, compare
from scaffolder.workspace.lock import Entry, Lock, digest
from tests.workspace.support import artifact, contents, fill, lock_of

MACHINE, MERGED, YOURS = Ownership.MACHINE, Ownership.MERGED, Ownership.YOURS


@pytest.mark.parametrize(
    ("recorded", "disk", "incoming", "owner", "expected"),
    [
        # base, current, incoming: owner → action
        (None, None, "new", MACHINE, Action.CREATE),
        (None, None, "new", YOURS, Action.CREATE),
        (None, "new", "new", MERGED, Action.KEEP),
        (None, "other", "new", MERGED, Action.CONFLICT),
        (None, "other", "new", MACHINE, Action.CONFLICT),
        (None, "other", "new", YOURS, Action.KEEP),
        ("base", "base", "base", MERGED, Action.KEEP),
        ("base", "base", "new", MERGED, Action.UPDATE),
        ("base", "base", "new", MACHINE, Action.UPDATE),
        ("base", "base", "new", YOURS, Action.KEEP),
        ("base", "edited", "base", MERGED, Action.KEEP),
        ("base", "edited", "base", MACHINE, Action.KEEP),
        ("base", "new", "new", MERGED, Action.KEEP),
        ("base", "edited", "new", MERGED, Action.CONFLICT),
        ("base", "edited", "new", MACHINE, Action.CONFLICT),
        ("base", "edited", "new", YOURS, Action.KEEP),
        ("base", None, "new", MERGED, Action.KEEP),
        ("base", None, "base", YOURS, Action.KEEP),
        ("base", None, "new", MACHINE, Action.CREATE),
    ],
)
def test_decision(  # noqa: PLR0917 (the columns of the table)
    tmp_path: Path, recorded: str | None, disk: str | None, incoming: str, owner: Ownership, expected: Action
) -> None:
    """One row of the table of regeneration rules, for whole files."""
    if disk is not None:
        fill(tmp_path, {"a.py": disk})
    lock = Lock() if recorded is None else lock_of({"a.py": recorded}, owner)
    (change,) = compare(tmp_path, [artifact("a.py", incoming, owner)], lock).changes
    assert change.action is expected
    assert contents(tmp_path) == ({} if disk is None else {"a.py": disk}), "comparing writes nothing"


@pytest.mark.parametrize(
    ("owner", "disk", "expected"),
    [
        (MACHINE, "base", Action.DELETE),
        (MACHINE, "edited", Action.KEEP),
        (MERGED, "base", Action.DELETE),
        (MERGED, "edited", Action.KEEP),
        (YOURS, "base", Action.KEEP),
    ],
)
def test_file_that_is_no_longer_generated(
    tmp_path: Path, owner: Ownership, disk: str, expected: Action
) -> None:
    """What nobody edited goes; what somebody did, or owns, stays."""
    fill(tmp_path, {"a.py": disk})
    changeset = compare(tmp_path, [], lock_of({"a.py": "base"}, owner))
    assert [change.action for change in changeset.changes] == [expected]
    assert ("a.py" in changeset.files) is (expected is Action.KEEP)


def test_other_scope_is_left_alone(tmp_path: Path) -> None:
    """A run for the client neither deletes nor forgets what only the server's run generates."""
    fill(tmp_path, {"kit.py": "base"})
    changeset = compare(tmp_path, [], lock_of({"kit.py": "base"}, MACHINE), expected=["kit.py"])
    assert changeset.changes == ()
    assert "kit.py" in changeset.files


def test_template_files_stay_the_templates(tmp_path: Path) -> None:
    """A file that came with a cookiecutter template is neither updated nor reported as gone."""
    fill(tmp_path, {"Dockerfile": "theirs", "notes": "theirs"})
    entry = Entry(MERGED, digest(b"theirs"), "template")
    lock = Lock({"Dockerfile": entry, "notes": entry})
    changeset = compare(tmp_path, [artifact("Dockerfile", "ours")], lock)
    assert changeset.changes == ()
    assert changeset.files == lock.files


def test_lock_advances_with_the_file_only(tmp_path: Path) -> None:
    """The record of a conflict, of an edit and of a deleted file stays; that of an update advances."""
    base = {"conflict": "base", "edit": "base", "gone": "base", "update": "base"}
    fill(tmp_path, {"conflict": "edited", "edit": "edited", "update": "base"})
    incoming = {"conflict": "new", "edit": "base", "gone": "new", "update": "new"}
    changeset = compare(tmp_path, [artifact(p, t) for p, t in incoming.items()], lock_of(base))
    recorded = {path: entry.sha256 for path, entry in changeset.files.items()}
    assert recorded == {path: digest(b"new" if path == "update" else b"base") for path in base}


def test_refusal_names_the_file_and_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conflict is a located error that says how to see the change."""
    monkeypatch.chdir(tmp_path)
    fill(tmp_path, {"biz/order.py": "edited"})
    changeset = compare(tmp_path, [artifact("biz/order.py", "new")], lock_of({"biz/order.py": "base"}))
    assert [str(item) for item in changeset.refusals(tmp_path)] == [
        "biz/order.py: error[would-overwrite]: was edited and would change, so nothing was written\n"
        "  try: `scaffold diff` shows the change; `scaffold proto client` still updates what is the machine's"
    ]
