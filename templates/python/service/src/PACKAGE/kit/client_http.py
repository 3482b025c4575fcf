"""The HTTP half of `client`: a method's google.api.http bindings and the proto3 JSON mapping, by httpx2."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic
from urllib.parse import urlencode

import httpx2

from . import raw_body, status, transcoding
from .errors import (
    Code,
    DeadlineExceededError,
    InvalidArgumentError,
    ServiceError,
    UnavailableError,
    UnknownError,
    error_for,
)
from .raw_body import RawBody
from .rpc import HttpBinding, Method, Req, Res, rpc_binding

if TYPE_CHECKING:
    from .client_websocket import AsyncWebSockets, WebSockets

# "*" stands for any method, and which of them has no route of its own there only the server knows; the answer
# to HEAD has no body.
_NOT_FOR_CALLS = ("*", "HEAD")


class AsyncHttpTransport:
    def __init__(self, target: str) -> None:
        self._target = target
        self._client = httpx2.AsyncClient(base_url=target)
        self._websockets: AsyncWebSockets | None = None

    async def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        encoded = _encode(method, request, timeout, metadata)
        with _errors():
            async with asyncio.timeout(encoded.seconds):
                response = await self._client.send(encoded.build(self._client))
        return _response(method, encoded, response)

    async def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> AsyncIterator[Res]:
        encoded = _encode(method, request, timeout, metadata)
        with _errors():
            async with asyncio.timeout(encoded.seconds):
                response = await self._client.send(encoded.build(self._client), stream=True)
        try:
            if response.is_error:
                raise _failure(method, encoded, response, await response.aread())
            with _errors():
                messages = _Messages(method, encoded, response)
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
        return _only(found)

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
        encoded = _encode(method, request, timeout, metadata)
        with _errors():
            response = self._client.send(encoded.build(self._client))
        return _response(method, encoded, response)

    def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Iterator[Res]:
        encoded = _encode(method, request, timeout, metadata)
        with _errors():
            response = self._client.send(encoded.build(self._client), stream=True)
        try:
            if response.is_error:
                raise _failure(method, encoded, response, response.read())
            with _errors():
                messages = _Messages(method, encoded, response)
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
        return _only(list(self.stream_stream(method, requests, timeout, metadata)))

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


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A call as HTTP, by the first binding that can carry it, else by the RPC's own path, which can carry
    anything; `reason` is then why none of its bindings can. `seconds` is None for no limit.
    """

    binding: HttpBinding
    verb: str
    path: str
    query: list[tuple[str, str]]
    body: bytes | None
    headers: dict[str, str]
    seconds: float | None
    reason: InvalidArgumentError | None

    def build(self, client: httpx2.Client | httpx2.AsyncClient) -> httpx2.Request:
        return client.build_request(
            self.verb,
            f"{self.path}?{urlencode(self.query)}" if self.query else self.path,
            content=self.body,
            headers=self.headers,
            timeout=self.seconds,
        )


def _encode(
    method: Method[Any, Any], request: Any, timeout: float | None, metadata: Mapping[str, str]
) -> _Encoded:
    reason: InvalidArgumentError | None = None
    for binding in (*method.bindings, rpc_binding(method)):
        if binding.verb in _NOT_FOR_CALLS:
            continue
        raw = raw_body.in_request(method, binding)
        try:
            verb, path, query, body = transcoding.encode_request(method, binding, request, raw=raw)
        except InvalidArgumentError as error:
            reason = reason or error
            continue
        accept = "*/*" if raw_body.in_response(method, binding) else "application/json"
        headers = {"accept": accept, **headers_for(timeout, metadata)}
        content_type = body.content_type if isinstance(body, RawBody) else "application/json"
        if body is not None and content_type:
            headers["content-type"] = content_type
        return _Encoded(binding, verb, path, query, body, headers, seconds_of(timeout), reason)
    raise reason or InvalidArgumentError("the request cannot be written as JSON")


def seconds_of(timeout: float | None) -> float | None:
    """None for no limit, which infinity is as well."""
    return None if timeout is None or math.isinf(timeout) else timeout


