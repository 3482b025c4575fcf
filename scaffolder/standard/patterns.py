"""Patterns of resource names (AIP-122): those that a contract declares, and those that its HTTP paths take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scaffolder.contract.http_rule import Literal, PathTemplate, Variable, Wildcard
from scaffolder.contract.model import Message
from scaffolder.standard.fields import RefusedError
from scaffolder.standard.words import plural, singular, snake

_COLLECTION = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")
_ID = re.compile(r"\{[A-Za-z0-9_.]+\}")


def shape(pattern: str) -> str:
    """A pattern without the names of its ids: `shelves/*/books/*`."""
    return re.sub(r"\{[^}]*\}", "*", pattern)


def parent(pattern: str) -> str:
    """The pattern of the parent, `shelves/{shelf}` of `shelves/{shelf}/books/{book}`; `""` for one without."""
    return "/".join(pattern.split("/")[:-2])


def declared(message: Message) -> tuple[str, ...]:
    """The patterns of google.api.resource; a `RefusedError` where a name of them is none that a service can make.

    A pattern without an id is that of a name which nobody creates (Pub/Sub's `_deleted-topic_`), and left out.
    """
    found = [pattern for pattern in message.resource_patterns if "{" in pattern or "*" in pattern]
    for pattern in found:
        if problem := _problem(pattern):
            raise RefusedError(f"its pattern {pattern} {problem}")
    if not found:
        raise RefusedError("none of its patterns has an id")
    return _distinct(found)


def _distinct(patterns: Sequence[str]) -> tuple[str, ...]:
    """The patterns, of which a parent has to tell the one that is meant."""
    parents = [shape(parent(pattern)) for pattern in patterns]
    for pattern, above in zip(patterns, parents, strict=True):
        if parents.count(above) > 1:
            whose = f"the parent {parent(pattern)}" if above else "no parent"
            raise RefusedError(f"two of its patterns have {whose}, and a create does not say which is meant")
    return tuple(patterns)


def _problem(pattern: str) -> str:
    segments = pattern.split("/")
    if pattern == "*":
        return "says nothing of its names"
    if any(segment.count("{") > 1 for segment in segments):
        return "has two ids in one segment, and what a new one consists of is not known"
    if "{" not in segments[-1] and "*" not in segments[-1]:
        return "is that of a singleton, which is there as soon as its parent is (AIP-156)"
    kinds = [(_COLLECTION, _ID)[index % 2] for index in range(len(segments))]
    if len(segments) % 2 or not all(k.fullmatch(s) for k, s in zip(kinds, segments, strict=True)):
        return "does not alternate between collections and ids (AIP-122)"
    return ""


def contradiction(patterns: Iterable[str], taken: Iterable[str]) -> str:
    """Of the names that HTTP paths take, one that no pattern has; `""` where each may be one."""
    shapes = [shape(pattern) for pattern in patterns]
    return next((each for each in sorted(taken) if not any(_matches(each, s) for s in shapes)), "")


def _matches(template: str, name: str) -> bool:
    """Whether a template with `*` and `**` can match a name of that shape, of whose ids nothing is known."""
    parts = (
        "(?:[^/]+/?)*" if part == "**" else r"[^/]+/?" if part == "*" else rf"(?:{re.escape(part)}|\*)/?"
        for part in template.split("/")
    )
    return template not in ("*",) and re.fullmatch("".join(parts), name) is not None


def derived(noun: str, taken: Sequence[str]) -> tuple[str, ...]:
    """The patterns of the names that HTTP paths take, none where that is the id alone.

    Without a path, the one that AIP-122 would have; a `RefusedError` where a path leaves open what a name looks like.
    """
    if not taken:
        return (f"{plural(noun)}/{{{noun}}}",)
    if set(taken) == {"*"}:
        return ()
    found = {template: _named(template, noun) for template in sorted(taken, key=lambda t: (t.count("/"), t))}
    for template, pattern in found.items():
        if not pattern or _problem(pattern):
            raise RefusedError(
                f"its name is {template} in a path, and no google.api.resource says what that looks like"
            )
    return _distinct([*found.values()])


def _named(template: str, noun: str) -> str:
    """A path's template with names for its ids: `shelves/*/books/*` → `shelves/{shelf}/books/{book}`."""
    segments = template.split("/")
    names: list[str] = []
    for index, segment in enumerate(segments):
        if segment == "**":
            return ""
        if segment != "*":
            continue
        before = segments[index - 1] if index else ""
        name = noun if index == len(segments) - 1 else re.sub(r"\W", "_", snake(singular(before))) or "id"
        while name in names:
            name += "_"
        names.append(name)
        segments[index] = f"{{{name}}}"
    return "/".join(segments)


def of_variable(variable: Variable) -> str:
    """What a path's variable takes, as text: `shelves/*`."""
    return "/".join(str(part) for part in variable.pattern)


def below(path: PathTemplate, field: str) -> str:
    """The names of what is created or listed below a path: `shelves/*/books/*` of `/v1/{parent=shelves/*}/books`.

    `""` where the variable `field` is not in the path, or more than a collection follows it.
    """
    for index, segment in enumerate(path.segments):
        if isinstance(segment, Variable) and segment.name == field and segment.segments:
            rest = path.segments[index + 1 :]
            if len(rest) == 1 and isinstance(rest[0], Literal) and Wildcard() in segment.pattern:
                return f"{of_variable(segment)}/{rest[0]}/*"
    return ""
