"""What a merge gives back: the text, the next base, and an account of every difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scaffolder.artifact import WHOLE
from scaffolder.artifact import Conflict as Conflict  # noqa: PLC0414
from scaffolder.artifact import Detail as Detail  # noqa: PLC0414
from scaffolder.artifact import Did as Did  # noqa: PLC0414
from scaffolder.artifact import mark as mark  # noqa: PLC0414
from scaffolder.merge.reasons import SETTLED


@dataclass(frozen=True, slots=True)
class Merged:
    """`text` is what the file shall hold; `base` is what the next run takes for the tool's last word.

    A conflict leaves its place in both as it was.
    """

    text: str
    base: str
    details: tuple[Detail, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def _never(_: Conflict) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decided beforehand.

    `settled` says of a conflict that the user has dealt with it: their side stands, the base advances. `restore` names
    definitions to bring back as generated ("*" for all that were deleted). `prune` removes what is no longer generated
    even where it was edited. `pinned` names definitions, top-level ones and methods, that code which stays needs.
    """

    settled: Callable[[Conflict], bool] = _never
    restore: frozenset[str] = field(default_factory=frozenset)
    prune: bool = False
    pinned: frozenset[str] = field(default_factory=frozenset)


NO_CHOICES = Choices()


def whole_conflict(
    base: str | None, current: str, incoming: str, reason: str, choices: Choices = NO_CHOICES
) -> Merged:
    """The file as a whole is in conflict: it and its base stay, unless the user has dealt with this already."""
    conflict = Conflict(WHOLE, base or "", current, incoming, 1, reason)
    if choices.settled(conflict):
        return Merged(current, incoming, (Detail(Did.KEPT, WHOLE, 1, SETTLED),))
    return Merged(current, base or "", (Detail(Did.CONFLICT, WHOLE, 1, reason),), (conflict,))