def headers_for(timeout: float | None, metadata: Mapping[str, str]) -> dict[str, str]:
    """The caller's, and the one by which the server gives up when this side does."""
    seconds = seconds_of(timeout)
    if seconds is None:
        return dict(metadata)
    return {**metadata, "grpc-timeout": f"{max(math.ceil(seconds * 1000), 1)}m"}


def _response(method: Method[Any, Res], encoded: _Encoded, response: httpx2.Response) -> Res:
    if not response.is_success:
        raise _failure(method, encoded, response, response.content)
    try:
        if raw_body.in_response(method, encoded.binding):
            return _raw(method, encoded, response, response.content)
        return transcoding.decode_response(method, encoded.binding, json.loads(response.content))
    except ValueError as error:
        raise UnknownError(f"HTTP {response.status_code} with an unexpected body: {error}") from error


def _raw(method: Method[Any, Res], encoded: _Encoded, response: httpx2.Response, data: bytes) -> Res:
    value = RawBody(data, response.headers.get("content-type", ""))
    return transcoding.decode_response(method, encoded.binding, value)


def _failure(
    method: Method[Any, Any], encoded: _Encoded, response: httpx2.Response, body: bytes
) -> ServiceError:
    retry_after = response.headers.get("retry-after", "")
    error = status.from_http(response.status_code, body, method.errors, retry_after)
    if response.status_code in (404, 405):  # perhaps a server without paths for RPCs
        error.__cause__ = encoded.reason
    return error


class _Messages(Generic[Res]):
    """A stream's messages: a line each, or raw, where they are cut is anybody's choice."""

    def __init__(self, method: Method[Any, Res], encoded: _Encoded, response: httpx2.Response) -> None:
        self._method = method
        self._encoded = encoded
        self._response = response
        self._lines = None if raw_body.in_response(method, encoded.binding) else _Lines()

    def feed(self, chunk: bytes) -> Iterator[Res]:
        """The messages that `chunk` completes."""
        if self._lines is None:
            yield _raw(self._method, self._encoded, self._response, chunk)
            return
        for line in self._lines.feed(chunk):
            yield read_line(self._method, self._encoded.binding, line)

    def end(self) -> Iterator[Res]:
        """What the end of the stream completes."""
        for line in self._lines.end() if self._lines is not None else ():
            yield read_line(self._method, self._encoded.binding, line)


class _Lines:
    """A stream's lines, which end with a line feed alone: JSON may hold U+2028, where str.splitlines cuts."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes."""
        self._rest += chunk
        if b"\n" not in chunk:  # a long line is searched once
            return []
        *lines, rest = self._rest.split(b"\n")
        self._rest = rest
        return [bytes(line) for line in lines]

    def end(self) -> list[bytes]:
        """What stands behind the last line feed, if anything does."""
        return [bytes(self._rest)] if self._rest else []


def read_line(method: Method[Any, Res], binding: HttpBinding, line: str | bytes) -> Res:
    """The message that a line, or a frame, of a stream holds; raises the error where it holds one."""
    try:
        found = json.loads(line)
        if "error" in found:
            raise status.from_json(found["error"], method.errors)
        return transcoding.decode_response(method, binding, found["result"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownError("a line of the stream is neither a result nor an error") from error


def _websockets(method: Method[Any, Any]) -> ModuleType:
    try:
        from . import client_websocket
    except ModuleNotFoundError as error:
        message = f"{method.full_name} streams from the client, which over HTTP needs the package websockets"
        raise error_for(Code.UNIMPLEMENTED, f"{message}: pip install websockets") from error
    return client_websocket


def _only(responses: list[Res]) -> Res:
    if len(responses) != 1:
        raise UnknownError(f"the server sent {len(responses)} responses instead of one")
    return responses[0]


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise DeadlineExceededError("deadline exceeded") from error
    except httpx2.TransportError as error:
        raise UnavailableError(f"cannot reach the server: {error}") from error
