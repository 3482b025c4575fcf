"""A run that was killed while it wrote: the next one repairs it and says so, and nothing else looks past it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app.generate import preview
from scaffolder.app.options import Request
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import journal
from scaffolder.workspace.lock import digest
from tests.app.support import GEN, HANDLERS, FakePipeline, change_contract, handlers, regenerate, state
from tests.workspace.support import fill

STAGE = ".scaffold/stage-0123abcd"


@pytest.fixture
def killed(root: Path, fake: FakePipeline) -> Path:
    """A project in which a run had written one of two files when it was killed."""
    regenerate(root)
    after = {GEN: "gen half", HANDLERS: handlers(get="'half'")}
    before = {path: (root / path).read_bytes() for path in after}
    fill(root / STAGE / "old", {path: content.decode() for path, content in before.items()})
    fill(root, {GEN: after[GEN]})
    steps = [journal.Step(path, digest(before[path]), digest(text.encode())) for path, text in after.items()]
    journal.write(root / STAGE, journal.Journal(tuple(steps)))
    return root


def test_next_run_repairs_and_goes_on(killed: Path, fake: FakePipeline) -> None:
    """The tree is as before the killed run, then as this one leaves it; what was undone is no edit of the user's."""
    change_contract(killed)
    fake.server[HANDLERS] = handlers(get="2", put="2")
    report = regenerate(killed)
    assert [(item.code, item.severity) for item in report.warnings] == [("repaired", "warning")]
    assert (killed / GEN).read_text() == "gen v1"
    assert (killed / HANDLERS).read_text() == handlers(get="2", put="2")
    assert not (killed / STAGE).exists()
    assert not (killed / ".scaffold/replaced").exists()
    assert regenerate(killed).warnings == ()


def test_repair_alone_is_reason_enough(killed: Path, fake: FakePipeline) -> None:
    """Without any change of the contract the next run repairs as well."""
    report = regenerate(killed)
    assert [item.code for item in report.warnings] == ["repaired"]
    assert (killed / GEN).read_text() == "gen v1"


def test_looking_refuses_and_changes_nothing(killed: Path, fake: FakePipeline) -> None:
    """`check`, `diff` and a dry run say what to do instead of describing half a tree."""
    before = state(killed)
    for dry_run in (False, True):
        with pytest.raises(ScaffoldError) as error:
            regenerate(killed, dry_run=True) if dry_run else preview(Request(killed))
        (diagnostic,) = error.value.diagnostics
        assert diagnostic.code == "interrupted"
        assert "scaffold generate" in diagnostic.hint
        assert error.value.exit_code == 2
    assert state(killed) == before


def test_file_that_the_user_changed_since_stays(killed: Path, fake: FakePipeline) -> None:
    """What was edited after the kill is neither the old nor the new file: it stays, and is named."""
    mine = handlers(get="'mine'", put="1")
    fill(killed, {HANDLERS: mine})
    report = regenerate(killed)
    assert {item.code for item in report.warnings} == {"repaired"}
    assert any(HANDLERS in str(item.location) for item in report.warnings)
    assert (killed / HANDLERS).read_text() == mine
