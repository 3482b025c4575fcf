"""What a use case tells its caller. The command line prints it; nothing in here does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffolder.artifact import Detail as Detail  # noqa: PLC0414
from scaffolder.artifact import Did as Did  # noqa: PLC0414
from scaffolder.diagnostics import Diagnostic
from scaffolder.workspace.changeset import Action as Action  # noqa: PLC0414
from scaffolder.workspace.changeset import Change as Change  # noqa: PLC0414
from scaffolder.workspace.comparison import DELETED as DELETED  # noqa: PLC0414
from scaffolder.workspace.comparison import EDITED as EDITED  # noqa: PLC0414
from scaffolder.workspace.lock import Lock

LEADS_NOWHERE = "leads-nowhere"
LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run: every file it looked at, and what the user should know besides.

    `changes` were made, unless `dry_run` is true.
    """

    root: Path
    changes: tuple[Change, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    dry_run: bool = False

    @property
    def written(self) -> tuple[Change, ...]:
        """The changes that touch the disk, or would."""
        return tuple(c for c in self.changes if c.action in (Action.CREATE, Action.UPDATE, Action.DELETE))

    @property
    def different(self) -> tuple[Change, ...]:
        """The changes that the user has to know of: those that are written, and conflicts."""
        return tuple(
            change for change in self.changes if change.action is not Action.KEEP or change.conflicts
        )

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The files in which something is left to the user."""
        return tuple(change for change in self.changes if change.conflicts)

    @property
    def is_current(self) -> bool:
        """Whether the project is as `generate` would leave it."""
        return not self.different and all(item.code != LOCK for item in self.warnings)

    @property
    def needs_attention(self) -> bool:
        """Whether something is left that the run could not do: a conflict, or code or settings that lead nowhere."""
        return bool(self.conflicts) or any(
            item.code == LEADS_NOWHERE and item.severity == "error" for item in self.warnings
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run but for the writing: the report, the tool's own files, the lock (None: nothing can have changed)."""

    report: Report
    bookkeeping: tuple[Change, ...] = ()
    lock: Lock | None = None
