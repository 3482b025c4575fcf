"""`--conflict markers`: both versions in the file, as git leaves them, until the user has made one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app.options import MARKERS
from scaffolder.app.report import Action
from scaffolder.workspace import lock as locks
from tests.app.support import (
    HANDLERS,
    FakePipeline,
    actions,
    change_contract,
    handlers,
    regenerate,
    state,
)
from tests.workspace.support import fill

BEFORE, NOW = handlers(get="1", put="1"), handlers(get="2", put="2")
MINE, THEIRS = handlers(get="'mine'", put="2"), NOW
GET = "    def get(self) -> object:\n        return {}\n"
README = "one\n\ntwo\n\nthree\n"
MARKED = (
    "class OrderService:\n<<<<<<< yours\n"
    + GET.format("'mine'")
    + "||||||| base\n"
    + GET.format("1")
    + "=======\n"
    + GET.format("2")
    + ">>>>>>> generated\n\n"
    + GET.format("2").replace("get", "put")
)


def marked(root: Path, fake: FakePipeline, mine: str = "", newline: str = "\n") -> str:
    """The handlers after a run that wrote markers into them."""
    regenerate(root)
    text = (mine or handlers(get="'mine'", put="1")).replace("\n", newline)
    fill(root, {HANDLERS: text})
    change_contract(root)
    fake.server[HANDLERS] = NOW
    assert regenerate(root, conflict=MARKERS).needs_attention
    return (root / HANDLERS).read_bytes().decode()


def test_markers_stand_in_the_file(root: Path, fake: FakePipeline) -> None:
    """The user's, the old and the new definition stand in the file between git's markers; the rest is merged."""
    assert marked(root, fake) == MARKED


def test_marked_file_is_left_alone_and_named(root: Path, fake: FakePipeline) -> None:
    """While the markers stand every run names the file and leaves it, and in time nothing at all is written."""
    text = marked(root, fake)
    report = regenerate(root)
    assert actions(report) == {HANDLERS: Action.CONFLICT}
    assert "conflict markers" in report.conflicts[0].conflicts[0].reason
    before = state(root)
    assert regenerate(root, conflict=MARKERS).needs_attention
    assert regenerate(root).needs_attention
    assert state(root) == before
    assert (root / HANDLERS).read_text() == text


@pytest.mark.parametrize("between", [0, 1, 2], ids=["at-once", "after-a-run", "after-two"])
@pytest.mark.parametrize("answer", [MINE, THEIRS, handlers(get="'both'", put="2"), handlers(put="2")])
def test_resolving_ends_it(root: Path, fake: FakePipeline, answer: str, between: int) -> None:
    """Whatever the user makes of it, their own side as well, settles it, however often it was run in between."""
    marked(root, fake)
    for _ in range(between):
        regenerate(root)
    fill(root, {HANDLERS: answer})
    report = regenerate(root)
    assert not report.needs_attention
    assert (root / HANDLERS).read_text() == answer
    assert locks.read(root)[0].conflicts == {}
    assert not (root / ".scaffold/conflicts").exists()
    assert regenerate(root).changes == ()


def test_what_stands_between_markers_is_not_gone(root: Path, fake: FakePipeline) -> None:
    """A function in conflict that another file imports -> markers are written -> nobody is told that it is gone."""
    fake.server[HANDLERS] = "def get() -> int:\n    return 1\n\n\ndef put() -> int:\n    return 1\n"
    regenerate(root)
    own = "from order_service.service.order import get, put\n"
    fill(root, {HANDLERS: fake.server[HANDLERS].replace("1", "3", 1), "src/order_service/own.py": own})
    change_contract(root)
    fake.server[HANDLERS] = fake.server[HANDLERS].replace("1", "2", 1)
    report = regenerate(root, conflict=MARKERS)
    assert "<<<<<<< yours" in (root / HANDLERS).read_text() and report.warnings == ()


def test_markers_take_the_line_ends_of_the_file(root: Path, fake: FakePipeline) -> None:
    """In a file with CRLF every line of the markers ends so."""
    assert marked(root, fake, newline="\r\n") == MARKED.replace("\n", "\r\n")


def test_markers_in_a_file_with_mixed_line_ends(root: Path, fake: FakePipeline) -> None:
    """Wherever the line ends differ, the markers are written all the same: nothing counts as told that was not."""
    mine = handlers(get="'mine'", put="1").replace("'mine'\n", "'mine'\r\n")
    assert "<<<<<<< yours" in marked(root, fake, mine)


def test_markers_stand_at_the_right_one_of_two_equal_definitions(root: Path, fake: FakePipeline) -> None:
    """Two classes with the same method: the markers are around the one that is in conflict."""
    other = handlers(get="'mine'").replace("OrderService", "Other") + "\n\n"
    fake.server[HANDLERS] = other + handlers(get="1")
    regenerate(root)
    fill(root, {HANDLERS: other + handlers(get="'mine'")})
    change_contract(root)
    fake.server[HANDLERS] = other + handlers(get="2")
    regenerate(root, conflict=MARKERS)
    text = (root / HANDLERS).read_text()
    assert text.startswith(other)
    assert text.count("<<<<<<< yours\n") == 1


def test_markers_behind_a_missing_newline(root: Path, fake: FakePipeline) -> None:
    """Where the file ends without a newline, each marker still has a line of its own."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="1", put="'mine'").rstrip("\n")})
    change_contract(root)
    fake.server[HANDLERS] = NOW
    regenerate(root, conflict=MARKERS)
    lines = (root / HANDLERS).read_text().splitlines()
    assert [line for line in lines if line[:7] in ("<" * 7, "|" * 7, "=" * 7, ">" * 7)] == [
        "<<<<<<< yours",
        "||||||| base",
        "=======",
        ">>>>>>> generated",
    ]


def test_markers_in_lines(root: Path, fake: FakePipeline) -> None:
    """The same in a file without definitions; resolving to one's own side ends it."""
    fake.server["README.md"] = README
    regenerate(root)
    fill(root, {"README.md": README.replace("one", "mine")})
    change_contract(root)
    fake.server["README.md"] = README.replace("one", "new")
    assert regenerate(root, conflict=MARKERS).needs_attention
    assert (
        (root / "README.md")
        .read_text()
        .startswith("<<<<<<< yours\nmine\n||||||| base\none\n=======\nnew\n>>>>>>> ")
    )
    assert regenerate(root).needs_attention
    fill(root, {"README.md": README.replace("one", "mine")})
    assert not regenerate(root).needs_attention
    assert (root / "README.md").read_text() == README.replace("one", "mine")
