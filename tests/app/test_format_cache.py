"""Formatted text is kept between runs, is never wrong, and is never a reason to fail."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder import cache as caches
from scaffolder.cache import Cache
from scaffolder.diagnostics import ScaffoldError
from scaffolder.render import format as formatting
from scaffolder.render.format import format_python

RAW = {
    "src/shop/a.py": b"import sys\nimport os\nx = {  'a':os }\n",
    "src/shop/b.py": b"import grpc\nfrom shop import a\nprint(grpc, a)\n",
    "tests/c.py": b"import tests.x\nimport grpc\nprint(grpc, tests.x)\n",
}
EXPECTED = {
    "src/shop/a.py": b'import os\n\nx = {"a": os}\n',
    "src/shop/b.py": b"import grpc\n\nfrom shop import a\n\nprint(grpc, a)\n",
    "tests/c.py": b"import grpc\n\nimport tests.x\n\nprint(grpc, tests.x)\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the cache is in, empty as yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("SCAFFOLD_NO_CACHE", raising=False)
    if sys.platform == "darwin":
        pytest.skip("the cache folder of macOS cannot be moved")
    return tmp_path / "cache/scaffold/format"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """For every run of ruff the files that it was given."""
    found: list[list[str]] = []
    real = formatting._run

    def run(ruff: str, folder: str, *arguments: str) -> None:
        found.append(sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.py")))
        real(ruff, folder, *arguments)

    monkeypatch.setattr(formatting, "_run", run)
    return found


def test_only_what_changed_is_formatted(folder: Path, runs: list[list[str]]) -> None:
    """The second run starts nothing; the third gives ruff the one file that is new."""
    assert format_python(RAW) == EXPECTED
    assert runs == [sorted(RAW)] * 2

    assert format_python(RAW) == EXPECTED
    assert len(runs) == 2

    changed = format_python({**RAW, "src/shop/a.py": b"y=1"})
    assert changed == {**EXPECTED, "src/shop/a.py": b"y = 1\n"}
    assert runs[2:] == [["src/shop/a.py"]] * 2


def test_import_that_lost_names_goes_back_to_one_line() -> None:
    """A template's import in many lines, of which one name is used, is as if it had been written for that one."""
    raw = b"from os import (\n    getcwd,\n    path,\n    sep,\n)\n\nprint(path)\n"
    assert format_python({"x.py": raw}) == {"x.py": b"from os import path\n\nprint(path)\n"}


NAMES = st.sampled_from(["shop", "tests", "grpc", "os", "tools", "deep", "cart"])
PATHS = st.sampled_from(
    [
        "src/shop/__init__.py",
        "src/shop/a.py",
        "src/shop/deep/__init__.py",
        "src/shop/deep/b.py",
        "src/cart.py",
        "tests/__init__.py",
        "tests/a.py",
        "tools/deep/__init__.py",
        "tools/deep/x.py",
        "grpc/x.py",
        "os/x.py",
    ]
)


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    imported = draw(st.lists(NAMES, max_size=5))
    used = draw(st.lists(NAMES, max_size=5))
    return "".join([*(f"import {name}\n" for name in imported), f"x = [  {', '.join(used)}]\n"]).encode()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.dictionaries(PATHS, modules(), min_size=1, max_size=6), min_size=1, max_size=3))
def test_cache_changes_no_result(folder: Path, steps: Sequence[dict[str, bytes]]) -> None:
    """Whatever was formatted before, a run gives what it gives without a cache: each file on its own counts too."""
    for files in steps:
        cached = format_python(files)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SCAFFOLD_NO_CACHE", "1")
            assert cached == format_python(files)


def stored(folder: Path) -> int:
    with sqlite3.connect(folder / "entries-1.sqlite") as database:
        return int(database.execute("SELECT COUNT(*) FROM entries").fetchone()[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHECK", (*formatting.CHECK, "--ignore", "F401")),
        ("FORMAT", tuple("12" if each == "110" else each for each in formatting.FORMAT)),
    ],
)
def test_other_options_are_another_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: tuple[str, ...]
) -> None:
    """Text that was formatted under other options is not taken."""
    before = format_python(RAW)
    monkeypatch.setattr(formatting, name, value)
    assert format_python(RAW) != before
    assert stored(folder) == 2 * len(RAW)


