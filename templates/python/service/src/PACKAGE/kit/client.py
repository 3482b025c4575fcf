"""Calling a service, over gRPC or over its HTTP bindings, from asyncio (`AsyncChannel`) or threads
(`Channel`).

The target decides: "localhost:9000", "dns:///orders:9000" and "grpc://orders:9000" are gRPC in plain text,
"grpcs://…" is gRPC over TLS, "http://…" and "https://…" are HTTP. Generated clients wrap a channel; a channel
serves any number of them, and of concurrent calls.

Every call takes `timeout`, in seconds, and `metadata` (gRPC metadata, HTTP headers). Calls with one
response without a timeout have the channel's, 10 s unless it was given another one; streams of responses
start when the first message is asked for and last as long as they last. A failed call raises the
`errors.ServiceError` of its status code. Over HTTP, an RPC without a binding raises
`errors.UnimplementedError`; one that streams from the client goes over WebSocket, for which the package
`websockets` is needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Protocol, Self

from .rpc import Method, Req, Res

DEFAULT_TIMEOUT = 10.0

Metadata = Mapping[str, str]


class AsyncTransport(Protocol):
    """The calls of an `AsyncChannel`, with timeout and metadata settled."""

    async def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Metadata
    ) -> Res: ...

    def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Metadata
    ) -> AsyncIterator[Res]: ...

    async def stream_unary(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Metadata,
    ) -> Res: ...

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Metadata,
    ) -> AsyncIterator[Res]: ...

    async def close(self) -> None: ...


class Transport(Protocol):
    """The calls of a `Channel`, with timeout and metadata settled."""

    def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Metadata
    ) -> Res: ...

    def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Metadata
    ) -> Iterator[Res]: ...

    def stream_unary(
        self, method: Method[Req, Res], requests: Iterable[Req], timeout: float | None, metadata: Metadata
    ) -> Res: ...

    def stream_stream(
        self, method: Method[Req, Res], requests: Iterable[Req], timeout: float | None, metadata: Metadata
    ) -> Iterator[Res]: ...

    def close(self) -> None: ...


class AsyncChannel:
    """Close it, or use it as an async context manager. Belongs to the event loop that it is first used in."""

    def __init__(
        self, target: str, *, timeout: float = DEFAULT_TIMEOUT, metadata: Metadata | None = None
    ) -> None:
        self._timeout = timeout
        self._metadata = dict(metadata or {})
        self._transport = _async_transport(target)

    async def unary_unary(
        self,
        method: Method[Req, Res],
        request: Req,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Res:
        timeout = self._timeout if timeout is None else timeout
        return await self._transport.unary_unary(method, request, timeout, self._with(metadata))

    def unary_stream(
        self,
        method: Method[Req, Res],
        request: Req,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> AsyncIterator[Res]:
        return self._transport.unary_stream(method, request, timeout, self._with(metadata))

    async def stream_unary(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Res:
        timeout = self._timeout if timeout is None else timeout
        return await self._transport.stream_unary(method, requests, timeout, self._with(metadata))

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> AsyncIterator[Res]:
        return self._transport.stream_stream(method, requests, timeout, self._with(metadata))

    async def close(self) -> None:
        """Ends calls in flight."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _with(self, metadata: Metadata | None) -> Metadata:
        return {**self._metadata, **metadata} if metadata else self._metadata


class Channel:
    """The blocking twin of `AsyncChannel`, safe to share between threads."""

    def __init__(
        self, target: str, *, timeout: float = DEFAULT_TIMEOUT, metadata: Metadata | None = None
    ) -> None:
        self._timeout = timeout
        self._metadata = dict(metadata or {})
        self._transport = _transport(target)

    def unary_unary(
        self,
        method: Method[Req, Res],
        request: Req,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Res:
        timeout = self._timeout if timeout is None else timeout
        return self._transport.unary_unary(method, request, timeout, self._with(metadata))

    def unary_stream(
        self,
        method: Method[Req, Res],
        request: Req,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Iterator[Res]:
        return self._transport.unary_stream(method, request, timeout, self._with(metadata))

    def stream_unary(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Res:
        timeout = self._timeout if timeout is None else timeout
        return self._transport.stream_unary(method, requests, timeout, self._with(metadata))

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Iterator[Res]:
        return self._transport.stream_stream(method, requests, timeout, self._with(metadata))

    def close(self) -> None:
        """Ends calls in flight."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _with(self, metadata: Metadata | None) -> Metadata:
        return {**self._metadata, **metadata} if metadata else self._metadata


# Imported by need: a caller over gRPC has no use for an HTTP client, and the other way round.


def _async_transport(target: str) -> AsyncTransport:
    if target.startswith(("http://", "https://")):
        from .client_http import AsyncHttpTransport

        return AsyncHttpTransport(target)
    from .client_grpc import AsyncGrpcTransport

    return AsyncGrpcTransport(target)


def _transport(target: str) -> Transport:
    if target.startswith(("http://", "https://")):
        from .client_http import HttpTransport

        return HttpTransport(target)
    from .client_grpc import GrpcTransport

    return GrpcTransport(target)
