"""A service of streams whose ends can be watched, at HTTP bindings of every kind, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from kit.context import Context
from kit.errors import FailedPreconditionError
from kit.health import Health
from kit.http.server import HttpConfig, HttpServer
from kit.middleware import Middleware
from kit.rpc import (
    HttpBinding,
    Method,
    ServiceBinding,
    stream_stream,
    stream_unary,
    unary_stream,
    unary_unary,
)

from .shop import Item, ListItemsRequest, ListItemsResponse

WATCH: Method[Any, Any] = Method(
    "/streams.v1.Streams/Watch",
    ListItemsRequest,
    Item,
    server_streaming=True,
    bindings=(
        HttpBinding("GET", "/v1/{parent=shelves/*}:watch"),
        HttpBinding("POST", "/v1/watch", body="*"),
        HttpBinding("POST", "/v1/{parent=shelves/*}/minimum", body="minimum"),
        HttpBinding("GET", "/v1/{parent=shelves/*}/quantities", response_body="quantity"),
        HttpBinding("GET", "/v1/chat"),
    ),
)
GATHER: Method[Any, Any] = Method(
    "/streams.v1.Streams/Gather",
    Item,
    ListItemsResponse,
    client_streaming=True,
    bindings=(
        HttpBinding("POST", "/v1/items/{name}/gather", body="*"),
        HttpBinding("PUT", "/v1/items/{name}/sizes", body="size"),
        HttpBinding("GET", "/v1/gather"),
    ),
)
CHAT: Method[Any, Any] = Method(
    "/streams.v1.Streams/Chat",
    Item,
    Item,
    client_streaming=True,
    server_streaming=True,
    bindings=(HttpBinding("POST", "/v1/chat", body="*"),),
)
GET: Method[Any, Any] = Method(
    "/streams.v1.Streams/Get", Item, Item, bindings=(HttpBinding("GET", "/v1/unary/{name}"),)
)

LARGE = "x" * 10_000


@dataclass
class Streams:
    """`pulled` counts the messages that handlers took or made, `events` says how they ended."""

    pulled: int = 0
    events: list[str] = field(default_factory=list)
    seen: list[Context] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self, request: Any, context: Context) -> AsyncIterator[Any]:
        self.seen.append(context)
        async with self._told():
            for number in range(request.page_size):
                self.pulled += 1
                item = Item(name=request.parent, quantity=number)
                if request.HasField("minimum"):
                    item.size.CopyFrom(request.minimum)
                yield item
            match request.parent.partition("/")[2]:
                case "failing":
                    raise FailedPreconditionError("the shelf fell", reason="SHELF_DOWN")
                case "broken":
                    raise ValueError("a secret: hunter2")
                case "idle":
                    await self._wait()
                case "large":
                    while True:
                        self.pulled += 1
                        yield Item(note=LARGE)
                case "ticking":
                    while True:
                        await asyncio.sleep(0.02)
                        yield Item(note="tick")

    async def gather(self, requests: AsyncIterator[Any], context: Context) -> Any:
        self.seen.append(context)
        items = []
        async with self._told():
            async for item in requests:
                self.pulled += 1
                items.append(item)
                if item.note == "idle":
                    await self._wait()
        return ListItemsResponse(items=items)

    async def chat(self, requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        self.seen.append(context)
        async with self._told():
            async for item in requests:
                self.pulled += 1
                match item.name:
                    case "failing":
                        raise FailedPreconditionError("the shelf fell", reason="SHELF_DOWN")
                    case "idle":
                        await self._wait()
                    case "stop":
                        return
                    case "large":
                        while True:
                            self.pulled += 1
                            yield Item(note=LARGE)
                yield Item(name=item.name, quantity=item.quantity + 1)

    async def get(self, request: Any, context: Context) -> Any:
        return request

    async def _wait(self) -> None:
        self.waiting.set()
        await asyncio.wait_for(self.go_on.wait(), 30)

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        end = "ended"
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            end = "stopped"
            raise
        except Exception as error:
            end = type(error).__name__
            raise
        finally:
            self.events.append(end)


@dataclass
class Serving:
    streams: Streams
    server: HttpServer

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(middleware: Sequence[Middleware] = (), **config: Any) -> AsyncIterator[Serving]:
    """The service on a free port, with these settings below `http`."""
    streams, health = Streams(), Health()
    service = ServiceBinding(
        "streams.v1.Streams",
        (
            unary_stream(WATCH, streams.watch),
            stream_unary(GATHER, streams.gather),
            stream_stream(CHAT, streams.chat),
            unary_unary(GET, streams.get),
        ),
    )
    settings = HttpConfig.model_validate({"host": "127.0.0.1", "port": 0, **config})
    server = HttpServer(settings, [service], middleware, health=health)
    await server.start()
    health.set_serving(True)
    try:
        yield Serving(streams, server)
    finally:
        await server.stop(0)


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Returns when the condition holds; TimeoutError where it does not come to."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def settled(read: Callable[[], int], seconds: float = 0.4) -> int:
    """The number once it has not changed for that long."""
    async with asyncio.timeout(20):
        while True:
            before = read()
            await asyncio.sleep(seconds)
            if read() == before:
                return before
