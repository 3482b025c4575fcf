"""One definition of a module, cut out with its comments: its parts, the names in it, its comments."""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property

from scaffolder.merge.outline import Part
from scaffolder.merge.source import line_starts, plain
from scaffolder.targets.python.merging import syntax


class PythonPiece:
    """Statements that share their lines (mostly one), of a class what comes before its members.

    `text` is whole lines; the trees call its first line `first_line`. Offsets are those of `text`.
    """

    def __init__(
        self, text: str, statements: Sequence[ast.stmt], first_line: int, *, is_docstring: bool = False
    ) -> None:
        self.text = text
        self.statements = statements
        self.first_line = first_line
        statement = statements[0]
        self.definition = statement if isinstance(statement, syntax.Definition) else None
        self.kind = syntax.kind_of(statement) if len(statements) == 1 else "statements"
        if is_docstring:
            self.kind = "docstring"
        self.is_class = self.kind == "class"

    @cached_property
    def name(self) -> str:
        if self.kind == "docstring":
            return "the docstring"
        if self.kind == "statements":
            return "; ".join(sorted(self.binds)) or syntax.name_of(self.statements[0])
        return syntax.name_of(self.statements[0])

    @cached_property
    def binds(self) -> frozenset[str]:
        return frozenset(name for item in self.statements for name in syntax.bound_names(item))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that it uses; of a class, those of its head."""
        return syntax.names_used(self._walked)[0]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words in its strings."""
        return syntax.names_used(self._walked)[1]

    @property
    def _walked(self) -> list[ast.AST]:
        if isinstance(self.definition, ast.ClassDef) and not self.inline:
            return [*self.definition.decorator_list, *self.definition.bases, *self.definition.keywords]
        return list(self.statements)

    @cached_property
    def inline(self) -> bool:
        """Whether a definition has its body on the line of its head."""
        if self.definition is None or self.kind == "statements":
            return False
        return syntax.first_line(self.definition.body[0]) <= self._head_last(self.definition)

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of the last part: of a function those behind its docstring."""
        if self.definition is None or self.kind == "statements" or self.inline:
            return list(self.statements)
        return self.definition.body[self._has_docstring :]

    @cached_property
    def line_starts(self) -> list[int]:
        return line_starts(self.text)

    def start_of(self, node: ast.expr | ast.stmt | ast.alias) -> int:
        """Where a node begins."""
        return self._offset(node.lineno, node.col_offset)

    def end_of(self, node: ast.expr | ast.stmt | ast.alias) -> int:
        """Where a node ends."""
        return self._offset(node.end_lineno or 0, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        """The tree counts columns in bytes of UTF-8."""
        start = self.line_starts[line - self.first_line]
        text = self.text[start : start + column]
        if not text.isascii():
            column = len(text.encode()[:column].decode(errors="ignore"))
        return start + column

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        lead_end = self._line_offset(self.statements[0].lineno)
        lead = self._lead(lead_end)
        if self.kind == "statements" or self.definition is None or self.inline:
            return lead, self._part("text", lead_end, len(self.text), lambda: self._dumps(self.statements))
        return self._definition_parts(self.definition, lead)

    def _definition_parts(self, definition: syntax.Definition, lead: Part) -> tuple[Part, ...]:
        """Signature, docstring and, of a function, body."""
        head_end = text_end = self._line_offset(self._head_last(definition) + 1)
        text = ""
        if self._has_docstring:
            text = ast.get_docstring(definition) or ""
            text_end = self._line_offset((definition.body[0].end_lineno or 0) + 1)
        found = (
            lead,
            self._part("signature", lead.end, head_end, lambda: syntax.signature(definition)),
            self._part("docstring", head_end, text_end, lambda: syntax.even(text)),
        )
        if self.is_class:
            return found
        return *found, self._part("body", text_end, len(self.text), lambda: self._dumps(self.body))

    def _lead(self, end: int) -> Part:
        """Comments above, and decorators."""
        decorators = self.definition.decorator_list if self.definition else []
        return self._part("decorators" if decorators else "comment", 0, end, lambda: self._dumps(decorators))

    def _part(self, label: str, start: int, end: int, normal: Callable[[], Hashable]) -> Part:
        return Part(label, start, end, lambda: (normal(), self._comments(start, end)))

    @property
    def _has_docstring(self) -> bool:
        """Whether the first statement is a docstring with lines of its own."""
        if self.definition is None or not syntax.is_text(self.definition.body[0]):
            return False
        first, *rest = self.definition.body
        return not rest or syntax.first_line(rest[0]) > (first.end_lineno or 0)

    def _head_last(self, definition: syntax.Definition) -> int:
        """The line, as the tree counts, of the colon: comments below it lead the body."""
        line = min(syntax.first_line(definition.body[0]) - 1, self.first_line + len(self.line_starts) - 1)
        while line > definition.lineno:
            bare = self._line(line).strip()
            if bare and not bare.startswith("#"):
                break
            line -= 1
        return max(line, definition.lineno)

    def _line(self, number: int) -> str:
        return self.text[self._line_offset(number) : self._line_offset(number + 1)]

    def _line_offset(self, number: int) -> int:
        index = number - self.first_line
        return self.line_starts[index] if index < len(self.line_starts) else len(self.text)

    def _dumps(self, nodes: Sequence[ast.AST]) -> Hashable:
        return tuple(syntax.dump(node) for node in nodes)

    def _comments(self, start: int, end: int) -> Hashable:
        """The comments of a span, each with how many statements of the span begin before it."""
        first, last = bisect_right(self.line_starts, start), bisect_right(self.line_starts, end - 1)
        return tuple(
            (sum(first <= line <= number for line in self._statement_lines), comment)
            for number, comment in self.comments
            if first <= number <= last and start < end
        )

    @cached_property
    def _statement_lines(self) -> list[int]:
        return [
            node.lineno - self.first_line + 1
            for statement in self.statements
            for node in ast.walk(statement)
            if isinstance(node, ast.stmt)
        ]

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Each comment with the number, from 1, of its line."""
        if "#" not in self.text:
            return []
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(plain(self.text)).readline))
        except (tokenize.TokenError, SyntaxError):
            lines = enumerate(plain(self.text).split("\n"), 1)
            return [(number, line.strip()) for number, line in lines if line.lstrip().startswith("#")]
        return [(token.start[0], _evened(token.string)) for token in tokens if token.type == tokenize.COMMENT]


class CommentPiece:
    """Comments that stand alone between blank lines."""

    kind = "comment"
    is_class = inline = False
    binds: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(_evened(line) for line in plain(self.text).strip().split("\n"))

    @property
    def name(self) -> str:
        return self.lines[0]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (Part("comment", 0, len(self.text), lambda: self.lines),)


def _evened(comment: str) -> str:
    """A comment with the one space behind its signs that formatters put there."""
    bare = comment.strip()
    return bare[: len(bare) - len(bare.lstrip("#"))] + bare.lstrip("#").strip()
