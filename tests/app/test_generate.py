"""Bringing a project up to date, with fixed files in the place of the real generator."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.app.generate import preview
from scaffolder.app.options import Request
from scaffolder.app.report import Action
from tests.app.support import (
    CONTRACT,
    GEN,
    HANDLERS,
    FakePipeline,
    actions,
    change_contract,
    details,
    edited_by_both,
    handlers,
    notes,
    regenerate,
    state,
)
from tests.workspace.support import contents, fail_at, fill


def test_first_run_creates_second_writes_nothing(root: Path, fake: FakePipeline) -> None:
    """The second run neither compiles nor renders, and touches no file and no folder."""
    first = regenerate(root)
    assert set(actions(first)) == {GEN, HANDLERS, "README.md"}
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*")}

    second = regenerate(root)

    assert second.different == ()
    assert fake.runs == ["load"]
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == times


def test_run_that_finds_the_same_output_writes_the_lock_alone(root: Path, fake: FakePipeline) -> None:
    """A contract that changed in a comment only has another hash, and nothing else to write."""
    regenerate(root)
    before = state(root)
    change_contract(root)
    after_contract = state(root)
    assert regenerate(root).different == ()
    written = {path for path, seen in state(root).items() if seen != after_contract[path]}
    assert written == {".scaffold/lock.json"}
    assert before.keys() == after_contract.keys()


def test_untouched_files_follow_the_contract(root: Path, fake: FakePipeline) -> None:
    """What nobody edited is updated when the contract changes."""
    regenerate(root)
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = handlers(get="2", put="1")
    assert actions(regenerate(root)) == {GEN: Action.UPDATE, HANDLERS: Action.UPDATE}
    assert (root / HANDLERS).read_text() == handlers(get="2", put="1")


def test_edit_and_change_of_the_contract_are_merged(root: Path, fake: FakePipeline) -> None:
    """The user's method stays as they wrote it, the contract's comes beside it, and nothing is left to do."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1", put="2", watch="1")

    report = regenerate(root)

    assert actions(report) == {HANDLERS: Action.UPDATE}
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="2", watch="1")
    assert details(report) == {"OrderService.put": "updated", "OrderService.watch": "added"}
    assert not report.needs_attention
    assert regenerate(root).different == ()


def test_lines_are_merged_where_there_are_no_definitions(root: Path, fake: FakePipeline) -> None:
    """A README that both changed in different places has both."""
    fake.server["README.md"] = "one\n\ntwo\n\nthree\n"
    regenerate(root)
    fill(root, {"README.md": "mine\n\ntwo\n\nthree\n"})
    change_contract(root)
    fake.server["README.md"] = "one\n\ntwo\n\nfour\n"
    assert not regenerate(root).needs_attention
    assert (root / "README.md").read_text() == "mine\n\ntwo\n\nfour\n"


def test_client_leaves_the_servers_part_to_the_server(root: Path, fake: FakePipeline) -> None:
    """`proto client` brings the machine's part up to date and touches nothing else; `proto server` finds its own."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    fake.server[HANDLERS] = handlers(get="1", put="2")

    assert actions(regenerate(root, scope="client")) == {GEN: Action.UPDATE}
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="1")

    assert actions(regenerate(root)) == {HANDLERS: Action.UPDATE}
    assert (root / HANDLERS).read_text() == handlers(get="'mine'", put="2")


def test_client_leaves_the_servers_conflicts_open(root: Path, fake: FakePipeline) -> None:
    """A run for the client neither settles nor forgets what is in conflict in a handler."""
    edited_by_both(root, fake)
    before = state(root)
    change_contract(root, "v3")
    fake.client[GEN] = "gen v3"
    assert actions(regenerate(root, scope="client")) == {GEN: Action.UPDATE}
    kept = [
        path
        for path in before
        if path.startswith((".scaffold/conflicts", ".scaffold/base", "src/order_service/s"))
    ]
    assert len(kept) == 4
    assert {path: state(root)[path] for path in kept} == {path: before[path] for path in kept}
    assert regenerate(root).needs_attention


def test_edit_that_does_not_collide_is_kept(root: Path, fake: FakePipeline) -> None:
    """A file that the user edited and the contract does not change stays, byte for byte."""
    regenerate(root)
    mine = "# mine\r\n\n" + handlers(get="'mine'") + "# no newline at the end"
    fill(root, {HANDLERS: mine})
    change_contract(root)
    fake.client[GEN] = "gen v2"
    report = regenerate(root)
    assert actions(report) == {GEN: Action.UPDATE}
    assert notes(report)[HANDLERS] == "edited by you"
    assert (root / HANDLERS).read_bytes() == mine.encode()


def test_dry_run_and_preview_write_nothing_and_agree(root: Path, fake: FakePipeline) -> None:
    """Both report what the real run then does."""
    before = contents(root)
    dry, shown = regenerate(root, dry_run=True), preview(Request(root))
    assert contents(root) == before
    assert dry.different == shown.different == regenerate(root).different


def test_dry_run_of_a_merge_agrees_with_the_run(root: Path, fake: FakePipeline) -> None:
    """Merged text, account and conflicts are told before they are made, and nothing is written, no proposal either."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1"), GEN: "mine"})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="2", put="2")
    before = state(root)
    dry = regenerate(root, dry_run=True)
    assert state(root) == before
    real = regenerate(root)
    assert dry.changes == real.changes
    assert dry.needs_attention and real.needs_attention


def test_new_contract_is_added_in_the_same_transaction(
    root: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contract named on the command line is in scaffold.yaml afterwards, unless the run fails."""
    fill(root, {"api/shop/v1/shop.proto": ""})
    before = contents(root)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", fail_at(2, KeyboardInterrupt(), os.replace))
        regenerate(root, paths=["api/shop/v1/shop.proto"])
    assert contents(root) == before

    regenerate(root, paths=["api/shop/v1/shop.proto"])
    assert (root / "scaffold.yaml").read_text().endswith(f"  - {CONTRACT}\n  - shop/v1/shop.proto\n")


def test_first_run_with_a_named_contract_warns_of_nothing(root: Path, fake: FakePipeline) -> None:
    """A project that was never generated has no baseline to lose."""
    fill(root, {"api/shop/v1/shop.proto": ""})
    assert regenerate(root, paths=["api/shop/v1/shop.proto"]).warnings == ()


def test_named_contract_that_is_listed_changes_nothing(root: Path, fake: FakePipeline) -> None:
    """By path or by import name, a contract that is listed changes no file."""
    regenerate(root)
    before = state(root)
    for name in (CONTRACT, f"api/{CONTRACT}", "api"):
        assert regenerate(root, paths=[name]).different == ()
    assert state(root) == before


def test_handlers_folder_is_kept_for_later_runs(root: Path, fake: FakePipeline) -> None:
    """`-t` is written into scaffold.yaml, the default is not."""
    regenerate(root, folder="src/order_service/service")
    assert "handlers" not in (root / "scaffold.yaml").read_text()
    regenerate(root, folder="./src/order_service/api/")
    assert "handlers: src/order_service/api\n" in (root / "scaffold.yaml").read_text()


def test_contract_that_shadows_a_packaged_one(root: Path, fake: FakePipeline) -> None:
    """A file put where it is found before a package's is a changed input."""
    regenerate(root)
    fill(root, {"api/google/protobuf/empty.proto": ""})
    regenerate(root)
    assert fake.runs == ["load", "load"]
