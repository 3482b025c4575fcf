"""The gRPC transport, called by grpcio's own client."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from kit.context import Context
from kit.errors import UnauthenticatedError
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.health import Health
from kit.middleware import around
from kit.status import DETAILS_KEY

from . import shop
from .conftest import Running


def _call(channel: grpc.aio.Channel, method: Any) -> Any:
    kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
    return getattr(channel, kind)(method.path, method.request.SerializeToString, method.response.FromString)


def _raw(channel: Any, path: str) -> Any:
    return channel.unary_unary(path)


async def _error(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_all_four_kinds_answer(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        item = await _call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="shelves/1/items/2"))
        watched = [
            item.quantity
            async for item in _call(channel, shop.WATCH_ITEMS)(shop.ListItemsRequest(page_size=3))
        ]
        sent = [shop.Item(name="a"), shop.Item(name="b")]
        imported = await _call(channel, shop.IMPORT_ITEMS)(iter(sent))
        exchanged = [item.quantity async for item in _call(channel, shop.EXCHANGE)(iter(sent))]
    assert item.name == "shelves/1/items/2"
    assert watched == [0, 1, 2]
    assert [item.name for item in imported.items] == ["a", "b"]
    assert exchanged == [1, 1]


async def test_a_service_error_is_its_status_with_error_info(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        error = await _error(_call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="missing")))
    assert error.code() == grpc.StatusCode.NOT_FOUND
    assert error.details() == "no item missing"
    details = dict(error.trailing_metadata())[DETAILS_KEY]
    assert isinstance(details, bytes)
    assert b"NO_SUCH_ITEM" in details
    assert b"shop.v1.Shop" in details


@pytest.mark.parametrize("name", ["broken", "none"])
async def test_an_unknown_exception_is_internal_and_leaks_nothing(running: Running, name: str) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        error = await _error(_call(channel, shop.GET_ITEM)(shop.GetItemRequest(name=name)))
    assert (error.code(), error.details()) == (grpc.StatusCode.INTERNAL, "internal error")


async def test_a_stream_may_fail_after_its_first_messages(running: Running) -> None:
    request = shop.ListItemsRequest(page_size=2, parent="failing")
    received = []
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async for item in _call(channel, shop.WATCH_ITEMS)(request):
                received.append(item.quantity)
    assert received == [0, 1]
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION


async def test_an_unimplemented_method_names_itself(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        call = _call(channel, shop.EXCHANGE)(iter([shop.Item(name="unimplemented")]))
        error = await _error(call.read())
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    assert error.details() == "shop.v1.Shop.Exchange is not implemented"


async def test_bytes_that_are_no_message_are_internal(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        error = await _error(_raw(channel, shop.GET_ITEM.path)(b"\xff\xff\xff"))
    assert error.code() == grpc.StatusCode.INTERNAL
    assert error.details() == "the request is not a shop.v1.GetItemRequest"


async def test_the_clients_deadline_bounds_the_handler(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        call = _call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="slow"), timeout=0.1)
        error = await _error(call)
        await asyncio.sleep(0.1)
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert running.service.events == ["cancelled"]


async def test_a_client_that_cancels_cancels_the_handler(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        call = _call(channel, shop.WATCH_ITEMS)(shop.ListItemsRequest(parent="slow"))
        await running.service.waiting.wait()
        call.cancel()
        await asyncio.sleep(0.1)
    assert running.service.events == ["cancelled"]


async def test_the_context_knows_the_call(running: Running) -> None:
    metadata = (("x-request-id", "abc"), ("x-twice", "1"), ("x-twice", "2"), ("x-raw-bin", b"\0"))
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        call = _call(channel, shop.GET_ITEM)(
            shop.GetItemRequest(name="headers"), timeout=5, metadata=metadata
        )
        await call
        initial, trailing = dict(await call.initial_metadata()), dict(await call.trailing_metadata())
    context: Context = running.service.seen[0]
    remaining = context.time_remaining()
    assert context.method == "shop.v1.Shop.GetItem"
    assert context.transport == "grpc"
    assert context.metadata["x-twice"] == "1, 2"
    assert "x-raw-bin" not in context.metadata
    assert remaining is not None and 0 < remaining < 5.1
    assert initial["x-colour"] == "red"
    assert trailing["x-request-id"] == "abc" == context.request_id


async def test_a_middleware_sees_every_call_and_may_refuse_it() -> None:
    seen: list[str] = []

    @around
    @asynccontextmanager
    async def guard(context: Context) -> Any:
        if context.metadata.get("authorization") != "yes":
            raise UnauthenticatedError("who are you?")
        seen.append(f"> {context.method}")
        yield
        seen.append(f"< {context.method}")

    health = Health()
    server = GrpcServer(
        GrpcConfig(host="127.0.0.1", port=0), [shop.bind(shop.ShopService())], [guard], health=health
    )
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            error = await _error(_call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="x")))
            yes = (("authorization", "yes"),)
            await _call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="x"), metadata=yes)
            items = _call(channel, shop.WATCH_ITEMS)(shop.ListItemsRequest(page_size=1), metadata=yes)
            assert [item.quantity async for item in items] == [0]
    finally:
        await server.stop(0)
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED
    names = ["GetItem", "WatchItems"]
    assert seen == [f"{sign} shop.v1.Shop.{name}" for name in names for sign in "><"]


async def test_an_unknown_method_is_unimplemented(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        error = await _error(_raw(channel, "/shop.v1.Shop/Nothing")(b""))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_a_port_in_use_is_an_error(running: Running) -> None:
    second = GrpcServer(GrpcConfig(host="127.0.0.1", port=running.grpc.port), [], health=Health())
    with pytest.raises(OSError, match=f"gRPC cannot listen on 127.0.0.1:{running.grpc.port}"):
        await second.start()


async def test_a_message_that_is_too_long_is_refused(running: Running) -> None:
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        call = _call(channel, shop.GET_ITEM)(shop.GetItemRequest(name="x" * 5_000_000))
        assert (await _error(call)).code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_health_follows_readiness(running: Running) -> None:
    status = health_pb2.HealthCheckResponse
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        watch = stub.Watch(health_pb2.HealthCheckRequest(service="shop.v1.Shop"))
        first = await watch.read()
        running.health.set_serving(False)
        second = await watch.read()
        now = await stub.Check(health_pb2.HealthCheckRequest())
        unknown = await _error(stub.Check(health_pb2.HealthCheckRequest(service="nobody")))
        watch.cancel()
    assert (first.status, second.status) == (status.SERVING, status.NOT_SERVING)
    assert now.status == status.NOT_SERVING
    assert unknown.code() == grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_describes_the_service(running: Running, version: str) -> None:
    request = reflection_pb2.ServerReflectionRequest(file_containing_symbol="shop.v1.Shop")
    async with grpc.aio.insecure_channel(running.grpc_target) as channel:
        info = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )
        answers = [answer async for answer in info(iter([request]))]
    files = answers[0].file_descriptor_response.file_descriptor_proto
    assert any(b"shop/v1/shop.proto" in file for file in files)


async def test_buf_curl_calls_by_reflection(running: Running) -> None:
    buf = shutil.which("buf") or shutil.which("buf", path=str(Path(sys.executable).parent))
    if buf is None:
        pytest.skip("buf is not installed")
    process = await asyncio.create_subprocess_exec(
        *(buf, "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--reflect"),
        *("-d", '{"name": "shelves/1/items/2"}', f"http://{running.grpc_target}/shop.v1.Shop/GetItem"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "*"},
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    assert json.loads(out) == {"name": "shelves/1/items/2", "quantity": 1}
