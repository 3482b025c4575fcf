"""What a check of contracts found, and which contracts it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffolder.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Findings:
    """`found` is sorted by place, its codes are rules; `contracts` were checked; `against` says with what they were
    compared, "" for a check of the contracts alone. `notes` say why there was nothing to compare.
    """

    root: Path
    found: tuple[Diagnostic, ...] = ()
    contracts: tuple[str, ...] = ()
    against: str = ""
    notes: tuple[str, ...] = ()


def by_place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    """The order in which findings are told."""
    place = diagnostic.location
    return (place.path, place.line, place.column, diagnostic.code) if place else ("", 0, 0, diagnostic.code)
