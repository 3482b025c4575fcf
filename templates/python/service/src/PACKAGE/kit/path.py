"""URL path templates of google.api.http (google/api/http.proto, "Path template syntax"): match and expand.

    Template  = "/" Segments [ Verb ]            /v1/{name=shelves/*/books/*}:move
    Segments  = Segment { "/" Segment }
    Segment   = "*" | "**" | LITERAL | Variable
    Variable  = "{" FieldPath [ "=" Segments ] "}"
    Verb      = ":" LITERAL

"**" is zero or more segments. It may stand once and anywhere, not only last as the text below the grammar
has it: published contracts have /v1/{parent=documents/**}/{collection}, and one alone is not ambiguous.

A variable of one segment is percent-decoded whole; in one that may hold several, an escaped slash stays
escaped, so that it is not taken for a separator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote_to_bytes

from .errors import InvalidArgumentError

_FIELD_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_SEGMENT = re.compile(rf"\{{({_FIELD_PATH})(?:=([^{{}}]+))?\}}|([^/{{}}]*)")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED_SLASH = re.compile(r"(%2[Ff])")


@dataclass(frozen=True, slots=True)
class Variable:
    """A field path bound to the segments `[start:stop]`, of a template as of a path that fits it: what stands
    behind "**" is counted from the end.
    """

    field: str
    start: int
    stop: int | None
    multi: bool


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A parsed template: `segments` are literals, "*" and at most one "**"."""

    text: str
    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str

    def match(self, path: str) -> dict[str, str] | None:
        """The variables' values for a raw (still percent-encoded) `path`, or None where it does not fit.

        Raises InvalidArgumentError, naming the variable, for a broken escape or bytes that are not UTF-8.
        """
        parts = path.removeprefix("/").split("/")
        if self.verb:
            if not parts[-1].endswith(f":{self.verb}"):
                return None
            parts[-1] = parts[-1][: -len(self.verb) - 1]
        return self.bind(parts) if _segments_fit(self.segments, parts) else None

    def bind(self, parts: Sequence[str]) -> dict[str, str]:
        """The variables' values for raw path segments that are known to fit, without the verb."""
        values = {}
        for variable in self.variables:
            raw = "/".join(parts[variable.start : variable.stop])
            values[variable.field] = _decode(raw, variable) if "%" in raw else raw
        return values

    def expand(self, values: Mapping[str, str]) -> str:
        """The path for the variables' values.

        Raises InvalidArgumentError, naming the variable, where a value is missing or does not fit its
        pattern.
        """
        pieces: list[Sequence[str]] = [[segment] for segment in self.segments]
        for variable in self.variables:
            pattern = self.segments[variable.start : variable.stop]
            parts = _encode(values.get(variable.field, ""), variable, pattern)
            # As many pieces as before, so that the places of the other variables stay.
            pieces[variable.start : variable.stop] = [parts, *[()] * (len(pattern) - 1)]
        flat = [part for piece in pieces for part in piece]
        if "*" in flat or "**" in flat:
            raise InvalidArgumentError(f"{self.text} has a wildcard that no field names")
        if len(flat) > 1 and not flat[0]:  # "//" starts the name of another host
            raise InvalidArgumentError(f"{self.text}: the path's first segment would be empty")
        verb = f":{self.verb}" if self.verb else ""
        return "/" + "/".join(flat) + verb


@cache
def compile(template: str) -> PathTemplate:
    """Parses a template; ValueError says what is wrong with one that does not follow the grammar."""
    if not template.startswith("/"):
        raise ValueError(f"{template!r} does not start with '/'")
    colon = template.find(":", max(template.rfind("/"), template.rfind("}")))
    body, verb = (template, "") if colon < 0 else (template[:colon], template[colon + 1 :])
    segments: list[str] = []
    bound: list[tuple[str, int, int]] = []
    for field, pattern, literal in _pieces(body):
        inner = (pattern or "*").split("/") if field else [literal]
        if field:
            bound.append((field, len(segments), len(segments) + len(inner)))
        segments.extend(inner)
    if segments.count("**") > 1:
        raise ValueError(f"{template!r}: '**' can stand only once")
    variables = (_variable(field, start, stop, segments) for field, start, stop in bound)
    return PathTemplate(template, tuple(segments), tuple(variables), verb)


def _variable(field: str, start: int, stop: int, segments: Sequence[str]) -> Variable:
    multi = stop - start > 1 or segments[start] == "**"
    length = len(segments)
    deep = segments.index("**") if "**" in segments else length
    return Variable(
        field,
        start if start <= deep else start - length,
        stop if stop <= deep else (stop - length or None),
        multi,
    )


def _pieces(body: str) -> Iterator[tuple[str | None, str | None, str]]:
    """What stands between the slashes: a variable's field path and pattern, or a literal or wildcard."""
    position = 0
    while position < len(body):
        if body[position] != "/":
            raise ValueError(f"{body!r}: unexpected {body[position]!r} at {position}")
        found = _SEGMENT.match(body, position + 1)
        assert found is not None  # its last alternative matches the empty string
        yield found[1], found[2], found[3] or ""
        position = found.end()


def decode_segment(raw: str) -> str:
    """Percent-decodes; ValueError for a broken escape or bytes that are not UTF-8."""
    if _BAD_ESCAPE.search(raw):
        raise ValueError("broken percent-encoding")
    return unquote_to_bytes(raw).decode("utf-8")


def _decode(raw: str, variable: Variable) -> str:
    try:
        if not variable.multi:
            return decode_segment(raw)
        # Odd pieces are the escaped slashes that re.split keeps because of the group.
        pieces = _ESCAPED_SLASH.split(raw)
        return "".join(piece if odd % 2 else decode_segment(piece) for odd, piece in enumerate(pieces))
    except ValueError as error:
        raise InvalidArgumentError(f"{variable.field}: {error} in the path") from error


def _encode(value: str, variable: Variable, pattern: Sequence[str]) -> list[str]:
    # "**" alone may stand for no segment at all.
    parts = (value.split("/") if value else []) if variable.multi else [value]
    # A client or a proxy would resolve dot segments, and so call something else.
    if not _segments_fit(pattern, parts, encoded=False) or any(part in (".", "..") for part in parts):
        wanted = "/".join(pattern)
        raise InvalidArgumentError(f"{variable.field}: {value!r} does not fit the path pattern {wanted!r}")
    return [quote(part, safe="") for part in parts]


def _segments_fit(pattern: Sequence[str], parts: Sequence[str], *, encoded: bool = True) -> bool:
    if "**" in pattern:
        before = pattern.index("**")
        behind = len(pattern) - before - 1
        if len(parts) < before + behind:
            return False
        pattern = [*pattern[:before], *pattern[before + 1 :]]
        parts = [*parts[:before], *parts[len(parts) - behind :]]
    if len(pattern) != len(parts):
        return False
    return all(
        bool(part) if want == "*" else want == part or (encoded and "%" in part and want == _or_none(part))
        for want, part in zip(pattern, parts, strict=True)
    )


def _or_none(raw: str) -> str | None:
    try:
        return decode_segment(raw)
    except ValueError:
        return None
