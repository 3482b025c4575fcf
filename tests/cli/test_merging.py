"""What a merge says on the command line: definitions with their places, what is left to the user, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffolder.cli.main import main
from scaffolder.workspace import journal
from scaffolder.workspace.lock import digest
from tests.app.support import GEN, HANDLERS, PROPOSAL, FakePipeline, change_contract, handlers
from tests.workspace.support import contents, fill


def edited_by_both_sides(root: Path, fake: FakePipeline) -> None:
    """A project whose next run finds a conflict, a change and an import to add in the handlers."""
    (root / HANDLERS).unlink(missing_ok=True)
    head = "import os\n\n"
    fake.server[HANDLERS] = head + handlers(get="1", put="1")
    change_contract(root, "v1")
    assert main(["generate", "-q", "--restore", HANDLERS]) in (0, 1)
    fill(root, {HANDLERS: head + handlers(get="'mine'", put="1")})
    change_contract(root, "v2")
    fake.server[HANDLERS] = "import json\n" + head + handlers(get="2", put="json.dumps(os.sep)")


def test_check_of_an_edited_machine_file(root: Path, fake: FakePipeline) -> None:
    """Exit 1 although no input changed: the next run would rewrite it."""
    assert main(["generate", "-q"]) == main(["check", "-q"]) == 0
    fill(root, {GEN: "mine"})
    assert main(["check", "-q"]) == 1
    assert main(["generate", "-q"]) == main(["check", "-q"]) == 0


def test_report_of_a_merge(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """Each definition with its place, what is left with the way to it, and exit 1 while something is."""
    edited_by_both_sides(root, fake)
    capsys.readouterr()
    assert main(["generate"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"update   {HANDLERS}",
        f"           conflict OrderService.get  {HANDLERS}:5"
        "  (its body was changed by you and by the contract)",
        f"           updated  OrderService.put  {HANDLERS}:8",
    ]
    assert said.err.splitlines() == [
        "1 updated, 1 conflict left",
        "left to you:",
        f"  {HANDLERS}:5: OrderService.get: its body was changed by you and by the contract",
        "both versions, and how to settle it:",
        f"  {PROPOSAL}",
    ]
    (root / PROPOSAL).unlink()
    assert main(["generate"]) == 0
    assert main(["generate"]) == 0
    assert capsys.readouterr().err.endswith("nothing to do\n")


def test_verbose_shows_imports(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """What is imported is of no interest, unless `-v` asks for it."""
    for flags, shown in (([], False), (["-v"], True)):
        edited_by_both_sides(root, fake)
        capsys.readouterr()
        assert main(["generate", *flags]) == 1
        assert ("added    import json" in capsys.readouterr().out) is shown


def test_quiet_leaves_the_results(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """`-q` leaves out notes; files that change are what was asked for, and the exit code tells of the conflict."""
    edited_by_both_sides(root, fake)
    capsys.readouterr()
    assert main(["generate", "-q"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"update   {HANDLERS}\n") and said.err == ""


def test_json_of_a_conflict(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """Definitions, each conflict with its three sides, and where they are shown."""
    edited_by_both_sides(root, fake)
    capsys.readouterr()
    assert main(["generate", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    [conflict] = said["conflicts"]
    assert (conflict["path"], conflict["name"], conflict["line"]) == (HANDLERS, "OrderService.get", 5)
    assert len({conflict["base"], conflict["current"], conflict["incoming"]}) == 3
    (change,) = (item for item in said["changes"] if item["path"] == HANDLERS)
    assert (change["action"], change["proposal"], change["moved_from"]) == ("update", PROPOSAL, "")
    assert {"did": "added", "name": "import json", "line": 1, "reason": ""} in change["details"]
    assert {
        "did": "conflict",
        "name": "OrderService.get",
        "line": 5,
        "reason": "its body was changed by you and by the contract",
    } in change["details"]


def test_json_of_a_move(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that moved tells where from."""
    assert main(["generate", "-q"]) == 0
    moved = "src/order_service/api/order.py"
    fake.server[moved] = fake.server.pop(HANDLERS)
    capsys.readouterr()
    assert main(["proto", "server", "-t", "src/order_service/api", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {item["path"]: item["moved_from"] for item in said["changes"] if item["moved_from"]} == {
        moved: HANDLERS
    }


def test_markers_on_the_command_line(root: Path, fake: FakePipeline) -> None:
    """`--conflict markers` writes both versions into the file, exit 1; a resolved file is exit 0."""
    edited_by_both_sides(root, fake)
    assert main(["generate", "-q", "--conflict", "markers"]) == 1
    assert "<<<<<<< yours\n" in (root / HANDLERS).read_text()
    assert main(["generate", "-q"]) == 1
    fill(root, {HANDLERS: fake.server[HANDLERS]})
    assert main(["generate", "-q"]) == main(["check", "-q"]) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--conflict", "wrong"],
            "error[usage]: --conflict wrong: there is no such way\n  try: keep or markers\n",
        ),
        (
            ["--rename", "GetOrder"],
            "error[rename]: `GetOrder` is not OLD=NEW with names of the contract\n"
            "  try: write it as in order.v1.OrderService.GetOrder=order.v1.OrderService.FetchOrder\n",
        ),
        (
            ["--restore", "src/order_service/service/oder.py"],
            "src/order_service/service/oder.py: error[restore]: nothing of this name is generated\n"
            "  try: did you mean `src/order_service/service/order.py`?\n",
        ),
        (
            ["--restore", "nothing"],
            "nothing: error[restore]: nothing of this name is generated\n"
            "  try: `scaffold generate -v` lists every generated file\n",
        ),
    ],
    ids=["conflict", "rename", "restore", "restore-far"],
)
@pytest.mark.parametrize("command", ["generate", "diff", "proto server"])
def test_wish_that_cannot_be_fulfilled(  # noqa: PLR0917 (fixtures and the columns of the table)
    root: Path,
    fake: FakePipeline,
    capsys: pytest.CaptureFixture[str],
    command: str,
    options: list[str],
    said: str,
) -> None:
    """Exit 2, what is wrong with it and what to write instead, in a project with nothing to do; nothing is written."""
    assert main(["generate", "-q"]) == 0
    before = contents(root)
    capsys.readouterr()
    assert main([*command.split(), *options]) == 2
    assert capsys.readouterr() == ("", said)
    assert contents(root) == before


def test_run_that_was_killed(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """`check`, `diff` and `--dry-run` refuse with exit 2; `generate` repairs, says so, and is a success."""
    assert main(["generate", "-q"]) == 0
    stage = root / ".scaffold/stage-0123abcd"
    fill(stage, {f"old/{GEN}": "gen v1"})
    journal.write(stage, journal.Journal((journal.Step(GEN, digest(b"gen v1"), digest(b"half")),)))
    fill(root, {GEN: "half"})
    for line in (["check"], ["diff"], ["generate", "--dry-run"]):
        capsys.readouterr()
        assert main(line) == 2
        assert "error[interrupted]" in capsys.readouterr().err
    assert main(["generate"]) == 0
    assert "warning[repaired]" in capsys.readouterr().err
    assert (root / GEN).read_text() == "gen v1"
    assert main(["check"]) == 0
