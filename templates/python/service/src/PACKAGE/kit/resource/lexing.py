"""The words of a filter (AIP-160): texts, quoted strings, comparators and punctuation, each with its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import InvalidArgumentError

MAX_LENGTH = 10_000
"""A filter may have so many characters."""

KEYWORDS = ("AND", "OR", "NOT")

# A timestamp and a time of day are texts in spite of their colons and dots, so that they need no quotes.
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<comparator><=|>=|!=|=|<|>|:)
    | (?P<punctuation>[.,()])
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<text>(?:\d{4}-\d\d-\d\d[Tt])?\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?(?![^\s(),])
        | [^\s.,()"'=!<>:\\\x00-\x1f\x7f]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "*": "*"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a filter.

    `kind` is "text", "string", "end", or what a comparator or a punctuation mark is itself. `pieces` is the text
    between the asterisks that are wildcards: `"Foo*"` is ("Foo", ""), and one piece has none. `column` counts from 1;
    `spaced` says that a space is before it.
    """

    kind: str
    pieces: tuple[str, ...]
    column: int
    spaced: bool

    @property
    def text(self) -> str:
        return "*".join(self.pieces)

    @property
    def keyword(self) -> str:
        """AND, OR, NOT, or nothing."""
        return self.text if self.kind == "text" and self.text in KEYWORDS else ""


def fail(description: str, column: int) -> InvalidArgumentError:
    """What is wrong with a filter, and where."""
    return InvalidArgumentError.field("filter", f"column {column}: {description}")


def tokens(text: str) -> Iterator[Token]:
    """The words of a filter, ending with one of the kind "end". Raises InvalidArgumentError."""
    if len(text) > MAX_LENGTH:
        raise fail(f"longer than {MAX_LENGTH} characters", MAX_LENGTH + 1)
    place, spaced = 0, True
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _unreadable(text[place], place + 1)
        if found.lastgroup != "space":
            yield _token(found, spaced)
        spaced = found.lastgroup == "space"
        place = found.end()
    yield Token("end", ("",), len(text) + 1, True)


def _token(found: re.Match[str], spaced: bool) -> Token:
    column, word = found.start() + 1, found[0]
    if found.lastgroup == "string":
        return Token("string", _unescaped(word[1:-1], column + 1), column, spaced)
    if found.lastgroup == "text":
        return Token("text", tuple(word.split("*")), column, spaced)
    return Token(word, (word,), column, spaced)


def _unescaped(text: str, column: int) -> tuple[str, ...]:
    """A quoted text between its wildcards."""
    pieces, last = [""], 0
    for found in _ESCAPE.finditer(text):
        _add(pieces, text[last : found.start()])
        pieces[-1] += _character(found[1], column + found.start())
        last = found.end()
    _add(pieces, text[last:])
    if any("\x00" in piece for piece in pieces):
        raise fail("a text with the character U+0000, which no text may hold", column)
    return tuple(pieces)


def _add(pieces: list[str], text: str) -> None:
    first, *others = text.split("*")
    pieces[-1] += first
    pieces += others


def _character(escape: str, column: int) -> str:
    if escape in _ESCAPED:
        return _ESCAPED[escape]
    character = chr(int(escape[1:], 16)) if len(escape) == 5 else "\ud800"
    if "\ud800" <= character <= "\udfff":
        raise fail("no such escape; there are \\\\ \\\" \\' \\* \\n \\r \\t and \\u with four digits", column)
    return character


def _unreadable(character: str, column: int) -> InvalidArgumentError:
    if character in "\"'":
        return fail("the text that begins here has no closing quote", column)
    if character == "!":
        return fail("'!' stands in '!=' only; NOT negates", column)
    return fail(f"{character!r} is no part of a filter, unless in quotes", column)
