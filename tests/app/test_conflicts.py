"""What both sides changed: it is left to the user, shown to them, and over when they have dealt with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scaffolder.app.report import Action, Report
from scaffolder.workspace import lock as locks
from tests.app.support import (
    GEN,
    HANDLERS,
    PROPOSAL,
    FakePipeline,
    actions,
    change_contract,
    details,
    edited_by_both,
    handlers,
    regenerate,
    state,
)
from tests.workspace.support import fill

MINE = handlers(get="'mine'", put="2")
"""The handlers after `edited_by_both`: the user's `get`, the contract's `put`."""


def assert_settled(root: Path, report: Report) -> None:
    """The conflict is over: nothing is left of it, and a further run has nothing to do."""
    assert not report.needs_attention
    assert not (root / PROPOSAL).exists()
    assert not [path for path in (root / ".scaffold/conflicts").rglob("*") if path.is_file()]
    assert locks.read(root)[0].conflicts == {}
    before = state(root)
    assert regenerate(root).changes == ()
    assert state(root) == before


def test_conflict_leaves_the_definition_and_merges_the_rest(root: Path, fake: FakePipeline) -> None:
    """The user's method stays to the byte, the one that only the contract changed is merged, the rest goes on."""
    fake.client[GEN] = "gen v1"
    report = edited_by_both(root, fake)
    assert (root / HANDLERS).read_text() == MINE
    assert details(report) == {"OrderService.get": "conflict", "OrderService.put": "updated"}
    assert report.needs_attention
    (conflict,) = report.conflicts[0].conflicts
    assert (conflict.name, conflict.line) == ("OrderService.get", 2)
    assert [("1" in conflict.base), ("mine" in conflict.current), ("2" in conflict.incoming)] == [True] * 3


def test_proposal_shows_all_sides_and_the_way_out(root: Path, fake: FakePipeline) -> None:
    """It names the definition with its line, shows base, the user's and the tool's, and says how to settle it."""
    edited_by_both(root, fake)
    text = (root / PROPOSAL).read_text(encoding="utf-8")
    assert text.startswith(f"# {HANDLERS}\n")
    assert "## OrderService.get, line 2\n" in text
    sides = [text.index(part) for part in ("return 1\n", "return 'mine'\n", "return 2\n")]
    titles = [text.index(f"\n{title}:\n") for title in ("Generated before", "Yours", "Generated now")]
    assert sorted(titles + sides) == [at for pair in zip(titles, sides, strict=True) for at in pair]
    assert f"edit `{HANDLERS}` as you want it and run `scaffold generate` again" in text
    assert "delete this file first" in text
    assert f"scaffold generate --restore '{HANDLERS}::OrderService.get'" in text


def test_open_conflict_is_told_again_and_writes_nothing(root: Path, fake: FakePipeline) -> None:
    """While it is open every run says so, with the same report, and touches no file, the tool's own included."""
    edited_by_both(root, fake)
    before = state(root)
    first, second = regenerate(root), regenerate(root)
    assert actions(first) == {HANDLERS: Action.CONFLICT}
    assert first == second
    assert first.needs_attention
    assert state(root) == before


def edit(root: Path) -> None:
    fill(root, {HANDLERS: handlers(get="'mine' or 2", put="2")})


def take_generated(root: Path) -> None:
    fill(root, {HANDLERS: handlers(get="2", put="2")})


def delete_definition(root: Path) -> None:
    fill(root, {HANDLERS: handlers(put="2")})


def delete_proposal(root: Path) -> None:
    (root / PROPOSAL).unlink()


@pytest.mark.parametrize("settle", [edit, take_generated, delete_definition, delete_proposal])
def test_settling_a_conflict_ends_it(root: Path, fake: FakePipeline, settle: Callable[[Path], None]) -> None:
    """By editing the definition in any way, or by deleting the proposal; the user's text stands afterwards."""
    edited_by_both(root, fake)
    settle(root)
    mine = (root / HANDLERS).read_text()
    report = regenerate(root)
    assert (root / HANDLERS).read_text() == mine
    assert_settled(root, report)


def test_restoring_settles_with_the_generated_one(root: Path, fake: FakePipeline) -> None:
    """The command that the proposal names takes the generated definition."""
    edited_by_both(root, fake)
    report = regenerate(root, restore=[f"{HANDLERS}::OrderService.get"])
    assert (root / HANDLERS).read_text() == handlers(get="2", put="2")
    assert_settled(root, report)


def test_contract_that_is_taken_back_ends_it(root: Path, fake: FakePipeline) -> None:
    """A contract as it was before leaves nothing to disagree about."""
    edited_by_both(root, fake)
    change_contract(root, "v1 again")
    fake.server[HANDLERS] = handlers(get="1", put="2")
    assert_settled(root, regenerate(root))


def test_settled_conflict_comes_back_with_the_next_change(root: Path, fake: FakePipeline) -> None:
    """What was settled is settled for that change; another one is told again."""
    edited_by_both(root, fake)
    delete_proposal(root)
    regenerate(root)
    change_contract(root, "v3")
    fake.server[HANDLERS] = handlers(get="3", put="2")
    report = regenerate(root)
    assert details(report) == {"OrderService.get": "conflict"}
    assert "return 2" in (root / PROPOSAL).read_text(), "the base is what was settled about"


