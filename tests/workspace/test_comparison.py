"""What happens to one file, for each way in which lock, disk and artifact can agree or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from scaffolder.artifact import Conflict, Detail, Did, Ownership
from scaffolder.workspace.baseline import base_path, conflict_path, replaced_path
from scaffolder.workspace.changeset import Action, Change, Changeset, FileMerge, Wishes
from scaffolder.workspace.comparison import Comparison
from scaffolder.workspace.lock import Entry, Lock, Open, digest
from tests.workspace.support import artifact, contents, fill, lock_of

NO_WISHES = Wishes()
MACHINE, MERGED, YOURS = Ownership.MACHINE, Ownership.MERGED, Ownership.YOURS


def merge(path: str, base: bytes | None, current: bytes, incoming: bytes) -> FileMerge:
    """The whole file as one definition; without a base the user's side stands."""
    if current in (base, incoming):
        return FileMerge(incoming, incoming)
    if base in (None, incoming):
        return FileMerge(current, incoming)
    sides = ((base or b"").decode(), current.decode(), incoming.decode())
    told = (Detail(Did.CONFLICT, "it", 1, "both"),)
    return FileMerge(current, base or b"", told, (Conflict("it", *sides, 1, "both"),))


def compare(
    root: Path,
    incoming: Mapping[str, str],
    lock: Lock,
    owner: Ownership = MERGED,
    *,
    wishes: Wishes = NO_WISHES,
    expected: tuple[str, ...] = (),
    pinned: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Changeset:
    """The changeset of files of one owner."""
    made = [artifact(path, text, owner) for path, text in incoming.items()]
    return Comparison(root, lock, merge, wishes, pinned).compare(made, expected)


def recorded(root: Path, base: Mapping[str, str], owner: Ownership = MERGED) -> Lock:
    """A lock that knows these texts, with their bases on the disk."""
    if owner is MERGED:
        fill(root, {base_path(path): text for path, text in base.items()})
    return lock_of(base, owner)


def booked(changeset: Changeset) -> dict[str, tuple[Action, bytes | None]]:
    return {change.path: (change.action, change.after) for change in changeset.bookkeeping}


@pytest.mark.parametrize(
    ("base", "disk", "incoming", "owner", "expected"),
    [
        # base, current, incoming: owner → action
        (None, None, "new", MACHINE, Action.CREATE),
        (None, None, "new", MERGED, Action.CREATE),
        (None, None, "new", YOURS, Action.CREATE),
        (None, "new", "new", MERGED, Action.KEEP),
        (None, "new", "new", MACHINE, Action.KEEP),
        (None, "other", "new", MERGED, Action.KEEP),
        (None, "other", "new", MACHINE, Action.CONFLICT),
        (None, "other", "new", YOURS, Action.KEEP),
        ("base", "base", "base", MERGED, Action.KEEP),
        ("base", "base", "new", MERGED, Action.UPDATE),
        ("base", "base", "new", MACHINE, Action.UPDATE),
        ("base", "base", "new", YOURS, Action.KEEP),
        ("base", "edited", "base", MERGED, Action.KEEP),
        ("base", "edited", "base", MACHINE, Action.UPDATE),
        ("base", "new", "new", MERGED, Action.KEEP),
        ("base", "new", "new", MACHINE, Action.KEEP),
        ("base", "edited", "new", MERGED, Action.CONFLICT),
        ("base", "edited", "new", MACHINE, Action.UPDATE),
        ("base", "edited", "new", YOURS, Action.KEEP),
        ("base", None, "new", MERGED, Action.KEEP),
        ("base", None, "base", YOURS, Action.KEEP),
        ("base", None, "new", MACHINE, Action.CREATE),
    ],
)
def test_decision(  # noqa: PLR0917 (the columns of the table)
    tmp_path: Path, base: str | None, disk: str | None, incoming: str, owner: Ownership, expected: Action
) -> None:
    """One row of the table of regeneration rules, for whole files."""
    lock = Lock() if base is None else recorded(tmp_path, {"a.py": base}, owner)
    if disk is not None:
        fill(tmp_path, {"a.py": disk})
    before = contents(tmp_path)
    (change,) = compare(tmp_path, {"a.py": incoming}, lock, owner).changes
    assert change.action is expected
    assert contents(tmp_path) == before, "comparing writes nothing"


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize(
    ("owner", "disk", "expected"),
    [
        (MACHINE, "base", Action.DELETE),
        (MACHINE, "edited", Action.KEEP),
        (MERGED, "base", Action.DELETE),
        (MERGED, "edited", Action.KEEP),
        (YOURS, "base", Action.KEEP),
        (YOURS, "edited", Action.KEEP),
    ],
)
def test_file_that_is_no_longer_generated(
    tmp_path: Path, owner: Ownership, disk: str, expected: Action, prune: bool
) -> None:
    """What nobody edited goes; what somebody did goes only when pruned, with a copy; what they own stays."""
    lock = recorded(tmp_path, {"a.py": "base"}, owner)
    fill(tmp_path, {"a.py": disk})
    changeset = compare(tmp_path, {}, lock, wishes=Wishes(prune=prune))
    (change,) = changeset.changes
    assert change.action is (Action.DELETE if prune and owner is not YOURS else expected)
    gone = change.action is Action.DELETE
    assert ("a.py" in changeset.files) is not gone
    assert booked(changeset).get(base_path("a.py")) == (
        (Action.DELETE, None) if gone and owner is MERGED else None
    )
    kept = replaced_path("a.py", b"edited")
    assert booked(changeset).get(kept) == ((Action.CREATE, b"edited") if gone and disk == "edited" else None)


def test_file_that_code_needs_stays(tmp_path: Path) -> None:
    """Pinned as a whole it stays, its base as well, so that it can go later; pruning goes before."""
    lock = recorded(tmp_path, {"a.py": "base"})
    fill(tmp_path, {"a.py": "base"})
    pinned = {"a.py": frozenset({""})}
    changeset = compare(tmp_path, {}, lock, pinned=pinned)
    assert [change.action for change in changeset.changes] == [Action.KEEP]
    assert changeset.files == lock.files and changeset.bookkeeping == ()
    (change,) = compare(tmp_path, {}, lock, pinned=pinned, wishes=Wishes(prune=True)).changes
    assert change.action is Action.DELETE


def test_other_scope_is_left_alone(tmp_path: Path) -> None:
    """A run for the client neither deletes nor forgets what only the server's run generates, conflicts included."""
    fill(tmp_path, {"kit.py": "base"})
    known = lock_of({"kit.py": "base"}, MACHINE)
    lock = Lock(known.files, {}, {"kit.py::it": Open("1", "2"), "gone.py::it": Open("1", "2")})
    changeset = compare(tmp_path, {}, lock, expected=("kit.py",))
    assert changeset.changes == ()
    assert "kit.py" in changeset.files
    assert changeset.conflicts.keys() == {"kit.py::it"}


def test_template_files_stay_the_templates(tmp_path: Path) -> None:
    """A file that came with a cookiecutter template is neither updated nor reported as gone."""
    fill(tmp_path, {"Dockerfile": "theirs", "notes": "theirs"})
    entry = Entry(MERGED, digest(b"theirs"), "template")
    lock = Lock({"Dockerfile": entry, "notes": entry})
    changeset = compare(tmp_path, {"Dockerfile": "ours"}, lock)
    assert changeset.changes == ()
    assert changeset.files == lock.files


def test_base_advances_with_what_was_taken(tmp_path: Path) -> None:
    """Lock and base always agree: they advance for an update, an edit beside it and a deletion, not for a conflict."""
    base = dict.fromkeys(("conflict", "edit", "gone", "update"), "base")
    lock = recorded(tmp_path, base)
    fill(tmp_path, {"conflict": "edited", "edit": "edited", "update": "base"})
    incoming = {"conflict": "new", "edit": "base", "gone": "new", "update": "new"}
    changeset = compare(tmp_path, incoming, lock)
    expected = {"conflict": b"base", "edit": b"base", "gone": b"new", "update": b"new"}
    assert {path: entry.sha256 for path, entry in changeset.files.items()} == {
        path: digest(content) for path, content in expected.items()
    }
    written = {path: content for path, (_, content) in booked(changeset).items() if path.endswith(".base")}
    assert written == {base_path("gone"): b"new", base_path("update"): b"new"}


def test_conflict_is_recorded_and_shown_once(tmp_path: Path) -> None:
    """A proposal and an entry in the lock; a second comparison books nothing; settling takes both away."""
    lock = recorded(tmp_path, {"a.py": "base"})
    fill(tmp_path, {"a.py": "edited"})
    changeset = compare(tmp_path, {"a.py": "new"}, lock)
    assert list(changeset.conflicts) == ["a.py::it"]
    action, content = booked(changeset)[conflict_path("a.py")]
    assert action is Action.CREATE and content is not None
    fill(tmp_path, {conflict_path("a.py"): content.decode()})

    lock = Lock(changeset.files, {}, changeset.conflicts)
    again = compare(tmp_path, {"a.py": "new"}, lock)
    assert again.bookkeeping == () and again.conflicts == changeset.conflicts

    fill(tmp_path, {"a.py": "new"})
    settled = compare(tmp_path, {"a.py": "new"}, lock)
    assert settled.conflicts == {}
    assert booked(settled)[conflict_path("a.py")] == (Action.DELETE, None)


def test_file_that_moves(tmp_path: Path) -> None:
    """The new path gets the merge of the old file, the old path goes, and the base goes along."""
    lock = recorded(tmp_path, {"old.py": "base"})
    fill(tmp_path, {"old.py": "edited"})
    changeset = compare(tmp_path, {"new.py": "base"}, lock, wishes=Wishes(moves={"new.py": "old.py"}))
    new, old = changeset.changes
    assert (new.action, new.after, new.moved_from) == (Action.CREATE, b"edited", "old.py")
    assert (old.path, old.action, old.after) == ("old.py", Action.DELETE, None)
    assert changeset.files.keys() == {"new.py"}
    assert {path: after for path, (_, after) in booked(changeset).items()} == {
        base_path("new.py"): b"base",
        base_path("old.py"): None,
    }


def test_lock_that_git_merged_knows_both_branches(tmp_path: Path) -> None:
    """A machine file as either branch wrote it is no edit: it is rewritten, and nothing is set aside."""
    fill(tmp_path, {"gen.py": "theirs"})
    lock = Lock({"gen.py": Entry(MACHINE, digest(b"ours"), "", frozenset({digest(b"theirs")}))})
    changeset = compare(tmp_path, {"gen.py": "new"}, lock, MACHINE)
    assert [change.action for change in changeset.changes] == [Action.UPDATE]
    assert changeset.bookkeeping == ()


def test_change_without_conflict_has_no_proposal() -> None:
    """The path of the proposal is there only while there is one."""
    assert Change("a.py", Action.KEEP, MERGED).proposal == ""
    conflict = Conflict("it", "", "", "")
    assert Change("a.py", Action.CONFLICT, MERGED, conflicts=(conflict,)).proposal == conflict_path("a.py")
