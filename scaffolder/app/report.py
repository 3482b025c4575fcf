"""What a use case tells its caller. The command line prints it; nothing in here does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.workspace.changeset import EDITED
from scaffolder.workspace.changeset import Action as Action  # noqa: PLC0414
from scaffolder.workspace.changeset import Change as Change  # noqa: PLC0414


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run: every file it looked at, and what the user should know besides.

    `changes` were made, unless `dry_run` is true or `refused` is not empty.
    """

    root: Path
    changes: tuple[Change, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    dry_run: bool = False

    @property
    def different(self) -> tuple[Change, ...]:
        """The changes that do, or would, touch the disk; conflicts included."""
        return tuple(change for change in self.changes if change.action is not Action.KEEP)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The changes that would overwrite an edit."""
        return tuple(change for change in self.changes if change.action is Action.CONFLICT)


def edited_machine_files(root: Path, paths: Iterable[str]) -> tuple[Diagnostic, ...]:
    """A warning for each file of the machine that somebody edited."""
    message = "belongs to the machine and was edited; the edit stands until the next change to this file"
    hint = "move the edit to a file of yours, then delete this one and run `scaffold generate`"
    return tuple(
        Diagnostic("edited-machine-file", message, hint, Location(shown(root / path)), "warning")
        for path in paths
    )


def edits(root: Path, changes: Iterable[Change]) -> tuple[Diagnostic, ...]:
    """The warnings of `edited_machine_files` for a changeset."""
    return edited_machine_files(
        root,
        (
            c.path
            for c in changes
            if c.owner is Ownership.MACHINE and c.action is Action.KEEP and c.note == EDITED
        ),
    )
