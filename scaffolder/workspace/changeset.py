"""What a run would change, as values. `diff`, `check`, `--dry-run` and the real run all look at one changeset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scaffolder.artifact import Conflict, Detail, Ownership
from scaffolder.workspace.baseline import conflict_path
from scaffolder.workspace.lock import Entry, Open


class Action(StrEnum):
    """What happens to one file. CONFLICT: it stays as it is, and what the contract asks of it is left to the user."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """One file: `before` is what the disk holds (None: no file), `after` what it will hold (None: no file).

    `note` says why where that is not plain; `details` are the definitions or lines in it; `conflicts` what is left of
    them for the user, `proposal` where that is shown. `moved_from` is the path that the file had.
    """

    path: str
    action: Action
    owner: Ownership
    before: bytes | None = None
    after: bytes | None = None
    executable: bool = False
    note: str = ""
    details: tuple[Detail, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    moved_from: str = ""

    @property
    def proposal(self) -> str:
        return conflict_path(self.path) if self.conflicts else ""


@dataclass(frozen=True, slots=True)
class FileMerge:
    """A file merged: its bytes, those of its next base, and the account."""

    content: bytes
    base: bytes
    details: tuple[Detail, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


Merge = Callable[[str, "bytes | None", bytes, bytes], FileMerge]
"""`(path, base, current, incoming)`; the base is None where it is lost."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for beside the contract: see `scaffold generate --help`.

    `restore` are paths of files or folders, each with the definitions meant (none: what was deleted); `moves` are new
    paths with the ones that they had; `markers` writes conflicts into the files.
    """

    restore: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prune: bool = False
    moves: Mapping[str, str] = field(default_factory=dict)
    markers: bool = False

    def restored(self, path: str) -> frozenset[str]:
        """The names to bring back in a file, "*" for all that were deleted; empty where none is wanted."""
        if not self.restores(path):
            return frozenset()
        return self.restore.get(path) or frozenset({"*"})

    def restores(self, path: str) -> bool:
        return any(path == wanted or path.startswith(f"{wanted.rstrip('/')}/") for wanted in self.restore)


@dataclass(frozen=True, slots=True)
class Changeset:
    """`changes` in the order of the artifacts, deletions last; `bookkeeping` is the tool's own: bases, conflicts.

    `files` and `conflicts` are what the lock will list afterwards.
    """

    changes: tuple[Change, ...]
    bookkeeping: tuple[Change, ...]
    files: Mapping[str, Entry]
    conflicts: Mapping[str, Open]
