"""From verb and path to a route: segment by segment a literal before "*" before "**", a custom verb before
none. Of two routes that go on behind the same "**", the one that needs more segments there comes first.

A tree of path segments, so that finding one of many routes costs as many steps as the path has segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from . import path as paths

T = TypeVar("T")


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    star: _Node[T] | None = None
    deep: _Node[T] | None = None  # what follows "**"
    longest: int = 0  # of a `deep` node: how many segments may follow
    # Routes that end here: custom verb → HTTP verb → route.
    ends: dict[str, dict[str, _Route[T]]] = field(default_factory=dict)

    def below(self, segment: str) -> _Node[T]:
        """The node that a template's segment leads to, made where there is none."""
        match segment:
            case "*":
                self.star = self.star or _Node()
                return self.star
            case "**":
                self.deep = self.deep or _Node()
                return self.deep
            case _:
                return self.literals.setdefault(segment, _Node())


@dataclass(frozen=True, slots=True)
class _Route(Generic[T]):
    template: paths.PathTemplate
    target: T


class MethodNotAllowed(Exception):
    """The path exists, but not with this HTTP verb; `allowed` are those it exists with."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"allowed: {', '.join(allowed)}")
        self.allowed = tuple(allowed)


class Router(Generic[T]):
    """Where two routes are equally specific, the one added first wins."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._verbs: tuple[str, ...] = ()  # custom ones, the longest first

    def add(self, verb: str, template: str, target: T) -> bool:
        """False, and nothing added, where the same verb and path have a target already."""
        parsed = paths.compile(template)
        node = self._root
        for index, segment in enumerate(parsed.segments, 1):
            node = node.below(segment)
            if segment == "**":
                node.longest = max(node.longest, len(parsed.segments) - index)
        if parsed.verb and parsed.verb not in self._verbs:
            self._verbs = tuple(sorted((*self._verbs, parsed.verb), key=len, reverse=True))
        ends = node.ends.setdefault(parsed.verb, {})
        return ends.setdefault(verb, _Route(parsed, target)).target is target

    def find(self, verb: str, path: str) -> tuple[T, dict[str, str]] | None:
        """The target and its variables; None for an unknown path. HEAD falls back to GET.

        Raises MethodNotAllowed, and InvalidArgumentError for a variable that cannot be decoded.
        """
        allowed: list[str] = []
        for parts, custom in self._readings(path):
            for routes in _candidates(self._root, parts, 0, custom):
                route = routes.get(verb) or (routes.get("GET") if verb == "HEAD" else None)
                if route is not None:
                    return route.target, route.template.bind(parts)
                allowed += routes
        if allowed:
            allowed += ["HEAD"] if "GET" in allowed else []
            raise MethodNotAllowed(sorted(set(allowed)))
        return None

    def _readings(self, path: str) -> Iterator[tuple[list[str], str]]:
        """The ways to read a raw path as segments and custom verb: longest verb first, none last."""
        parts = path.removeprefix("/").split("/")
        last = parts[-1]
        if ":" in last:
            for verb in self._verbs:
                if last.endswith(f":{verb}"):
                    yield [*parts[:-1], last[: -len(verb) - 1]], verb
        yield parts, ""


def _candidates(
    node: _Node[T], parts: Sequence[str], index: int, custom: str
) -> Iterator[dict[str, _Route[T]]]:
    if index == len(parts):
        if custom in node.ends:
            yield node.ends[custom]
    else:
        part = parts[index]
        below = node.literals.get(part) or (node.literals.get(_decoded(part)) if "%" in part else None)
        if below is not None:
            yield from _candidates(below, parts, index + 1, custom)
        if node.star is not None and part:
            yield from _candidates(node.star, parts, index + 1, custom)
    if node.deep is not None:
        # The fewer segments "**" takes, the more are left for what follows it.
        for start in range(max(index, len(parts) - node.deep.longest), len(parts) + 1):
            yield from _candidates(node.deep, parts, start, custom)


def _decoded(part: str) -> str:
    try:
        return paths.decode_segment(part)
    except ValueError:
        return part
