"""A service that fails as a test says: one RPC, one stream, on both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from kit.client import AsyncChannel
from kit.container import Container
from kit.errors import ServiceError
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.http.server import HttpConfig, HttpServer
from kit.lifecycle import serving
from kit.middleware import Middleware
from kit.rpc import Method, ServiceBinding, unary_stream, unary_unary

from . import shop

TRANSPORTS = ("grpc", "http")


class Failing:
    """`error` is raised by every call, by a stream behind its first message."""

    error: Exception | None = None

    def __init__(self, targets: dict[str, str]) -> None:
        self.targets = targets

    async def get(self, request: Any, context: Any) -> Any:
        assert self.error is not None
        raise self.error

    async def watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        yield shop.Item(name="first")
        assert self.error is not None
        raise self.error


@asynccontextmanager
async def failing(middleware: Sequence[Middleware] = ()) -> AsyncIterator[Failing]:
    """The service while it runs; `targets` are its addresses by transport."""
    found, container = Failing({}), Container()
    methods = (unary_unary(shop.GET_ITEM, found.get), unary_stream(shop.WATCH_ITEMS, found.watch))
    services = [ServiceBinding("shop.v1.Shop", methods)]
    grpc = GrpcServer(GrpcConfig(host="127.0.0.1", port=0), services, middleware, health=container.health)
    http = HttpServer(HttpConfig(host="127.0.0.1", port=0), services, middleware, health=container.health)
    async with serving(container, [grpc, http]):
        found.targets |= {"grpc": f"127.0.0.1:{grpc.port}", "http": f"http://127.0.0.1:{http.port}"}
        yield found


async def failure_of(
    target: str, *, stream: bool = False, types: dict[str, type[ServiceError]] | None = None
) -> ServiceError:
    """What a client raises for a call."""
    async with AsyncChannel(target) as channel:
        try:
            if stream:
                watch: Method[Any, Any] = replace(shop.WATCH_ITEMS, errors=types or {})
                async for _ in channel.unary_stream(watch, shop.ListItemsRequest(parent="shelves/1")):
                    pass
            else:
                get: Method[Any, Any] = replace(shop.GET_ITEM, errors=types or {})
                await channel.unary_unary(get, shop.GetItemRequest(name="shelves/1/items/1"))
        except ServiceError as error:
            return error
    raise AssertionError("the call did not fail")
