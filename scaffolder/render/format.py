"""Formats generated Python with ruff: two processes for all files of a run that are not in the cache."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail

# As in the pyproject.toml of a generated project, so that its own `ruff` finds nothing to change.
LINE_LENGTH = 110
TARGET = "py311"

_COMMON = ("--isolated", "--no-cache", "--line-length", str(LINE_LENGTH), "--target-version", TARGET)
# An import that lost names goes back to one line where it fits: the comma behind the last name is no wish of anyone.
_ONE_LINE = ("--config", "lint.isort.split-on-trailing-comma = false")
CHECK = ("check", *_COMMON, "--select", "I,F401", "--fix", "--exit-zero", "--quiet", *_ONE_LINE)
FORMAT = ("format", *_COMMON)


def format_python(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, by path in the project, with unused imports removed, the others sorted, and formatted.

    What ruff has formatted before comes from the user's cache, which no result depends on. Raises a `ScaffoldError`
    with code `generated` naming each file that is not Python.
    """
    if not files:
        return {}
    from scaffolder.cache import Cache

    ruff, own, cache = find_ruff(), own_packages(files), Cache.of_user("format")
    identity = cache and _identity(ruff)
    if not cache or not identity:
        return _formatted(ruff, files, own, files)
    keys = _keys(files, [*identity, CHECK, FORMAT, own])
    known = cache.read(keys.values())
    missing = {path: content for path, content in files.items() if keys[path] not in known}
    made = _formatted(ruff, missing, own, files)
    if made:
        cache.write({keys[path]: content for path, content in made.items()})
    return {path: made[path] if path in made else known[keys[path]] for path in files}


def _keys(files: Mapping[str, bytes], common: Sequence[object]) -> dict[str, bytes]:
    """For each file the hash of all that its formatted text depends on; its path, because `__init__.py` is special."""
    from hashlib import sha256

    start = sha256(json.dumps(common).encode())
    keys = {}
    for path, content in files.items():
        key = start.copy()
        key.update(json.dumps([path, _packages_above(path, files)]).encode())
        key.update(content)
        keys[path] = key.digest()
    return keys


def _identity(ruff: str) -> list[object]:
    """What tells this ruff from another one, without a process: that takes as long as formatting a file.

    A script in its place, as version managers put there, stays the same when what it starts changes; it is asked.
    Empty where nothing can be said.
    """
    path = os.path.realpath(ruff)
    try:
        stat = os.stat(path)
        found: list[object] = [path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        with open(path, "rb") as file:
            if os.path.basename(path).removesuffix(".exe") == "ruff" and file.read(2) != b"#!":
                return found
        asked = subprocess.run([ruff, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [*found, asked.stdout]


def _formatted(
    ruff: str, files: Mapping[str, bytes], own: Sequence[str], all_files: Collection[str]
) -> dict[str, bytes]:
    """ruff's result for `files`, which are some of `all_files`.

    They are written where the user has temporary files. In memory that would be 0.2 s faster for 2,600 files, of
    10 s for the run; but /dev/shm has 64 MB in a container, and counts as the memory of the run.
    """
    if not files:
        return {}
    packages = {f"{folder}/__init__.py": b"" for path in files for folder in _packages_above(path, all_files)}
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        _write(folder, packages | dict(files))
        known = f"lint.isort.known-first-party = {json.dumps(own)}"
        _run(ruff, folder, *CHECK, "--config", known)
        _run(ruff, folder, *FORMAT)
        return {path: Path(folder, path).read_bytes() for path in files}


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    made = set()
    for path, content in files.items():
        target = f"{folder}/{path}"
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        with open(target, "wb", buffering=0) as file:
            file.write(content)


def _packages_above(path: str, files: Collection[str]) -> list[str]:
    """The folders above `path` that `files` make packages: ruff takes a package for its own modules' own."""
    parts = path.split("/")[:-1]
    folders = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [folder for folder in folders if f"{folder}/__init__.py" in files]


def own_packages(paths: Iterable[str]) -> list[str]:
    """The names that an import finds in the project: what is below a `src` folder or at the top; sorted.

    ruff looks for them on the disk, but neither verbatim modules (`kit/`) nor what is cached are among the files
    that it gets. A name at the top that the standard library has is the library's, to ruff.
    """
    found = set()
    for path in paths:
        parts = path.removesuffix(".py").split("/")
        if "src" in parts[:-1]:
            found.add(parts[parts.index("src") + 1])
        if parts[0] not in sys.stdlib_module_names:
            found.add(parts[0])
    return sorted(name for name in found if name.isidentifier())


def find_ruff() -> str:
    """The path of ruff's binary: the one that was installed with the tool, else the one on PATH."""
    try:
        return str(importlib.import_module("ruff").find_ruff_bin())
    except (ImportError, AttributeError, FileNotFoundError):
        name = "ruff" + (sysconfig.get_config_var("EXE") or "")
        beside = os.path.join(os.path.dirname(sys.executable), name)
        found = beside if os.path.isfile(beside) else shutil.which("ruff")
        if found:
            return found
        raise fail(
            "ruff", "ruff, which formats what is generated, is not installed", "pip install ruff"
        ) from None


def _run(ruff: str, folder: str, *arguments: str) -> None:
    result = subprocess.run([ruff, *arguments, "."], cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("error:")]
        raise ScaffoldError(
            [_failure(line) for line in lines] or [_failure(f"ruff exited with {result.returncode}")]
        )


def _failure(line: str) -> Diagnostic:
    """One line of ruff's, `error: Failed to parse a/b.py:3:1: why`, as a diagnostic."""
    hint = "the template that it comes from is at fault; please report it"
    match = re.match(r"error: Failed to (?:parse|format) (.+?):(?:(\d+):(\d+):)? (.+)", line)
    if match is None:
        return Diagnostic("generated", line.removeprefix("error: "), hint)
    path, row, column, why = match.groups()
    place = Location(path.replace("\\", "/"), int(row or 0), int(column or 0))
    return Diagnostic("generated", f"would not be valid Python: {why}", hint, place)
