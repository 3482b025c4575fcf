"""Bringing a project up to date, with fixed files in the place of the real generator."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.app.generate import generate, preview
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace.changeset import Action
from tests.app.support import CONTRACT, FakePipeline
from tests.workspace.support import contents, fail_at, fill

GEN, HANDLERS = "src/order_service/gen/order.py", "src/order_service/service/order.py"


def change_contract(root: Path, text: str = "v2") -> None:
    fill(root, {f"api/{CONTRACT}": f'syntax = "proto3"; // {text}\n'})


def actions(report_changes: object) -> dict[str, Action]:
    return {change.path: change.action for change in report_changes}  # type: ignore[attr-defined]


def test_first_run_creates_second_writes_nothing(root: Path, fake: FakePipeline) -> None:
    """The second run neither compiles nor renders, and touches no file."""
    first = generate(root)
    assert set(actions(first.different)) == {GEN, HANDLERS, "README.md"}
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*")}

    second = generate(root)

    assert second.different == ()
    assert fake.runs == ["load"]
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == times


def test_untouched_files_follow_the_contract(root: Path, fake: FakePipeline) -> None:
    """What nobody edited is updated when the contract changes."""
    generate(root)
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = "handlers v2"
    assert actions(generate(root).different) == {GEN: Action.UPDATE, HANDLERS: Action.UPDATE}
    assert (root / HANDLERS).read_text() == "handlers v2"


def test_edited_file_that_would_change_refuses_everything(root: Path, fake: FakePipeline) -> None:
    """An edit is never overwritten: the run is refused and writes nothing, not even what it could."""
    generate(root)
    fill(root, {HANDLERS: "mine"})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = "handlers v2"
    before = contents(root)

    with pytest.raises(ScaffoldError) as error:
        generate(root)

    assert [item.code for item in error.value.diagnostics] == ["would-overwrite"]
    assert error.value.exit_code == 2
    assert contents(root) == before


def test_client_updates_what_the_refused_server_left(root: Path, fake: FakePipeline) -> None:
    """`proto client` still brings the machine's part up to date; `proto server` then finds its own part to do."""
    generate(root)
    fill(root, {HANDLERS: "mine"})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = "handlers v2"

    assert actions(generate(root, scope="client").different) == {GEN: Action.UPDATE}

    assert (root / HANDLERS).read_text() == "mine"
    with pytest.raises(ScaffoldError):
        generate(root)


def test_edit_that_does_not_collide_is_kept(root: Path, fake: FakePipeline) -> None:
    """A file that the user edited and the contract does not change stays, byte for byte."""
    generate(root)
    fill(root, {HANDLERS: "mine"})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    assert actions(generate(root).different) == {GEN: Action.UPDATE}
    assert (root / HANDLERS).read_text() == "mine"


def test_deleted_file_stays_deleted(root: Path, fake: FakePipeline) -> None:
    """A file that the user deleted is not brought back, and the report says why it is not there."""
    generate(root)
    (root / "README.md").unlink()
    change_contract(root)
    report = generate(root)
    assert not (root / "README.md").exists()
    assert {c.path: c.note for c in report.changes}["README.md"] == "deleted by you, stays deleted"


def test_deleted_machine_file_comes_back(root: Path, fake: FakePipeline) -> None:
    """What the machine owns is there after a run, even if nothing else changed."""
    generate(root)
    (root / GEN).unlink()
    assert actions(generate(root).different) == {GEN: Action.CREATE}


def test_edited_machine_file_is_reported(root: Path, fake: FakePipeline) -> None:
    """An edit in a machine's file is not lost in silence: a warning now, a refusal once it would change."""
    generate(root)
    fill(root, {GEN: "mine"})
    assert [item.code for item in generate(root).warnings] == ["edited-machine-file"]
    change_contract(root)
    assert [item.code for item in generate(root).warnings] == ["edited-machine-file"]
    fake.client[GEN] = "gen v2"
    change_contract(root, "v3")
    with pytest.raises(ScaffoldError):
        generate(root)


@pytest.mark.parametrize("edited", [False, True])
def test_files_of_a_removed_service(root: Path, fake: FakePipeline, edited: bool) -> None:
    """What nobody edited goes with its folder; handlers with code in them stay, and are reported."""
    generate(root)
    if edited:
        fill(root, {HANDLERS: "mine"})
    change_contract(root)
    fake.client.clear()
    del fake.server[HANDLERS]
    report = generate(root)
    assert actions(report.different) == {GEN: Action.DELETE} | ({} if edited else {HANDLERS: Action.DELETE})
    assert not (root / GEN).parent.exists()
    assert (root / HANDLERS).exists() is edited
    assert (HANDLERS in {change.path for change in report.changes if change.note}) is edited


def test_dry_run_and_preview_write_nothing_and_agree(root: Path, fake: FakePipeline) -> None:
    """Both report what the real run then does."""
    before = contents(root)
    dry, shown = generate(root, dry_run=True), preview(root)
    assert contents(root) == before
    assert dry.different == shown.different == generate(root).different


def test_preview_shows_what_would_be_refused(root: Path, fake: FakePipeline) -> None:
    """`diff` does not fail where `generate` would: it shows."""
    generate(root)
    fill(root, {HANDLERS: "mine"})
    change_contract(root)
    fake.server[HANDLERS] = "handlers v2"
    assert actions(preview(root).different) == {HANDLERS: Action.CONFLICT}


def test_new_contract_is_added_in_the_same_transaction(
    root: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contract named on the command line is in scaffold.yaml afterwards, unless the run fails."""
    fill(root, {"api/shop/v1/shop.proto": ""})
    before = contents(root)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", fail_at(2, KeyboardInterrupt(), os.replace))
        generate(root, paths=["api/shop/v1/shop.proto"])
    assert contents(root) == before

    generate(root, paths=["api/shop/v1/shop.proto"])
    assert (root / "scaffold.yaml").read_text().endswith(f"  - {CONTRACT}\n  - shop/v1/shop.proto\n")


def test_named_contract_that_is_listed_changes_nothing(root: Path, fake: FakePipeline) -> None:
    """By path or by import name, a contract that is listed leaves scaffold.yaml alone."""
    generate(root)
    for name in (CONTRACT, f"api/{CONTRACT}", "api"):
        assert generate(root, paths=[name]).different == ()
    assert fake.runs == ["load"]


def test_handlers_folder_is_kept_for_later_runs(root: Path, fake: FakePipeline) -> None:
    """`-t` is written into scaffold.yaml, the default is not."""
    generate(root, handlers="src/order_service/service")
    assert "handlers" not in (root / "scaffold.yaml").read_text()
    generate(root, handlers="./src/order_service/api/")
    assert "handlers: src/order_service/api\n" in (root / "scaffold.yaml").read_text()


def test_contract_that_shadows_a_packaged_one(root: Path, fake: FakePipeline) -> None:
    """A file put where it is found before a package's is a changed input."""
    generate(root)
    fill(root, {"api/google/protobuf/empty.proto": ""})
    generate(root)
    assert fake.runs == ["load", "load"]


def test_lost_lock_only_adds(root: Path, fake: FakePipeline) -> None:
    """Without its record the tool takes every file that differs for the user's."""
    generate(root)
    (root / ".scaffold/lock.json").write_text("<<<<<<<", encoding="utf-8")
    fill(root, {HANDLERS: "mine"})
    with pytest.raises(ScaffoldError):
        generate(root)
    fill(root, {HANDLERS: "handlers v1"})
    report = generate(root)
    assert [item.code for item in report.warnings] == ["lock"]
    assert generate(root).warnings == ()
