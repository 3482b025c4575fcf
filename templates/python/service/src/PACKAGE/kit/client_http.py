"""The HTTP half of `client`: a method's google.api.http bindings and the proto3 JSON mapping, by httpx2."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import httpx2

from .client_http_call import Messages, encode, failure_of, only, response_of
from .errors import (
    Code,
    DeadlineExceededError,
    UnavailableError,
    error_for,
)
from .rpc import Method, Req, Res

if TYPE_CHECKING:
    from .client_websocket import AsyncWebSockets, WebSockets


class AsyncHttpTransport:
    def __init__(self, target: str) -> None:
        self._target = target
        self._client = httpx2.AsyncClient(base_url=target)
        self._websockets: AsyncWebSockets | None = None

    async def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        call = encode(method, request, timeout, metadata)
        with _errors():
            async with asyncio.timeout(call.seconds):
                response = await self._client.send(call.build(self._client))
        return response_of(method, call, response)

    async def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> AsyncIterator[Res]:
        call = encode(method, request, timeout, metadata)
        with _errors():
            async with asyncio.timeout(call.seconds):
                response = await self._client.send(call.build(self._client), stream=True)
        try:
            if response.is_error:
                raise failure_of(method, call, response, await response.aread())
            with _errors():
                messages = Messages(method, call, response)
                async for chunk in response.aiter_bytes():
                    for message in messages.feed(chunk):
                        yield message
                for message in messages.end():
                    yield message
        finally:
            await response.aclose()

    async def stream_unary(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Res:
        found = [found async for found in self.stream_stream(method, requests, timeout, metadata)]
        return only(found)

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> AsyncIterator[Res]:
        websockets = self._websockets
        if websockets is None:
            websockets = self._websockets = _websockets(method).AsyncWebSockets(self._target)
        return websockets.call(method, requests, timeout, metadata)

    async def close(self) -> None:
        if self._websockets is not None:
            await self._websockets.close()
        await self._client.aclose()


class HttpTransport:
    def __init__(self, target: str) -> None:
        self._target = target
        self._client = httpx2.Client(base_url=target)
        self._websockets: WebSockets | None = None

    def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        call = encode(method, request, timeout, metadata)
        with _errors():
            response = self._client.send(call.build(self._client))
        return response_of(method, call, response)

    def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Iterator[Res]:
        call = encode(method, request, timeout, metadata)
        with _errors():
            response = self._client.send(call.build(self._client), stream=True)
        try:
            if response.is_error:
                raise failure_of(method, call, response, response.read())
            with _errors():
                messages = Messages(method, call, response)
                for chunk in response.iter_bytes():
                    for message in messages.feed(chunk):
                        yield message
                for message in messages.end():
                    yield message
        finally:
            response.close()

    def stream_unary(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Res:
        return only(list(self.stream_stream(method, requests, timeout, metadata)))

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Iterator[Res]:
        websockets = self._websockets
        if websockets is None:
            websockets = self._websockets = _websockets(method).WebSockets(self._target)
        return websockets.call(method, requests, timeout, metadata)

    def close(self) -> None:
        if self._websockets is not None:
            self._websockets.close()
        self._client.close()


def _websockets(method: Method[Any, Any]) -> ModuleType:
    try:
        from . import client_websocket
    except ModuleNotFoundError as error:
        message = f"{method.full_name} streams from the client, which over HTTP needs the package websockets"
        raise error_for(Code.UNIMPLEMENTED, f"{message}: pip install websockets") from error
    return client_websocket


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise DeadlineExceededError("deadline exceeded") from error
    except httpx2.TransportError as error:
        raise UnavailableError(f"cannot reach the server: {error}") from error
