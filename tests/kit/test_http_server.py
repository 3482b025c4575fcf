"""The HTTP transport, called by httpx2, and by hand where no well-behaved client would do."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from kit.errors import UnauthenticatedError
from kit.health import Health
from kit.http.server import HttpConfig, HttpServer
from kit.rpc import BoundMethod

from . import shop
from .conftest import Running


@pytest.fixture
async def http(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=running.http_target, trust_env=False) as client:
        yield client


async def _raw(running: Running, request: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer to bytes as they are, after which the connection is half closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.http.port)
    writer.write(request)
    head = body = b""
    async with asyncio.timeout(5):
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
    writer.close()
    return head, body


def _status_of(response: httpx2.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["code"] == response.status_code
    return response.status_code, error["status"]


async def test_path_query_and_body_make_the_request(http: httpx2.AsyncClient) -> None:
    item = {"quantity": 3, "color": "COLOR_RED", "createTime": "2026-01-02T03:04:05Z", "name": "é"}
    response = await http.post("/v1/shelves/7/items?validate_only=true", json=item)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {**item, "name": "shelves/7/items/é"}


async def test_routes_prefer_literals_verbs_and_bindings(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/v1/shelves/1/items/2")).json()["name"] == "shelves/1/items/2"
    assert (await http.get("/v1/items/a%2Fb")).json()["name"] == "a/b"
    assert (await http.post("/v1/shelves/1/items/2:archive")).json() == "shelves/1/items/2"
    assert (await http.get("/v1/shelves/1/items/2:other")).json()["name"] == "shelves/1/items/2:other"


async def test_errors_are_those_of_aip_193(http: httpx2.AsyncClient) -> None:
    response = await http.get("/v1/shelves/1/items/missing")
    assert response.status_code == 404
    assert response.json() == {
        "error": {
            "code": 404,
            "message": "no item shelves/1/items/missing",
            "status": "NOT_FOUND",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "NO_SUCH_ITEM",
                    "domain": "shop.v1.Shop",
                    "metadata": {"name": "shelves/1/items/missing"},
                }
            ],
        }
    }


@pytest.mark.parametrize("name", ["broken", "none"])
async def test_an_unknown_exception_is_500_and_leaks_nothing(http: httpx2.AsyncClient, name: str) -> None:
    response = await http.get(f"/v1/items/{name}")
    assert response.status_code == 500
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "INTERNAL",
        "domain": "shop.v1.Shop",
    }
    assert response.json() == {
        "error": {"code": 500, "message": "internal error", "status": "INTERNAL", "details": [info]}
    }


async def test_unknown_paths_are_404_and_other_verbs_405(http: httpx2.AsyncClient) -> None:
    assert _status_of(await http.get("/v2/nothing")) == (404, "NOT_FOUND")
    response = await http.delete("/v1/shelves/1/items/2")
    assert _status_of(response) == (405, "UNIMPLEMENTED")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, PATCH"
    assert (await http.post("/healthz")).headers["allow"] == "GET, HEAD, OPTIONS"


async def test_head_is_get_without_the_body(http: httpx2.AsyncClient) -> None:
    get = await http.get("/v1/shelves/1/items/2")
    head = await http.head("/v1/shelves/1/items/2")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_a_body_must_be_json_and_bounded(http: httpx2.AsyncClient) -> None:
    url = "/v1/shelves/1/items"
    xml = await http.post(url, content=b"<a/>", headers={"content-type": "text/xml"})
    latin = await http.post(url, content=b"{}", headers={"content-type": "application/json; charset=latin1"})
    long = await http.post(url, content=b" " * 5_000_000, headers={"content-type": "application/json"})
    none = await http.post(url)
    assert _status_of(xml) == (415, "INVALID_ARGUMENT")
    assert _status_of(latin) == (415, "INVALID_ARGUMENT")
    assert _status_of(long) == (413, "RESOURCE_EXHAUSTED")
    assert none.json() == {"name": "shelves/1/items/new"}


MALFORMED_BODIES = [
    b"{",
    b"[]",
    b"3",
    b'"x"',
    b"\xff\xfe",
    b'{"quantity": "many"}',
    b'{"quantity": 1e400}',
    b'{"quantity": NaN}',
    b'{"quantity": 1, "quantity": 2}',
    b'{"quantity": ' + b"1" * 5000 + b"}",
    b'{"name": "\\ud800"}',
    b'{"labels": {"\\ud800": "x"}}',
    b'{"extra": {"\\udfff": 1}}',
    b'{"\\ud800": 1}',
    b'{"labels": []}',
    b'{"size": 3}',
    b'{"tags": "x"}',
    b'{"tags": [null]}',
    b'{"color": "COLOR_BLUE"}',
    b'{"color": {}}',
    b'{"createTime": "yesterday"}',
    b'{"createTime": 5}',
    b'{"digest": "a"}',
    b'{"digest": 5}',
    b'{"nothing": 1}',
    b"[" * 100_000,
    b'{"extra": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"size": {"width": {}}}',
    b'{"[shop.v1.ext]": 1}',
]


async def test_a_malformed_body_is_400_and_named(http: httpx2.AsyncClient) -> None:
    for body in MALFORMED_BODIES:
        response = await http.post(
            "/v1/shelves/1/items", content=body, headers={"content-type": "application/json"}
        )
        assert _status_of(response) == (400, "INVALID_ARGUMENT"), body
        message = response.json()["error"]["message"]
        assert message.startswith(("body: ", "item")) and len(message) < 400, body


MALFORMED_TARGETS = [
    ("/v1/items/%ff", "name"),
    ("/v1/items/%zz", "name"),
    ("/v1/items/%", "name"),
    ("/v1/shelves/1/items?page_size=many", "page_size"),
    ("/v1/shelves/1/items?pageSize=99999999999", "pageSize"),
    ("/v1/shelves/1/items?page_size=1&page_size=2", "page_size"),
    ("/v1/shelves/1/items?page_size=", "page_size"),
    ("/v1/shelves/1/items?page_size=1_0", "page_size"),
    ("/v1/shelves/1/items?colors=BLUE", "colors"),
    ("/v1/shelves/1/items?max_age=5", "max_age"),
    ("/v1/shelves/1/items?archived=yes", "archived"),
    ("/v1/shelves/1/items?shuffled=1", "shuffled"),
    ("/v1/shelves/1/items?sorted_by=a&shuffled=true", "shuffled"),
    ("/v1/shelves/1/items?minimum=5", "minimum"),
    ("/v1/shelves/1/items?minimum.height=5", "minimum.height"),
    ("/v1/shelves/1/items?minimum.width.x=5", "minimum.width.x"),
    ("/v1/shelves/1/items?labels=x", "labels"),
    ("/v1/shelves/1/items?labels.a=x", "labels.a"),
    ("/v1/shelves/1/items?since=now", "since"),
    ("/v1/shelves/1/items?ratio=wide", "ratio"),
    ("/v1/shelves/1/items?seed=-1", "seed"),
    ("/v1/shelves/1/items?parent=shelves/2", "parent"),
    ("/v1/shelves/1/items?nothing=1", "nothing"),
    ("/v1/shelves/1/items?=1", "''"),
    ("/v1/shelves/1/items?.=1", "'.'"),
    ("/v1/shelves/1/items?page_size=%ff", "query"),
    ("/v1/shelves/1/items?page_size=%zz", "query"),
]


async def test_a_malformed_path_or_query_is_400_and_named(running: Running) -> None:
    for target, named in MALFORMED_TARGETS:
        head, body = await _raw(running, f"GET {target} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert head.startswith(b"HTTP/1.1 400 "), target
        assert named in json.loads(body)["error"]["message"], target


MALFORMED_REQUESTS = [
    b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET //// HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /v1/items/\xc3\xa9 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET http://other/v1/items HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /v1/items/x?\xff=1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET ?x=1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"\x00\x01\x02\r\n\r\n",
    b"BREW /v1/items/x HTTP/1.1\r\nhost: x\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /v1/items/x HTTP/1.1\r\nhost: x\r\ngrpc-timeout: soon\r\n\r\n",
    b"GET /v1/items/x HTTP/1.1\r\nhost: x\r\nx-request-timeout: nan\r\n\r\n",
    b"POST /v1/items:import HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
    b"GET /v1/items/x HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
]


async def test_a_malformed_request_never_is_500(running: Running) -> None:
    for request in MALFORMED_REQUESTS:
        head, _ = await _raw(running, request)
        assert not head.startswith(b"HTTP/1.1 5"), request
        healthy, _ = await _raw(running, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert healthy.startswith(b"HTTP/1.1 200 "), request


async def test_every_query_type_is_understood(http: httpx2.AsyncClient) -> None:
    query = {
        "pageSize": "5",
        "colors": ["COLOR_RED", "0"],
        "max_age": "1.5s",
        "archived": "false",
        "minimum.width": "-7",
        "minimum.depth": "Infinity",
        "shuffled": "true",
        "seed": "18446744073709551615",
        "since": "2026-01-02T03:04:05Z",
        "ratio": "0.5",
        "cursor": "AAE=",
        "days": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"],
    }
    response = await http.get("/v1/shelves/1/items", params=query)
    seen = response.json()["items"][0]["note"]
    for line in (
        "page_size: 5",
        "colors: COLOR_RED",
        "archived {",
        "depth: inf",
        "seed: 18446744073709551615",
    ):
        assert line in seen
    assert seen.count("days {") == 2


async def test_a_server_stream_is_lines_of_json(http: httpx2.AsyncClient) -> None:
    response = await http.get("/v1/shelves/1/items:watch?page_size=2")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in response.text.splitlines()] == [
        {"result": {}},
        {"result": {"quantity": 1}},
    ]
    assert (await http.get("/v1/shelves/1/items:watch")).text == ""


async def test_a_stream_that_fails_ends_with_the_error(http: httpx2.AsyncClient) -> None:
    late = await http.get("/v1/shelves/failing/items:watch?page_size=1")
    early = await http.get("/v1/shelves/failing/items:watch")
    last = json.loads(late.text.splitlines()[-1])
    assert (late.status_code, last["error"]["status"]) == (200, "FAILED_PRECONDITION")
    assert _status_of(early) == (400, "FAILED_PRECONDITION")


async def test_a_client_stream_asks_for_an_upgrade(http: httpx2.AsyncClient) -> None:
    response = await http.post("/v1/items:import", json={})
    assert _status_of(response) == (426, "UNIMPLEMENTED")
    assert (response.headers["upgrade"], response.headers["connection"]) == ("websocket", "upgrade")
    assert "shop.v1.Shop.ImportItems streams from the client" in response.json()["error"]["message"]


@pytest.mark.parametrize("header", [("grpc-timeout", "100m"), ("x-request-timeout", "0.1")])
async def test_a_deadline_in_a_header_is_504(
    running: Running, http: httpx2.AsyncClient, header: tuple[str, str]
) -> None:
    response = await http.get("/v1/items/slow", headers=[header])
    assert _status_of(response) == (504, "DEADLINE_EXCEEDED")
    assert running.service.events == ["cancelled"]


async def test_the_longest_deadline_is_no_problem(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/v1/items/x", headers={"grpc-timeout": "99999999H"})).status_code == 200


@pytest.mark.parametrize("target", ["/v1/items/slow", "/v1/shelves/slow/items:watch?page_size=1"])
async def test_a_client_that_leaves_cancels_the_handler(running: Running, target: str) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", running.http.port)
    writer.write(f"GET {target} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    await running.service.waiting.wait()
    writer.close()
    async with asyncio.timeout(2):
        while not running.service.events:
            await asyncio.sleep(0.01)
    assert running.service.events == ["cancelled"]


async def test_the_request_id_goes_in_and_out(running: Running, http: httpx2.AsyncClient) -> None:
    given = await http.get("/v1/items/headers", headers={"x-request-id": "abc-1"})
    made = await http.get("/v1/items/x", headers={"x-request-id": "not fit"})
    assert given.headers["x-request-id"] == "abc-1" == running.service.seen[0].request_id
    assert given.headers["x-colour"] == "red"
    assert len(made.headers["x-request-id"]) == 32


async def test_probes_and_metrics(running: Running, http: httpx2.AsyncClient) -> None:
    await http.get("/v1/items/x")
    metrics = (await http.get("/metrics")).text
    assert 'rpc_server_handled_total{code="OK",method="shop.v1.Shop.GetItem",transport="http"}' in metrics
    assert "process_cpu_seconds_total" in metrics
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ready", "checks": {}}

    async def unreachable() -> None:
        raise OSError("password=hunter2")

    running.health.register("database", unreachable)
    response = await http.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "not ready", "checks": {"database": "failed"}},
    )
    running.health.set_serving(False)
    assert (await http.get("/readyz")).status_code == 503
    assert (await http.get("/healthz")).headers["connection"] == "close"


async def test_the_same_middleware_serves_http() -> None:
    def refuse(bound: BoundMethod) -> BoundMethod:
        async def handler(request: Any, context: Any) -> Any:
            raise UnauthenticatedError("who are you?")

        return BoundMethod(bound.method, handler)

    services = [shop.bind(shop.ShopService())]
    server = HttpServer(HttpConfig(host="127.0.0.1", port=0), services, [refuse], health=Health())
    await server.start()
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            response = await client.get(f"http://127.0.0.1:{server.port}/v1/items/x")
    finally:
        await server.stop(0)
    assert _status_of(response) == (401, "UNAUTHENTICATED")


async def test_a_port_in_use_is_an_error(running: Running) -> None:
    second = HttpServer(HttpConfig(host="127.0.0.1", port=running.http.port), [], health=Health())
    with pytest.raises(OSError, match=f"HTTP cannot listen on 127.0.0.1:{running.http.port}"):
        await second.start()


async def test_half_a_request_is_not_served(running: Running) -> None:
    """A body that ends early could pass for a shorter one."""
    _, writer = await asyncio.open_connection("127.0.0.1", running.http.port)
    head = b"POST /v1/shelves/1/items/2:archive HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"
    writer.write(head + b"{}")
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.sleep(0.05)
    assert running.service.events == []
