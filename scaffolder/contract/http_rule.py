"""The path templates of google.api.http, as values: `PathTemplate.parse` and `str` are inverse to each other.

The grammar is the one under "Path template syntax" in google/api/http.proto. What it leaves open is settled here:

* a literal holds the characters of a URL path segment (RFC 3986 section 3.3, ``pchar``), a colon included;
* the verb of a template whose last segment is a literal follows its *last* colon (``/v1/a:b:c`` has the verb
  ``c``), any other verb follows the first (``/v1/{name=a/*}:b:c`` has the verb ``b:c``);
* ``/`` alone is the root, which the grammar has no words for and which services do bind;
* nor has it any for a ``/`` at the end, as in ``/v1/article/``: it makes another path than the one without,
  with an empty literal for its last segment;
* ``**`` may stand once and anywhere. The text below the grammar wants it last, but published contracts (Firestore's
  ``/v1/{parent=projects/*/databases/*/documents/**}/{collection_id}``) do not, and one alone is not ambiguous.

Of several templates that match a path, `PathTemplate.precedence` says which one is meant.

The module depends on nothing but the standard library: the tool checks contracts with it, and every generated service
has it as `kit/http_rule.py`, to route and to build paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

_LITERAL = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})+")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LIKE_NOTHING = "\ud800"  # a high surrogate, which no bytes decode to
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_A_DELIMITER = re.compile(r"[^/{}]+")


class ParseError(ValueError):
    """A template that the grammar does not allow; `position` counts characters from 0 in `template`."""

    def __init__(self, template: str, position: int, message: str) -> None:
        super().__init__(message)
        self.template = template
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Literal:
    """A segment that matches itself, percent-encoded as it was written."""

    text: str

    @property
    def key(self) -> str:
        """What it is compared by: see `key`."""
        return key(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``*``: exactly one segment."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class DoubleWildcard:
    """``**``: zero or more segments."""

    def __str__(self) -> str:
        return "**"


Plain = Literal | Wildcard | DoubleWildcard


@dataclass(frozen=True, slots=True)
class Variable:
    """``{field.path=segments}``; `segments` is empty where the template gives none, which means ``*``."""

    field_path: tuple[str, ...]
    segments: tuple[Plain, ...] = ()

    @property
    def name(self) -> str:
        """The field path with its dots."""
        return ".".join(self.field_path)

    @property
    def pattern(self) -> tuple[Plain, ...]:
        """What the variable matches; never empty."""
        return self.segments or (Wildcard(),)

    def __str__(self) -> str:
        if not self.segments:
            return f"{{{self.name}}}"
        return f"{{{self.name}={_joined(self.segments)}}}"


Segment = Plain | Variable


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A parsed template; `verb` carries no colon and is ``""`` for none. The root has no segments."""

    segments: tuple[Segment, ...]
    verb: str = ""

    @classmethod
    def parse(cls, template: str) -> PathTemplate:
        """Reads a template.

        Raises:
            ParseError: it does not follow the grammar of google/api/http.proto, "Path template syntax".
        """
        return _Parser(template).template()

    @property
    def ends_in_slash(self) -> bool:
        """Whether there is a slash behind the last segment."""
        return self.segments[-1:] == (Literal(""),)

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(segment for segment in self.segments if isinstance(segment, Variable))

    @property
    def flat(self) -> tuple[Plain, ...]:
        """All segments, a variable's own in its place."""
        return tuple(part for segment in self.segments for part in _flattened(segment))

    @property
    def shape(self) -> str:
        """The template without the names of its variables: equal for two templates that match the same paths."""
        flat = "/".join(_normal(part.text) if isinstance(part, Literal) else str(part) for part in self.flat)
        return f"/{flat}" + (f":{_normal(self.verb)}" if self.verb else "")

    @property
    def precedence(self) -> tuple[object, ...]:
        """Of the templates that match a path, the one meant is that with the least precedence.

        One with a verb goes first, the longest verb before others; then, segment by segment, a literal before
        ``*`` before ``**``; of two that go on behind the same ``**``, the one with more segments there.
        """
        kinds: list[int] = []
        flat = self.flat
        for index, part in enumerate(flat):
            if isinstance(part, DoubleWildcard):
                kinds += [2, index - len(flat)]
            else:
                kinds.append(1 if isinstance(part, Wildcard) else 0)
        return -len(key(self.verb)), tuple(kinds)

    def __str__(self) -> str:
        return "/" + _joined(self.segments) + (f":{self.verb}" if self.verb else "")


def key(raw: str) -> str:
    """A raw path segment as it is compared: percent-decoded, since escaping a character or not makes no other path
    (RFC 3986 section 6.2.2). Bytes that are not UTF-8 become low surrogates; a broken escape equals no literal.
    """
    if "%" not in raw:
        return raw
    if _BROKEN_ESCAPE.search(raw):
        return _LIKE_NOTHING
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def _normal(raw: str) -> str:
    """The one of all ways to write a literal; a colon is escaped in it, so that it starts no verb."""
    if "%" not in raw:
        return raw.replace(":", "%3A")
    return quote(key(raw), safe="~!$&'()+,;=@", errors="surrogateescape")


