"""A Python text's tokens and words, each with its place in the text; places are offsets in characters."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Part = Literal["name", "attribute", "argument", "string", "docstring", "text"]
"""`attribute`: behind a dot, or what a class body defines. `argument`: the keyword of a call. `string`: a whole
literal. `text`: the literal parts of an f-string.
"""

SKIPPED = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.ENCODING})


@dataclass(frozen=True, slots=True)
class Word:
    """`start` and `end` are offsets into the text, in characters.

    `scope` is the qualified name of the definition around it (`Order.total`, ``""`` for the module). `before` are the
    names in front: the chain of an attribute (`("self", "_use_case")`), the callee of an argument, the class of a
    member that its body defines; `("",)` is any other expression.
    """

    part: Part
    text: str
    start: int
    end: int
    scope: str
    before: tuple[str, ...] = ()
    defines: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """One name of an import statement: `name` between `start` and `end`, bound as `alias` where it has one."""

    name: str
    start: int
    end: int
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """``from MODULE import NAMES`` with `level` dots, or ``import NAMES`` with no module."""

    module: str
    start: int
    end: int
    level: int
    names: tuple[Imported, ...]


@dataclass(slots=True)
class Reading:
    """A text's words in order, its imports, its definitions in order, and what annotations say of its variables.

    `types` are class names (the last part of a dotted one) by scope and variable.
    """

    words: list[Word] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    types: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Token:
    type: int
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token] | None:
    skip = len(text) - len(text.removeprefix("\ufeff"))
    source = text[skip:]
    # Lines as the tokenizer itself counts them: str.splitlines would also cut at form feeds.
    lines = list(io.StringIO(source, newline=""))
    starts = [skip]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found = []
    try:
        for token in tokenize.generate_tokens(iter([*lines, ""]).__next__):
            if token.type == tokenize.ERRORTOKEN and not token.string.isspace():
                return None
            if token.type in SKIPPED or token.type == tokenize.ERRORTOKEN:
                continue
            start, end = (
                starts[min(row, len(starts)) - 1] + column for row, column in (token.start, token.end)
            )
            if token.type == tokenize.NAME and text[start:end] != token.string:
                return None
            found.append(Token(token.type, token.string, start, end))
    except (tokenize.TokenError, SyntaxError, ValueError, StopIteration):
        return None
    return found


def leading_dots(tokens: list[Token]) -> int:
    return next((i for i, t in enumerate(tokens) if t.type == tokenize.NAME), len(tokens))


def imported(tokens: list[Token]) -> Iterator[Imported]:
    """The names of an import list, dotted or not, with their aliases."""
    parts: list[Token] = []
    alias = ""
    for i, token in enumerate([*tokens, Token(tokenize.OP, ",", 0, 0)]):
        if token.text == "," and parts:
            yield Imported("".join(t.text for t in parts), parts[0].start, parts[-1].end, alias)
            parts, alias = [], ""
        elif token.text == "as" and i + 1 < len(tokens):
            alias = tokens[i + 1].text
        elif not alias and token.text not in "(),":
            parts.append(token)


def expressions(literal: str, raw: bool) -> Iterator[tuple[int, int]]:
    """Where the expressions of an f-string's literal begin and end; those of a format's own fields included."""
    place, depth, start, in_format = 0, 0, 0, [False]
    while place < len(literal):
        char = literal[place]
        if depth == 0 and literal[place : place + 2] in ("{{", "}}"):
            place += 2
            continue
        if not raw and depth == 0 and literal.startswith("\\N{", place):
            place = literal.find("}", place) + 1 or len(literal)
            continue
        if char == "{" and (depth == 0 or in_format[-1]):
            in_format.append(False)
            depth, start = depth + 1, place + 1
        elif depth and not in_format[-1]:
            end = _expression_end(literal, start)
            yield start, end
            place = end
            in_format[-1] = literal[end : end + 1] in (":", "!")
            if not in_format[-1]:
                depth, _ = depth - 1, in_format.pop()
        elif char == "}" and depth:
            depth, _ = depth - 1, in_format.pop()
        place += 1


def _expression_end(literal: str, place: int) -> int:
    """Where an expression ends: at its `}`, at a format's `:`, at a conversion's `!` or at the `=` that shows it."""
    inside, quote = 0, ""
    while place < len(literal):
        char = literal[place]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            inside += 1
        elif inside and char in ")]}":
            inside -= 1
        elif not inside and (char in "}:" or (char == "!" and literal[place + 1 : place + 2] != "=")):
            return place
        place += 1
    return place
