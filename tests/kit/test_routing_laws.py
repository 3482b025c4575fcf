"""Routing against the documented rule, tried by brute force; `python -m tests.fuzz` does the same for longer."""

from __future__ import annotations

import os
import time
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import path as paths
from kit.health import Health
from kit.http.pages import probes
from kit.http.router import MethodNotAllowed, Router
from scaffolder.contract import http_rule
from scaffolder.contract.conflicts import PAGES
from tests.fuzz import grammar

many = settings(max_examples=int(os.environ.get("SCAFFOLD_EXAMPLES", "300")), deadline=None)
seeds = st.integers(0, 2**32).map(Random)


@many
@given(seeds)
def test_a_template_is_refused_in_its_place_or_kept_and_bound_and_expanded(random: Random) -> None:
    grammar.templates(random)


@many
@given(seeds)
def test_the_router_follows_the_documented_rule_and_so_does_the_tool(random: Random) -> None:
    grammar.routes(random)


@many
@given(seeds)
def test_no_request_is_answered_500(random: Random) -> None:
    grammar.requests(random)


def _router(*routes: str) -> Router[str]:
    router: Router[str] = Router()
    for route in routes:
        verb, template = route.split(" ")
        router.add(verb, template, route)
    return router


@pytest.mark.parametrize(
    ("verb", "raw", "found"),
    [
        ("GET", "/v1/a", "GET /v1/{x}"),
        ("HEAD", "/v1/a", "GET /v1/{x}"),
        ("POST", "/v1/a", "* /v1/{x}"),
        ("PURGE", "/v1/a", "* /v1/{x}"),
        ("HEAD", "/v2/a", "HEAD /v2/{x}"),
        ("GET", "/v2/a", "GET /v2/{x}"),
        ("GET", "/v3/list", "* /v3/list"),  # the more specific path, though its verb is not
        ("GET", "/v3/other", "GET /v3/{x}"),
    ],
)
def test_a_verb_of_its_own_goes_before_get_for_head_before_any(verb: str, raw: str, found: str) -> None:
    routes = [
        *("GET /v1/{x}", "* /v1/{x}", "GET /v2/{x}", "HEAD /v2/{x}", "* /v3/list", "GET /v3/{x}"),
    ]
    for order in (routes, routes[::-1]):
        route = _router(*order).find(verb, raw)
        assert route is not None and route[0] == found


@pytest.mark.parametrize(
    ("raw", "found", "values"),
    [
        ("/v1/a:undo", "POST /v1/{id}:undo", {"id": "a"}),
        ("/v1/a%3Aundo", "POST /v1/{id}", {"id": "a:undo"}),
        ("/v1/a:%75ndo", "POST /v1/{id}:undo", {"id": "a"}),
        ("/v1/a:b:undo", "POST /v1/{id}:undo", {"id": "a:b"}),
        ("/v1/a:x:undo", "POST /v1/{id}:x:undo", {"id": "a"}),
        ("/v1/a:x%3Aundo", "POST /v1/{id}:x:undo", {"id": "a"}),
        ("/v1/a:redo", "POST /v1/{id}", {"id": "a:redo"}),
        ("/v1/a:", "POST /v1/{id}", {"id": "a:"}),
        ("/v1/a;p=1", "POST /v1/{id}", {"id": "a;p=1"}),
        ("/v1/a+b", "POST /v1/{id}", {"id": "a+b"}),
        ("/v1/a%2fb", "POST /v1/{id}", {"id": "a/b"}),
        ("/v1/..", "POST /v1/{id}", {"id": ".."}),
        ("/v1/files/a/../b", "POST /v1/{path=files/**}", {"path": "files/a/../b"}),
        ("/v1/files//b", "POST /v1/{path=files/**}", {"path": "files//b"}),
        ("/v1/files/a%2fb%20c", "POST /v1/{path=files/**}", {"path": "files/a%2fb c"}),
        ("/v1/files/", "POST /v1/{path=files/**}", {"path": "files/"}),
        ("/v1/%66iles/a", "POST /v1/{path=files/**}", {"path": "files/a"}),
        ("/v1//", None, None),
        ("/v1/", None, None),
        ("//v1/a", None, None),
        ("/v1/a/", None, None),
        ("/v1/:undo", "POST /v1/{id}", {"id": ":undo"}),
        ("/v1/%zz/b", None, None),
        ("/caf%C3%A9", "POST /caf%C3%A9", {}),
        ("/caf%c3%a9", "POST /caf%C3%A9", {}),
        ("/", "POST /", {}),
        ("", "POST /", {}),
        ("/%2F", None, None),
    ],
)
def test_a_path_is_read_segment_by_segment(
    raw: str, found: str | None, values: dict[str, str] | None
) -> None:
    router = _router(
        *("POST /v1/{id}", "POST /v1/{id}:undo", "POST /v1/{id}:x:undo", "POST /v1/{path=files/**}"),
        *("POST /caf%C3%A9", "POST /"),
    )
    route = router.find("POST", raw)
    assert route == (None if found is None else (found, values))


