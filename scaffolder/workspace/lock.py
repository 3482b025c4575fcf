"""`.scaffold/lock.json`: what the tool last wrote, and what it wrote it from.

One entry a line and sorted, so that a diff of it reads well and two git branches seldom meet in it. It holds no
time, no absolute path, nothing of this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import is_plain_relative, shown

FOLDER = ".scaffold"
FILE = f"{FOLDER}/lock.json"
FORMAT = 1
TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the tool last wrote it; `sha256` is of those bytes, in lower-case hex.

    `origin` is `TEMPLATE` for a file that a cookiecutter template brought, `""` for one that we generate.
    """

    owner: Ownership
    sha256: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """`files` by path relative to the project; `inputs` as `scaffolder.workspace.inputs` describes them.

    `lost` is true where the file was there and could not be read: nothing that is on the disk may then be deleted
    or replaced.
    """

    files: Mapping[str, Entry] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


def digest(content: bytes) -> str:
    """The hash that the lock records of a file."""
    return sha256(content).hexdigest()


def read(root: Path) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """The lock of the project and a warning if it is damaged; an empty lock where there is none."""
    path = root / FILE
    try:
        return _parse(path.read_text(encoding="utf-8")), ()
    except FileNotFoundError:
        return Lock(), ()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "take it from git; until then nothing that exists is changed or deleted"
        message = f"cannot be read ({_reason(error)}), so what you edited is not known"
        return Lock(lost=True), (Diagnostic("lock", message, hint, Location(shown(path)), "warning"),)


def render(lock: Lock) -> bytes:
    """The bytes of lock.json, the same for equal locks."""
    inputs = [f"{_json(name)}: {_json(value)}" for name, value in sorted(lock.inputs.items())]
    files = [f"{_json(path)}: {_entry(entry)}" for path, entry in sorted(lock.files.items())]
    lines = [f'{{\n"format": {FORMAT},', f'"inputs": {_block(inputs)},', f'"files": {_block(files)}\n}}\n']
    return "\n".join(lines).encode()


def _parse(text: str) -> Lock:
    data = json.loads(text)
    if data["format"] != FORMAT:
        raise ValueError(f"its format is {data['format']}, this tool knows {FORMAT}")
    files = {
        path: Entry(Ownership(entry["owner"]), _text(entry["sha256"]), _text(entry.get("origin", "")))
        for path, entry in data["files"].items()
    }
    outside = [path for path in files if not is_plain_relative(path)]
    if outside:
        raise ValueError(f"it names `{outside[0]}`, which is not inside the project")
    return Lock(files, {name: _text(value) for name, value in data["inputs"].items()})


def _reason(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(entry: Entry) -> str:
    origin = f', "origin": {_json(entry.origin)}' if entry.origin else ""
    return f'{{"owner": {_json(entry.owner)}, "sha256": {_json(entry.sha256)}{origin}}}'


def _block(lines: Iterable[str]) -> str:
    body = ",\n".join(lines)
    return f"{{\n{body}\n}}" if body else "{}"
