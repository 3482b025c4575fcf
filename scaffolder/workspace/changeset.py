"""What a run would change: artifacts against the lock against the disk. Decides everything, writes nothing.

`diff`, `check`, `--dry-run` and the real run all look at the same changeset, so none can disagree with another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import Entry, Lock, digest


class Action(StrEnum):
    """What happens to one file. CONFLICT: it would have to be overwritten, so the run is refused."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """One file: `before` is what the disk holds (None: no file), `after` what it will hold (None: no file).

    In a conflict `after` is what the tool would have written. `note` says why where that is not plain.
    """

    path: str
    action: Action
    owner: Ownership
    before: bytes | None = None
    after: bytes | None = None
    executable: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changeset:
    """`changes` in the order of the artifacts, deletions last; `files` is what the lock will list afterwards."""

    changes: tuple[Change, ...]
    files: Mapping[str, Entry]

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that touch the disk."""
        return tuple(c for c in self.changes if c.action in (Action.CREATE, Action.UPDATE, Action.DELETE))

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action is Action.CONFLICT)

    def refusals(self, root: Path) -> tuple[Diagnostic, ...]:
        """One diagnostic for each conflict."""
        return tuple(_refusal(change, root) for change in self.conflicts)


EDITED = "edited by you"
DELETED = "deleted by you, stays deleted"
ORPHANED = "no longer generated, kept because it is yours"
ORPHANED_EDITED = "no longer generated, kept because it was edited"


def compare(
    root: Path, artifacts: Iterable[Artifact], lock: Lock, *, expected: Iterable[str] = ()
) -> Changeset:
    """The changeset that brings `root` to `artifacts`.

    `expected` names files that another scope generates: those are neither made nor deleted here. A file that came
    with a cookiecutter template stays the template's, even where we would generate one of its name.
    """
    foreign = {path for path, entry in lock.files.items() if entry.origin}
    generated = {artifact.path: artifact for artifact in artifacts if artifact.path not in foreign}
    changes = [_compare(root, artifact, lock.files.get(artifact.path)) for artifact in generated.values()]
    entries = dict(lock.files)
    for change in changes:
        _advance(entries, change, generated[change.path])
    for path in sorted(lock.files.keys() - generated.keys() - foreign - set(expected)):
        change = _gone(root, path, lock.files[path])
        changes.append(change)
        if change.after is None:
            del entries[path]
    return Changeset(tuple(changes), entries)


def _compare(root: Path, artifact: Artifact, entry: Entry | None) -> Change:
    current = read_bytes(f"{root}/{artifact.path}")
    keep = Change(artifact.path, Action.KEEP, artifact.ownership, current, current, artifact.executable)
    would = replace(keep, after=artifact.content)
    if current is None:
        if entry is not None and artifact.ownership is not Ownership.MACHINE:
            return replace(keep, note=DELETED)
        return replace(would, action=Action.CREATE)
    if current == artifact.content or artifact.ownership is Ownership.YOURS:
        return keep
    if entry is None:
        return replace(would, action=Action.CONFLICT, note="not written by this tool")
    return _changed(keep, would, entry)


def _changed(keep: Change, would: Change, entry: Entry) -> Change:
    """A file that differs from what is generated now: who changed it since it was last written?"""
    if digest(keep.before or b"") == entry.sha256:
        return replace(would, action=Action.UPDATE)
    if digest(would.after or b"") == entry.sha256:
        return replace(keep, note=EDITED)
    return replace(would, action=Action.CONFLICT, note=EDITED)


def _gone(root: Path, path: str, entry: Entry) -> Change:
    """What becomes of a file that the lock lists and nobody generates any more."""
    current = read_bytes(f"{root}/{path}")
    keep = Change(path, Action.KEEP, entry.owner, current, current)
    if current is None:
        return keep
    if entry.owner is Ownership.YOURS:
        return replace(keep, note=ORPHANED)
    if digest(current) != entry.sha256:
        return replace(keep, note=ORPHANED_EDITED)
    return replace(keep, action=Action.DELETE, after=None)


def _advance(entries: dict[str, Entry], change: Change, artifact: Artifact) -> None:
    """Brings the lock's entry of a generated file up to date: it advances when the file does, and only then.

    A file that is the user's own keeps the hash of what the tool wrote.
    """
    entry = entries.get(change.path)
    if entry is not None and (artifact.ownership is Ownership.YOURS or change.after != artifact.content):
        entries[change.path] = replace(entry, owner=artifact.ownership)
    elif change.after == artifact.content and change.action is not Action.CONFLICT:
        entries[change.path] = Entry(artifact.ownership, digest(artifact.content))


def _refusal(change: Change, root: Path) -> Diagnostic:
    place = Location(shown(root / change.path))
    if change.note == EDITED:
        message = "was edited and would change, so nothing was written"
    else:
        message = "exists, was not written by this tool and would change, so nothing was written"
    if change.owner is Ownership.MACHINE:
        hint = (
            "`scaffold diff` shows the change; move the edit out of this file, delete the file, and run again"
        )
    else:
        hint = "`scaffold diff` shows the change; `scaffold proto client` still updates what is the machine's"
    return Diagnostic("would-overwrite", message, hint, place)
