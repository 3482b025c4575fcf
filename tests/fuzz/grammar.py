"""Path templates, the router, and the whole HTTP application, with templates and paths that are nearly right."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from random import Random
from typing import Any

from kit import path as paths
from kit.errors import InvalidArgumentError
from kit.health import Health
from kit.http.app import HttpApp
from kit.http.config import HttpConfig
from kit.http.router import MethodNotAllowed, Router
from scaffolder.contract.http_rule import ParseError, PathTemplate
from scaffolder.contract.overlaps import contains, example
from tests.fuzz import brute_force
from tests.fuzz.templates import mutated, path, template
from tests.kit import shop

VERBS = ("GET", "POST", "HEAD", "PUT", "OPTIONS", "*")


def templates(random: Random) -> None:
    """A text is refused at a place inside it, or kept as it is; a shape is a template for the same paths."""
    text = template(random)
    if random.random() < 0.6:
        text = mutated(random, text)
    try:
        parsed = PathTemplate.parse(text)
    except ParseError as error:
        assert error.template == text and 0 <= error.position <= len(text) and error.message, text
        return
    assert str(parsed) == text
    assert PathTemplate.parse(str(parsed)) == parsed
    shape = PathTemplate.parse(parsed.shape)
    assert shape.shape == parsed.shape and not shape.variables, text
    raw = path(random, [text])
    assert brute_force.matches(shape, raw) == brute_force.matches(parsed, raw), (text, raw)
    _round_trip(text, raw)


def _round_trip(text: str, raw: str) -> None:
    """What a path binds makes a path that binds the same."""
    matcher = paths.compile(text)
    try:
        values = matcher.match(raw)
    except InvalidArgumentError:
        return
    assert (values is not None) == brute_force.matches(PathTemplate.parse(text), raw), (text, raw)
    if values is None:
        return
    try:
        expanded = matcher.expand(values)
    except InvalidArgumentError:  # dot segments, wildcards that no variable holds
        return
    assert matcher.match(expanded) == values, (text, raw, expanded)


def routes(random: Random) -> None:
    """The router finds what the documented rule finds, and what the tool says of overlaps is true."""
    texts = [template(random) for _ in range(random.randint(1, 8))]
    table = [(random.choice(VERBS), text) for text in texts]
    router: Router[tuple[str, str]] = Router()
    for verb, text in table:
        router.add(verb, text, (verb, text))
    for _ in range(5):
        verb, raw = random.choice(VERBS[:-1]), path(random, texts)
        expected = brute_force.find(table, verb, raw)
        try:
            found = router.find(verb, raw)
        except MethodNotAllowed as error:
            assert expected == error.allowed, (table, verb, raw, expected, error.allowed)
        except InvalidArgumentError:
            assert expected is not None, (table, verb, raw)
        else:
            assert expected == (found and found[0]), (table, verb, raw, expected, found)
    _overlap(random, *(PathTemplate.parse(random.choice(texts)) for _ in range(2)))


def _overlap(random: Random, one: PathTemplate, other: PathTemplate) -> None:
    if one.verb != other.verb:
        return
    common = example(one, other)
    assert common == example(other, one)
    if common:
        assert brute_force.matches(one, common) and brute_force.matches(other, common), (one, other, common)
        first, second = sorted((one, other), key=lambda each: each.precedence)
        ranked = brute_force.rank(first) <= brute_force.rank(second)
        assert ranked or first.shape == second.shape, (first, second)
    raw = path(random, [str(one)])
    both = brute_force.matches(one, raw), brute_force.matches(other, raw)
    assert common or both != (True, True), (one, other, raw)
    if contains(other, one):
        assert common and both != (True, False), (one, other, raw)


@cache
def _application() -> HttpApp:
    config = HttpConfig.model_validate({"cors": {"origins": ["https://*.example.org"]}})
    return HttpApp([shop.bind(shop.ShopService())], health=Health(), config=config)


_BOUND = [
    *("/v1/{parent=shelves/*}/items", "/v1/{name=shelves/*/items/*}", "/v1/items/{name}", "/v1/items:import"),
    *("/v1/{name=shelves/*/items/*}:archive", "/v1/{parent=shelves/*}/items:watch", "/shop.v1.Shop/GetItem"),
]
_QUERIES = (
    "",
    "page_size=1",
    "page_size=x",
    "%zz",
    "parent=a&parent=b",
    "labels[a]=1",
    "=",
    "&&",
    "a.b.c=1",
    "%ff=1",
)
_BODIES = (b"", b"{}", b"{", b'{"name":"x"}', b"[]", b"\xff", b'{"nothing":1}')
_NAMES = (
    *("origin", "content-type", "accept", "grpc-timeout", "connect-timeout-ms", "connect-protocol-version"),
    *("x-request-id", "content-encoding", "access-control-request-method", "upgrade"),
)
_VALUES = (
    "",
    "https://a.example.org",
    "application/json",
    "text/xml",
    "1",
    "5",
    "\xff",
    "*/*",
    "1S",
    "99999999H",
)


def requests(random: Random) -> None:
    """No request makes the application answer 5xx (but 501 and 504), or anything that is no JSON or stream of it."""
    raw = path(random, _BOUND)
    scope = {
        "type": "http",
        "method": random.choice((*VERBS[:-1], "BREW", "TRACE", "DELETE")),
        "raw_path": raw.encode("ascii", "ignore"),
        "path": raw,
        "query_string": random.choice(_QUERIES).encode(),
        "headers": [
            (random.choice(_NAMES).encode(), random.choice(_VALUES).encode("latin-1"))
            for _ in range(random.choice((0, 1, 2, 4)))
        ],
        "client": ("127.0.0.1", 1),
    }
    status, body = asyncio.run(_answer(scope, random.choice(_BODIES)))
    assert status < 500 or status in (501, 504), (scope, status, body)
    for line in body.splitlines():
        if line.startswith(b"{"):
            json.loads(line)


async def _answer(scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    sent: list[Any] = []
    events = iter([{"type": "http.request", "body": body}])

    async def receive() -> Any:
        event = next(events, None)
        if event is None:
            await asyncio.sleep(60)
        return event

    async def send(message: Any) -> None:
        sent.append(message)

    await _application()(scope, receive, send)
    start, *rest = sent
    assert start["type"] == "http.response.start"
    return start["status"], b"".join(message["body"] for message in rest)
