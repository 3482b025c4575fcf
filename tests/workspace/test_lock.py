"""The lock: the same bytes for the same content, a lock still when git has merged it, and never a guess."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.artifact import Ownership
from scaffolder.workspace import lock as locks
from scaffolder.workspace.lock import Entry, Lock, Open

names = st.text(st.characters(codec="utf-8", exclude_characters="\\:/\0"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
hashes = st.sampled_from(["0" * 64, "ab" * 32])
entries = st.builds(Entry, st.sampled_from(Ownership), hashes, st.sampled_from(["", "template"]))
texts = st.dictionaries(names, names, max_size=4)
opens = st.dictionaries(st.tuples(names, names).map("::".join), st.builds(Open, hashes, hashes), max_size=3)
made = st.builds(Lock, st.dictionaries(names, entries, max_size=4), texts, opens, texts, texts, texts)

FORMAT_1 = """\
{
"format": 1,
"inputs": {
"tool": "0.1.0"
},
"files": {
"README.md": {"owner": "merged", "sha256": "aaaa"},
"gen.py": {"owner": "machine", "sha256": "bbbb", "origin": "template"}
}
}
"""


def write(root: Path, content: bytes) -> None:
    path = root / locks.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def entry(character: str = "0", owner: Ownership = Ownership.MERGED) -> Entry:
    return Entry(owner, character * 64)


@given(lock=made)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> None:
    """Writing and reading a lock is the identity, conflicts and RPCs included."""
    root = tmp_path_factory.mktemp("project")
    write(root, locks.render(lock))
    assert locks.read(root) == (lock, ())


@given(lock=made)
def test_reading_and_writing_keeps_the_bytes(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> None:
    """What was read is written again byte for byte, so a run that changes nothing leaves the file alone."""
    root = tmp_path_factory.mktemp("project")
    write(root, locks.render(lock))
    assert locks.render(locks.read(root)[0]) == locks.render(lock)


def test_one_entry_a_line_and_sorted(tmp_path: Path) -> None:
    """One line for each entry, in order, whatever order they were made in; every line ends alike."""
    lock = Lock(
        {"b": entry(), "a": entry()},
        {"tool": "1"},
        {"a::Order.get": Open("12", "34")},
        {"o.Order.Get": "M -> stream M"},
        {"o.Order": "order"},
        {"o.Order.Get": "get o.Order"},
    )
    assert locks.render(lock).decode() == (
        '{\n"format": 2,\n"inputs": {\n"tool": "1",\n"": null},\n"files": {\n'
        f'"a": {{"owner": "merged", "sha256": "{"0" * 64}"}},\n'
        f'"b": {{"owner": "merged", "sha256": "{"0" * 64}"}},\n"": null}},\n'
        '"conflicts": {\n"a::Order.get": ["12", "34"],\n"": null},\n'
        '"rpcs": {\n"o.Order.Get": "M -> stream M",\n"": null},\n'
        '"nouns": {\n"o.Order": "order",\n"": null},\n'
        '"methods": {\n"o.Order.Get": "get o.Order",\n"": null},\n"": null}\n'
    )


def test_empty_blocks_end_like_full_ones() -> None:
    """The first entry of a block adds a line and changes none: that is what lets git merge two first entries."""
    empty = locks.render(Lock()).decode().splitlines()
    full = locks.render(Lock({"a": entry()}, {"tool": "1"})).decode().splitlines()
    assert [line for line in full if line in empty] == empty
    assert len(full) == len(empty) + 2


def test_lock_of_the_older_format_is_read(tmp_path: Path) -> None:
    """A project of an older tool keeps what was recorded of it."""
    write(tmp_path, FORMAT_1.encode())
    lock, warnings = locks.read(tmp_path)
    assert warnings == ()
    assert lock == Lock(
        {
            "README.md": Entry(Ownership.MERGED, "aaaa"),
            "gen.py": Entry(Ownership.MACHINE, "bbbb", "template"),
        },
        {"tool": "0.1.0"},
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
        '{"format": 2, "inputs": {}, "files": []}',
        '{"format": 2, "inputs": {}, "files": {"a": []}}',
        '{"format": 2, "inputs": {"tool": 1}, "files": {}}',
        '{"format": 2, "inputs": {}, "files": {}, "conflicts": {"a::b": ["1"]}}',
        '{"format": 2, "inputs": {}, "files": {}, "conflicts": {"a::b": {"1": "2", "3": "4"}}}',
        '{"format": 2, "inputs": {}, "files": {}, "rpcs": {"a": null}}',
        '{"format": [], "inputs": {}, "files": {}}',
        "\ud800",
        "[" * 100_000,
    ],
)
def test_damaged_lock_is_lost_with_a_warning(tmp_path: Path, damage: str) -> None:
    """A lock that cannot be read counts as lost, and the user is told."""
    write(tmp_path, damage.encode("utf-8", "surrogatepass"))
    lock, warnings = locks.read(tmp_path)
    assert lock == Lock(lost=True)
    assert [(item.code, item.severity) for item in warnings] == [("lock", "warning")]


def test_no_lock_is_a_lost_one(tmp_path: Path) -> None:
    """Without a lock nothing is known of what is there, so nothing there may give way; that alone is no warning."""
    assert locks.read(tmp_path) == (Lock(lost=True), ())


def test_path_with_two_entries_knows_both(tmp_path: Path) -> None:
    """After git's union merge either branch's bytes may be on the disk: both hashes are known, and no third."""
    first, second = locks.render(Lock({"a": entry("1")})), locks.render(Lock({"a": entry("2")}))
    lines = first.decode().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith('"a"'))
    other = next(line for line in second.decode().splitlines(keepends=True) if line.startswith('"a"'))
    write(tmp_path, "".join([*lines[: at + 1], other, *lines[at + 1 :]]).encode())
    lock, warnings = locks.read(tmp_path)
    assert warnings == ()
    assert [lock.files["a"].knows(character * 64) for character in "123"] == [True, True, False]


def test_block_that_stands_twice_is_read_whole(tmp_path: Path) -> None:
    """A union merge may repeat a whole block: what only the first one names is known as well."""
    one, two = (locks.render(Lock({name: entry(name[0])})).decode() for name in ("a", "b"))
    block = one[one.index('"files"') : one.index('"conflicts"')]
    write(tmp_path, two.replace('"files"', f'{block}"files"').encode())
    lock, warnings = locks.read(tmp_path)
    assert warnings == ()
    assert set(lock.files) == {"a", "b"}


def test_inputs_of_two_branches_equal_nothing(tmp_path: Path) -> None:
    """An input that two branches recorded differently matches no file, so the next run does its work."""
    text = locks.render(Lock({}, {"order.proto": "1" * 64})).decode()
    line = f'"order.proto": "{"1" * 64}",\n'
    write(tmp_path, text.replace(line, line + line.replace("1", "2")).encode())
    assert locks.read(tmp_path)[0].inputs["order.proto"] not in ("1" * 64, "2" * 64)


class Repository:
    """A git repository whose lock merges by union, as generated projects have it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        (root / ".gitattributes").write_text(f"/{locks.FILE} merge=union\n", encoding="utf-8")

    def git(self, *arguments: str) -> None:
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}
        who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(
            ["git", *arguments], cwd=self.root, env=os.environ | who, check=True, capture_output=True
        )

    def commit(self, lock: Lock, branch: str = "") -> None:
        if branch:
            self.git("checkout", "-q", "-b", branch, "main")
        write(self.root, locks.render(lock))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", branch or "main", "--allow-empty")

    def merged(self, one: Lock, two: Lock, before: Lock) -> Lock:
        """The lock after a real merge of two branches that both regenerated."""
        self.commit(before)
        self.commit(one, "one")
        self.commit(two, "two")
        self.git("merge", "-q", "one")
        lock, warnings = locks.read(self.root)
        assert warnings == ()
        return lock


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return Repository(tmp_path)


