"""From HTTP verb and path to a route, by the precedence that `http_rule` defines: a custom verb before none, then
segment by segment a literal before "*" before "**".

A tree of path segments: finding a route looks at each node of it at most once, or, below a "**", as many times as
segments may follow there. No path makes it search longer than that, and the length of the path counts only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .. import path as paths
from ..http_rule import DoubleWildcard, Plain, Wildcard, key

T = TypeVar("T")

ANY_VERB = "*"
"""The HTTP verb of a binding that leaves it open (google/api/http.proto, HttpRule.custom)."""


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    star: _Node[T] | None = None
    deep: _Node[T] | None = None  # what follows "**"
    longest: int = 0  # of a `deep` node: how many segments may follow
    # Routes that end here: custom verb → HTTP verb → route.
    ends: dict[str, dict[str, _Route[T]]] = field(default_factory=dict)

    def below(self, segment: Plain) -> _Node[T]:
        """The node that a template's segment leads to, made where there is none."""
        if isinstance(segment, Wildcard):
            self.star = self.star or _Node()
            return self.star
        if isinstance(segment, DoubleWildcard):
            self.deep = self.deep or _Node()
            return self.deep
        return self.literals.setdefault(segment.key, _Node())


@dataclass(frozen=True, slots=True)
class _Route(Generic[T]):
    matcher: paths.Matcher
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
        self._most_colons = 0  # before and in one of the custom verbs
        self._verbs: set[str] = set()

    def add(self, verb: str, template: str, target: T) -> bool:
        """False, and nothing added, where the same verb and path have a target already.

        `verb` is an HTTP method as it is sent, or "*" for any that has no route of its own there.
        """
        matcher = paths.compile(template)
        segments, custom = matcher.segments, matcher.template.verb
        node = self._root if segments else self._root.literals.setdefault("", _Node())
        for index, segment in enumerate(segments, 1):
            node = node.below(segment)
            if isinstance(segment, DoubleWildcard):
                node.longest = max(node.longest, len(segments) - index)
        if custom:
            self._most_colons = max(self._most_colons, custom.count(":") + 1)
            self._verbs.add(key(custom))
        ends = node.ends.setdefault(key(custom), {})
        return ends.setdefault(verb, _Route(matcher, target)).target is target

    def find(self, verb: str, path: str) -> tuple[T, dict[str, str]] | None:
        """The target and its variables; None for an unknown path. HEAD falls back to GET.

        Raises MethodNotAllowed, and InvalidArgumentError for a variable that cannot be decoded.
        """
        allowed: set[str] = set()
        for routes, parts in self._matching(path):
            route = (
                routes.get(verb) or (routes.get("GET") if verb == "HEAD" else None) or routes.get(ANY_VERB)
            )
            if route is not None:
                return route.target, route.matcher.bind(parts)
            allowed.update(routes)
        if allowed:
            raise MethodNotAllowed(_with_head(allowed))
        return None

    def allowed(self, path: str) -> tuple[str, ...]:
        """The HTTP verbs that a path has routes for, sorted; "*" where one of them takes any."""
        return _with_head({verb for routes, _ in self._matching(path) for verb in routes})

    def _matching(self, path: str) -> Iterator[tuple[dict[str, _Route[T]], list[str]]]:
        """The routes whose templates match a raw path, those of one template at a time, with the segments to bind."""
        parts = path.removeprefix("/").split("/")
        if self._verbs and ":" in parts[-1]:
            for last, custom in paths.verb_readings(parts[-1], self._most_colons):
                if custom in self._verbs:
                    read = [*parts[:-1], last]
                    yield from ((routes, read) for routes in _ends(self._root, read, custom))
        yield from ((routes, parts) for routes in _ends(self._root, parts, ""))


def _with_head(verbs: set[str]) -> tuple[str, ...]:
    return tuple(sorted(verbs | {"HEAD"} if "GET" in verbs else verbs))


def _ends(root: _Node[T], parts: Sequence[str], custom: str) -> Iterator[dict[str, _Route[T]]]:
    """What ends where the parts lead to, the most specific first."""
    pending = [(root, 0)]
    while pending:
        node, index = pending.pop()
        if index == len(parts) and custom in node.ends:
            yield node.ends[custom]
        # The last one pushed is looked at first.
        if node.deep is not None:
            # The fewer segments "**" takes, the more are left for what follows it.
            first = max(index, len(parts) - node.deep.longest)
            pending += ((node.deep, start) for start in range(len(parts), first - 1, -1))
        if index < len(parts):
            part = parts[index]
            if node.star is not None and part:
                pending.append((node.star, index + 1))
            if (below := node.literals.get(key(part))) is not None:
                pending.append((below, index + 1))
