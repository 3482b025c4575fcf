"""Whose a file is: what is rewritten, what stays, what comes back, what goes, and that nothing is lost."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from scaffolder.app.generate import preview
from scaffolder.app.options import Request
from scaffolder.app.report import Action
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import lock as locks
from scaffolder.workspace.baseline import base_path, conflict_path
from scaffolder.workspace.comparison import DELETED, DELETED_CHANGED, FOREIGN
from tests.app.support import (
    GEN,
    HANDLERS,
    FakePipeline,
    actions,
    change_contract,
    details,
    handlers,
    notes,
    regenerate,
    state,
)
from tests.workspace.support import fill

MOVED = "src/order_service/api/order.py"


def aside(path: str, text: str) -> str:
    """Where a version that had to give way is kept."""
    return f".scaffold/replaced/{path}.{sha256(text.encode()).hexdigest()[:8]}"


def drop(root: Path, fake: FakePipeline) -> None:
    """The contract loses its service."""
    change_contract(root)
    fake.client.clear()
    del fake.server[HANDLERS]


@pytest.mark.parametrize("changed", [False, True])
def test_edited_machine_file_is_rewritten_and_kept_aside(
    root: Path, fake: FakePipeline, changed: bool
) -> None:
    """The machine's file is whole again after any run, the user's version stands beside the lock, and is named."""
    regenerate(root)
    fill(root, {GEN: "mine"})
    if changed:
        change_contract(root)
        fake.client[GEN] = "gen v2"
    assert actions(preview(Request(root))) == {GEN: Action.UPDATE}

    report = regenerate(root)

    assert (root / GEN).read_text() == fake.client[GEN]
    assert (root / aside(GEN, "mine")).read_text() == "mine"
    assert notes(report)[GEN] == f"was edited; your version is kept in {aside(GEN, 'mine')}"
    assert not report.needs_attention
    assert regenerate(root).different == ()


def test_deleted_machine_file_comes_back(root: Path, fake: FakePipeline) -> None:
    """What the machine owns is there after a run, even if nothing else changed."""
    regenerate(root)
    (root / GEN).unlink()
    assert actions(regenerate(root)) == {GEN: Action.CREATE}


def test_foreign_file_in_the_place_of_a_machine_file_stays(root: Path, fake: FakePipeline) -> None:
    """A file that this tool did not write is not overwritten: a conflict, until `--restore` takes the generated one."""
    fill(root, {GEN: "mine"})
    report = regenerate(root)
    assert actions(report)[GEN] is Action.CONFLICT
    assert notes(report)[GEN] == FOREIGN
    assert report.needs_attention
    assert (root / GEN).read_text() == "mine"
    assert "gen v1" in (root / conflict_path(GEN)).read_text()

    before = state(root)
    assert regenerate(root).needs_attention
    assert state(root) == before

    report = regenerate(root, restore=[GEN])
    assert not report.needs_attention
    assert (root / GEN).read_text() == "gen v1"
    assert (root / aside(GEN, "mine")).read_text() == "mine"
    assert not (root / conflict_path(GEN)).exists()


def test_foreign_file_that_the_user_moves_away_settles_it(root: Path, fake: FakePipeline) -> None:
    """With the file out of the way the generated one is written, and the conflict is over."""
    fill(root, {GEN: "mine"})
    regenerate(root)
    (root / GEN).unlink()
    assert actions(regenerate(root)) == {GEN: Action.CREATE}
    assert not (root / conflict_path(GEN)).exists()
    assert regenerate(root).different == ()


@pytest.mark.parametrize("again", [["README.md"], ["./README.md"]])
@pytest.mark.parametrize("yours", [False, True])
def test_deleted_file_stays_deleted_until_restored(
    root: Path, fake: FakePipeline, again: list[str], yours: bool
) -> None:
    """A deleted file is not brought back, the report says why, and `--restore` brings it back as generated now."""
    if yours:
        fake.yours["README.md"] = fake.server.pop("README.md")
    regenerate(root)
    (root / "README.md").unlink()
    change_contract(root)
    (fake.yours if yours else fake.server)["README.md"] = "readme v2"
    report = regenerate(root)
    assert not (root / "README.md").exists()
    assert notes(report)["README.md"] == (DELETED if yours else DELETED_CHANGED)
    assert notes(regenerate(root, prune=True))["README.md"] == DELETED
    report = regenerate(root, restore=again)
    assert actions(report) == {"README.md": Action.CREATE}
    assert (root / "README.md").read_text() == "readme v2"


def test_restore_of_a_folder_brings_its_files_back(root: Path, fake: FakePipeline) -> None:
    """Every deleted file below the folder is there again, and no other."""
    regenerate(root)
    (root / "README.md").unlink()
    (root / HANDLERS).unlink()
    assert actions(regenerate(root, restore=["src/order_service/"])) == {HANDLERS: Action.CREATE}
    assert not (root / "README.md").exists()


def test_restore_of_a_file_brings_its_deleted_definitions_back(root: Path, fake: FakePipeline) -> None:
    """What the user deleted in it comes back; what they edited in it stays."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'")})
    report = regenerate(root, restore=[HANDLERS])
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="1")
    assert details(report) == {"OrderService.put": "restored"}


