"""URL paths of google.api.http: what a template binds of a path, and the path that it makes of values.

The encoding is that of google/api/http.proto, "Path template syntax": a variable of one segment is
percent-decoded whole; in one that may hold several, an escaped slash stays escaped, so that it is not taken
for a separator. The grammar of the templates themselves is `http_rule`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from .errors import InvalidArgumentError
from .http_rule import DoubleWildcard, Literal, PathTemplate, Plain, Wildcard, key

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED_SLASH = re.compile(r"(%2[Ff])")


@dataclass(frozen=True, slots=True)
class Binding:
    """A field path bound to the segments `[start:stop]`, of a template as of a path that fits it: what stands
    behind "**" is counted from the end.
    """

    field: str
    start: int
    stop: int | None
    multi: bool


@dataclass(frozen=True, slots=True)
class Matcher:
    """A template made ready for use: all its segments in a row, and which of them are bound."""

    template: PathTemplate
    segments: tuple[Plain, ...]
    bindings: tuple[Binding, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The variables' values for a raw (still percent-encoded) `path`, or None where it does not fit.

        Raises InvalidArgumentError, naming the variable, for a broken escape or bytes that are not UTF-8.
        """
        parts = path.removeprefix("/").split("/")
        if self.template.verb:
            wanted = key(self.template.verb)
            readings = verb_readings(parts[-1], self.template.verb.count(":") + 1)
            last = next((segment for segment, verb in readings if verb == wanted), None)
            if last is None:
                return None
            parts[-1] = last
        return self.bind(parts) if _fits_raw(self.segments, parts) else None

    def bind(self, parts: Sequence[str]) -> dict[str, str]:
        """The variables' values for raw path segments that are known to fit, without the verb."""
        values = {}
        for binding in self.bindings:
            raw = "/".join(parts[binding.start : binding.stop])
            values[binding.field] = _decode(raw, binding) if "%" in raw else raw
        return values

    def expand(self, values: Mapping[str, str]) -> str:
        """The path for the variables' values.

        Raises InvalidArgumentError, naming the variable, where a value is missing or does not fit its
        pattern.
        """
        pieces: list[Sequence[str]] = [[str(segment)] for segment in self.segments]
        unbound = set(range(len(self.segments)))
        for binding in self.bindings:
            places = range(len(self.segments))[binding.start : binding.stop]
            parts = _encode(values.get(binding.field, ""), binding, [self.segments[at] for at in places])
            # As many pieces as before, so that the places of the other variables stay.
            pieces[places.start : places.stop] = [parts, *[()] * (len(places) - 1)]
            unbound -= set(places)
        if any(not isinstance(self.segments[at], Literal) for at in unbound):
            raise InvalidArgumentError(f"{self.template} has a wildcard that no field names")
        flat = [part for piece in pieces for part in piece]
        if len(flat) > 1 and not flat[0]:  # "//" starts the name of another host
            raise InvalidArgumentError(f"{self.template}: the path's first segment would be empty")
        verb = f":{self.template.verb}" if self.template.verb else ""
        return "/" + "/".join(flat) + verb


@lru_cache(maxsize=4096)
def compile(template: str) -> Matcher:
    """Parses a template; `http_rule.ParseError`, a ValueError, where it does not follow the grammar."""
    parsed = PathTemplate.parse(template)
    flat = parsed.flat
    bindings = []
    start = 0
    for segment in parsed.segments:
        if isinstance(segment, (Literal, Wildcard, DoubleWildcard)):
            start += 1
            continue
        stop = start + len(segment.pattern)
        bindings.append(_binding(segment.name, start, stop, flat))
        start = stop
    return Matcher(parsed, flat, tuple(bindings))


def _binding(field: str, start: int, stop: int, segments: Sequence[Plain]) -> Binding:
    length = len(segments)
    deep = next((at for at, part in enumerate(segments) if isinstance(part, DoubleWildcard)), length)
    return Binding(
        field,
        start if start <= deep else start - length,
        stop if stop <= deep else (stop - length or None),
        multi=stop - start > 1 or start == deep,
    )


def decode_segment(raw: str) -> str:
    """Percent-decodes; ValueError for a broken escape or bytes that are not UTF-8."""
    if _BAD_ESCAPE.search(raw):
        raise ValueError("broken percent-encoding")
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error


def _decode(raw: str, binding: Binding) -> str:
    try:
        return _decode_segments(raw) if binding.multi else decode_segment(raw)
    except ValueError as error:
        raise InvalidArgumentError.field(binding.field, f"{error} in the path") from error


def _decode_segments(raw: str) -> str:
    # Odd pieces are the escaped slashes that re.split keeps because of the group.
    pieces = _ESCAPED_SLASH.split(raw)
    return "".join(piece if odd % 2 else decode_segment(piece) for odd, piece in enumerate(pieces))


def verb_readings(last: str, most: int) -> Iterator[tuple[str, str]]:
    """The ways to read a path's last, raw segment as a segment and a custom verb (as `key`), the longest
    verb first; `most` is the number of colons that stand before and in the verb.
    """
    at = len(last)
    colons: list[int] = []
    while len(colons) < most and (at := last.rfind(":", 0, at)) >= 0:
        colons.append(at)
    for at in reversed(colons):
        yield last[:at], key(last[at + 1 :])


def _encode(value: str, binding: Binding, pattern: Sequence[Plain]) -> list[str]:
    # "**" alone may stand for no segment at all.
    parts = (value.split("/") if value else []) if binding.multi else [value]
    decode = _decode_segments if binding.multi else decode_segment
    pairs = _aligned(pattern, parts)
    # A client or a proxy would resolve dot segments, and so call something else.
    if pairs is None or not all(_fits_value(want, part, decode) for want, part in pairs):
        wanted = "/".join(map(str, pattern))
        raise InvalidArgumentError.field(binding.field, f"{value!r} does not fit the path pattern {wanted!r}")
    return [want.text if isinstance(want, Literal) else quote(part, safe="") for want, part in pairs]


def _fits_value(want: Plain, part: str, decode: Callable[[str], str]) -> bool:
    if not isinstance(want, Literal):
        return part not in (".", "..") and (bool(part) or isinstance(want, DoubleWildcard))
    try:
        return decode(want.text) == part
    except ValueError:  # not UTF-8, so no text is equal
        return False


def _fits_raw(segments: Sequence[Plain], parts: Sequence[str]) -> bool:
    if not segments:  # the root is a template without segments, and a path of an empty one
        return parts == [""]
    pairs = _aligned(segments, parts)
    return pairs is not None and all(
        want.key == key(part) if isinstance(want, Literal) else bool(part) or isinstance(want, DoubleWildcard)
        for want, part in pairs
    )


def _aligned(pattern: Sequence[Plain], parts: Sequence[str]) -> list[tuple[Plain, str]] | None:
    """Each part with the segment of the pattern that it falls to, None where their numbers do not fit."""
    deep = next((at for at, part in enumerate(pattern) if isinstance(part, DoubleWildcard)), None)
    if deep is not None:
        extra = len(parts) - len(pattern) + 1
        pattern = [*pattern[:deep], *[pattern[deep]] * extra, *pattern[deep + 1 :]]
    return list(zip(pattern, parts, strict=True)) if len(pattern) == len(parts) else None
