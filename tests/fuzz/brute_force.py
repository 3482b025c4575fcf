"""Routing by the rule as docs/http.md tells it, slowly: every template is tried, the matching ones are compared.

Nothing here is shared with the router but the parser of templates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from scaffolder.contract.http_rule import DoubleWildcard, Literal, PathTemplate, Wildcard

Route = tuple[str, str]
"""HTTP verb and template."""


def _compared(raw: str) -> str | None:
    """A segment as it is compared; None for one with a broken escape, which equals nothing."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", raw):
        return None
    return unquote_to_bytes(raw).hex()


def matches(template: PathTemplate, path: str) -> bool:
    """Whether a raw path fits, tried for every way to read its end as a verb and every length of `**`."""
    parts = path.removeprefix("/").split("/")
    if not template.segments:
        return parts == [""] and not template.verb
    if not template.verb:
        return _segments_match(template, parts)
    last = parts[-1]
    for at in (at for at, c in enumerate(last) if c == ":"):
        read = _compared(last[at + 1 :]) == _compared(template.verb)
        if read and _segments_match(template, [*parts[:-1], last[:at]]):
            return True
    return False


def _segments_match(template: PathTemplate, parts: Sequence[str]) -> bool:
    def from_(pattern: int, part: int) -> bool:
        if pattern == len(flat):
            return part == len(parts)
        segment = flat[pattern]
        if isinstance(segment, DoubleWildcard):
            return any(from_(pattern + 1, at) for at in range(part, len(parts) + 1))
        if part == len(parts):
            return False
        if isinstance(segment, Wildcard):
            return parts[part] != "" and from_(pattern + 1, part + 1)
        assert isinstance(segment, Literal)
        return _compared(parts[part]) == _compared(segment.text) and from_(pattern + 1, part + 1)

    flat = template.flat
    return from_(0, 0)


def rank(template: PathTemplate) -> tuple[object, ...]:
    """Sorts templates that match a path as they are preferred: the longest verb, then segment by segment."""
    flat = template.flat
    kinds: list[tuple[int, int]] = []
    for index, segment in enumerate(flat):
        match segment:
            case Literal():
                kinds.append((0, 0))
            case Wildcard():
                kinds.append((1, 0))
            case DoubleWildcard():
                kinds.append((2, -(len(flat) - index - 1)))
    return -len(unquote_to_bytes(template.verb).decode("utf-8", "replace")), kinds


def find(routes: Sequence[Route], verb: str, path: str) -> Route | tuple[str, ...] | None:
    """The route that answers, the verbs that are allowed where none does, None for an unknown path."""
    parsed = [(PathTemplate.parse(template), http, template) for http, template in routes]
    matching = [found for found in parsed if matches(found[0], path)]
    for template in sorted({found[0].shape: found[0] for found in matching}.values(), key=rank):
        same = [found for found in matching if found[0].shape == template.shape]
        for wanted in (verb, *(["GET"] if verb == "HEAD" else []), "*"):
            for _, http, text in same:
                if http == wanted:
                    return http, text
    verbs = {http for _, http, _ in matching}
    return tuple(sorted(verbs | ({"HEAD"} if "GET" in verbs else set()))) if verbs else None
