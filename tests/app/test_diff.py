"""The diff is one that the usual tools apply."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder.app.diff import unified
from scaffolder.artifact import Ownership
from scaffolder.workspace.changeset import Action, Change

texts = st.none() | st.text("ab\n\r\t \u2028é", max_size=12)


def change(before: str | None, after: str | None) -> Change:
    return Change(
        "dir/a b.txt",
        Action.UPDATE,
        Ownership.MERGED,
        None if before is None else before.encode(),
        None if after is None else after.encode(),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=texts, after=texts)
def test_git_applies_it(
    tmp_path_factory: pytest.TempPathFactory, before: str | None, after: str | None
) -> None:
    """Applying the diff to the old content gives the new one, to the byte."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    patch = "".join(unified([change(before, after)]))
    if not patch or "" in (before, after):
        return
    root = tmp_path_factory.mktemp("tree")
    target = root / "dir" / "a b.txt"
    target.parent.mkdir()
    if before is not None:
        target.write_bytes(before.encode())
    apply = [git, "apply", "--whitespace=nowarn", "-"]
    subprocess.run(apply, cwd=root, input=patch.encode(), check=True, capture_output=True)
    assert (target.read_bytes() if target.exists() else None) == (None if after is None else after.encode())


def test_unchanged_and_binary_files(tmp_path: Path) -> None:
    """A file that stays has no lines; one that is no text has one."""
    same = Change("a", Action.KEEP, Ownership.MERGED, b"x", b"x")
    binary = Change("b", Action.CREATE, Ownership.MERGED, None, b"\xff")
    assert list(unified([same, binary])) == ["Binary files /dev/null and b/b differ\n"]
