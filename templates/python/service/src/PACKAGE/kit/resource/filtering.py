"""The grammar of filters (AIP-160 and its EBNF): text to a tree, without a word on what the fields are.

    expression  = sequence {"AND" sequence}          a AND b
    sequence    = factor {factor}                    a b, which is a AND b
    factor      = term {"OR" term}                   OR binds tighter than AND: a AND b OR c is a AND (b OR c)
    term        = ["NOT" | "-"] simple
    simple      = restriction | "(" expression ")"
    restriction = member [comparator argument]       title = "Emma", author.family_name:*, labels."odd key" = x
    argument    = text | string | "(" expression ")" of texts and strings: color = (red OR green)

Where the EBNF leaves it open: strings take the escapes of `lexing`, and bare timestamps may have colons. Functions are
part of the grammar, but none is offered. `!=` with a list of values in parentheses is true where `=` is not.
"""

from __future__ import annotations

from .lexing import Token, fail, tokens
from .nodes import And, Not, Or
from .syntax import Expression, Literal, Restriction, Value

MAX_TERMS = 200
"""So many comparisons a filter may make."""
MAX_DEPTH = 30
"""So deep parentheses may be nested, and so many names a path may have."""

_COMPARATORS = ("=", "!=", "<", "<=", ">", ">=", ":")


def parse(text: str) -> Expression | None:
    """The tree of a filter, None for an empty one.

    Raises InvalidArgumentError about ``filter``, with the column and what was expected there.
    """
    return _Parser(text).filter()


class _Parser:
    """Recursive descent over the words, one word ahead."""

    def __init__(self, text: str) -> None:
        self._words = tokens(text)
        self._next = next(self._words)
        self._depth = 0
        self._terms = 0
        self._in_values = False

    def filter(self) -> Expression | None:
        if self._next.kind == "end":
            return None
        found = self._expression()
        if self._next.kind != "end":
            raise self._unexpected("AND, OR or the end")
        return found

    def _expression(self) -> Expression:
        parts = [self._factor()]
        while self._next.kind not in ("end", ")"):
            if self._next.keyword == "AND":
                self._operator()
            elif self._next.keyword == "OR" or self._next.kind not in ("text", "string", "("):
                break
            elif not self._next.spaced:
                raise fail("expected a space, AND or OR before this", self._next.column)
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _factor(self) -> Expression:
        parts = [self._term()]
        while self._next.keyword == "OR":
            self._operator()
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _operator(self) -> None:
        """Takes AND, OR or NOT, each a word of its own."""
        word = self._take()
        if not self._next.spaced:
            raise fail(f"expected a space behind {word.text}", self._next.column)
        if not word.spaced and word.text != "NOT":
            raise fail(f"expected a space before {word.text}", word.column)

    def _term(self) -> Expression:
        if self._next.keyword == "NOT":
            self._operator()
            return Not(self._simple())
        if self._is_negated():
            self._minus()
            return Not(self._simple())
        return self._simple()

    def _is_negated(self) -> bool:
        """Whether a minus comes that is no number's: among values in parentheses it is, as behind a comparator."""
        return self._next.kind == "text" and self._next.text.startswith("-") and not self._in_values

    def _minus(self) -> None:
        """Takes a minus off the next word, which is the one behind it where there was nothing but the minus."""
        word = self._next
        first = word.pieces[0].removeprefix("-")
        if first or len(word.pieces) > 1:
            self._next = Token("text", (first, *word.pieces[1:]), word.column + 1, False)
        else:
            self._take()
        if self._next.spaced:
            raise fail("expected what to negate right behind the '-'", self._next.column)

    def _simple(self) -> Expression:
        if self._next.kind == "(":
            return self._composite()
        if self._next.kind not in ("text", "string") or self._next.keyword:
            raise self._unexpected("a field")
        if self._is_negated():
            raise self._unexpected("a field, behind one negation")
        return self._restriction()

    def _composite(self) -> Expression:
        opening = self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise fail(f"parentheses are nested deeper than {MAX_DEPTH}", opening.column)
        found = self._expression()
        if self._next.kind != ")":
            raise self._unexpected(f"AND, OR or the ')' of the '(' in column {opening.column}")
        self._take()
        self._depth -= 1
        return found

    def _restriction(self) -> Expression:
        words = self._member()
        if self._next.kind == "(" and not self._next.spaced:
            raise fail("functions are not offered", words[0].column)
        if self._next.kind not in _COMPARATORS:
            self._count(words[0])
            return Literal(_value(words))
        comparator = self._take().kind
        path, column = _path(words), words[0].column
        if self._next.kind != "(":
            self._count(words[0])
            return Restriction(path, comparator, self._argument(), column)
        if comparator == "!=":
            return Not(_distributed(self._values(), path, "=", column))
        return _distributed(self._values(), path, comparator, column)

    def _values(self) -> Expression:
        outside, self._in_values = self._in_values, True
        found = self._composite()
        self._in_values = outside
        return found

    def _argument(self) -> Value:
        if self._next.kind not in ("text", "string") or self._next.keyword:
            raise self._unexpected("a value")
        words = self._member()
        if self._next.kind == "(" and not self._next.spaced:
            raise fail("functions are not offered", words[0].column)
        return _value(words)

    def _member(self) -> list[Token]:
        """Words with dots between them, and no space."""
        words = [self._take()]
        while self._next.kind == "." and not self._next.spaced:
            self._take()
            if self._next.kind not in ("text", "string") or self._next.spaced:
                raise self._unexpected("a name right behind the dot")
            words.append(self._take())
            if len(words) > MAX_DEPTH:
                raise fail(f"more than {MAX_DEPTH} names with dots between them", words[0].column)
        return words

    def _count(self, word: Token) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise fail(f"more than {MAX_TERMS} comparisons", word.column)

    def _take(self) -> Token:
        word, self._next = self._next, next(self._words, self._next)
        return word

    def _unexpected(self, expected: str) -> Exception:
        found = "the end" if self._next.kind == "end" else repr(self._next.text[:50])
        return fail(f"expected {expected}, found {found}", self._next.column)


def _path(words: list[Token]) -> tuple[str, ...]:
    for word in words:
        if len(word.pieces) > 1:
            raise fail("a field has no wildcard in its path; write \\* for an asterisk", word.column)
    return tuple(word.text for word in words)


def _value(words: list[Token]) -> Value:
    """The constant that words with dots between them are: 1.5, com.example."""
    first = words[0]
    if len(words) == 1:
        return Value(first.pieces, first.kind == "string", first.column)
    for word in words:
        if word.kind == "string":
            raise fail("a text in quotes has no dot before or behind it", word.column)
    return Value(tuple(".".join(word.text for word in words).split("*")), False, first.column)


def _distributed(found: Expression, path: tuple[str, ...], comparator: str, column: int) -> Expression:
    """The comparison of a field with each of the values in parentheses."""
    match found:
        case Literal(value):
            return Restriction(path, comparator, value, column)
        case And(parts):
            return And(tuple(_distributed(part, path, comparator, column) for part in parts))
        case Or(parts):
            return Or(tuple(_distributed(part, path, comparator, column) for part in parts))
        case Not(part):
            return Not(_distributed(part, path, comparator, column))
        case Restriction():
            raise fail("expected values alone in the parentheses behind a comparator", found.column)
