"""The gRPC half of `client`: grpc.aio for asyncio, grpc for threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import grpc

from .errors import ServiceError
from .rpc import Method, Req, Res
from .status import from_grpc

# How long a status may be on its way when messages cannot be sent any more. Seconds.
_STATUS_WITHIN = 1.0


class AsyncGrpcTransport:
    """Connects at the first call, inside its event loop."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._channel: grpc.aio.Channel | None = None
        self._calls: dict[str, Any] = {}

    async def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        try:
            call = self._callable(method)(request, timeout=_finite(timeout), metadata=tuple(metadata.items()))
            response: Res = await call
        except grpc.aio.AioRpcError as error:
            raise _error_of(error, method) from error
        return response

    async def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> AsyncIterator[Res]:
        call = self._callable(method)(request, timeout=_finite(timeout), metadata=tuple(metadata.items()))
        async for response in _responses(call, method):
            yield response

    async def stream_unary(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Res:
        try:
            call = self._callable(method)(
                requests, timeout=_finite(timeout), metadata=tuple(metadata.items())
            )
            _leave_status_to_server(call)
            response: Res = await call
        except grpc.aio.AioRpcError as error:
            raise _error_of(error, method) from error
        return response

    async def stream_stream(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> AsyncIterator[Res]:
        call = self._callable(method)(requests, timeout=_finite(timeout), metadata=tuple(metadata.items()))
        _leave_status_to_server(call)
        async for response in _responses(call, method):
            yield response

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()

    def _callable(self, method: Method[Any, Any]) -> Any:
        found = self._calls.get(method.path)
        if found is None:
            if self._channel is None:
                self._channel = _open(grpc.aio, self._target)
            found = self._calls[method.path] = _stub(self._channel, method)
        return found


class GrpcTransport:
    """Safe to share between threads, as grpc's channels are."""

    def __init__(self, target: str) -> None:
        self._channel = _open(grpc, target)
        self._calls: dict[str, Any] = {}

    def unary_unary(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        return self._one(method, request, timeout, metadata)

    def unary_stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None, metadata: Mapping[str, str]
    ) -> Iterator[Res]:
        return self._many(method, request, timeout, metadata)

    def stream_unary(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Res:
        return self._one(method, iter(requests), timeout, metadata)

    def stream_stream(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Iterator[Res]:
        return self._many(method, iter(requests), timeout, metadata)

    def close(self) -> None:
        self._channel.close()

    def _one(
        self, method: Method[Any, Res], request: Any, timeout: float | None, metadata: Mapping[str, str]
    ) -> Res:
        try:
            response: Res = self._callable(method)(
                request, timeout=_finite(timeout), metadata=tuple(metadata.items())
            )
        except grpc.RpcError as error:
            raise _error_of(error, method) from error
        return response

    def _many(
        self, method: Method[Any, Res], request: Any, timeout: float | None, metadata: Mapping[str, str]
    ) -> Iterator[Res]:
        call = self._callable(method)(request, timeout=_finite(timeout), metadata=tuple(metadata.items()))
        try:
            yield from call
        except grpc.RpcError as error:
            raise _error_of(error, method) from error
        finally:
            call.cancel()

    def _callable(self, method: Method[Any, Any]) -> Any:
        found = self._calls.get(method.path)
        if found is None:
            found = self._calls[method.path] = _stub(self._channel, method)
        return found


async def _responses(call: Any, method: Method[Any, Any]) -> AsyncIterator[Any]:
    try:
        async for response in call:
            yield response
    except grpc.aio.AioRpcError as error:
        raise _error_of(error, method) from error
    finally:
        call.cancel()


class _Call:
    """grpc.aio's inner call, but for one thing: it does not make up a status where the server's is on its way.

    A server may end a stream before it has read all of it, with an error for instance. The next message cannot
    be sent then, and grpc.aio would put INTERNAL in the place of what the server said (issue 36066 of grpc).
    """

    def __init__(self, call: Any) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def set_internal_error(self, text: str) -> None:
        asyncio.get_running_loop().call_later(_STATUS_WITHIN, self._give_up, text)

    def _give_up(self, text: str) -> None:
        if not self._call.done():
            self._call.set_internal_error(text)


def _leave_status_to_server(call: Any) -> None:
    """For a call whose first message is not sent yet; without effect where grpc.aio has no such inner call."""
    if (inner := getattr(call, "_cython_call", None)) is not None:
        call._cython_call = _Call(inner)


def _open(module: Any, target: str) -> Any:
    """A channel of `grpc` or `grpc.aio`, which have the same constructors."""
    if target.startswith("grpcs://"):
        return module.secure_channel(target.removeprefix("grpcs://"), grpc.ssl_channel_credentials())
    return module.insecure_channel(target.removeprefix("grpc://"))


def _stub(channel: Any, method: Method[Any, Any]) -> Any:
    kinds = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    return kinds[method.client_streaming, method.server_streaming](
        method.path,
        request_serializer=method.request.SerializeToString,
        response_deserializer=method.response.FromString,
    )


def _finite(timeout: float | None) -> float | None:
    return None if timeout == float("inf") else timeout


def _error_of(error: Any, method: Method[Any, Any]) -> ServiceError:
    code: int = error.code().value[0]
    return from_grpc(code, error.details() or "", error.trailing_metadata() or (), method.errors)
