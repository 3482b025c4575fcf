"""What the user sees: results on stdout, everything else on stderr."""

from __future__ import annotations

import sys

from scaffolder.cli.style import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from scaffolder.diagnostics import Diagnostic


class Console:
    """`quiet` leaves only errors and results that were asked for, `verbose` adds what is usually of no interest."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose

    def result(self, text: str) -> None:
        """What the command was called for."""
        write(sys.stdout, text)

    def note(self, text: str) -> None:
        """What happened, for somebody who watches."""
        if not self.quiet:
            write(sys.stderr, text)

    def detail(self, text: str) -> None:
        """What only `-v` shows."""
        if self.verbose:
            write(sys.stderr, text)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Errors, and warnings unless quiet, one block each."""
        style = Style(sys.stderr)
        for item in diagnostics:
            if item.severity == "error" or not self.quiet:
                write(sys.stderr, coloured(item, style))


def write(stream: TextIO, text: str) -> None:
    """One line or block; characters that the stream cannot encode are replaced."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def coloured(item: Diagnostic, style: Style) -> str:
    """A diagnostic as text, its code in the colour of its severity."""
    label = f"{item.severity}[{item.code}]"
    paint = style.red if item.severity == "error" else style.yellow
    return str(item).replace(label, paint(label), 1)
