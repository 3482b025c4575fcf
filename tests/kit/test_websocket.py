"""Streams over WebSocket, by a client of another make, and by hand where that would not do."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from kit.errors import UnauthenticatedError
from kit.middleware import around

from .streams import LARGE, Serving, serving, settled, until

CHAT, GATHER, WATCH = "/v1/chat", "/v1/items/x/gather", "/v1/watch"


@pytest.fixture
async def streams() -> AsyncIterator[Serving]:
    async with serving() as found:
        yield found


def _open(streams: Serving, target: str, **options: Any) -> connect:
    return connect(streams.ws + target, proxy=None, compression=None, **options)


async def _rest(client: ClientConnection) -> tuple[list[Any], int, str]:
    """The frames until the server closes, and how it does."""
    frames = []
    async with asyncio.timeout(10):
        with suppress(ConnectionClosed):
            while True:
                frames.append(json.loads(await client.recv()))
        await client.wait_closed()
    assert client.close_code is not None
    return frames, client.close_code, client.close_reason or ""


async def _refused(streams: Serving, target: str, **options: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(InvalidStatus) as caught:
        await _open(streams, target, **options)
    response = caught.value.response
    error = json.loads(response.body or b"")["error"]
    assert error["code"] == response.status_code
    return response.status_code, error


async def _call(streams: Serving, target: str, *messages: Any, **options: Any) -> tuple[list[Any], int, str]:
    async with _open(streams, target, **options) as client:
        with suppress(ConnectionClosed):  # where it ends before all is said
            for message in messages:
                await client.send(json.dumps(message))
            await client.send("")
        return await _rest(client)


# Messages


async def test_a_client_stream_ends_with_an_empty_frame_and_has_one_answer(streams: Serving) -> None:
    frames, code, _ = await _call(streams, GATHER, {"quantity": 1}, {"quantity": 2})
    assert frames == [{"result": {"items": [{"name": "x", "quantity": 1}, {"name": "x", "quantity": 2}]}}]
    assert (code, streams.streams.events) == (1000, ["ended"])


async def test_both_sides_of_a_stream_take_turns(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        for number in range(3):
            await client.send(json.dumps({"quantity": number}))
            assert json.loads(await client.recv()) == {"result": {"quantity": number + 1}}
        await client.send("")
        assert await _rest(client) == ([], 1000, "")


async def test_a_stream_of_nothing_is_no_message(streams: Serving) -> None:
    assert (await _call(streams, CHAT))[:2] == ([], 1000)
    assert (await _call(streams, GATHER))[:2] == ([{"result": {}}], 1000)


async def test_an_empty_message_is_not_the_end(streams: Serving) -> None:
    frames, _, _ = await _call(streams, CHAT, {}, {})
    assert frames == [{"result": {"quantity": 1}}] * 2


async def test_path_and_query_are_in_every_message_and_frames_are_bodies(streams: Serving) -> None:
    target = "/v1/items/a%2Fb/sizes?quantity=7"
    frames, _, _ = await _call(streams, target, {"width": "1"}, {"width": "2"})
    items = frames[0]["result"]["items"]
    assert items == [{"name": "a/b", "quantity": 7, "size": {"width": width}} for width in ("1", "2")]


async def test_frames_are_whole_messages_where_the_binding_has_no_body(streams: Serving) -> None:
    frames, _, _ = await _call(streams, "/v1/gather", {"name": "y", "quantity": 3})
    assert frames == [{"result": {"items": [{"name": "y", "quantity": 3}]}}]


async def test_the_first_frame_is_the_request_of_a_server_stream(streams: Serving) -> None:
    async with _open(streams, WATCH) as client:
        await client.send('{"parent": "shelves/1", "pageSize": 2}')
        frames, code, _ = await _rest(client)
    assert [frame["result"].get("quantity", 0) for frame in frames] == [0, 1]
    assert code == 1000
    assert (await _call(streams, WATCH, {"pageSize": 1}))[0] == [{"result": {}}]


async def test_a_server_stream_without_a_body_starts_by_itself(streams: Serving) -> None:
    async with _open(streams, "/v1/shelves/1:watch?page_size=1") as client:
        assert await _rest(client) == ([{"result": {"name": "shelves/1"}}], 1000, "")
    async with _open(streams, "/v1/shelves/1/quantities?page_size=2") as client:
        assert (await _rest(client))[0] == [{"result": 0}, {"result": 1}]


async def test_of_two_streams_at_a_path_the_one_from_the_client_is_meant(streams: Serving) -> None:
    assert (await _call(streams, CHAT, {"name": "a"}))[0] == [{"result": {"name": "a", "quantity": 1}}]
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{streams.http}{CHAT}?page_size=1")).text == '{"result":{}}\n'


async def test_a_handler_may_end_before_its_client(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        await client.send('{"name": "stop"}')
        assert await _rest(client) == ([], 1000, "")


async def test_frames_in_parts_and_letters_of_all_kinds_arrive(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        await client.send(iter(['{"name"', ': "é', '\U0001f600"}']))
        assert json.loads(await client.recv())["result"]["name"] == "é\U0001f600"


async def test_many_messages_arrive_in_order(streams: Serving) -> None:
    count = 3000

    async def send(client: ClientConnection) -> None:
        for number in range(count):
            await client.send(json.dumps({"quantity": number}))
        await client.send("")

    async with _open(streams, CHAT) as client, asyncio.timeout(30):
        sending = asyncio.create_task(send(client))
        frames, code, _ = await _rest(client)
        await sending
    assert [frame["result"]["quantity"] for frame in frames] == list(range(1, count + 1))
    assert code == 1000


# Failures


async def test_a_failure_is_a_last_frame_and_a_close_code_of_its_own(streams: Serving) -> None:
    frames, code, reason = await _call(streams, CHAT, {"name": "a"}, {"name": "failing"})
    assert frames[0] == {"result": {"name": "a", "quantity": 1}}
    assert frames[1]["error"]["status"] == "FAILED_PRECONDITION"
    assert frames[1]["error"]["details"][0]["reason"] == "SHELF_DOWN"
    assert (code, reason) == (4009, "FAILED_PRECONDITION: the shelf fell")


BAD_FRAMES = [
    (CHAT, "{", "body"),
    (CHAT, " ", "body"),
    (CHAT, "null", "body"),
    (CHAT, '{"colour": 1}', "colour"),
    (CHAT, '{"quantity": "many"}', "quantity"),
    (CHAT, '{"quantity": 1, "quantity": 2}', "quantity"),
    (CHAT + "?quantity=1", "{}", "quantity"),
    ("/v1/items/x/sizes?colour=1", "{}", "colour"),
    ("/v1/items/x/sizes", '{"width": "many"}', "width"),
    (WATCH, '{"pageSize": "many"}', "page"),
    ("/v1/shelves/1:watch?page_size=many", "", "page_size"),
]


@pytest.mark.parametrize(("target", "frame", "named"), BAD_FRAMES)
async def test_a_malformed_message_is_an_invalid_argument(
    streams: Serving, target: str, frame: str, named: str
) -> None:
    async with _open(streams, target) as client:
        with suppress(ConnectionClosed):
            await client.send(frame)
        frames, code, _ = await _rest(client)
    assert frames[-1]["error"]["status"] == "INVALID_ARGUMENT"
    assert named in frames[-1]["error"]["message"]
    assert code == 4003


async def test_a_binary_frame_is_refused_with_1003(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        await client.send('{"name": "idle"}')
        await client.send(b"{}")
        frames, code, _ = await _rest(client)
    assert frames[0]["error"]["status"] == "INVALID_ARGUMENT"
    assert code == 1003
    assert streams.streams.events == ["stopped"]


@pytest.mark.parametrize("target", [CHAT, WATCH, "/v1/shelves/idle:watch"])
async def test_a_message_after_the_end_is_refused(streams: Serving, target: str) -> None:
    async with _open(streams, target) as client:
        frames_sent = ['{"name": "idle"}'] if target == CHAT else []
        frames_sent += ['{"parent": "shelves/idle"}'] if target == WATCH else []
        for frame in (*frames_sent, "", "", "{}"):
            await client.send(frame)
        frames, code, _ = await _rest(client)
    assert frames[-1]["error"]["message"] == "a message after the end of the stream"
    assert code == 4003


async def test_a_message_that_is_too_big_is_refused_with_1009() -> None:
    async with serving(max_body_size="64KiB") as streams:
        for size in (70_000, 10_000_000):
            async with _open(streams, CHAT) as client:
                with suppress(ConnectionClosed):
                    await client.send(json.dumps({"note": "x" * size}))
                _, code, _ = await _rest(client)
            assert code == 1009, size
        assert (await _call(streams, CHAT, {"note": "x" * 65_000}))[1] == 1000
    assert streams.streams.events == ["stopped", "stopped", "ended"]


async def test_a_long_reason_is_cut_between_letters(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        await client.send(json.dumps({"é" * 200: 1}))
        frames, code, reason = await _rest(client)
    assert code == 4003
    assert reason.startswith("INVALID_ARGUMENT: ")
    assert 100 < len(reason.encode()) <= 123
    assert "\ufffd" not in reason
    assert frames


async def test_a_broken_handler_gives_nothing_away() -> None:
    @around
    @asynccontextmanager
    async def broken(context: Any) -> AsyncIterator[None]:
        raise ValueError("a secret: hunter2")
        yield

    async with serving([broken]) as streams:
        frames, code, reason = await _call(streams, CHAT, {})
    assert frames[0]["error"]["status"] == "INTERNAL"
    assert (code, reason) == (4013, "INTERNAL: internal error")


async def test_the_same_middleware_serves_websockets() -> None:
    @around
    @asynccontextmanager
    async def refuse(context: Any) -> AsyncIterator[None]:
        if context.metadata.get("authorization") != "Bearer x":
            raise UnauthenticatedError("who are you?")
        yield

    async with serving([refuse]) as streams:
        refused = await _call(streams, CHAT, {})
        let_in = await _call(streams, CHAT, {}, additional_headers={"authorization": "Bearer x"})
    assert refused[1] == 4016
    assert let_in[1] == 1000


# Opening


async def test_headers_and_address_make_the_context(streams: Serving) -> None:
    headers = {"x-request-id": "id-1", "x-tenant": "a"}
    async with _open(streams, CHAT, additional_headers=headers) as client:
        assert client.response is not None
        assert client.response.headers["x-request-id"] == "id-1"
        await client.send("{}")
        await client.recv()
    (context,) = streams.streams.seen
    assert (context.request_id, context.metadata["x-tenant"]) == ("id-1", "a")
    assert (context.transport, context.method) == ("websocket", "streams.v1.Streams.Chat")
    assert context.peer.startswith("127.0.0.1:")


async def test_a_browser_gives_id_and_timeout_in_the_query(streams: Serving) -> None:
    target = "/v1/shelves/1:watch?x-request-id=id-2&page_size=1&x-request-timeout=9"
    async with _open(streams, target) as client:
        assert (await _rest(client))[1] == 1000
    (context,) = streams.streams.seen
    assert context.request_id == "id-2"
    assert 5 < (context.time_remaining() or 0) <= 9


async def test_calls_are_counted_as_websockets(streams: Serving) -> None:
    await _call(streams, CHAT, {})
    await _call(streams, CHAT, {"name": "failing"})
    async with httpx2.AsyncClient(trust_env=False) as http:
        metrics = (await http.get(f"{streams.http}/metrics")).text
    for code in ("OK", "FAILED_PRECONDITION"):
        assert (
            f'rpc_server_handled_total{{code="{code}",method="streams.v1.Streams.Chat",transport="websocket"}}'
            in metrics
        )


async def test_a_path_without_a_stream_is_404(streams: Serving) -> None:
    for target in ("/v1/nothing", "/v1/unary/x", "/healthz"):
        status, error = await _refused(streams, target)
        assert (status, error["status"]) == (404, "NOT_FOUND"), target
    status, error = await _refused(streams, "/v1/items/%ff/gather")
    assert (status, error["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("header", [("x-request-timeout", "soon"), ("grpc-timeout", "1y")])
async def test_a_malformed_timeout_is_400(streams: Serving, header: tuple[str, str]) -> None:
    status, error = await _refused(streams, CHAT, additional_headers=[header])
    assert (status, header[0] in error["message"]) == (400, True)


async def test_the_subprotocol_is_chosen_where_it_is_offered(streams: Serving) -> None:
    async with _open(streams, CHAT, subprotocols=["other", "scaffold.v1+json"]) as client:
        assert client.subprotocol == "scaffold.v1+json"
    async with _open(streams, CHAT) as client:
        assert client.subprotocol is None
    assert (await _refused(streams, CHAT, subprotocols=["other"]))[0] == 400


async def test_streams_are_reachable_by_name(streams: Serving) -> None:
    prefix = "/streams.v1.Streams"
    assert (await _call(streams, f"{prefix}/Chat", {"name": "a"}))[0] == [
        {"result": {"name": "a", "quantity": 1}}
    ]
    assert (await _call(streams, f"{prefix}/Gather", {}))[1] == 1000
    assert (await _call(streams, f"{prefix}/Watch", {"pageSize": 1}))[0] == [{"result": {}}]
    assert (await _refused(streams, f"{prefix}/Get"))[0] == 404
    async with httpx2.AsyncClient(trust_env=False) as http:
        watched = await http.post(f"{streams.http}{prefix}/Watch", json={"pageSize": 1})
        told = await http.post(f"{streams.http}{prefix}/Chat", json={})
    assert watched.text == '{"result":{}}\n'
    assert told.status_code == 426


@pytest.mark.parametrize(("length", "statuses"), [(7_000, []), (9_000, [414, 431]), (200_000, [414, 431])])
async def test_a_long_address_or_header_opens_or_is_refused(
    streams: Serving, length: int, statuses: list[int]
) -> None:
    found = []
    for target, headers in (
        (f"{CHAT}?x-request-id={'a' * length}", {}),
        (CHAT, {"x-long": "a" * length}),
    ):
        try:
            async with _open(streams, target, additional_headers=headers):
                pass
        except InvalidStatus as error:
            found.append(error.response.status_code)
    assert found == statuses
    assert (await _call(streams, CHAT, {}))[1] == 1000


async def test_a_malformed_handshake_is_400(streams: Serving) -> None:
    request = f"GET {CHAT} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    for rest in ("\r\n", "x-colour: \x80\x01\r\n\r\n", "sec-websocket-key: x\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", streams.port)
        writer.write((request + rest).encode("latin-1"))
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 426 ")), rest
        writer.close()


async def test_only_pages_of_the_server_itself_may_open_one(streams: Serving) -> None:
    for origin in (streams.http, None):
        async with _open(streams, WATCH, origin=origin):
            pass
    for origin in (
        "https://evil.example",
        "null",
        f"http://127.0.0.1:{streams.port + 1}",
        "http://[",
        "http://x:y",
    ):
        status, error = await _refused(streams, WATCH, origin=origin)
        assert (status, error["status"]) == (403, "PERMISSION_DENIED"), origin
    assert streams.streams.seen == []


async def test_pages_that_cors_names_may_open_one_as_well() -> None:
    async with serving(cors={"origins": ["https://shop.example"]}) as streams:
        async with _open(streams, WATCH, origin="https://shop.example"):
            pass
        assert (await _refused(streams, WATCH, origin="https://other.example"))[0] == 403
    async with serving(cors={"origins": ["*"]}) as streams:
        async with _open(streams, WATCH, origin="https://other.example"):
            pass
        cookie = {"cookie": "session=1"}
        refused = await _refused(streams, WATCH, origin="https://other.example", additional_headers=cookie)
        assert refused[0] == 403


async def test_a_plain_request_is_told_to_upgrade(streams: Serving) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        response = await http.post(streams.http + CHAT, content=b"not even JSON")
    assert response.status_code == 426
    assert (response.headers["upgrade"], response.headers["connection"]) == ("websocket", "upgrade")
    assert "streams.v1.Streams.Chat streams from the client" in response.json()["error"]["message"]


async def test_switched_off_it_is_501() -> None:
    async with serving(websocket=False) as streams, httpx2.AsyncClient(trust_env=False) as http:
        plain = await http.post(streams.http + GATHER, json={})
        status, error = await _refused(streams, GATHER)
        watched = await http.get(f"{streams.http}/v1/shelves/1:watch?page_size=1")
    assert (plain.status_code, plain.json()["error"]["status"]) == (501, "UNIMPLEMENTED")
    assert status == 501
    assert "switched off here (http.websocket)" in error["message"]
    assert watched.status_code == 200


async def test_nothing_is_compressed(streams: Serving) -> None:
    """What unpacks to a thousand times its size could not be held back."""
    async with connect(streams.ws + CHAT, proxy=None) as client:
        assert client.response is not None
        assert "sec-websocket-extensions" not in client.response.headers


# Pace and end


async def test_a_client_that_does_not_read_stops_the_handler(streams: Serving) -> None:
    async with _open(streams, CHAT, max_queue=1) as client:
        await client.send('{"name": "large"}')
        stalled = await settled(lambda: streams.streams.pulled)
        assert stalled * len(LARGE) < 16 * 2**20
        while streams.streams.pulled == stalled:
            await client.recv()
        client.transport.abort()
        await until(lambda: streams.streams.events, 2)
    assert streams.streams.events == ["stopped"]


async def test_a_handler_that_does_not_take_stops_its_client(streams: Serving) -> None:
    sent = 0

    async def send(client: ClientConnection) -> None:
        nonlocal sent
        message = json.dumps({"note": LARGE})
        with suppress(ConnectionClosed):
            while True:
                await client.send(message)
                sent += 1

    async with _open(streams, CHAT) as client:
        await client.send('{"name": "idle"}')
        sending = asyncio.create_task(send(client))
        stalled = await settled(lambda: sent)
        assert stalled * len(LARGE) < 16 * 2**20
        streams.streams.go_on.set()
        receiving = asyncio.create_task(_rest(client))
        await until(lambda: sent > stalled + 10)
        client.transport.abort()
        await asyncio.gather(sending, receiving)


def _leave_by_reset(client: ClientConnection) -> None:
    raw = client.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.transport.abort()


LEAVING = {
    "closes": lambda client: asyncio.ensure_future(client.close()),
    "drops": lambda client: client.transport.abort(),
    "resets": _leave_by_reset,
}


@pytest.mark.parametrize("how", LEAVING)
@pytest.mark.parametrize(
    ("target", "name"), [(CHAT, "idle"), (CHAT, "large"), (GATHER, "idle"), ("/v1/shelves/idle:watch", "")]
)
async def test_a_client_that_leaves_ends_the_handler(
    streams: Serving, how: str, target: str, name: str
) -> None:
    async with _open(streams, target, max_queue=1, close_timeout=1) as client:
        if name:
            await client.send(json.dumps({"note": name} if target == GATHER else {"name": name}))
        await settled(lambda: streams.streams.pulled, 0.2)
        LEAVING[how](client)
        await until(lambda: streams.streams.events, 2)
    assert streams.streams.events == ["stopped"]


@pytest.mark.parametrize("how", ["drops", "resets"])
async def test_a_client_that_leaves_unread_messages_behind_is_found_out_by_pings(how: str) -> None:
    async with (
        serving(heartbeat="100ms", heartbeat_timeout="5s") as streams,
        _open(streams, CHAT, ping_interval=None) as client,
    ):
        await client.send('{"name": "idle"}')
        for _ in range(50):
            await client.send(json.dumps({"note": LARGE}))
        await until(streams.streams.waiting.is_set)
        await asyncio.sleep(0.2)
        LEAVING[how](client)
        await until(lambda: streams.streams.events, 3)
    assert streams.streams.events == ["stopped"]


class _Mute(asyncio.Protocol):
    """A client that shakes hands, sends one frame, and then answers nothing, not even pings."""

    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.received = b""
        self.lost = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        request = (
            f"GET {CHAT} HTTP/1.1",
            "host: x",
            "connection: upgrade",
            "upgrade: websocket",
            "sec-websocket-version: 13",
            "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
            "",
            "",
        )
        transport.write("\r\n".join(request).encode())

    def data_received(self, data: bytes) -> None:
        if not self.received:
            self.transport.write(self.frame)
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


def _text_frame(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=True)


@pytest.mark.parametrize("name", ["idle", "large"])
async def test_a_client_that_answers_no_pings_is_gone(name: str) -> None:
    async with serving(heartbeat="100ms", heartbeat_timeout="200ms") as streams:
        frame = _text_frame(json.dumps({"name": name}))
        transport, client = await asyncio.get_running_loop().create_connection(
            lambda: _Mute(frame), "127.0.0.1", streams.port
        )
        await until(lambda: client.received)
        if name == "large":
            transport.pause_reading()
        await until(lambda: streams.streams.events, 3)
        transport.abort()
    assert streams.streams.events == ["stopped"]


async def test_a_client_that_waits_for_a_slow_handler_is_not_gone() -> None:
    async with (
        serving(heartbeat="50ms", heartbeat_timeout="100ms") as streams,
        _open(streams, CHAT, ping_interval=None) as client,
    ):
        await client.send('{"name": "idle"}')
        for _ in range(30):
            await client.send(json.dumps({"note": LARGE}))
        await asyncio.sleep(0.8)
        assert streams.streams.events == []
        streams.streams.go_on.set()
        await client.send("")
        frames, code, _ = await _rest(client)
    assert (len(frames), code) == (31, 1000)


@pytest.mark.parametrize("target", [CHAT, WATCH, GATHER])
async def test_a_deadline_ends_it_with_an_error(streams: Serving, target: str) -> None:
    async with _open(streams, target + "?x-request-timeout=0.2") as client:
        frames, code, _ = await _rest(client)
    assert frames[0]["error"]["status"] == "DEADLINE_EXCEEDED"
    assert code == 4004


async def test_a_shutdown_ends_it_with_unavailable_and_1012(streams: Serving) -> None:
    async with _open(streams, CHAT) as client:
        await client.send('{"name": "idle"}')
        await until(streams.streams.waiting.is_set)
        stopping = asyncio.create_task(streams.server.stop(0.2))
        frames, code, _ = await _rest(client)
        await stopping
    assert frames[0]["error"]["status"] == "UNAVAILABLE"
    assert code == 1012
    assert streams.streams.events == ["stopped"]


async def test_a_call_that_ends_within_the_grace_is_whole(streams: Serving) -> None:
    async with _open(streams, GATHER) as client:
        await client.send('{"note": "idle"}')
        await until(streams.streams.waiting.is_set)
        stopping = asyncio.create_task(streams.server.stop(5))
        await asyncio.sleep(0.3)
        await client.send("{}")
        await client.send("")
        streams.streams.go_on.set()
        frames, code, _ = await _rest(client)
        await stopping
    assert (len(frames[0]["result"]["items"]), code) == (2, 1000)


async def test_a_shutdown_while_the_client_does_not_read_is_whole_as_well(streams: Serving) -> None:
    async with _open(streams, CHAT, max_queue=1) as client:
        await client.send('{"name": "large"}')
        await settled(lambda: streams.streams.pulled)
        stopping = asyncio.create_task(streams.server.stop(0))
        await asyncio.sleep(0.2)
        frames, code, _ = await _rest(client)
        await stopping
    assert frames[-1]["error"]["status"] == "UNAVAILABLE"
    assert code == 1012


async def test_nothing_is_left_behind() -> None:
    async with serving() as streams:
        before = len(asyncio.all_tasks())
        for target in (CHAT, GATHER):
            await _call(streams, target, {})
        await _call(streams, CHAT, {"name": "failing"})
        async with _open(streams, CHAT) as client:
            await client.send('{"name": "idle"}')
            await until(streams.streams.waiting.is_set)
        await until(lambda: len(streams.streams.events) == 4)
        await until(lambda: len(asyncio.all_tasks()) == before)
