"""The page that shows a conflict: all three sides, whole, and what to do."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from scaffolder.artifact import WHOLE, Conflict, Ownership
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.proposals import proposal

sides = st.text("a`\n ~é\u2028", max_size=30)


def page(*conflicts: Conflict, path: str = "src/order.py") -> str:
    return proposal(Change(path, Action.CONFLICT, Ownership.MERGED, b"", b"", conflicts=conflicts)).decode()


def test_every_conflict_is_shown() -> None:
    """Each has its name, its line and its reason."""
    text = page(Conflict("A.get", "1", "2", "3", 7, "both changed it"), Conflict("put", "4", "5", "6", 9))
    assert "## A.get, line 7\n\nboth changed it\n" in text
    assert "## put, line 9\n" in text
    assert re.findall(r"```python\n(.)\n```", text) == list("123456")


def test_a_file_that_was_left_alone_is_not_said_to_be_changed_by_both() -> None:
    """What cannot be merged as a whole asks to be mended; to delete the page would settle nothing."""
    text = page(Conflict(WHOLE, "1", "2", "3", 1, "line 4 cannot be read"))
    assert "mend that in `src/order.py`" in text and "delete this file" not in text
    assert f"scaffold generate --restore 'src/order.py::{WHOLE}'" in text


def test_code_is_marked_as_its_language() -> None:
    """What an editor colours; for a file of no known language there is none."""
    assert "```yaml\n" in page(Conflict("lines 1", "a", "b", "c"), path="a.yaml")
    assert "```\na\n```" in page(Conflict("lines 1", "a", "b", "c"), path="Dockerfile")


@given(base=sides, current=sides, incoming=sides)
def test_no_side_breaks_out_of_its_fence(base: str, current: str, incoming: str) -> None:
    """Text with fences of its own, as any README has, is read back whole."""
    text = page(Conflict("lines 1", base, current, incoming, 1), path="README.md")
    found = re.findall(r":\n\n(`{3,})\n(.*?)\n\1\n(?:\n|$)", text, re.DOTALL)
    assert [side for _, side in found] == [side.rstrip() for side in (base, current, incoming)]


def test_text_that_is_no_unicode_is_shown() -> None:
    """A file with a lone surrogate escape does not stop the run."""
    change = Change(
        "a.py", Action.CONFLICT, Ownership.MERGED, conflicts=(Conflict("x", "", "\udce9", "", 1),)
    )
    assert b"\xe9" in proposal(change)
