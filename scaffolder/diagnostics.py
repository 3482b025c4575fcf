"""What the tool says when something is wrong: one value per failure, rendered in one form.

Every message is ``path:line:col: error[CODE]: what; try: hint``. All diagnostics of a run are collected and
raised together in one `ScaffoldError`, so a user mends them in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. `line` and `column` count from 1; 0 means "the file as a whole"."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column or 1}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One failure: `code` is a stable kebab-case word, `message` says what, `hint` what to try."""

    code: str
    message: str
    hint: str = ""
    location: Location | None = None
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        hint = f"\n  try: {self.hint}" if self.hint else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}{hint}"


class ScaffoldError(Exception):
    """Stops a run before anything is written; carries every diagnostic found.

    `exit_code` is 2 for bad input and 1 for a difference or a conflict that is left.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], *, exit_code: int = 2) -> None:
        self.diagnostics = tuple(diagnostics)
        self.exit_code = exit_code
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


def fail(
    code: str,
    message: str,
    hint: str = "",
    location: Location | None = None,
    *,
    exit_code: int = 2,
) -> ScaffoldError:
    """The error for a single diagnostic, to be raised by the caller."""
    return ScaffoldError([Diagnostic(code, message, hint, location)], exit_code=exit_code)
