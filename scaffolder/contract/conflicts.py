"""Bindings that are in each other's way, or that no request can reach: warnings, since published contracts have them.

Which of two routes a path leads to is always defined (`PathTemplate.precedence`), so what is told here is where that
might surprise: where neither of two overlapping templates is a special case of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaffolder.contract.http_rule import key
from scaffolder.contract.model import Binding, File, Method
from scaffolder.contract.overlaps import Index, contains, covers, halves
from scaffolder.diagnostics import Diagnostic

PAGES = ("/healthz", "/readyz", "/metrics")
"""What every service answers to GET itself."""

ANY_VERB = "*"
"""An HttpRule's custom kind that leaves the verb open."""

# The methods that the parser of the generated service knows, in upper case as HTTP has them (RFC 9110, section 9.1).
_VERBS = frozenset(
    (
        *("ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET"),
        *("HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR"),
        *("MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND"),
        *("PROPPATCH", "PURGE", "PUT", "QUERY", "REBIND", "REPORT", "SEARCH"),
        *("SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE"),
    )
)


@dataclass(frozen=True, slots=True)
class _Route:
    method: Method
    binding: Binding
    shape: str

    def __str__(self) -> str:
        return f"{self.binding.verb} {self.binding.path} of {self.method.full_name}"

    @property
    def place(self) -> str:
        """Where it is bound, for a message about another place; with a space before it."""
        return f" ({self.binding.location})" if self.binding.location else ""

    def warning(self, code: str, message: str, hint: str) -> Diagnostic:
        return Diagnostic(code, message, hint, self.binding.location, "warning")


def conflicts(files: Iterable[File]) -> Iterator[Diagnostic]:
    """Warns of the bindings in requested files.

    A method that streams from its client does not count: over plain HTTP it gives way to any other.
    """
    first: dict[tuple[str, str], _Route] = {}
    indexes: dict[str, Index[_Route]] = {}
    routes = list(_routes(files))
    for route in routes:
        verb = route.binding.verb
        if verb not in _VERBS and verb != ANY_VERB:
            message = f"{route}: no request has the method {verb}"
            yield route.warning("http-verb", message, "HTTP methods are in upper case, such as HEAD")
        if route.binding.path.ends_in_slash:
            bare = str(route.binding.path)[:-1]
            message = f"{route} ends in a slash, as no path of google.api.http does: {bare} is another path"
            hint = f"bind {bare}, or add it under additional_bindings; as it is, clients must send the slash"
            yield route.warning("http-slash", message, hint)
        if (earlier := _page(route)) or (earlier := _same(route, first)):
            message = f"{route} is already {earlier}"
            hint = (
                "give one of the two another path; over HTTP this one is reached by the RPC's own name only"
            )
            yield route.warning("http-collision", message, hint)
        if first.setdefault((verb, route.shape), route) is route:
            for other, index in indexes.items():
                if verb == other or ANY_VERB in (verb, other):
                    yield from _overlaps(route, index)
            indexes.setdefault(verb, Index()).add(route.binding.path, route)
    for route in routes:
        yield from _halved(route, routes)


def _routes(files: Iterable[File]) -> Iterator[_Route]:
    for file in files:
        for method in (m for service in file.services for m in service.methods if file.requested):
            for binding in method.bindings if not method.client_streaming else ():
                yield _Route(method, binding, binding.path.shape)


def _page(route: _Route) -> str:
    if route.binding.verb == "GET" and route.shape in PAGES:
        return "a page that every service has"
    return ""


def _same(route: _Route, first: dict[tuple[str, str], _Route]) -> str:
    earlier = first.get((route.binding.verb, route.shape))
    if earlier is None or earlier.method is route.method:
        return ""
    return f"bound by {earlier.method.full_name}{earlier.place}"


def _overlaps(route: _Route, index: Index[_Route]) -> Iterator[Diagnostic]:
    for other, path in index.overlapping(route.binding.path):
        if other.method is route.method or other.shape == route.shape:  # then the verb decides
            continue
        wins, loses = sorted((route, other), key=lambda each: each.binding.path.precedence)
        if contains(loses.binding.path, wins.binding.path):
            continue
        message = (
            f"{route} overlaps {other}{other.place}: both match {path}, which goes to {wins.method.full_name}"
        )
        if contains(wins.binding.path, loses.binding.path):
            message = f"{loses} is never reached{loses.place}: all its paths go to {wins}{wins.place}"
        hint = (
            "segment by segment a literal goes before * and * before **; change one path, or leave it at that"
        )
        yield route.warning("http-overlap", message, hint)


def _halved(route: _Route, routes: Iterable[_Route]) -> Iterator[Diagnostic]:
    """A binding with ``**`` that two others leave nothing of, each of which is a special case of it."""
    path = route.binding.path
    takers = [
        next(
            (other for other in routes if _goes_before(other, route) and covers(other.binding.path, half)),
            None,
        )
        for half in halves(path)
    ]
    one, *others = takers or [None]
    if one is not None and all(other not in (None, one) for other in others):
        both = " and ".join(f"{taker}{taker.place}" for taker in takers if taker is not None)
        yield route.warning(
            "http-overlap",
            f"{route} is never reached: all its paths go to {both}",
            "change one path, or leave it at that; over HTTP this one is reached by the RPC's own name only",
        )


def _goes_before(other: _Route, route: _Route) -> bool:
    one, path = other.binding, route.binding.path
    same = one.verb == route.binding.verb and key(one.path.verb) == key(path.verb)
    return same and other.method is not route.method and one.path.precedence < path.precedence
