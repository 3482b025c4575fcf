"""Server streams over plain HTTP: their two forms, their ends, and the pace that a client sets."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import httpx2
import pytest

from kit.errors import UnauthenticatedError
from kit.http.streaming import NDJSON
from kit.middleware import around

from . import sse
from .streams import LARGE, Serving, serving, settled, until

EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
async def streams() -> AsyncIterator[Serving]:
    async with serving() as found:
        yield found


@pytest.fixture
async def http(streams: Serving) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=streams.http, trust_env=False, timeout=10) as client:
        yield client


def _lines(body: bytes) -> list[Any]:
    assert not body or body.endswith(b"\n")
    return [json.loads(line) for line in body.splitlines()]


def _connect(streams: Serving, request: str, receive_buffer: int = 0) -> socket.socket:
    """A client that sends this and then does as the test pleases."""
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", streams.port))
    client.sendall(request.encode())
    client.setblocking(False)
    return client


async def _read_all(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    async with asyncio.timeout(10):
        while chunk := await asyncio.get_running_loop().sock_recv(client, 65536):
            found += chunk
    return found


def _dechunked(response: bytes) -> tuple[bytes, bytes]:
    """Head and body; fails where the last chunk is missing or a chunk is cut short."""
    head, _, rest = response.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    body = b""
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        chunk, end, rest = rest[:length], rest[length : length + 2], rest[length + 2 :]
        assert (len(chunk), end) == (length, b"\r\n")
        body += chunk
        if not length:
            assert rest == b""
            return head, body


def _get(target: str, *headers: str, version: str = "1.1") -> str:
    return "\r\n".join((f"GET {target} HTTP/{version}", "host: x", *headers, "", ""))


# Its form


@pytest.mark.parametrize("accept", [None, "*/*", "application/x-ndjson", "application/json", "application/*"])
async def test_lines_are_what_a_client_gets_that_does_not_ask_for_events(
    http: httpx2.AsyncClient, accept: str | None
) -> None:
    del http.headers["accept"]
    response = await http.get("/v1/shelves/1:watch?page_size=2", headers={"accept": accept} if accept else {})
    assert response.headers["content-type"] == "application/x-ndjson"
    assert _lines(response.content) == [
        {"result": {"name": "shelves/1"}},
        {"result": {"name": "shelves/1", "quantity": 1}},
    ]


async def test_events_hold_the_messages_and_then_the_end(http: httpx2.AsyncClient) -> None:
    response = await http.get("/v1/shelves/1:watch?page_size=2", headers=EVENTS)
    first, second, end = sse.parse(response.content)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["vary"] == "accept"
    assert "content-encoding" not in response.headers
    assert (first.type, json.loads(first.data)) == ("message", {"name": "shelves/1"})
    assert json.loads(second.data) == {"name": "shelves/1", "quantity": 1}
    assert (end.type, end.last_id) == ("end", "end")


async def test_a_client_that_takes_neither_form_gets_406_and_no_stream(
    streams: Serving, http: httpx2.AsyncClient
) -> None:
    response = await http.get("/v1/shelves/1:watch", headers={"accept": "text/html"})
    assert response.status_code == 406
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert "text/event-stream" in response.json()["error"]["message"]
    assert streams.streams.seen == []


@pytest.mark.parametrize("headers", [{}, EVENTS])
async def test_bodies_are_read_and_response_bodies_written(
    http: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    whole = await http.post("/v1/watch", json={"parent": "shelves/2", "pageSize": 1}, headers=headers)
    field = await http.post("/v1/shelves/3/minimum?page_size=1", json={"width": "4"}, headers=headers)
    quantities = await http.get("/v1/shelves/4/quantities?page_size=2", headers=headers)

    def results(response: httpx2.Response) -> list[Any]:
        if not headers:
            return [line["result"] for line in _lines(response.content)]
        return [json.loads(event.data) for event in sse.parse(response.content) if event.type == "message"]

    assert results(whole) == [{"name": "shelves/2"}]
    assert results(field) == [{"name": "shelves/3", "size": {"width": "4"}}]
    assert results(quantities) == [0, 1]


async def test_a_stream_of_nothing_is_an_empty_200(http: httpx2.AsyncClient) -> None:
    lines = await http.get("/v1/shelves/1:watch")
    events = await http.get("/v1/shelves/1:watch", headers=EVENTS)
    assert (lines.status_code, lines.content) == (200, b"")
    assert [event.type for event in sse.parse(events.content)] == ["end"]


@pytest.mark.parametrize("headers", [{}, EVENTS])
async def test_what_fails_before_the_first_message_is_an_error_response(
    http: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    failed = await http.get("/v1/shelves/failing:watch", headers=headers)
    malformed = await http.get("/v1/shelves/1:watch?page_size=many", headers=headers)
    assert (failed.status_code, failed.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert (malformed.status_code, malformed.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert failed.headers["content-type"] == "application/json"


async def test_what_fails_later_is_the_last_line_or_event(http: httpx2.AsyncClient) -> None:
    lines = await http.get("/v1/shelves/failing:watch?page_size=1")
    events = await http.get("/v1/shelves/failing:watch?page_size=1", headers=EVENTS)
    hidden = await http.get("/v1/shelves/broken:watch?page_size=1", headers=EVENTS)
    _, last = _lines(lines.content)
    _, failure = sse.parse(events.content)
    assert last["error"]["status"] == "FAILED_PRECONDITION"
    assert last["error"]["details"][0]["reason"] == "SHELF_DOWN"
    assert (failure.type, json.loads(failure.data)) == ("error", last)
    assert failure.last_id == "end"
    assert json.loads(sse.parse(hidden.content)[-1].data)["error"]["status"] == "INTERNAL"
    assert "hunter2" not in hidden.text


async def test_an_event_source_that_connects_again_after_the_end_is_told_to_stop(
    streams: Serving, http: httpx2.AsyncClient
) -> None:
    first = await http.get("/v1/shelves/1:watch?page_size=1", headers=EVENTS)
    last_id = sse.parse(first.content)[-1].last_id
    again = await http.get("/v1/shelves/1:watch?page_size=1", headers={**EVENTS, "last-event-id": last_id})
    assert (again.status_code, again.content) == (204, b"")
    assert "content-length" not in again.headers
    assert len(streams.streams.seen) == 1


async def test_a_silent_stream_of_events_gets_comments() -> None:
    async with serving(heartbeat="50ms") as streams:
        client = _connect(streams, _get("/v1/shelves/idle:watch", "accept: text/event-stream"))
        await asyncio.sleep(0.5)
        streams.streams.go_on.set()
        await until(lambda: streams.streams.events)
        await asyncio.sleep(0.05)
        response = client.recv(65536)
        client.close()
    _, body = _dechunked(response)
    assert 4 <= body.count(b": ping\n\n") <= 10
    assert [event.type for event in sse.parse(body)] == ["end"]


async def test_comments_come_in_silence_only() -> None:
    async with serving(heartbeat="200ms") as streams, httpx2.AsyncClient(trust_env=False) as http:
        got = b""
        target = f"{streams.http}/v1/shelves/ticking:watch"
        headers = {**EVENTS, "x-request-timeout": "0.7"}
        async with http.stream("GET", target, headers=headers) as response:
            async for chunk in response.aiter_raw():
                got += chunk
    assert got.count(b"tick") > 5
    assert b": ping" not in got


async def test_lines_and_a_heartbeat_of_nothing_get_no_comments() -> None:
    async with serving(heartbeat="20ms") as lines, serving(heartbeat="0s") as events:
        for streams, headers in ((lines, {}), (events, EVENTS)):
            async with httpx2.AsyncClient(trust_env=False) as http:
                request = http.get(f"{streams.http}/v1/shelves/idle:watch?page_size=1", headers=headers)
                task = asyncio.create_task(request)
                await asyncio.sleep(0.2)
                streams.streams.go_on.set()
                assert b"ping" not in (await task).content


async def test_a_failure_after_a_comment_is_an_event() -> None:
    async with serving(heartbeat="20ms") as streams, httpx2.AsyncClient(trust_env=False) as http:
        headers = {**EVENTS, "x-request-timeout": "0.2"}
        response = await http.get(f"{streams.http}/v1/shelves/idle:watch", headers=headers)
    (failure,) = sse.parse(response.content)
    assert (response.status_code, failure.type) == (200, "error")
    assert json.loads(failure.data)["error"]["status"] == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize("headers", [{}, EVENTS])
async def test_head_does_not_run_the_stream(
    streams: Serving, http: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    head = await http.head("/v1/shelves/large:watch", headers=headers)
    got = await http.get("/v1/shelves/1:watch", headers=headers)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert len(streams.streams.seen) == 1


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
async def test_a_client_of_http_1_0_gets_no_chunks(streams: Serving, connection: str) -> None:
    request = _get("/v1/shelves/failing:watch?page_size=2", f"connection: {connection}", version="1.0")
    with closing(_connect(streams, request)) as client:
        head, _, body = (await _read_all(client)).partition(b"\r\n\r\n")
    with closing(_connect(streams, _get("/v1/unary/x", version="1.0"))) as client:
        unary = await _read_all(client)
    assert b"transfer-encoding" not in head
    assert b"connection: close" in head
    first, second, last = _lines(body)
    assert [first["result"], second["result"]["quantity"]] == [{"name": "shelves/failing"}, 1]
    assert last["error"]["status"] == "FAILED_PRECONDITION"
    head, _, body = unary.partition(b"\r\n\r\n")
    assert json.loads(body) == {"name": "x"}
    assert b"content-length: %d" % len(body) in head


async def test_a_handlers_own_headers_are_sent_once_and_win() -> None:
    @around
    @asynccontextmanager
    async def cached(context: Any) -> AsyncIterator[None]:
        context.set_header("cache-control", "max-age=5")
        context.set_header("x-colour", "red")
        yield

    async with serving([cached]) as streams, httpx2.AsyncClient(trust_env=False) as http:
        response = await http.get(f"{streams.http}/v1/shelves/1:watch?page_size=1")
    assert response.headers.get_list("cache-control") == ["max-age=5"]
    assert response.headers["x-colour"] == "red"


async def test_middleware_refuses_a_stream_with_a_status() -> None:
    @around
    @asynccontextmanager
    async def refuse(context: Any) -> AsyncIterator[None]:
        raise UnauthenticatedError("who are you?")
        yield

    async with serving([refuse]) as streams, httpx2.AsyncClient(trust_env=False) as http:
        response = await http.get(f"{streams.http}/v1/shelves/1:watch", headers=EVENTS)
    assert response.status_code == 401


# Its pace


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
async def test_a_client_that_does_not_read_stops_the_handler(streams: Serving, accept: str) -> None:
    request = _get("/v1/shelves/large:watch", f"accept: {accept}")
    tracemalloc.start()
    with closing(_connect(streams, request, receive_buffer=4096)) as client:
        stalled = await settled(lambda: streams.streams.pulled)
        memory, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await asyncio.sleep(0.3)
        assert streams.streams.pulled == stalled
        # What the kernel and uvicorn hold for one connection.
        assert stalled * len(LARGE) < 8 * 2**20
        assert memory < 4 * 2**20
        while streams.streams.pulled == stalled:
            await asyncio.get_running_loop().sock_recv(client, 65536)
    await until(lambda: streams.streams.events)
    assert streams.streams.events == ["stopped"]


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


LEAVING: dict[str, Callable[[socket.socket], object]] = {
    "closes": socket.socket.close,
    "resets": _reset,
    "half-closes": lambda client: client.shutdown(socket.SHUT_WR),
}


@pytest.mark.parametrize("how", LEAVING)
@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
@pytest.mark.parametrize("shelf", ["idle", "ticking"])
async def test_a_client_that_leaves_ends_the_handler(
    streams: Serving, how: str, accept: str, shelf: str
) -> None:
    client = _connect(streams, _get(f"/v1/shelves/{shelf}:watch?page_size=1", f"accept: {accept}"))
    await until(lambda: streams.streams.pulled)
    await asyncio.sleep(0.05)
    LEAVING[how](client)
    await until(lambda: streams.streams.events, 2)
    assert streams.streams.events == ["stopped"]
    client.close()


@pytest.mark.parametrize("how", LEAVING)
async def test_a_client_that_leaves_ends_a_handler_that_waits_for_it_to_read(
    streams: Serving, how: str
) -> None:
    client = _connect(streams, _get("/v1/shelves/large:watch"), receive_buffer=4096)
    await settled(lambda: streams.streams.pulled)
    assert streams.streams.events == []
    LEAVING[how](client)
    await until(lambda: streams.streams.events, 2)
    assert streams.streams.events == ["stopped"]
    client.close()


# Its end


async def test_a_deadline_is_the_last_line_or_event(streams: Serving, http: httpx2.AsyncClient) -> None:
    target = "/v1/shelves/idle:watch?page_size=1"
    lines = await http.get(target, headers={"x-request-timeout": "0.1"})
    events = await http.get(target, headers={**EVENTS, "grpc-timeout": "100m"})
    early = await http.get("/v1/shelves/idle:watch", headers={"x-request-timeout": "0.1"})
    assert _lines(lines.content)[-1]["error"]["status"] == "DEADLINE_EXCEEDED"
    assert json.loads(sse.parse(events.content)[-1].data)["error"]["status"] == "DEADLINE_EXCEEDED"
    assert early.status_code == 504
    assert streams.streams.events == ["stopped"] * 3


async def test_a_deadline_ends_a_handler_that_waits_for_its_client_to_read(streams: Serving) -> None:
    request = _get("/v1/shelves/large:watch", "x-request-timeout: 0.5")
    with closing(_connect(streams, request, receive_buffer=4096)) as client:
        await until(lambda: streams.streams.events, 3)
        _, body = _dechunked(await _read_rest(client))
    assert streams.streams.events == ["stopped"]
    assert _lines(body)[-1]["error"]["status"] == "DEADLINE_EXCEEDED"


async def _read_rest(client: socket.socket) -> bytes:
    """All that comes until the last chunk."""
    found = b""
    async with asyncio.timeout(10):
        while not found.endswith(b"\r\n0\r\n\r\n"):
            chunk = await asyncio.get_running_loop().sock_recv(client, 65536)
            assert chunk
            found += chunk
    return found


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
async def test_a_shutdown_ends_a_stream_with_unavailable(accept: str) -> None:
    async with serving() as streams:
        client = _connect(streams, _get("/v1/shelves/ticking:watch", f"accept: {accept}"))
        await until(lambda: streams.streams.seen)
        await asyncio.sleep(0.1)
        await streams.server.stop(0.1)
        _, body = _dechunked(await _read_all(client))
        client.close()
    assert streams.streams.events == ["stopped"]
    if accept == "*/*":
        *results, last = _lines(body)
        assert all("result" in line for line in results)
    else:
        *results, failure = sse.parse(body)
        last = json.loads(failure.data)
        # An EventSource may come back, to another server.
        assert (failure.type, failure.last_id) == ("error", "")
    assert results
    assert last["error"]["status"] == "UNAVAILABLE"


async def test_a_stream_that_ends_within_the_grace_is_whole() -> None:
    async with serving() as streams:
        client = _connect(streams, _get("/v1/shelves/idle:watch?page_size=1"))
        await until(streams.streams.waiting.is_set)
        stopping = asyncio.create_task(streams.server.stop(5))
        await asyncio.sleep(0.2)
        streams.streams.go_on.set()
        await stopping
        _, body = _dechunked(await _read_all(client))
        client.close()
    assert _lines(body) == [{"result": {"name": "shelves/idle"}}]
    assert streams.streams.events == ["ended"]


async def test_a_slow_reader_gets_the_last_word_of_a_shutdown() -> None:
    async with serving() as streams:
        client = _connect(streams, _get("/v1/shelves/large:watch"), receive_buffer=4096)
        await settled(lambda: streams.streams.pulled)
        stopping = asyncio.create_task(streams.server.stop(0))
        await asyncio.sleep(0.3)
        _, body = _dechunked(await _read_all(client))
        client.close()
        await stopping
    assert _lines(body)[-1]["error"]["status"] == "UNAVAILABLE"


async def test_two_streams_on_one_connection_follow_each_other(streams: Serving) -> None:
    requests = _get("/v1/shelves/1:watch?page_size=1") + _get(
        "/v1/shelves/2:watch?page_size=1", "connection: close"
    )
    with closing(_connect(streams, requests)) as client:
        response = await _read_all(client)
    assert re.findall(rb'"name": ?"(shelves/\d)"', response) == [b"shelves/1", b"shelves/2"]


def test_a_line_is_one_line() -> None:
    assert NDJSON.result(b'{"a":1}') == b'{"result":{"a":1}}\n'
