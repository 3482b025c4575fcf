"""The account of a merge while places are still offsets into the current text: it becomes details and conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field

from scaffolder.merge import reasons
from scaffolder.merge.edits import Edits
from scaffolder.merge.outline import Piece, same_part
from scaffolder.merge.result import Conflict, Detail, Did


@dataclass(frozen=True, slots=True)
class _Entry:
    did: Did
    name: str
    offset: int | None
    reason: str
    sides: tuple[str, str, str] | None
    splice: int | None


@dataclass(slots=True)
class Account:
    """Every difference that was applied, kept or left in conflict."""

    entries: list[_Entry] = field(default_factory=list)

    def tell(
        self,
        did: Did,
        name: str,
        offset: int | None,
        reason: str = "",
        sides: tuple[str, str, str] | None = None,
        *,
        splice: int | None = None,
    ) -> None:
        """`offset` is a place in the current text; `splice` one of its edits, where the difference now stands."""
        self.entries.append(_Entry(did, name, offset, reason, sides, splice))

    def located(self, edits: Edits) -> tuple[tuple[Detail, ...], tuple[Conflict, ...]]:
        """Details and conflicts with the lines that they have in the result of the edits."""
        places = edits.places()
        details, conflicts = [], []
        for entry in self.entries:
            line = 0 if entry.offset is None else places.of_offset(entry.offset)
            if entry.splice is not None:
                line = places.of_splice(entry.splice)
            details.append(Detail(entry.did, entry.name, line, entry.reason))
            if entry.sides:
                conflicts.append(Conflict(entry.name, *entry.sides, line, entry.reason))
        return tuple(details), tuple(conflicts)


def words_of(base: Piece, current: Piece, incoming: Piece) -> str:
    """Which parts of a definition both sides changed, in words."""
    pieces = base, current, incoming
    if len({piece.kind for piece in pieces}) > 1 or len({len(piece.parts) for piece in pieces}) > 1:
        return reasons.OTHER_FORM
    labels = [
        b.label
        for b, c, i in zip(*(piece.parts for piece in pieces), strict=True)
        if not same_part(base, b, incoming, i)
        and not same_part(base, b, current, c)
        and not same_part(current, c, incoming, i)
    ]
    words = " and ".join(f"its {label}" for label in labels) or "it"
    return f"{words} {'were' if len(labels) > 1 else 'was'} changed by you and by the contract"
