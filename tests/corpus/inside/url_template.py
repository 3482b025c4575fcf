"""Path templates of google.api.http once more, written from the specification and sharing nothing with the tool.

google/api/http.proto: "Path template syntax" and the rules of RFC 6570 that it names. Where several templates match
one path, the order that the service documents decides (`precedence`).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

SEGMENTS = (
    *(
        "x",
        "a-b_c.~",
        "é 漢",
        "a b",
        "100%",
        "1",
        "a+b&c=d",
        "..x",
        "%2F",
        "x:y",
        "?#[]@!$'()*,;",
        '"\\^`{|}',
    ),
    *("0" * 60, "-"),
)
SLASHED = "a/b"


@dataclass(frozen=True, slots=True)
class Template:
    """`parts` are the template's pieces in order: literal segments, and (field, pattern segments) of variables."""

    parts: tuple[str | tuple[str, tuple[str, ...]], ...]
    verb: str

    @property
    def variables(self) -> dict[str, tuple[str, ...]]:
        """Field path → pattern segments."""
        return {part[0]: part[1] for part in self.parts if isinstance(part, tuple)}

    @property
    def flat(self) -> tuple[str, ...]:
        """The segments without the variables' names."""
        return tuple(
            segment for part in self.parts for segment in (part[1] if isinstance(part, tuple) else (part,))
        )


@cache
def parse(text: str) -> Template:
    found = re.fullmatch(r"/((?:\{[^}]*\}|[^{}:])*)(?::([^/]+))?", text)
    assert found is not None, text
    parts: list[str | tuple[str, tuple[str, ...]]] = []
    for piece in re.findall(r"\{[^}]*\}|[^/]+", found[1]):
        if piece.startswith("{"):
            field, _, pattern = piece[1:-1].partition("=")
            parts.append((field, tuple((pattern or "*").split("/"))))
        else:
            parts.append(piece)
    return Template(tuple(parts), found[2] or "")


def example(pattern: tuple[str, ...], rng: random.Random) -> str:
    """A value that a variable of this pattern takes, which is not empty."""
    if pattern == ("*",):
        return rng.choice((*SEGMENTS, SLASHED))
    values: list[str] = []
    for segment in pattern:
        if segment == "**":
            values += rng.sample(_WITHOUT_ESCAPES, rng.randrange(len(pattern) == 1, 4))
        else:
            values.append(rng.choice(_WITHOUT_ESCAPES) if segment == "*" else segment)
    return "/".join(values)


# In a value of several segments "%2F" would stand for itself, so a segment with it cannot be told from that.
_WITHOUT_ESCAPES = tuple(segment for segment in SEGMENTS if "%2" not in segment)


def expand(template: Template, values: dict[str, str]) -> str:
    """The URL's path. One segment: all but [-_.~0-9a-zA-Z] is escaped; several: "/" stays as well."""
    pieces = []
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part)
        else:
            pieces.append(quote(values[part[0]], safe="" if part[1] == ("*",) else "/"))
    return "/" + "/".join(pieces) + (f":{template.verb}" if template.verb else "")


@cache
def pattern(template: Template) -> re.Pattern[str]:
    """What a raw path has to match."""
    text = ""
    for segment in template.flat:
        if segment == "**":
            text += "(?:/[^/]*)*"
        else:
            text += "/[^/]+" if segment == "*" else "/" + re.escape(segment)
    return re.compile(text + (re.escape(f":{template.verb}") if template.verb else ""))


def precedence(template: Template) -> tuple[object, ...]:
    """Sorts the templates that match one path, the winner first: by custom verb, then segment by segment."""
    flat = template.flat
    kinds = [
        (2, index - len(flat)) if segment == "**" else (1 if segment == "*" else 0, 0)
        for index, segment in enumerate(flat)
    ]
    return (-len(template.verb), kinds)