def _joined(segments: tuple[Segment, ...]) -> str:
    return "/".join(map(str, segments))


def _flattened(segment: Segment) -> Iterator[Plain]:
    if isinstance(segment, Variable):
        yield from segment.pattern
    else:
        yield segment


class _Parser:
    """Recursive descent over the productions Template, Segments, Segment, Variable, FieldPath and Verb."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.bound: set[tuple[str, ...]] = set()
        self.in_variable = False
        self.has_double_wildcard = False

    def template(self) -> PathTemplate:
        if not self.text:
            raise self.error("a path template must not be empty")
        if not self.text.startswith("/"):
            raise self.error("a path template starts with '/'")
        self.at = 1
        if self.at == len(self.text):
            return PathTemplate(())
        segments = [self.segment()]
        while self.peek() == "/":
            self.at += 1
            if self.at == len(self.text):
                return PathTemplate((*segments, Literal("")))
            segments.append(self.segment())
        return self.with_verb(segments)

    def segment(self) -> Segment:
        return self.variable() if self.peek() == "{" else self.plain_segment()

    def variable(self) -> Variable:
        start = self.at
        self.at += 1
        field_path = self.field_path()
        if field_path in self.bound:
            raise self.error(f"the variable {'.'.join(field_path)} stands twice in the path", at=start)
        self.bound.add(field_path)
        segments = self.variable_segments() if self.peek() == "=" else ()
        if self.peek() != "}":
            raise self.error("the variable is not closed with '}'", at=None if self.peek() else start)
        self.at += 1
        if self.peek() not in ("", "/", ":"):
            raise self.error("a variable is a whole segment: '/' or ':' must follow it")
        return Variable(field_path, segments)

    def variable_segments(self) -> tuple[Plain, ...]:
        self.in_variable = True
        segments: list[Plain] = []
        while not segments or self.peek() == "/":
            self.at += 1
            segments.append(self.plain_segment())
        self.in_variable = False
        return tuple(segments)

    def field_path(self) -> tuple[str, ...]:
        names = [self.identifier()]
        while self.peek() == ".":
            self.at += 1
            names.append(self.identifier())
        return tuple(names)

    def identifier(self) -> str:
        match = _IDENTIFIER.match(self.text, self.at)
        if not match:
            raise self.error("a field's name is expected here")
        self.at = match.end()
        return match[0]

    def plain_segment(self) -> Plain:
        if self.peek() == "*":
            return self.wildcard()
        return self.literal()

    def wildcard(self) -> Wildcard | DoubleWildcard:
        start = self.at
        double = self.text.startswith("**", start)
        if double and self.has_double_wildcard:
            raise self.error("'**' can stand only once in a path")
        self.has_double_wildcard = self.has_double_wildcard or double
        self.at += 2 if double else 1
        if self.peek() not in ("", "/", ":", "}"):
            raise self.error("a wildcard is a whole segment: '/' or ':' must follow it")
        if self.peek() == "}" and not self.in_variable:
            raise self.error("'}' is not expected here")
        return DoubleWildcard() if double else Wildcard()

    def literal(self) -> Literal:
        following = self.peek()
        if following == "{":
            raise self.error("variables cannot hold variables")
        run = _NOT_A_DELIMITER.match(self.text, self.at)
        if not run:
            raise self.error("a path segment must not be empty")
        match = _LITERAL.match(self.text, self.at)
        end = match.end() if match else self.at
        if end != run.end():
            raise self.error(_why_not_literal(self.text[end]), at=end)
        self.at = end
        if self.peek() == "{" or (self.peek() == "}" and not self.in_variable):
            raise self.error(f"'{self.peek()}' is not expected here")
        return Literal(run[0])

    def with_verb(self, segments: list[Segment]) -> PathTemplate:
        """Takes the verb after a variable or wildcard, or cuts it off the last literal."""
        last = segments[-1]
        verb = ""
        if isinstance(last, Literal):
            if ":" in last.text:
                text, _, verb = last.text.rpartition(":")
                self.refuse_empty(text, verb)
                segments[-1] = Literal(text)
        elif self.peek() == ":":
            self.at += 1
            match = _LITERAL.match(self.text, self.at)
            if not match:
                raise self.error("a verb is expected after ':'")
            verb = match[0]
            self.at = match.end()
        if self.at != len(self.text):
            raise self.error(f"'{self.peek()}' is not expected here")
        return PathTemplate(tuple(segments), verb)

    def refuse_empty(self, literal: str, verb: str) -> None:
        if not verb:
            raise self.error("a verb is expected after ':'")
        if not literal:
            raise self.error("a path segment must not be empty", at=self.at - len(verb) - 1)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def error(self, message: str, *, at: int | None = None) -> ParseError:
        return ParseError(self.text, self.at if at is None else at, message)


def _why_not_literal(character: str) -> str:
    if character == "*":
        return "a wildcard is a whole segment: '*' cannot be part of a literal"
    if character == "%":
        return "'%' must be followed by two hexadecimal digits"
    return f"{character!r} cannot stand in a path: percent-encode it"
