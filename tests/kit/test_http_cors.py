"""Cross-origin requests (the Fetch standard's CORS protocol) at a real server, and its settings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kit.http.cors import Cors, CorsConfig

from . import shop
from .http_support import served

SHOP = "https://shop.example.org"
ITEM = "/v1/shelves/1/items/2"
PREFLIGHT = {"origin": SHOP, "access-control-request-method": "PATCH"}


async def test_without_origins_there_is_no_cors() -> None:
    async with served() as client:
        answers = (
            await client.get(ITEM, headers={"origin": SHOP}),
            await client.options(ITEM, headers=PREFLIGHT),
        )
    for response in answers:
        assert not [name for name in response.headers if name.startswith("access-control") or name == "vary"]


async def test_an_allowed_origin_may_read_answers_and_errors() -> None:
    async with served(cors={"origins": [SHOP]}, max_header_size="1KiB") as client:
        for path, status in ((ITEM, 200), ("/v1/items/missing", 404), ("/nothing", 404), ("/healthz", 200)):
            response = await client.get(path, headers={"origin": SHOP})
            assert response.status_code == status
            assert response.headers["access-control-allow-origin"] == SHOP
            assert response.headers["access-control-expose-headers"] == "x-request-id"
            assert response.headers["vary"] == "origin"
        refused = await client.delete(ITEM, headers={"origin": SHOP})
        long = await client.get("/v1/items/" + "a" * 1_500, headers={"origin": SHOP})
        stream = await client.get("/v1/shelves/1/items:watch?page_size=1", headers={"origin": SHOP})
    assert (refused.status_code, long.status_code) == (405, 414)
    for response in (refused, long, stream):
        assert response.headers["access-control-allow-origin"] == SHOP


async def test_any_other_origin_is_answered_without_leave_to_read() -> None:
    async with served(cors={"origins": [SHOP]}) as client:
        for origin in (
            "https://evil.example",
            "http://shop.example.org",
            f"{SHOP}.evil.example",
            "null",
            SHOP.upper(),
        ):
            response = await client.get(ITEM, headers={"origin": origin})
            preflight = await client.options(ITEM, headers={**PREFLIGHT, "origin": origin})
            for each in (response, preflight):
                assert not [name for name in each.headers if name.startswith("access-control")], origin
                assert each.headers["vary"] == "origin"
        assert (await client.get(ITEM)).headers["vary"] == "origin"


async def test_a_preflight_is_answered_and_reaches_no_handler() -> None:
    asked = {**PREFLIGHT, "access-control-request-headers": "content-type, x-other"}
    async with served(cors={"origins": [SHOP], "max_age": "5m"}) as client:
        response = await client.options(ITEM, headers=asked)
        unknown = await client.options("/nothing", headers=asked)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == SHOP
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, PATCH"
    assert "content-type" in response.headers["access-control-allow-headers"].split(", ")
    assert "x-other" not in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-max-age"] == "300"
    assert unknown.status_code == 404


async def test_methods_and_headers_are_what_is_configured() -> None:
    cors = {"origins": ["*"], "methods": ["GET"], "headers": ["*"], "expose_headers": ["x-a", "x-b"]}
    asked = {**PREFLIGHT, "access-control-request-headers": "authorization, x-other, bad header"}
    async with served(cors=cors) as client:
        preflight = await client.options(ITEM, headers=asked)
        response = await client.get(ITEM, headers={"origin": SHOP})
    assert preflight.headers["access-control-allow-methods"] == "GET"
    assert preflight.headers["access-control-allow-headers"] == "authorization, x-other"
    assert response.headers["access-control-expose-headers"] == "x-a, x-b"


async def test_everybody_is_a_star_and_the_same_for_every_cache() -> None:
    async with served(cors={"origins": ["*"]}) as client:
        response = await client.get(ITEM, headers={"origin": "https://anybody.example"})
        plain = await client.get(ITEM)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "vary" not in response.headers and "access-control-allow-origin" not in plain.headers
    assert "access-control-allow-credentials" not in response.headers


async def test_credentials_are_let_in_where_configured() -> None:
    async with served(cors={"origins": [SHOP], "credentials": True}) as client:
        response = await client.get(ITEM, headers={"origin": SHOP})
        preflight = await client.options(ITEM, headers=PREFLIGHT)
    for each in (response, preflight):
        assert each.headers["access-control-allow-credentials"] == "true"
        assert each.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize(
    ("pattern", "origin", "allowed"),
    [
        ("https://*.example.org", "https://a.example.org", True),
        ("https://*.example.org", "https://a.b.example.org", True),
        ("https://*.example.org", "https://example.org", False),
        ("https://*.example.org", "https://aexample.org", False),
        ("https://*.example.org", "https://a.example.org.evil.example", False),
        ("https://*.example.org", "https://a.example.org:8443", False),
        ("https://*.example.org", "http://a.example.org", False),
        ("https://*.example.org", "https://evil.example/.example.org", False),
        ("https://*.example.org", "https://a.example.org\n", False),
        ("https://*.example.org", "https://..example.org", False),
        ("https://*.example.org:8443", "https://a.example.org:8443", True),
        ("http://localhost:3000", "http://localhost:3000", True),
        ("http://[::1]:3000", "http://[::1]:3000", True),
    ],
)
def test_a_wildcard_stands_for_subdomains(pattern: str, origin: str, allowed: bool) -> None:
    assert Cors(CorsConfig(origins=(pattern,))).allows(origin) is allowed


@given(st.text())
def test_no_text_is_an_origin_but_the_ones_allowed(origin: str) -> None:
    assert not Cors(CorsConfig(origins=("https://*.example.org",))).allows(origin)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"origins": ["shop.example.org"]}, "'shop.example.org' is not an origin like"),
        ({"origins": ["https://shop.example.org/"]}, "is not an origin like"),
        ({"origins": ["https://Shop.example.org"]}, "is not an origin like"),
        ({"origins": ["https://sh*p.example.org"]}, "is not an origin like"),
        ({"origins": ["https://*"]}, "is not an origin like"),
        ({"origins": ["null"]}, "is not an origin like"),
        ({"origins": ["https://shop.example.org:443"]}, "leave out ':443'"),
        ({"origins": ["*"], "credentials": True}, "credentials for every origin"),
        ({"origins": ["*"], "headers": ["a b"]}, "'a b' is not a name of a method or header"),
        ({"origins": ["*"], "methods": ["GET\r\nx: y"]}, "is not a name of a method or header"),
        ({"origins": ["*"], "max_age": 600}, "has no unit"),
    ],
)
def test_a_setting_that_no_browser_would_follow_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CorsConfig.model_validate(settings)


def test_the_shop_has_no_binding_for_options() -> None:
    """Else the preflight test would say nothing."""
    bound = shop.bind(shop.ShopService()).methods
    assert all(binding.verb != "OPTIONS" for each in bound for binding in each.method.bindings)
