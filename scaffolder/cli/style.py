"""Colour, where there is somebody to see it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


class Style:
    """Wraps text in ANSI sequences (ECMA-48), or leaves it as it is.

    Colour is for terminals only, and for none where NO_COLOR (https://no-color.org) is set.
    """

    def __init__(self, stream: TextIO | None) -> None:
        terminal = stream is not None and not stream.closed and stream.isatty()
        self.enabled = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        if self.enabled and os.name == "nt":
            os.system("")  # lets the console of Windows understand the sequences

    def bold(self, text: str) -> str:
        return self._wrap(text, "1")

    def red(self, text: str) -> str:
        return self._wrap(text, "31")

    def green(self, text: str) -> str:
        return self._wrap(text, "32")

    def yellow(self, text: str) -> str:
        return self._wrap(text, "33")

    def cyan(self, text: str) -> str:
        return self._wrap(text, "36")

    def _wrap(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.enabled else text