def test_another_ruff_is_another_key(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ruff elsewhere, and one that was replaced in its place, are asked anew."""
    other = tmp_path / os.path.basename(formatting.find_ruff())
    shutil.copy2(formatting.find_ruff(), other)
    format_python(RAW)
    monkeypatch.setattr(formatting, "find_ruff", lambda: str(other))
    format_python(RAW)
    assert stored(folder) == 2 * len(RAW)
    os.utime(other, ns=(1, 1))
    format_python(RAW)
    assert stored(folder) == 3 * len(RAW)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_script_in_ruffs_place_is_asked_for_its_version(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a version manager puts on PATH stays the same file when it starts another ruff."""
    script, version = tmp_path / "ruff", tmp_path / "version"
    script.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec cat {version}\nexec {formatting.find_ruff()} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setattr(formatting, "find_ruff", lambda: str(script))
    for count, text in enumerate(("ruff 1", "ruff 2"), 1):
        version.write_text(text)
        assert format_python(RAW) == format_python(RAW) == EXPECTED
        assert stored(folder) == count * len(RAW)
    version.unlink()  # it cannot say which it is: no cache
    assert format_python({"x.py": b"x=1"}) == {"x.py": b"x = 1\n"}
    assert stored(folder) == 2 * len(RAW)


def test_what_fails_is_not_stored(folder: Path) -> None:
    """A file that does not parse fails again, and the files beside it are formatted when it is gone."""
    broken = {**RAW, "src/shop/z.py": b"def"}
    for _ in range(2):
        with pytest.raises(ScaffoldError, match="would not be valid Python"):
            format_python(broken)
    assert format_python(RAW) == EXPECTED


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty", "bytes", "other database", "folder"])
def test_damaged_file_is_made_anew(folder: Path, runs: list[list[str]], damage: str) -> None:
    """Damage costs runs of ruff, never a wrong text and never an error."""
    format_python(RAW)
    path = folder / "entries-1.sqlite"
    content = path.read_bytes()
    match damage:
        case "garbage":
            path.write_bytes(b"no database" * 100)
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "empty":
            path.write_bytes(b"")
        case "bytes":
            path.write_bytes(content[:4096] + bytes(255 - byte for byte in content[4096:]))
        case "other database":
            path.unlink()
            with sqlite3.connect(path) as database:
                database.execute("CREATE TABLE entries (other TEXT)")
        case "folder":
            path.unlink()
            path.mkdir()
    assert [format_python(RAW) for _ in range(3)] == [EXPECTED] * 3
    if damage not in ("other database", "folder"):
        started = len(runs)
        assert format_python(RAW) == EXPECTED
        assert len(runs) == started


def test_entry_of_another_key_is_not_taken(folder: Path) -> None:
    """Two contents that changed places, and one that is cut, are seen."""
    cache = Cache(folder / "x.sqlite")
    folder.mkdir(parents=True)
    cache.write({b"k1": b"one", b"k2": b"two", b"k3": b"three"})
    with sqlite3.connect(cache.path) as database:
        rows = dict(database.execute("SELECT key, content FROM entries"))
        change = "UPDATE entries SET content = ? WHERE key = ?"
        database.executemany(change, [(rows[b"k2"], b"k1"), (rows[b"k3"][:-3], b"k3")])
    assert cache.read([b"k1", b"k2", b"k3"]) == {b"k2": b"two"}
    cache.write({b"k1": b"one"})
    assert cache.read([b"k1"]) == {b"k1": b"one"}


def test_folder_that_cannot_be_written(folder: Path, runs: list[list[str]]) -> None:
    """Read-only, what is there is used and the rest done without; so it is where there can be no folder."""
    format_python(RAW)
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("modes do not stop this user")
    path = folder / "entries-1.sqlite"
    path.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert format_python({**RAW, "x.py": b"x=1"}) == {**EXPECTED, "x.py": b"x = 1\n"}
        assert runs[2:] == [["x.py"]] * 2
    finally:
        folder.chmod(stat.S_IRWXU)


def test_no_folder_for_a_cache(folder: Path, tmp_path: Path) -> None:
    """A file where the folder should be: no cache, and nothing else."""
    (tmp_path / "cache").touch()
    assert format_python(RAW) == EXPECTED


@pytest.mark.parametrize("message", ["disk I/O error", "database or disk is full", "database is locked"])
def test_failing_write_is_passed_over(
    folder: Path, runs: list[list[str]], monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    """What SQLite says on a full disk or beside another process stops no run, and half a write stores nothing."""

    def fail(_: sqlite3.Connection) -> int:
        raise sqlite3.OperationalError(message)

    with monkeypatch.context() as patch:
        patch.setattr(caches, "_size", fail)
        assert format_python(RAW) == EXPECTED

    assert format_python(RAW) == EXPECTED
    assert runs == [sorted(RAW)] * 4
    assert stored(folder) == len(RAW)


def test_switched_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SCAFFOLD_NO_CACHE leaves no trace on the disk."""
    monkeypatch.setenv("SCAFFOLD_NO_CACHE", "1")
    assert format_python(RAW) == EXPECTED
    assert not folder.exists()


def test_stalest_entries_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit those go that no run has used for longest, and the file shrinks."""
    folder.mkdir(parents=True)
    cache = Cache(folder / "x.sqlite", limit=200_000)
    entries = {f"{n}".encode(): os.urandom(10_000) for n in range(12)}
    for day, (key, content) in enumerate(entries.items()):
        monkeypatch.setattr(caches, "_today", lambda day=day: day)
        cache.write({key: content})
    monkeypatch.setattr(caches, "_today", lambda: 20)
    assert cache.read([b"0"]) == {b"0": entries[b"0"]}  # used again, and so not the stalest any more

    cache.write({f"new{n}".encode(): os.urandom(10_000) for n in range(9)})

    kept = set(cache.read(entries))
    assert b"0" in kept
    assert b"11" in kept
    assert not {b"1", b"2", b"3"} & kept
    assert cache.path.stat().st_size <= 200_000


def test_processes_at_once(folder: Path) -> None:
    """Eight processes that fill an empty cache together all get it right, and leave it whole."""
    program = (
        "from scaffolder.render.format import format_python\n"
        "files = {f'src/shop/m{n}.py': b'x=%d' % n for n in range(40)}\n"
        "assert format_python(files) == {path: raw.replace(b'=', b' = ') + b'\\n' for path, raw in files.items()}\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    assert stored(folder) == 40
    with sqlite3.connect(folder / "entries-1.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