def test_a_literal_stands_for_itself_however_it_is_escaped() -> None:
    router = _router("GET /a%2Fb", "GET /%2A", "GET /x/{y}", "GET /{z}")
    assert router.find("GET", "/a%2fb") == ("GET /a%2Fb", {})
    assert router.find("GET", "/*") == ("GET /%2A", {})
    assert router.find("GET", "/x/1") == ("GET /x/{y}", {"y": "1"})
    assert router.find("GET", "/a") == ("GET /{z}", {"z": "a"})
    assert not router.add("GET", "/a%2fb", "again")


def test_no_path_makes_the_router_search_for_long() -> None:
    """All mixes of literals and wildcards, of which a path matches every one but for its end."""
    router: Router[str] = Router()
    for number, mix in enumerate(product("a*", repeat=10)):
        router.add("GET", "/" + "/".join(mix) + "/end", str(number))
    for number in range(10):
        middle = "/".join(["a"] * number)
        router.add("GET", f"/{middle}/**/{'/'.join(['*'] * 20)}/end".replace("//", "/"), f"deep {number}")
    started = time.perf_counter()
    assert router.find("GET", "/a" * 10 + "/other") is None
    assert router.find("GET", "/a" * 30_000) is None
    assert router.find("GET", "/" + ":" * 60_000) is None
    assert router.find("GET", "/" * 60_000) is None
    assert time.perf_counter() - started < 2


def test_a_template_of_many_segments_is_no_problem() -> None:
    router = _router("GET " + "/a/*" * 2_000)
    assert router.find("GET", "/a/b" * 2_000) is not None
    assert router.find("GET", "/a/b" * 1_999) is None


def test_all_verbs_of_all_templates_that_match_are_allowed() -> None:
    router = _router("GET /v1/list", "POST /v1/{id}", "DELETE /{name=**}", "PUT /v1/{id}:list")
    assert router.allowed("/v1/list") == ("DELETE", "GET", "HEAD", "POST")
    assert router.allowed("/v1/a:list") == ("DELETE", "POST", "PUT")
    assert router.allowed("/x") == ("DELETE",)
    with pytest.raises(MethodNotAllowed) as caught:
        router.find("PATCH", "/v1/list")
    assert caught.value.allowed == ("DELETE", "GET", "HEAD", "POST")


def test_an_expanded_path_keeps_the_literals_of_its_template() -> None:
    matcher = paths.compile("/v1/{name=a%2Fb/x%20y/*}:%75ndo")
    values = {"name": "a%2Fb/x y/1"}
    assert matcher.expand(values) == "/v1/a%2Fb/x%20y/1:%75ndo"
    assert matcher.match("/v1/a%2Fb/x%20y/1:undo") == values


def test_the_grammar_of_a_service_is_the_tools_own() -> None:
    """By a link, so that there is one; a checkout without links would generate services that do not start."""
    own, tools = Path(paths.__file__).parent / "http_rule.py", Path(http_rule.__file__)
    assert own.resolve() == tools.resolve()


def test_the_tool_knows_the_pages_of_a_service() -> None:
    assert tuple(probes(Health())) == PAGES