def test_restore_of_a_definition_takes_the_generated_one(root: Path, fake: FakePipeline) -> None:
    """One definition is as generated again, the others stay, and the version that gave way is kept."""
    regenerate(root)
    mine = handlers(get="'mine'", put="'mine'")
    fill(root, {HANDLERS: mine})
    report = regenerate(root, restore=[f"{HANDLERS}::OrderService.get"])
    assert (root / HANDLERS).read_text() == handlers(get="1", put="'mine'")
    assert details(report) == {"OrderService.get": "restored"}
    assert (root / aside(HANDLERS, mine)).read_text() == mine


@pytest.mark.parametrize("wish", [HANDLERS, "src", f"{HANDLERS}::OrderService"])
def test_restore_of_what_is_there_says_so(root: Path, fake: FakePipeline, wish: str) -> None:
    """Nothing is missing, and what was edited is not what was asked for: nothing changes, and it is told why."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    report = regenerate(root, restore=[wish])
    assert not report.written and not report.needs_attention
    assert [(item.code, item.severity) for item in report.warnings] == [("restore", "warning")]
    assert "PATH::NAME" in report.warnings[0].hint


def test_restore_of_an_unknown_path(root: Path, fake: FakePipeline) -> None:
    """A path that nothing is generated at is an error with the nearest one, and nothing is written."""
    regenerate(root)
    before = state(root)
    with pytest.raises(ScaffoldError) as error:
        regenerate(root, restore=["src/order_service/service/oder.py", "x::A"])
    first, second = error.value.diagnostics
    assert (first.code, second.code) == ("restore", "restore")
    assert first.hint == f"did you mean `{HANDLERS}`?"
    assert error.value.exit_code == 2
    assert state(root) == before


def test_restore_of_an_unknown_definition(root: Path, fake: FakePipeline) -> None:
    """A definition that is not generated is an error as well: what was asked for cannot be done."""
    regenerate(root)
    with pytest.raises(ScaffoldError) as error:
        regenerate(root, restore=[f"{HANDLERS}::OrderService.gett"])
    assert error.value.diagnostics[0].code == "restore"


@pytest.mark.parametrize("edited", [False, True])
def test_files_of_a_removed_service(root: Path, fake: FakePipeline, edited: bool) -> None:
    """What nobody edited goes with its folder and its base; handlers with code in them stay, and are reported."""
    regenerate(root)
    if edited:
        fill(root, {HANDLERS: handlers(get="'mine'")})
    drop(root, fake)
    report = regenerate(root)
    assert actions(report) == {GEN: Action.DELETE} | ({} if edited else {HANDLERS: Action.DELETE})
    assert not (root / GEN).parent.exists()
    assert (root / HANDLERS).exists() is (root / base_path(HANDLERS)).exists() is edited
    if edited:
        assert notes(report)[HANDLERS] == "no longer generated, kept because it was edited"
        assert not report.needs_attention


def test_prune_removes_what_was_edited_and_keeps_a_copy(root: Path, fake: FakePipeline) -> None:
    """With `--prune` the handlers go, in a run of its own too, and the user's version stands beside the lock."""
    mine = handlers(get="'mine'")
    regenerate(root)
    fill(root, {HANDLERS: mine})
    drop(root, fake)
    regenerate(root)

    report = regenerate(root, prune=True)

    assert actions(report) == {HANDLERS: Action.DELETE}
    assert (root / aside(HANDLERS, mine)).read_text() == mine
    assert (
        notes(report)[HANDLERS]
        == f"no longer generated, pruned; your version is kept in {aside(HANDLERS, mine)}"
    )
    assert not (root / base_path(HANDLERS)).exists()
    assert HANDLERS not in locks.read(root)[0].files


