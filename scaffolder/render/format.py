"""Formats generated Python with ruff: two processes for all files of a run, in a temporary folder."""

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
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail

# As in the pyproject.toml of a generated project, so that its own `ruff` finds nothing to change.
LINE_LENGTH = 110
TARGET = "py311"


def format_python(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, by path in the project, with unused imports removed, the others sorted, and formatted.

    Raises a `ScaffoldError` with code `generated` naming each file that is not Python.
    """
    if not files:
        return {}
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        root = Path(folder)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        ruff = find_ruff()
        own = f"lint.isort.known-first-party = {json.dumps(own_packages(files))}"
        _run(ruff, root, "check", "--select", "I,F401", "--fix", "--exit-zero", "--quiet", "--config", own)
        _run(ruff, root, "format")
        return {path: (root / path).read_bytes() for path in files}


def own_packages(paths: Iterable[str]) -> list[str]:
    """The top-level packages below a `src` folder, sorted.

    ruff looks for them on the disk, but verbatim modules (`kit/`) are not among the files that it gets.
    """
    found = (PurePosixPath(path).parts for path in paths)
    return sorted({parts[parts.index("src") + 1] for parts in found if "src" in parts})


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


def _run(ruff: str, folder: Path, command: str, *options: str) -> None:
    common = [
        "--isolated",
        "--no-cache",
        "--line-length",
        str(LINE_LENGTH),
        "--target-version",
        TARGET,
    ]
    result = subprocess.run(
        [ruff, command, *common, *options, "."], cwd=folder, capture_output=True, text=True, check=False
    )
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
