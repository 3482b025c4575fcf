"""RPCs that stream from the client, over WebSocket, by the package `websockets`; the server's part of it is
described in its `http.websocket`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Generic

from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection as Connection
from websockets.sync.client import connect as connect_blocking

from . import status, transcoding
from .client_http_call import headers_for, read_line, seconds_of
from .errors import (
    CancelledError_,
    DeadlineExceededError,
    ResourceExhaustedError,
    ServiceError,
    UnavailableError,
    UnknownError,
)
from .rpc import HttpBinding, Method, Req, Res, rpc_binding

# RFC 6455, section 7.4.1.
_NORMAL_CLOSURE = 1000
_MESSAGE_TOO_BIG = 1009


class AsyncWebSockets:
    """The connections of one channel to `target`, an http or https URL."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._open: set[AsyncConnection] = set()

    async def call(
        self,
        method: Method[Req, Res],
        requests: AsyncIterable[Req] | Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> AsyncIterator[Res]:
        """The responses, while the requests are sent beside them."""
        call = _Call.of(self._target, method, timeout, metadata)
        with call.errors():
            async with asyncio.timeout(call.remaining()):
                connection = await connect(call.url, additional_headers=call.headers, **_OPTIONS)
        self._open.add(connection)
        failures: list[Exception] = []
        sending = asyncio.create_task(_send(connection, call, requests, failures))
        try:
            while (frame := await _receive(connection, call)) is not None:
                yield call.decode(frame)
        finally:
            sending.cancel()
            await asyncio.wait({sending})
            self._open.discard(connection)
            await connection.close()
            if failures:
                raise failures[0]

    async def close(self) -> None:
        """Ends calls in flight."""
        for connection in list(self._open):
            await connection.close()


class WebSockets:
    """The blocking twin of `AsyncWebSockets`."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._open: set[Connection] = set()

    def call(
        self,
        method: Method[Req, Res],
        requests: Iterable[Req],
        timeout: float | None,
        metadata: Mapping[str, str],
    ) -> Iterator[Res]:
        """The responses, while a thread sends the requests."""
        call = _Call.of(self._target, method, timeout, metadata)
        options = {**_OPTIONS, "open_timeout": call.remaining()}
        with ExitStack() as stack:
            with call.errors():
                connecting = connect_blocking(call.url, additional_headers=call.headers, **options)
                connection = stack.enter_context(connecting)
            self._open.add(connection)
            stack.callback(self._open.discard, connection)
            failures: list[Exception] = []
            arguments = (connection, call, requests, failures)
            threading.Thread(target=_send_blocking, args=arguments, daemon=True).start()
            try:
                while (frame := _receive_blocking(connection, call)) is not None:
                    yield call.decode(frame)
            finally:
                if failures:
                    raise failures[0]

    def close(self) -> None:
        """Ends calls in flight."""
        for connection in list(self._open):
            connection.close()


# What the server sends is as long as it is. A server that holds the client back does not read its pings either.
_OPTIONS: dict[str, Any] = {"max_size": None, "compression": None, "ping_timeout": None}


@dataclass(frozen=True, slots=True)
class _Call(Generic[Req, Res]):
    """`deadline` is in seconds of `time.monotonic()`, None for no limit."""

    method: Method[Req, Res]
    binding: HttpBinding
    url: str
    headers: Mapping[str, str]
    deadline: float | None

    @classmethod
    def of(
        cls, target: str, method: Method[Req, Res], timeout: float | None, metadata: Mapping[str, str]
    ) -> _Call[Req, Res]:
        # A path with variables would be the same for all messages.
        fitting = (found for found in method.bindings if found.body == "*" and "{" not in found.path)
        binding = next(fitting, rpc_binding(method))
        url = f"ws{target.removeprefix('http').rstrip('/')}{binding.path}"
        seconds = seconds_of(timeout)
        deadline = None if seconds is None else time.monotonic() + seconds
        return cls(method, binding, url, headers_for(timeout, metadata), deadline)

    def remaining(self) -> float | None:
        return None if self.deadline is None else max(self.deadline - time.monotonic(), 0.0)

    def encode(self, request: Req) -> str:
        _, _, _, body = transcoding.encode_request(self.method, self.binding, request)
        return (body or b"{}").decode()

    def decode(self, frame: str) -> Res:
        return read_line(self.method, self.binding, frame)

    @contextmanager
    def errors(self) -> Iterator[None]:
        try:
            yield
        except InvalidStatus as error:
            response = error.response
            retry_after = response.headers.get("retry-after", "")
            body = bytes(response.body or b"")
            raise status.from_http(response.status_code, body, self.method.errors, retry_after) from error
        except TimeoutError as error:
            raise DeadlineExceededError("deadline exceeded") from error
        except ConnectionClosed as error:
            raise _closed(error) from error
        except (WebSocketException, OSError) as error:
            raise UnavailableError(f"cannot reach the server: {error}") from error


def _closed(error: ConnectionClosed) -> ServiceError:
    if error.rcvd is not None and error.rcvd.code == _MESSAGE_TOO_BIG:
        return ResourceExhaustedError("a message is longer than the server takes")
    if error.sent is not None and not error.rcvd_then_sent:
        return CancelledError_("the channel was closed")
    return UnavailableError(f"the connection to the server was lost: {error}")


def _is_end(error: ConnectionClosed) -> bool:
    """Whether the server closed after it had said all."""
    return error.rcvd is not None and error.rcvd.code == _NORMAL_CLOSURE and bool(error.rcvd_then_sent)


def _text(frame: str | bytes) -> str:
    if isinstance(frame, bytes):
        raise UnknownError("the server sent a binary frame")
    return frame


async def _receive(connection: AsyncConnection, call: _Call[Any, Any]) -> str | None:
    """The next frame; None after the last one."""
    with call.errors():
        try:
            async with asyncio.timeout(call.remaining()):
                return _text(await connection.recv())
        except ConnectionClosed as error:
            if _is_end(error):
                return None
            raise


def _receive_blocking(connection: Connection, call: _Call[Any, Any]) -> str | None:
    with call.errors():
        try:
            return _text(connection.recv(timeout=call.remaining()))
        except ConnectionClosed as error:
            if _is_end(error):
                return None
            raise


async def _send(
    connection: AsyncConnection,
    call: _Call[Any, Any],
    requests: AsyncIterable[Any] | Iterable[Any],
    failures: list[Exception],
) -> None:
    """Sends until the server has heard enough; what the requests themselves raise goes into `failures`."""
    try:
        if isinstance(requests, AsyncIterable):
            async for request in requests:
                await connection.send(call.encode(request))
        else:
            for request in requests:
                await connection.send(call.encode(request))
        await connection.send("")
    except ConnectionClosed:
        return  # which the receiving side hears of, with the reason
    except Exception as error:
        failures.append(error)
        await connection.close()


def _send_blocking(
    connection: Connection, call: _Call[Any, Any], requests: Iterable[Any], failures: list[Exception]
) -> None:
    try:
        for request in requests:
            connection.send(call.encode(request))
        connection.send("")
    except ConnectionClosed:
        return
    except Exception as error:
        failures.append(error)
        connection.close()
