"""What a run reads, as names and hashes: the same inputs and untouched output mean that there is nothing to do.

Recorded in the lock, one line each: `scope` (client or server), `tool`, `scaffold.yaml`, `proto_paths` (they stand
here as well, so that scaffold.yaml need not be parsed to find that nothing changed), and every contract of the
closure by import name: its hash where it comes from the project, the package that brings it where it does not; and
`migrations`, one hash for all revisions. Contracts of packages
are looked up again, since a file of that name put into the project would be found first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scaffolder import resources
from scaffolder.artifact import Ownership
from scaffolder.overlay import digest_of_overlay
from scaffolder.workspace.lock import Lock, digest

SCOPE, TOOL, CONFIG, PATHS, OVERLAY = "scope", "tool", "scaffold.yaml", "proto_paths", "templates"
REVISIONS = "migrations"
_OWN = (SCOPE, TOOL, CONFIG, PATHS, OVERLAY, REVISIONS)
_HASH_LENGTH = 64
_FOLDER = "migrations/versions"


def record(
    config: bytes,
    proto_paths: Sequence[str],
    contracts: Mapping[str, bytes | str],
    scope: str,
    *,
    overlay: str = "",
    revisions: Mapping[str, bytes] | None = None,
) -> dict[str, str]:
    """The inputs of a finished run; `contracts` maps import names to contents, or to the package they came from."""
    own = {SCOPE: scope, TOOL: resources.identity(), CONFIG: digest(config), PATHS: "\n".join(proto_paths)}
    own |= {OVERLAY: overlay} if overlay else {}
    own |= {REVISIONS: _digest_of(revisions)} if revisions else {}
    return own | {
        name: content or "package" if isinstance(content, str) else digest(content)
        for name, content in contracts.items()
    }


def unchanged(lock: Lock, root: Path, scope: str) -> bool:
    """Whether the run that the lock records did all that a run of `scope` would do now."""
    inputs = lock.inputs
    if inputs.get(SCOPE) not in (scope, "server"):
        return False
    if inputs.get(CONFIG) != digest((root / CONFIG).read_bytes()) or inputs.get(TOOL) != resources.identity():
        return False
    if inputs.get(OVERLAY, "") != digest_of_overlay(root):
        return False
    if inputs.get(REVISIONS, "") != _digest_of(revisions_of(root)):
        return False
    roots = [f"{root}/{path}" for path in inputs.get(PATHS, "").split("\n")]
    contracts = ((name, value) for name, value in inputs.items() if name not in _OWN)
    return all(_same(name, value, roots) for name, value in contracts)


def revisions_of(root: Path) -> dict[str, bytes]:
    """The revisions of a project by their paths in it: a run writes the next one, or merges two of two branches."""
    try:
        names = sorted(os.listdir(f"{root}/{_FOLDER}"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    paths = [f"{_FOLDER}/{name}" for name in names if name.endswith(".py")]
    return {path: content for path in paths if (content := read_bytes(f"{root}/{path}")) is not None}


def _digest_of(files: Mapping[str, bytes]) -> str:
    if not files:
        return ""
    return digest("\n".join(f"{path} {digest(files[path])}" for path in sorted(files)).encode())


def edited_machine_files(lock: Lock, root: Path) -> list[str] | None:
    """The machine's files that differ from what was written, or None where one is gone."""
    edited = []
    for path, entry in lock.files.items():
        if entry.owner is not Ownership.MACHINE:
            continue
        content = read_bytes(f"{root}/{path}")
        if content is None:
            return None
        if digest(content) != entry.sha256:
            edited.append(path)
    return edited


def read_bytes(path: str) -> bytes | None:
    """The file's content, None where there is no file."""
    try:
        with open(path, "rb", buffering=0) as file:  # read whole, so a buffer only costs time
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def find_contract(name: str, roots: Iterable[str]) -> bytes | None:
    """The contents of a contract by import name, from the first root that has it."""
    return next((content for root in roots if (content := read_bytes(f"{root}/{name}")) is not None), None)


def _same(name: str, recorded: str, roots: Sequence[str]) -> bool:
    content = find_contract(name, roots)
    if content is None:
        return len(recorded) != _HASH_LENGTH
    return digest(content) == recorded
