"""What a language may do about a definition that both sides changed, before it becomes a conflict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scaffolder.merge.edits import Splice
from scaffolder.merge.outline import Piece


@dataclass(frozen=True, slots=True)
class Triple:
    """One definition as all three sides have it."""

    base: Piece
    current: Piece
    incoming: Piece


Reconcile = Callable[[Triple], "list[Splice] | None"]
"""Splices of the current piece's text that carry all that the tool changed in its last part; None for a conflict."""
