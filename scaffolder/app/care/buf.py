"""Runs buf on images. Nothing is asked of any network: an image holds all that its rules look at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffolder.diagnostics import Location, ScaffoldError, fail
from scaffolder.paths import shown

FOUND = 100
"""buf's exit code where a rule is broken."""

TIMEOUT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule. `file` is an import name, "" where no file is left to point at; lines and columns are from 1."""

    rule: str
    message: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a buf.yaml says, for an image. `file` is that buf.yaml, None where there is none; `content` is for JSON."""

    content: Mapping[str, object]
    file: Path | None = None


def find() -> str:
    """The path of buf: the one beside this Python, else the one on PATH; a `ScaffoldError` where there is none."""
    beside = shutil.which("buf", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("buf")
    if found is None:
        message = "buf, which this command works with, is not installed"
        raise fail("buf-missing", message, "pip install 'scaffolder[lint]'")
    return found


def lint(image: bytes, configuration: Configuration) -> list[Violation]:
    """What `buf lint` finds in an image."""
    return _run("lint", [image], configuration)


def breaking(image: bytes, against: bytes, configuration: Configuration) -> list[Violation]:
    """What `buf breaking` finds in an image that was once `against`; imports are not looked at."""
    return _run("breaking", [image, against], configuration)


def _run(command: str, images: list[bytes], configuration: Configuration) -> list[Violation]:
    buf = find()
    with tempfile.TemporaryDirectory(prefix="scaffold-") as directory:
        paths = [Path(directory, f"{index}.binpb") for index in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            path.write_bytes(image)
        config = json.dumps(configuration.content)
        line = [buf, command, str(paths[0]), "--error-format=json", f"--config={config}"]
        if command == "breaking":
            line += [f"--against={paths[1]}", "--exclude-imports"]
        # Plugins of a buf.yaml are named relative to it; without one, nobody else's may be found by chance.
        folder = configuration.file.parent if configuration.file else Path(directory)
        done = _call(line, folder, directory)
    if done.returncode not in (0, FOUND):
        raise _refused(done.stderr, configuration.file)
    return [_violation(json.loads(line)) for line in done.stdout.splitlines()]


def _call(line: list[str], folder: Path, cache: str) -> subprocess.CompletedProcess[str]:
    """buf wants a folder for its cache, and a user need not have a home; nothing is kept in it for an image."""
    try:
        return subprocess.run(
            line,
            cwd=folder,
            env=os.environ | {"BUF_CACHE_DIR": cache},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        hint = "pip install --force-reinstall buf-bin"
        raise fail("buf", f"{line[0]} cannot be run: {error}", hint) from error


def _refused(said: str, file: Path | None) -> ScaffoldError:
    """buf's error, which is about the configuration: the image is one that protoc made."""
    message = " ".join(said.strip().removeprefix("Failure: ").split()) or "it gave no reason"
    if file:
        return fail("buf-config", f"buf refuses it: {message}", "mend that line", Location(shown(file)))
    return fail("buf", f"buf refuses the contracts: {message}", "pip install --upgrade buf-bin")


def _violation(found: Mapping[str, object]) -> Violation:
    return Violation(
        str(found["type"]),
        str(found["message"]),
        str(found.get("path") or ""),
        int(str(found.get("start_line") or 0)),
        int(str(found.get("start_column") or 0)),
    )
