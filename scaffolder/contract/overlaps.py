"""Path templates that match the same paths: whether two do, an example path, and all such pairs among many.

A template is taken as its flat segments (`PathTemplate.flat`); ``**`` stands for any segments, empty ones included,
``*`` for one that is not empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from scaffolder.contract.http_rule import DoubleWildcard, Literal, PathTemplate, Plain, Wildcard, key

T = TypeVar("T")

_ANY = "1"  # in an example, a segment that could be anything


def example(one: PathTemplate, other: PathTemplate) -> str:
    """A path that both templates match, ``""`` where there is none. Only for templates with the same verb."""
    found = _common(one.flat, other.flat)
    return "" if found is None else _path(found, one)


def contains(outer: PathTemplate, inner: PathTemplate) -> bool:
    """Whether `outer` matches every path that `inner` does. Only for templates with the same verb."""
    return covers(outer, inner.flat)


def covers(template: PathTemplate, flat: Sequence[Plain]) -> bool:
    """Whether `template` matches every path of these segments, the verb apart."""
    stretched = _stretched(template.flat, len(flat))
    return stretched is not None and all(map(_covers, stretched, flat))


def halves(template: PathTemplate) -> tuple[Sequence[Plain], ...]:
    """The paths of a template with ``**`` in two halves: where it stands for nothing, and where it does not."""
    flat = template.flat
    deep = _deep(flat)
    if deep is None:
        return ()
    return (*flat[:deep], *flat[deep + 1 :]), (*flat[: deep + 1], Wildcard(), *flat[deep + 1 :])


def _path(segments: list[str], template: PathTemplate) -> str:
    return "/" + "/".join(segments) + (f":{template.verb}" if template.verb else "")


def _common(one: Sequence[Plain], other: Sequence[Plain]) -> list[str] | None:
    length = _common_length(one, other)
    firsts, seconds = _stretched(one, length), _stretched(other, length)
    if firsts is None or seconds is None:
        return None
    found = []
    for first, second in zip(firsts, seconds, strict=True):
        literals = [part for part in (first, second) if isinstance(part, Literal)]
        if len(literals) == 2 and literals[0].key != literals[1].key:
            return None
        if any(not part.text for part in literals) and Wildcard() in (first, second):
            return None
        found.append(literals[0].text if literals else _ANY)
    return found


def _common_length(one: Sequence[Plain], other: Sequence[Plain]) -> int:
    """How many segments a path has that both match, if any does."""
    deep, other_deep = _deep(one), _deep(other)
    if deep is None:
        return len(one)
    if other_deep is None:
        return len(other)
    # Long enough for what stands before "**" in one not to meet what stands behind it in the other.
    return max(deep, other_deep) + max(len(one) - deep, len(other) - other_deep) - 1


def _stretched(flat: Sequence[Plain], length: int) -> list[Plain] | None:
    """The segments with as many ``**`` in place of one as `length` asks for, None where it cannot be."""
    deep = _deep(flat)
    if deep is None:
        return list(flat) if len(flat) == length else None
    extra = length - len(flat) + 1
    return [*flat[:deep], *[DoubleWildcard()] * extra, *flat[deep + 1 :]] if extra >= 0 else None


def _deep(flat: Sequence[Plain]) -> int | None:
    return next((at for at, part in enumerate(flat) if isinstance(part, DoubleWildcard)), None)


def _covers(outer: Plain, inner: Plain) -> bool:
    if isinstance(outer, DoubleWildcard):
        return True
    if isinstance(outer, Wildcard):
        return not isinstance(inner, DoubleWildcard) and inner != Literal("")
    return isinstance(inner, Literal) and inner.key == outer.key


@dataclass(slots=True)
class _Node(Generic[T]):
    below: dict[str, _Node[T]] = field(default_factory=dict)  # by literal, "*" and "**" escaped
    ends: list[tuple[tuple[Plain, ...], T]] = field(default_factory=list)


_STAR, _DEEP = "/*", "/**"  # no literal holds a slash that is not escaped


class Index(Generic[T]):
    """Templates with something each, in which those that may overlap another are found without comparing all."""

    def __init__(self) -> None:
        self._roots: dict[str, _Node[T]] = {}  # by verb

    def add(self, template: PathTemplate, value: T) -> None:
        node = self._roots.setdefault(key(template.verb), _Node())
        flat = template.flat
        for part in flat:
            node = node.below.setdefault(_step(part), _Node())
        node.ends.append((flat, value))

    def overlapping(self, template: PathTemplate) -> Iterator[tuple[T, str]]:
        """What was added with templates that match paths that this one does, each with such a path."""
        root = self._roots.get(key(template.verb))
        if root is None:
            return
        flat = template.flat
        for other, value in _candidates(root, flat):
            if (path := _common(flat, other)) is not None:
                yield value, _path(path, template)


def _step(part: Plain) -> str:
    if isinstance(part, Literal):
        return f"={part.key}"
    return _STAR if isinstance(part, Wildcard) else _DEEP


def _candidates(root: _Node[T], flat: Sequence[Plain]) -> Iterator[tuple[tuple[Plain, ...], T]]:
    pending = [(root, 0)]
    while pending:
        node, index = pending.pop()
        if index < len(flat) and isinstance(flat[index], DoubleWildcard):
            yield from _all(node)
            continue
        if _DEEP in node.below:
            yield from _all(node.below[_DEEP])
        if index == len(flat):
            yield from node.ends
        elif isinstance(flat[index], Wildcard):
            pending += ((below, index + 1) for step, below in node.below.items() if step != _DEEP)
        else:
            steps = (_step(flat[index]), _STAR)
            pending += ((node.below[step], index + 1) for step in steps if step in node.below)


def _all(root: _Node[T]) -> Iterator[tuple[tuple[Plain, ...], T]]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield from node.ends
        pending += node.below.values()
