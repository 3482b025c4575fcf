"""The base of a file: what the tool last wrote, known for certain or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.artifact import Ownership
from scaffolder.workspace.baseline import base_path, conflict_path, read_base, replaced_path
from scaffolder.workspace.lock import Entry, digest

ENTRY = Entry(Ownership.MERGED, digest(b"base\n"))


def held(
    root: Path, content: bytes | None, entry: Entry | None = ENTRY, current: bytes | None = b"mine"
) -> bytes | None:
    """What `read_base` finds with this content in the folder of the bases."""
    path = root / base_path("a/b.py")
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    return read_base(root, "a/b.py", entry, current)


def test_base_that_the_lock_knows(tmp_path: Path) -> None:
    """With the recorded hash it is the base."""
    assert held(tmp_path, b"base\n") == b"base\n"


def test_base_that_git_checked_out_with_other_line_ends(tmp_path: Path) -> None:
    """CRLF that a checkout made does not count as tampering."""
    assert held(tmp_path, b"base\r\n") == b"base\r\n"


def test_base_that_the_lock_does_not_know(tmp_path: Path) -> None:
    """What is not what the tool wrote is no base: a merge against it could lose something."""
    assert held(tmp_path, b"other\n") is None


def test_base_that_git_merged(tmp_path: Path) -> None:
    """Where two branches both regenerated, lock and base are merged by git, and the base is taken as it is."""
    entry = Entry(Ownership.MERGED, digest(b"one"), "", frozenset({digest(b"two")}))
    assert held(tmp_path, b"one and two", entry) == b"one and two"


@pytest.mark.parametrize(("current", "base"), [(b"base\n", b"base\n"), (b"mine", None), (None, None)])
def test_project_without_bases(tmp_path: Path, current: bytes | None, base: bytes | None) -> None:
    """A project of an older tool: a file that is still as recorded is its own base, any other has none."""
    assert held(tmp_path, None, current=current) == base


@pytest.mark.parametrize("entry", [None, Entry(Ownership.MACHINE, digest(b"base\n"))])
def test_only_merged_files_have_a_base(tmp_path: Path, entry: Entry | None) -> None:
    """What the lock does not list, or lists as the machine's, has none, whatever lies there."""
    assert held(tmp_path, b"base\n", entry) is None


def test_places() -> None:
    """Below `.scaffold`, by the file's own path, under names that no linter and no test runner picks up."""
    assert base_path("tests/test_a.py") == ".scaffold/base/tests/test_a.py.base"
    assert conflict_path("tests/test_a.py") == ".scaffold/conflicts/tests/test_a.py.md"
    assert replaced_path("a.py", b"x") == f".scaffold/replaced/a.py.{digest(b'x')[:8]}"
    assert replaced_path("a.py", b"x") != replaced_path("a.py", b"y")