def test_change_while_a_conflict_is_open_is_shown(root: Path, fake: FakePipeline) -> None:
    """A newer contract replaces what the proposal shows; an edit from before that does not settle it."""
    edited_by_both(root, fake)
    edit(root)
    change_contract(root, "v3")
    fake.server[HANDLERS] = handlers(get="3", put="2")
    assert regenerate(root).needs_attention
    text = (root / PROPOSAL).read_text()
    assert "return 3" in text and "'mine' or 2" in text and "return 1" in text


def test_formatter_settles_nothing(root: Path, fake: FakePipeline) -> None:
    """Other quotes, brackets and white space are no answer."""
    edited_by_both(root, fake)
    fill(root, {HANDLERS: MINE.replace("return 'mine'", 'return ("mine")')})
    assert regenerate(root).needs_attention


def test_two_conflicts_are_settled_one_by_one(root: Path, fake: FakePipeline) -> None:
    """Editing one definition ends its conflict alone; the proposal then shows the other."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="'mine'")})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="2", put="2")
    assert len(regenerate(root).conflicts[0].conflicts) == 2
    fill(root, {HANDLERS: handlers(get="'ours'", put="'mine'")})
    report = regenerate(root)
    assert details(report) == {"OrderService.get": "kept", "OrderService.put": "conflict"}
    text = (root / PROPOSAL).read_text()
    assert "OrderService.put" in text and "OrderService.get" not in text


def test_conflict_in_lines(root: Path, fake: FakePipeline) -> None:
    """In a file without definitions it is the lines that stay; the other lines are merged, and editing settles it."""
    fake.server["README.md"] = "one\n\ntwo\n\nthree\n"
    regenerate(root)
    fill(root, {"README.md": "mine\n\ntwo\n\nthree\n"})
    change_contract(root)
    fake.server["README.md"] = "new\n\ntwo\n\nfour\n"
    assert regenerate(root).needs_attention
    assert (root / "README.md").read_text() == "mine\n\ntwo\n\nfour\n"
    assert (root / ".scaffold/conflicts/README.md.md").exists()
    fill(root, {"README.md": "both\n\ntwo\n\nfour\n"})
    assert_settled(root, regenerate(root))
    assert (root / "README.md").read_text() == "both\n\ntwo\n\nfour\n"


def test_restoring_lines_in_conflict_keeps_the_other_edits(root: Path, fake: FakePipeline) -> None:
    """The command that the proposal names takes the generated lines of that conflict, and no others."""
    fake.server["README.md"] = "one\n\ntwo\n\nthree\n"
    regenerate(root)
    fill(root, {"README.md": "mine\n\ntwo\n\nmy three\n"})
    change_contract(root)
    fake.server["README.md"] = "new\n\ntwo\n\nthree\n"
    (conflict,) = regenerate(root).conflicts[0].conflicts
    regenerate(root, restore=[f"README.md::{conflict.name}"])
    assert (root / "README.md").read_text() == "new\n\ntwo\n\nmy three\n"


@pytest.mark.parametrize(
    "text", ["class OrderService:\n    def get(self:\n", "<<<<<<< a\n=======\n>>>>>>> b\n"]
)
def test_restoring_a_whole_file_takes_the_generated_one(root: Path, fake: FakePipeline, text: str) -> None:
    """The command of the proposal of a file that cannot be merged takes the generated file, and keeps the user's."""
    regenerate(root)
    fill(root, {HANDLERS: text})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1", put="2")
    (conflict,) = regenerate(root).conflicts[0].conflicts
    report = regenerate(root, restore=[f"{HANDLERS}::{conflict.name}"])
    assert (root / HANDLERS).read_text() == handlers(get="1", put="2")
    (kept,) = (root / ".scaffold/replaced" / HANDLERS).parent.iterdir()
    assert kept.read_text() == text
    assert_settled(root, report)


BROKEN = "class OrderService:\n    def get(self:\n"


def test_file_that_does_not_parse_is_left_alone(root: Path, fake: FakePipeline) -> None:
    """It is named with the line, it stays as it is, everything else goes on, and once mended it is merged."""
    regenerate(root)
    fill(root, {HANDLERS: BROKEN})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = handlers(get="1", put="2")

    report = regenerate(root)

    assert actions(report) == {GEN: Action.UPDATE, HANDLERS: Action.CONFLICT}
    assert report.needs_attention
    (conflict,) = report.conflicts[0].conflicts
    assert conflict.reason.startswith("line 2 cannot be read")
    assert (root / HANDLERS).read_text() == BROKEN
    before = state(root)
    assert regenerate(root).needs_attention
    assert state(root) == before

    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    report = regenerate(root)
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="2")
    assert_settled(root, report)


def test_deleting_the_proposal_of_a_broken_file_settles_nothing(root: Path, fake: FakePipeline) -> None:
    """What cannot be merged yet is not done with: the contract's change would be lost."""
    regenerate(root)
    fill(root, {HANDLERS: BROKEN})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1", put="2")
    regenerate(root)
    delete_proposal(root)
    assert regenerate(root).needs_attention
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    regenerate(root)
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="2")


def test_broken_file_while_a_conflict_is_open(root: Path, fake: FakePipeline) -> None:
    """A file that breaks in between does not settle what was open in it."""
    edited_by_both(root, fake)
    fill(root, {HANDLERS: BROKEN})
    assert regenerate(root).needs_attention
    fill(root, {HANDLERS: MINE})
    assert details(regenerate(root)) == {"OrderService.get": "conflict"}
