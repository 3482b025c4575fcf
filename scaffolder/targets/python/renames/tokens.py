"""Reads a Python text as the words that a rename may touch, each with its part in the sentence."""

from __future__ import annotations

import keyword
import re
import tokenize
from dataclasses import dataclass

from scaffolder.targets.python.renames.reading import (
    Import,
    Part,
    Reading,
    Token,
    Word,
    expressions,
    imported,
    leading_dots,
    tokens,
)

PLACES = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_F_MIDDLE = frozenset(getattr(tokenize, name, -1) for name in ("FSTRING_MIDDLE", "TSTRING_MIDDLE"))


def read(text: str) -> Reading | None:
    """The text's words; None where it is no Python that the tokenizer knows."""
    found = tokens(text)
    return _Reader(text, found).read() if found is not None else None


@dataclass(slots=True)
class _Scope:
    name: str
    is_class: bool
    depth: int | None = None


class _Reader:
    """One pass over the tokens."""

    def __init__(self, text: str, tokens: list[Token], scope: str = "") -> None:
        self.text = text
        self.tokens = tokens
        self.outer = scope
        self.reading = Reading()
        self.scopes: list[_Scope] = []
        self.brackets: list[tuple[str, ...] | None] = []
        self.chain: tuple[str, ...] = ()
        self.depth = 0
        self.index = 0
        self.fresh = True
        self.header = False

    def read(self) -> Reading:
        while self.index < len(self.tokens):
            self._step(self.tokens[self.index])
            self.index += 1
        return self.reading

    @property
    def scope(self) -> str:
        return ".".join(filter(None, (self.outer, *(scope.name for scope in self.scopes))))

    def _peek(self, ahead: int = 1) -> Token:
        place = self.index + ahead
        if 0 <= place < len(self.tokens):
            return self.tokens[place]
        return Token(tokenize.ENDMARKER, "", 0, 0)

    def _step(self, token: Token) -> None:
        if token.type in PLACES:
            self._place(token)
        elif token.type == tokenize.NAME:
            self._name(token)
        elif token.type == tokenize.OP:
            self._operator(token)
        else:
            if token.type == tokenize.STRING:
                self._string(token)
            elif token.type in _F_MIDDLE:
                # The token's own text has one brace where the source has two.
                self._add("text", self.text[token.start : token.end], token.start, token.end)
            self.chain = ("",)
            self.fresh = False

    def _place(self, token: Token) -> None:
        if token.type == tokenize.INDENT:
            self.depth += 1
            if self.scopes and self.scopes[-1].depth is None:
                self.scopes[-1].depth = self.depth
        elif token.type == tokenize.DEDENT:
            self.depth -= 1
            while self.scopes and (self.scopes[-1].depth or 0) > self.depth:
                self.scopes.pop()
        elif self.scopes and self.scopes[-1].depth is None and self._peek().type != tokenize.INDENT:
            self.scopes.pop()
        self.fresh, self.header, self.chain = True, False, ()

    def _operator(self, token: Token) -> None:
        if token.text == "(":
            called = bool(self.chain) and not (self.header and not self.brackets)
            self.brackets.append(self.chain if called else None)
        elif token.text in "[{":
            self.brackets.append(None)
        elif token.text in ")]}" and self.brackets:
            self.brackets.pop()
        if token.text != ".":
            self.chain = ("",) if token.text in ")]}" else ()
        self.fresh = token.text == ";" or (token.text == ":" and self.header and not self.brackets)

    def _name(self, token: Token) -> None:
        fresh, self.fresh = self.fresh, False
        after_dot = self._peek(-1).text == "." and bool(self.chain)
        if after_dot:
            self._add("attribute", token.text, token.start, token.end, self.chain)
            self.chain = (*self.chain, token.text)
        elif fresh and token.text in ("import", "from"):
            self._import()
        elif token.text in ("class", "def") and self._peek().type == tokenize.NAME and not self.brackets:
            self._definition(token.text == "class")
        elif keyword.iskeyword(token.text) or self._peek(-1).text == "!":
            self.fresh = fresh and token.text == "async"
            self.chain = ()
        else:
            self._plain(token, fresh)
            self.chain = (token.text,)

    def _plain(self, token: Token, fresh: bool) -> None:
        following = self._peek().text
        if following == ":" and (fresh or (self.header and len(self.brackets) == 1)):
            self._annotation(token.text)
        callee = self.brackets[-1] if self.brackets else None
        if following == "=" and callee is not None and self._peek(-1).text in ("(", ","):
            self._add("argument", token.text, token.start, token.end, callee)
        elif self._in_class_body and fresh and following in (":", "="):
            name = self.scopes[-1].name
            self._add("attribute", token.text, token.start, token.end, (name,), defines=True)
        else:
            self._add("name", token.text, token.start, token.end)

    @property
    def _in_class_body(self) -> bool:
        return bool(self.scopes) and self.scopes[-1].is_class and not self.brackets and not self.header

    def _definition(self, is_class: bool) -> None:
        self.index += 1
        token = self.tokens[self.index]
        if self._in_class_body:
            name = self.scopes[-1].name
            self._add("attribute", token.text, token.start, token.end, (name,), defines=True)
        else:
            self._add("name", token.text, token.start, token.end, defines=True)
        self.scopes.append(_Scope(token.text, is_class))
        self.reading.scopes.append(self.scope)
        self.header, self.chain = True, ()

    def _annotation(self, variable: str) -> None:
        """Remembers `variable: a.b.Class` and `variable: Class | None`; any other annotation says nothing."""
        ahead, parts = 2, []
        while self._peek(ahead).type == tokenize.NAME:
            parts.append(self._peek(ahead).text)
            if self._peek(ahead + 1).text != ".":
                break
            ahead += 2
        ahead += 1
        if parts and self._peek(ahead).text == "|" and self._peek(ahead + 1).text == "None":
            ahead += 2
        ends = self._peek(ahead).text in (",", ")", "=") or self._peek(ahead).type == tokenize.NEWLINE
        self.reading.types[self.scope, variable] = parts[-1] if parts and ends else ""

    def _string(self, token: Token) -> None:
        prefix = re.match(r"[A-Za-z]*", token.text)
        if prefix and set(prefix[0].lower()) & {"f", "t"}:
            self._f_string(token, "r" in prefix[0].lower())
            return
        alone = self._peek().type in (tokenize.NEWLINE, tokenize.ENDMARKER)
        part: Part = "docstring" if self.fresh and alone else "string"
        self._add(part, token.text, token.start, token.end)

    def _f_string(self, token: Token, raw: bool) -> None:
        """An f-string of Python 3.11, where it is one token: its expressions are read as code of their own."""
        done = token.start
        for start, end in expressions(token.text, raw):
            self._add("text", self.text[done : token.start + start], done, token.start + start)
            inner = tokens(f"({token.text[start:end]})")
            if inner is not None:
                moved = [
                    Token(t.type, t.text, t.start + token.start + start - 1, t.end + token.start + start - 1)
                    for t in inner
                ]
                words = _Reader(self.text, moved, self.scope).read().words
                self.reading.words += words
            done = token.start + end
        self._add("text", self.text[done : token.end], done, token.end)

    def _import(self) -> None:
        """Reads one import statement up to its end."""
        statement = self.tokens[self.index].text
        stop = self.index
        while self.tokens[stop].type != tokenize.NEWLINE and self.tokens[stop].text != ";":
            stop += 1
            if stop == len(self.tokens):
                break
        tokens = self.tokens[self.index + 1 : stop]
        level, module = 0, tokens[:0]
        if statement == "from":
            cut = next((i for i, t in enumerate(tokens) if t.text == "import"), len(tokens))
            module, tokens = tokens[:cut], tokens[cut + 1 :]
            level = sum(t.text.count(".") for t in module[: leading_dots(module)])
        places = module or [Token(0, "", 0, 0)]
        name = "".join(t.text for t in module[leading_dots(module) :])
        self.reading.imports.append(
            Import(name, places[0].start, places[-1].end, level, tuple(imported(tokens)))
        )
        self.index = stop - 1

    def _add(
        self,
        part: Part,
        text: str,
        start: int,
        end: int,
        before: tuple[str, ...] = (),
        *,
        defines: bool = False,
    ) -> None:
        self.reading.words.append(Word(part, text, start, end, self.scope, before, defines))
