"""A file's bytes as text and back, exact: byte order mark, encoding and line ends stay the file's own."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line, for Python's tokenizer and for us. A form feed, U+0085 and U+2028 do not."""


@dataclass(frozen=True, slots=True)
class Source:
    """`text` without the byte order mark; `encode` gives back bytes in the same ways."""

    text: str
    encoding: str = "utf-8"
    bom: bool = False

    def encode(self, text: str) -> bytes:
        """Raises a UnicodeEncodeError where `text` holds what the file's encoding has no bytes for."""
        return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)


def decode(content: bytes, encoding: str = "utf-8") -> Source | None:
    """The file as text, or None where it is none, or where the way back would not give the same bytes."""
    bom = content.startswith(codecs.BOM_UTF8)
    try:
        source = Source(content[3 * bom :].decode(encoding), encoding, bom)
        return source if source.encode(source.text) == content and "\0" not in source.text else None
    except (UnicodeError, LookupError):
        return None


def newline_of(text: str) -> str:
    """The line end that most of the text's lines have; that of the first one decides a tie."""
    if "\r" not in text:
        return "\n"
    found = Counter(LINE_END.findall(text))
    return found.most_common(1)[0][0] if found else "\n"


def line_starts(text: str) -> list[int]:
    """The offsets at which lines begin; of a text that ends in a line end, its own length too."""
    if "\r" in text:
        return [0, *(match.end() for match in LINE_END.finditer(text))]
    ends = accumulate(map((1).__add__, map(len, text.split("\n"))))
    return [0, *ends][:-1]


def plain(text: str) -> str:
    r"""The text with every line ending in ``\n``."""
    return LINE_END.sub("\n", text) if "\r" in text else text
