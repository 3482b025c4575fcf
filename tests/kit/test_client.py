"""Both clients, over both transports, against a real server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kit import errors
from kit.client import AsyncChannel, Channel
from kit.errors import Code, ServiceError
from kit.health import Health
from kit.http.server import HttpConfig, HttpServer
from kit.rpc import HttpBinding

from . import shop
from .conftest import Running

TRANSPORTS = pytest.mark.parametrize("transport", ["grpc", "http"])


def _target(running: Running, transport: str) -> str:
    return f"grpc://{running.grpc_target}" if transport == "grpc" else running.http_target


@TRANSPORTS
async def test_async_unary_and_server_stream(running: Running, transport: str) -> None:
    async with AsyncChannel(_target(running, transport)) as channel:
        request = shop.CreateItemRequest(parent="shelves/1", item=shop.Item(name="é/?", quantity=2))
        created = await channel.unary_unary(shop.CREATE_ITEM, request)
        found = await channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="no/template but: é"))
        watched = channel.unary_stream(
            shop.WATCH_ITEMS, shop.ListItemsRequest(parent="shelves/1", page_size=2)
        )
        quantities = [item.quantity async for item in watched]
    assert (created.name, created.quantity) == ("shelves/1/items/é/?", 2)
    assert found.name == "no/template but: é"
    assert quantities == [0, 1]


@TRANSPORTS
async def test_sync_unary_and_server_stream(running: Running, transport: str) -> None:
    def call() -> tuple[Any, list[int]]:
        with Channel(_target(running, transport)) as channel:
            found = channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="shelves/1/items/2"))
            request = shop.ListItemsRequest(parent="shelves/1", page_size=2)
            return found, [item.quantity for item in channel.unary_stream(shop.WATCH_ITEMS, request)]

    found, quantities = await asyncio.to_thread(call)
    assert (found.name, quantities) == ("shelves/1/items/2", [0, 1])


@TRANSPORTS
async def test_streams_from_the_client(running: Running, transport: str) -> None:
    sent = [shop.Item(name="a"), shop.Item(name="b")]

    async def later() -> AsyncIterator[Any]:
        for item in sent:
            yield item

    def call() -> tuple[Any, list[str]]:
        with Channel(_target(running, transport)) as channel:
            exchanged = channel.stream_stream(shop.EXCHANGE, sent)
            return channel.stream_unary(shop.IMPORT_ITEMS, sent), [item.name for item in exchanged]

    async with AsyncChannel(_target(running, transport)) as channel:
        imported = await channel.stream_unary(shop.IMPORT_ITEMS, later())
        listed = await channel.stream_unary(shop.IMPORT_ITEMS, sent)
        exchanged = [item.name async for item in channel.stream_stream(shop.EXCHANGE, later())]
    blocking, blocking_exchanged = await asyncio.to_thread(call)
    assert imported == listed == blocking == shop.ListItemsResponse(items=sent)
    assert exchanged == blocking_exchanged == ["a", "b"]


async def test_streams_from_the_client_over_http_need_a_package(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "kit.client_websocket", raising=False)
    monkeypatch.delattr("kit.client_websocket", raising=False)
    monkeypatch.setitem(sys.modules, "websockets.asyncio.client", None)
    async with AsyncChannel(running.http_target) as channel:
        with pytest.raises(errors.UnimplementedError, match=r"Exchange .* pip install websockets"):
            _ = [item async for item in channel.stream_stream(shop.EXCHANGE, [])]


@TRANSPORTS
async def test_requests_and_responses_of_a_stream_alternate(running: Running, transport: str) -> None:
    received: list[str] = []
    go_on = asyncio.Event()

    async def in_turn() -> AsyncIterator[Any]:
        for name in ("a", "b", "c"):
            yield shop.Item(name=name)
            await go_on.wait()
            go_on.clear()

    async with AsyncChannel(_target(running, transport)) as channel:
        async for item in channel.stream_stream(shop.EXCHANGE, in_turn()):
            received.append(item.name)
            go_on.set()
    assert received == ["a", "b", "c"]


async def test_an_error_arrives_though_the_client_is_still_sending(running: Running) -> None:
    """grpc.aio alone says INTERNAL most of the time: the next message cannot be sent, and the status is on its way."""
    codes = []
    async with AsyncChannel(_target(running, "grpc")) as channel:
        for _ in range(100):
            many = [shop.Item(name="unimplemented"), *[shop.Item(name="x" * 1000)] * 100]
            with pytest.raises(ServiceError) as failed:
                _ = [item async for item in channel.stream_stream(shop.EXCHANGE, many)]
            codes.append(failed.value.code)
    assert set(codes) == {Code.UNIMPLEMENTED}


@TRANSPORTS
async def test_an_error_ends_a_stream_from_the_client(running: Running, transport: str) -> None:
    async def endless() -> AsyncIterator[Any]:
        while True:
            yield shop.Item(name="unimplemented")
            await asyncio.sleep(0.01)

    def blocking() -> None:
        with Channel(_target(running, transport)) as channel:
            list(channel.stream_stream(shop.EXCHANGE, [shop.Item(name="unimplemented")]))

    async with AsyncChannel(_target(running, transport)) as channel:
        with pytest.raises(errors.UnimplementedError):
            _ = [item async for item in channel.stream_stream(shop.EXCHANGE, endless())]
    with pytest.raises(errors.UnimplementedError):
        await asyncio.to_thread(blocking)


async def test_a_stream_from_the_client_over_http_has_a_deadline(running: Running) -> None:
    async def endless() -> AsyncIterator[Any]:
        while True:
            yield shop.Item()
            await asyncio.sleep(0.01)

    def never() -> Iterator[Any]:
        yield shop.Item()
        time.sleep(0.8)

    def blocking() -> None:
        with Channel(running.http_target) as channel:
            channel.stream_unary(shop.IMPORT_ITEMS, never(), timeout=0.3)

    async with AsyncChannel(running.http_target) as channel:
        with pytest.raises(errors.DeadlineExceededError):
            await channel.stream_unary(shop.IMPORT_ITEMS, endless(), timeout=0.3)
    with pytest.raises(errors.DeadlineExceededError):
        await asyncio.to_thread(blocking)


async def test_what_the_requests_raise_ends_the_call_over_http(running: Running) -> None:
    async def failing() -> AsyncIterator[Any]:
        yield shop.Item()
        raise ZeroDivisionError

    def failing_too() -> Iterator[Any]:
        yield shop.Item()
        raise ZeroDivisionError

    def blocking() -> None:
        with Channel(running.http_target) as channel:
            channel.stream_unary(shop.IMPORT_ITEMS, failing_too())

    async with AsyncChannel(running.http_target) as channel:
        with pytest.raises(ZeroDivisionError):
            await channel.stream_unary(shop.IMPORT_ITEMS, failing())
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(blocking)


@TRANSPORTS
async def test_a_stream_of_both_that_is_left_ends(running: Running, transport: str) -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[Any]:
        try:
            while True:
                yield shop.Item(name="a")
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async with AsyncChannel(_target(running, transport)) as channel:
        stream = channel.stream_stream(shop.EXCHANGE, endless())
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]
        async with asyncio.timeout(2):
            await ended.wait()


async def test_closing_a_channel_ends_its_websockets(running: Running) -> None:
    async def endless() -> AsyncIterator[Any]:
        while True:
            yield shop.Item()
            await asyncio.sleep(0.01)

    channel = AsyncChannel(running.http_target)
    stream = channel.stream_stream(shop.EXCHANGE, endless())
    await anext(stream)
    await channel.close()
    with pytest.raises(errors.CancelledError_):
        async for _ in stream:
            pass


@TRANSPORTS
async def test_the_servers_error_arrives_whole(running: Running, transport: str) -> None:
    async with AsyncChannel(_target(running, transport)) as channel:
        with pytest.raises(errors.NotFoundError) as caught:
            await channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="shelves/1/items/missing"))
    assert caught.value.message == "no item shelves/1/items/missing"
    assert caught.value.reason == "NO_SUCH_ITEM"
    assert caught.value.metadata == {"name": "shelves/1/items/missing"}


@TRANSPORTS
async def test_an_error_ends_a_stream(running: Running, transport: str) -> None:
    received = []
    request = shop.ListItemsRequest(parent="shelves/failing", page_size=1)
    async with AsyncChannel(_target(running, transport)) as channel:
        with pytest.raises(errors.FailedPreconditionError) as caught:
            async for item in channel.unary_stream(shop.WATCH_ITEMS, request):
                received.append(item)
    assert (len(received), caught.value.reason) == (1, "SHELF_DOWN")


@TRANSPORTS
async def test_a_timeout_is_deadline_exceeded_on_both_sides(running: Running, transport: str) -> None:
    async with AsyncChannel(_target(running, transport), timeout=0.2) as channel:
        with pytest.raises(errors.DeadlineExceededError):
            await channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="slow"))
        await asyncio.sleep(0.1)
        quick = await channel.unary_unary(
            shop.GET_ITEM, shop.GetItemRequest(name="pause"), timeout=float("inf")
        )
    assert running.service.events == ["cancelled"]
    assert quick.name == "pause"


@TRANSPORTS
async def test_a_stream_that_is_left_is_cancelled(running: Running, transport: str) -> None:
    request = shop.ListItemsRequest(parent="shelves/slow", page_size=1)
    async with AsyncChannel(_target(running, transport)) as channel:
        stream = channel.unary_stream(shop.WATCH_ITEMS, request)
        async for _ in stream:
            break
        await running.service.waiting.wait()
        await stream.aclose()  # type: ignore[attr-defined]
        async with asyncio.timeout(2):
            while not running.service.events:
                await asyncio.sleep(0.01)


@TRANSPORTS
async def test_metadata_is_sent(running: Running, transport: str) -> None:
    async with AsyncChannel(_target(running, transport), metadata={"x-tenant": "a"}) as channel:
        request = shop.GetItemRequest(name="x")
        await channel.unary_unary(shop.GET_ITEM, request, metadata={"x-request-id": "id-1"})
    context = running.service.seen[0]
    assert (context.metadata["x-tenant"], context.request_id) == ("a", "id-1")


@pytest.fixture(params=["grpc://127.0.0.1:1", "http://127.0.0.1:1"])
def nowhere(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param


async def test_nobody_there_is_unavailable(nowhere: str) -> None:
    def call() -> None:
        with Channel(nowhere) as channel:
            channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="x"))

    async with AsyncChannel(nowhere) as channel:
        with pytest.raises(errors.UnavailableError):
            await channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name="x"))
    with pytest.raises(errors.UnavailableError):
        await asyncio.to_thread(call)


@pytest.mark.parametrize(
    "message",
    [
        shop.UpdateItemRequest(item={"name": "shelves/1/items/2", "labels": {"a": "b"}, "tags": ["x"]}),
        shop.UpdateItemRequest(item={"name": "shelves/%2F/items/a b", "note": ""}),
    ],
)
async def test_both_transports_give_the_same_answer(running: Running, message: Any) -> None:
    async with AsyncChannel(running.grpc_target) as grpc, AsyncChannel(running.http_target) as http:
        assert await grpc.unary_unary(shop.UPDATE_ITEM, message) == await http.unary_unary(
            shop.UPDATE_ITEM, message
        )


async def test_what_no_binding_can_carry_goes_by_the_rpcs_own_path(running: Running) -> None:
    """Dot segments in a URL would make a client call another method; maps have no place in a query."""
    async with AsyncChannel(running.grpc_target) as grpc, AsyncChannel(running.http_target) as http:
        for name in ("shelves/../items/1", "shelves/1/items/..", "", "nothing like it"):
            message = shop.UpdateItemRequest(item=shop.Item(name=name, quantity=1))
            answers = [await each.unary_unary(shop.UPDATE_ITEM, message) for each in (grpc, http)]
            assert answers == [message.item] * 2
        request = shop.ListItemsRequest(parent="shelves/1", labels={"a": "b"}, seed=5)
        answers = [await each.unary_unary(shop.LIST_ITEMS, request) for each in (grpc, http)]
        assert answers[0] == answers[1] and "seed: 5" in answers[1].items[0].note


@pytest.mark.parametrize("verb", ["*", "HEAD"])
async def test_a_binding_whose_answer_could_not_be_read_is_not_used(running: Running, verb: str) -> None:
    method = replace(shop.GET_ITEM, bindings=(HttpBinding(verb, "/v1/items/{name}"),))
    async with AsyncChannel(running.http_target) as channel:
        found = await channel.unary_unary(method, shop.GetItemRequest(name="x"))
    assert found.name == "x"


async def test_rpcs_without_a_binding_are_called_over_http_as_well(running: Running) -> None:
    def unbound(method: Any) -> Any:
        return replace(method, bindings=())

    def blocking() -> Any:
        with Channel(running.http_target) as channel:
            return channel.unary_unary(unbound(shop.GET_ITEM), shop.GetItemRequest(name="x"))

    async with AsyncChannel(running.http_target) as channel:
        found = await channel.unary_unary(unbound(shop.GET_ITEM), shop.GetItemRequest(name="x"))
        archived = await channel.unary_unary(unbound(shop.ARCHIVE_ITEM), shop.GetItemRequest(name="y"))
        request = shop.ListItemsRequest(parent="shelves/1", page_size=2)
        watched = [item.quantity async for item in channel.unary_stream(unbound(shop.WATCH_ITEMS), request)]
        with pytest.raises(errors.NotFoundError, match="no item missing"):
            await channel.unary_unary(unbound(shop.GET_ITEM), shop.GetItemRequest(name="missing"))
    assert (found.name, archived.name, watched) == ("x", "y", [0, 1])
    assert await asyncio.to_thread(blocking) == found


async def test_without_rpc_paths_the_error_says_why_no_binding_was_taken() -> None:
    server = HttpServer(
        HttpConfig(host="127.0.0.1", port=0, rpc_paths=False),
        [shop.bind(shop.ShopService())],
        health=Health(),
    )
    await server.start()
    try:
        async with AsyncChannel(f"http://127.0.0.1:{server.port}") as channel:
            with pytest.raises(errors.NotFoundError) as caught:
                await channel.unary_unary(shop.UPDATE_ITEM, shop.UpdateItemRequest(item=shop.Item(name="..")))
    finally:
        await server.stop(0)
    assert "item.name: '..' does not fit" in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, b"<html>", Code.NOT_FOUND),
        (502, b"", Code.UNAVAILABLE),
        (400, b'{"error": {"code": 400, "message": "m", "status": "OUT_OF_RANGE"}}', Code.OUT_OF_RANGE),
        (418, b'{"error": {"code": 403, "message": "m"}}', Code.PERMISSION_DENIED),
        (500, b'{"error": "text"}', Code.INTERNAL),
        (500, b'{"error": {"status": []}}', Code.INTERNAL),
        (500, b'{"error": {"status": "ABORTED", "message": 1, "details": 5}}', Code.INTERNAL),
        (503, b"[1]", Code.UNAVAILABLE),
    ],
)
def test_any_http_error_has_a_code(status: int, body: bytes, code: Code) -> None:
    from kit.status import from_http

    error = from_http(status, body)
    assert isinstance(error, ServiceError)
    assert error.code == code