def test_prune_removes_an_edited_definition_and_keeps_a_copy(root: Path, fake: FakePipeline) -> None:
    """An edited method of a removed RPC stays without `--prune`; with it the method goes and the file is kept aside."""
    regenerate(root)
    mine = handlers(get="1", put="'mine'")
    fill(root, {HANDLERS: mine})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1")
    report = regenerate(root)
    assert details(report) == {"OrderService.put": "kept"}
    assert (root / HANDLERS).read_text() == mine
    regenerate(root, prune=True)
    assert (root / HANDLERS).read_text() == handlers(get="1")
    assert (root / aside(HANDLERS, mine)).read_text() == mine


def test_prune_never_takes_what_the_lock_does_not_list(root: Path, fake: FakePipeline) -> None:
    """The user's own files stay whatever is pruned: beside the handlers, in gen/, and a file that is theirs."""
    fake.yours["configs/config.yaml"] = "port: 1\n"
    regenerate(root)
    own = ["src/order_service/service/own.py", "src/order_service/gen/own.py"]
    fill(root, dict.fromkeys(own, "x = 1\n"))
    drop(root, fake)
    fake.yours.clear()
    report = regenerate(root, prune=True)
    assert set(actions(report)) == {GEN, HANDLERS}
    assert all((root / path).exists() for path in (*own, "configs/config.yaml"))
    assert notes(report)["configs/config.yaml"] == "no longer generated, kept because it is yours"


def move(fake: FakePipeline) -> None:
    fake.server[MOVED] = fake.server.pop(HANDLERS)


def test_handlers_move_with_their_edits(root: Path, fake: FakePipeline) -> None:
    """`-t` moves what the user wrote along, merges the contract's change into it, and leaves nothing behind."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1", put="2")
    move(fake)

    report = regenerate(root, folder="src/order_service/api")

    assert actions(report) == {
        "scaffold.yaml": Action.UPDATE,
        MOVED: Action.CREATE,
        HANDLERS: Action.DELETE,
    }
    assert {c.path: c.moved_from for c in report.changes if c.moved_from} == {MOVED: HANDLERS}
    assert (root / MOVED).read_text() == handlers(get="'mine'", put="2")
    assert not (root / HANDLERS).parent.exists()
    assert (root / base_path(MOVED)).exists() and not (root / base_path(HANDLERS)).exists()
    assert regenerate(root).different == ()


def test_deleted_handler_stays_deleted_when_the_folder_moves(root: Path, fake: FakePipeline) -> None:
    """What was deleted in the old folder does not come back in the new one."""
    regenerate(root)
    (root / HANDLERS).unlink()
    move(fake)
    report = regenerate(root, folder="src/order_service/api")
    assert not (root / MOVED).exists()
    assert notes(report)[MOVED] == "deleted by you, stays deleted"
    assert not regenerate(root).different


def test_handler_that_the_user_moved_first_keeps_its_base(root: Path, fake: FakePipeline) -> None:
    """With the file in the new folder already, `-t` merges into it there: it is known what of it is the user's."""
    regenerate(root)
    mine = handlers(get="'mine'", put="1")
    fill(root, {MOVED: mine})
    (root / HANDLERS).unlink()
    fake.server[HANDLERS] = handlers(get="1", put="2")
    move(fake)
    report = regenerate(root, folder="src/order_service/api")
    assert (root / MOVED).read_text() == handlers(get="'mine'", put="2")
    assert not report.needs_attention
    assert not (root / base_path(HANDLERS)).exists()


def test_a_package_that_was_renamed_by_hand_is_noticed(root: Path, fake: FakePipeline) -> None:
    """Everything of the user's in the package is gone -> the contract changes -> where the new name belongs is told."""
    regenerate(root)
    (root / HANDLERS).unlink()
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="2")
    (warning,) = regenerate(root).warnings
    assert (warning.code, str(warning.location)) == ("package", "src/order_service")
    assert "`name` in scaffold.yaml" in warning.hint