def files(**hashed: str) -> Mapping[str, Entry]:
    return {f"{name}.py": entry(character) for name, character in hashed.items()}


def test_git_merges_two_regenerations(repository: Repository) -> None:
    """Two branches update the same file and each adds one: the merged lock knows all of it."""
    before = Lock(files(b="0", m="0", y="0"), {"tool": "1"}, rpcs={"o.A": "M -> M"})
    one = Lock(files(a="1", b="0", m="1", y="0"), {"tool": "2"}, rpcs={"o.A": "M -> M", "o.B": "M -> M"})
    two = Lock(files(b="0", m="2", y="0", z="2"), {"tool": "3"}, rpcs={"o.A": "M -> M", "o.C": "M -> M"})

    lock = repository.merged(one, two, before)

    assert set(lock.files) == {"a.py", "b.py", "m.py", "y.py", "z.py"}
    assert all(lock.files["m.py"].knows(character * 64) for character in "12")
    assert set(lock.rpcs) == {"o.A", "o.B", "o.C"}
    assert lock.inputs["tool"] not in ("1", "2", "3")


def test_git_merges_into_empty_blocks(repository: Repository) -> None:
    """Both branches write the first entries of every block."""
    conflict = {"a.py::get": Open("1", "2")}
    one = Lock(files(a="1"), {"tool": "1"}, conflict, {"o.A": "M -> M"})
    two = Lock(files(z="2"), {"tool": "1"}, {}, {"o.C": "M -> M"})
    lock = repository.merged(one, two, Lock())
    assert lock.files.keys() == {"a.py", "z.py"}
    assert lock.conflicts == conflict
    assert lock.rpcs.keys() == {"o.A", "o.C"}
