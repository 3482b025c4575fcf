"""Path templates of google.api.http as those of OpenAPI, whose variables are one segment and have no pattern.

A variable of several segments becomes one parameter for each wildcard in it, the literals between them staying in the
path: `/v1/{name=shelves/*/books/*}` is `/v1/shelves/{shelf}/books/{book}`. A client that escapes the slashes of a
value, as every client does, so calls what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaffolder.contract.http_rule import DoubleWildcard, Literal, PathTemplate, Variable, Wildcard

_NAME = re.compile(r"\{(\w+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `{name}` of an OpenAPI path. `field` is the whole field, dotted, or the field that it is a part of.

    `pattern` is the variable's where the parameter is a part of it, else ``""``. `is_deep` is true for ``**``.
    """

    name: str
    field: str = ""
    pattern: str = ""
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """An OpenAPI path; `shape` is equal for paths that OpenAPI cannot tell apart."""

    text: str
    shape: str
    parameters: tuple[Parameter, ...]


def render(template: PathTemplate, patterns: Sequence[str] = (), *, deep: int = 1) -> Path:
    """The path of a template.

    `patterns` are those of resources (``shelves/{shelf}``), whose names the parts of a variable get. ``**`` becomes
    `deep` segments: where it would be taken for another path, a longer one is not.
    """
    names = _Names()
    pieces: list[str | Parameter] = []
    for segment in template.segments:
        match segment:
            case Variable():
                pieces += _variable(segment, names, patterns, deep)
            case Literal():
                pieces.append(segment.text)
            case _:
                is_deep = isinstance(segment, DoubleWildcard)
                for _ in range(deep if is_deep else 1):
                    pieces.append(Parameter(names.free("segment"), is_deep=is_deep))
    verb = f":{template.verb}" if template.verb else ""
    text = "/" + "/".join(f"{{{p.name}}}" if isinstance(p, Parameter) else p for p in pieces) + verb
    shape = "/" + "/".join("{}" if isinstance(p, Parameter) else p for p in pieces) + verb
    return Path(text, shape, tuple(p for p in pieces if isinstance(p, Parameter)))


def has_deep(template: PathTemplate) -> bool:
    return "**" in template.shape


def _variable(
    variable: Variable, names: _Names, patterns: Sequence[str], deep: int
) -> Iterator[str | Parameter]:
    pattern = variable.pattern
    if len(pattern) == 1 and isinstance(pattern[0], Wildcard):
        yield Parameter(names.free(variable.name), variable.name)
        return
    text = "/".join(map(str, pattern))
    known = _named(text, patterns)
    before = ""
    for part in pattern:
        if isinstance(part, Literal):
            before = part.text
            yield part.text
            continue
        is_deep = isinstance(part, DoubleWildcard)
        name = next(known, "") or _singular(before) or variable.field_path[-1]
        for _ in range(deep if is_deep else 1):
            yield Parameter(names.free(name), variable.name, text, is_deep=is_deep)


def _named(text: str, patterns: Sequence[str]) -> Iterator[str]:
    """The names of the wildcards in `text`, by the first of the resource patterns of that form."""
    for pattern in patterns:
        parts = pattern.split("/")
        plain = "/".join("*" if "{" in part else part for part in parts)
        if plain == text:
            # A segment may have several names (AIP-122): `{ad_group}~{ad}` is one parameter all the same.
            yield from ("_".join(_NAME.findall(part)) for part in parts if "{" in part)
            return


def _singular(collection: str) -> str:
    """A name for one member of a collection: `shelf` of `shelves`, `bookEntry` of `bookEntries`."""
    word = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in collection)
    for plural, one in _PLURALS:
        if word.lower().endswith(plural) and len(word) >= len(plural):
            return word[: len(word) - len(plural)] + one
    return word


_PLURALS = (
    ("shelves", "shelf"),
    ("tuses", "tus"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ies", "y"),
    ("xes", "x"),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
)
"""Endings of plurals and of their singulars, the first that fits counts."""


class _Names:
    """Names of parameters, each once in a path."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name
