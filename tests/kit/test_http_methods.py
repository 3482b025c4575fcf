"""Methods, limits and headers of HTTP itself (RFC 9110), and RPCs by their own names, at a real server."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from kit.context import Context
from kit.rpc import HttpBinding, Method, ServiceBinding, unary_unary

from . import shop
from .http_support import raw, served

ITEM = "/v1/shelves/1/items/2"


def _error(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


async def test_options_tells_what_a_path_allows() -> None:
    async with served() as client:
        known = await client.options(ITEM)
        page = await client.options("/metrics")
        unknown = await client.options("/v2/nothing")
        status, _, body = await raw(client, b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (known.status_code, known.headers["allow"], known.content) == (
        204,
        "GET, HEAD, OPTIONS, PATCH",
        b"",
    )
    assert "content-length" not in known.headers and "transfer-encoding" not in known.headers
    assert page.headers["allow"] == "GET, HEAD, OPTIONS"
    assert unknown.status_code == 404
    assert (status, body) == (204, b"")


async def test_head_of_anything_is_its_get_without_the_body() -> None:
    async with served() as client:
        for path in (ITEM, "/healthz", "/v1/items/missing", "/v1/shelves/1/items?page_size=x", "/nothing"):
            get, head = await client.get(path), await client.head(path)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            for name in ("content-length", "content-type"):
                assert head.headers[name] == get.headers[name], path


async def test_a_page_gives_way_to_other_methods_at_its_path() -> None:
    method: Method[Any, Any] = Method(
        "/shop.v1.Extra/Push", shop.Item, shop.Item, bindings=(HttpBinding("POST", "/metrics", body="*"),)
    )

    async def push(request: Any, context: Context) -> Any:
        return request

    async with served([ServiceBinding("shop.v1.Extra", (unary_unary(method, push),))]) as client:
        pushed = await client.post("/metrics", json={"name": "x"})
        assert pushed.json() == {"name": "x"}
        assert (await client.get("/metrics")).text.startswith("#")
        assert (await client.put("/metrics")).headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_custom_methods_are_routed_as_they_are_bound() -> None:
    seen: list[str] = []

    def bound(name: str, *bindings: HttpBinding) -> Any:
        method: Method[Any, Any] = Method(
            f"/shop.v1.Extra/{name}", shop.GetItemRequest, shop.Item, bindings=bindings
        )

        async def handler(request: Any, context: Context) -> Any:
            seen.append(f"{name} {request.name}")
            return shop.Item(name=request.name)

        return unary_unary(method, handler)

    services = [
        ServiceBinding(
            "shop.v1.Extra",
            (
                bound("Any", HttpBinding("*", "/v1/{name}")),
                bound("Get", HttpBinding("GET", "/v1/{name}")),
                bound("Head", HttpBinding("HEAD", "/v2/{name}")),
                bound("Options", HttpBinding("OPTIONS", "/v2/{name}")),
                bound("Trace", HttpBinding("TRACE", "/v2/{name}")),
            ),
        )
    ]
    async with served(services) as client:
        for verb, path in (
            *(("GET", "/v1/a"), ("HEAD", "/v1/b"), ("DELETE", "/v1/c"), ("OPTIONS", "/v1/d")),
            *(("PROPFIND", "/v1/e"), ("HEAD", "/v2/f"), ("OPTIONS", "/v2/g"), ("TRACE", "/v2/h")),
        ):
            response = await client.request(verb, path)
            assert response.status_code == 200, (verb, path)
            assert bool(response.content) == (verb != "HEAD")
        refused = await client.get("/v2/x")
    assert seen == ["Get a", "Get b", "Any c", "Any d", "Any e", "Head f", "Options g", "Trace h"]
    assert (refused.status_code, refused.headers["allow"]) == (405, "HEAD, OPTIONS, TRACE")


async def test_media_types_and_encodings_of_a_body_are_told() -> None:
    async with served() as client:
        url = "/v1/shelves/1/items"
        xml = await client.post(url, content=b"<a/>", headers={"content-type": "text/xml"})
        packed = await client.post(
            url, content=b"\x1f\x8b", headers={"content-type": "application/json", "content-encoding": "gzip"}
        )
        plain = await client.post(
            url, content=b"{}", headers={"content-type": "application/json", "content-encoding": "identity"}
        )
    assert (xml.status_code, xml.headers["accept"]) == (415, "application/json")
    assert (packed.status_code, packed.headers["accept-encoding"]) == (415, "identity")
    assert plain.status_code == 200


async def test_long_targets_are_414_and_long_fields_431() -> None:
    async with served(max_header_size="1KiB") as client:
        fits = await client.get("/v1/items/" + "a" * 1000)
        path = await client.get("/v1/items/" + "a" * 1100)
        query = await client.get("/v1/items/a?" + "x" * 1100)
        fields = await client.get("/v1/items/a", headers={"x-large": "y" * 1100})
        healthy = await client.get("/v1/items/a")
    assert fits.status_code == healthy.status_code == 200
    assert _error(path) == _error(query) == (414, "the path and query are longer than 1024 bytes")
    assert _error(fields) == (431, "the header fields are longer than 1024 bytes")


@pytest.mark.parametrize(
    ("start", "more", "status"),
    [
        (b"GET /v1/items/", b"a" * 10_000, 414),
        (b"GET /v1/items/a HTTP/1.1\r\nhost: x\r\nx-large: ", b"y" * 10_000, 431),
        (b"GET /v1/items/a HTTP/1.1\r\nhost: x\r\n", b"x-a: y\r\n" * 1_000, 431),
        (
            b"POST /v1/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-trailer: ",
            b"y" * 10_000,
            None,
        ),
    ],
)
async def test_a_head_without_end_is_refused_before_memory_is(
    start: bytes, more: bytes, status: int | None
) -> None:
    async with served(max_header_size="16KiB") as client:
        found, headers, body = await raw(client, start, *[more] * 50)
        assert (await client.get("/healthz")).status_code == 200
    if status is None:  # what the trailers belong to was answered already
        return
    assert (found, headers["connection"]) == (status, "close")
    assert json.loads(body)["error"]["code"] == status


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"this is none\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost x\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 414),
        (b"GET /v1/items/a HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 200_000 + b"\r\n\r\n", 431),
        (b"GET /v2/nothing HTTP/1.1\r\nhost: x\r\n\r\n", 404),
        (b"DELETE /v1/items/a HTTP/1.1\r\nhost: x\r\n\r\n", 405),
        (
            b"POST /v1/shelves/1/items HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n"
            b"content-length: 1\r\n\r\n1",
            415,
        ),
        (b"GET /v1/items/a HTTP/1.1\r\nhost: x\r\nx-request-timeout: soon\r\n\r\n", 400),
    ],
)
async def test_every_refusal_has_a_reason_and_a_domain(request_: bytes, status: int) -> None:
    async with served() as client:
        found, _, body = await raw(client, request_)
    assert found == status
    error = json.loads(body)["error"]
    assert error["code"] == status
    [info] = error["details"]
    assert info["reason"] == {404: "NOT_FOUND", 405: "UNIMPLEMENTED"}.get(status, "INVALID_REQUEST")
    assert info["domain"] == "shop.v1.Shop"


async def test_many_requests_over_one_connection_do_not_add_up() -> None:
    async with served(max_header_size="1KiB") as client:
        for number in range(50):
            response = await client.post(
                "/v1/shelves/1/items", json={"name": f"{number}", "tags": ["x" * 500]}
            )
            assert response.status_code == 200


async def test_unknown_fields_are_refused_unless_configured() -> None:
    query, body = "/v1/shelves/1/items?nothing=1&page_size=3", {"name": "x", "nothing": {"a": 1}}
    async with served() as client:
        refused = await client.get(query), await client.post("/v1/shelves/1/items", json=body)
    async with served(unknown_fields="ignore") as client:
        ignored = await client.get(query), await client.post("/v1/shelves/1/items", json=body)
        still = await client.get("/v1/shelves/1/items?page_size=x")
    assert [response.status_code for response in refused] == [400, 400]
    assert all("nothing" in response.json()["error"]["message"] for response in refused)
    assert [response.status_code for response in ignored] == [200, 200]
    assert "page_size: 3" in ignored[0].json()["items"][0]["note"]
    assert still.status_code == 400


async def test_every_rpc_is_reached_by_its_name() -> None:
    """In the shape of Connect's unary protocol, errors being those of AIP-193."""
    headers = {"connect-protocol-version": "1", "connect-timeout-ms": "5000"}
    async with served() as client:
        found = await client.post("/shop.v1.Shop/GetItem", json={"name": "a/b"}, headers=headers)
        listed = await client.post("/shop.v1.Shop/ListItems", json={"parent": "p", "labels": {"a": "b"}})
        whole = await client.post("/shop.v1.Shop/ArchiveItem", json={"name": "x"})
        stream = await client.post("/shop.v1.Shop/WatchItems", json={"pageSize": 2})
        missing = await client.post("/shop.v1.Shop/GetItem", json={"name": "missing"})
        unknown = await client.post("/shop.v1.Shop/Nothing", json={})
        get = await client.get("/shop.v1.Shop/GetItem")
        query = await client.post("/shop.v1.Shop/GetItem?name=x", json={})
    assert found.json() == {"name": "a/b", "quantity": 1}
    assert found.headers["content-type"] == "application/json"
    assert "labels" in listed.json()["items"][0]["note"]
    assert whole.json() == {"name": "x"}  # not what a binding's response_body makes of it
    assert [json.loads(line)["result"] for line in stream.text.splitlines()] == [{}, {"quantity": 1}]
    assert (missing.status_code, missing.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert unknown.status_code == 404
    assert (get.status_code, get.headers["allow"]) == (405, "OPTIONS, POST")
    assert _error(query) == (400, "name: belongs in the body, not in the query")


async def test_connects_headers_count() -> None:
    async with served() as client:
        url = "/shop.v1.Shop/GetItem"
        late = await client.post(url, json={"name": "slow"}, headers={"connect-timeout-ms": "50"})
        malformed = await client.post(url, json={}, headers={"connect-timeout-ms": "soon"})
        version = await client.post(url, json={}, headers={"connect-protocol-version": "2"})
        proto = await client.post(url, content=b"", headers={"content-type": "application/proto"})
    assert (late.status_code, late.json()["error"]["status"]) == (504, "DEADLINE_EXCEEDED")
    assert _error(malformed) == (400, "connect-timeout-ms: 'soon' is not a timeout like '500'")
    assert _error(version) == (400, "connect-protocol-version: '2' is not supported; there is 1")
    assert proto.status_code == 415


async def test_rpc_paths_can_be_switched_off() -> None:
    async with served(rpc_paths=False) as client:
        assert (await client.post("/shop.v1.Shop/GetItem", json={})).status_code == 404
        assert (await client.get(ITEM)).status_code == 200


async def test_a_binding_at_the_path_of_an_rpc_is_kept() -> None:
    method: Method[Any, Any] = Method(
        "/shop.v1.Extra/Call",
        shop.Item,
        shop.Item,
        bindings=(HttpBinding("POST", "/shop.v1.Extra/Call", body="size"),),
    )

    async def call(request: Any, context: Context) -> Any:
        return request

    async with served([ServiceBinding("shop.v1.Extra", (unary_unary(method, call),))]) as client:
        response = await client.post("/shop.v1.Extra/Call?name=x", json={"width": 1})
    assert response.json() == {"name": "x", "size": {"width": "1"}}
