"""The lock: the same bytes for the same content, and never a guess where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.artifact import Ownership
from scaffolder.workspace import lock as locks
from scaffolder.workspace.lock import Entry, Lock

names = st.text(st.characters(codec="utf-8", exclude_characters="\\:/\0"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
entries = st.builds(
    Entry,
    st.sampled_from(Ownership),
    st.sampled_from(["0" * 64, "ab" * 32]),
    st.sampled_from(["", "template"]),
)


@given(files=st.dictionaries(names, entries), inputs=st.dictionaries(names, names))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, Entry], inputs: dict[str, str]
) -> None:
    """Writing and reading a lock is the identity."""
    root = tmp_path_factory.mktemp("project")
    lock = Lock(files, inputs)
    write(root, locks.render(lock))
    assert locks.read(root) == (lock, ())


def test_one_entry_a_line_and_sorted(tmp_path: Path) -> None:
    """A lock is one line for each file, in order, whatever the order they were made in."""
    entry = Entry(Ownership.MERGED, "0" * 64)
    text = locks.render(Lock({"b": entry, "a": entry}, {"tool": "1"})).decode()
    assert text == (
        '{\n"format": 1,\n"inputs": {\n"tool": "1"\n},\n"files": {\n'
        f'"a": {{"owner": "merged", "sha256": "{"0" * 64}"}},\n'
        f'"b": {{"owner": "merged", "sha256": "{"0" * 64}"}}\n}}\n}}\n'
    )


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "not json",
        "[]",
        '{"format": 1}',
        '{"format": 99, "inputs": {}, "files": {}}',
        '{"format": 1, "inputs": {}, "files": {"a": {"owner": "nobody", "sha256": ""}}}',
        '{"format": 1, "inputs": {}, "files": {"a": {"owner": "machine", "sha256": 7}}}',
        '{"format": 1, "inputs": {}, "files": {"../a": {"owner": "machine", "sha256": ""}}}',
        '{"format": 1, "inputs": {},\n<<<<<<< ours\n"files": {}}',
    ],
)
def test_damaged_lock_is_lost_with_a_warning(tmp_path: Path, damage: str) -> None:
    """A lock that cannot be read counts as lost, and the user is told."""
    write(tmp_path, damage.encode())
    lock, warnings = locks.read(tmp_path)
    assert lock == Lock(lost=True)
    assert [(item.code, item.severity) for item in warnings] == [("lock", "warning")]


def test_no_lock_is_an_empty_one(tmp_path: Path) -> None:
    """A project without a lock has nothing recorded, and nothing is wrong with that."""
    assert locks.read(tmp_path) == (Lock(), ())


def write(root: Path, content: bytes) -> None:
    path = root / locks.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
