"""What happens around every handler, on both transports: one composed coroutine per method, built at start.

The outermost layer is fixed and fused: it decodes and encodes, bounds the call by its deadline, turns
unknown exceptions into INTERNAL, counts, and writes the access log. Inside it come a service's own layers,
the first in the list outermost. A layer takes a `BoundMethod` and returns one with another handler. Most
need only what comes before and after a call, whatever its kind; `around` makes a layer of that:

    @around
    @asynccontextmanager
    async def audit(context: Context) -> AsyncIterator[None]:
        if "authorization" not in context.metadata:
            raise UnauthenticatedError("no credentials")
        yield

A layer is built once per method and way to reach it (gRPC, each HTTP binding), so what they share, a rate
limiter for instance, is made outside it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from . import access_log, metrics
from .context import Context, current
from .errors import CancelledError_, Code, DeadlineExceededError, InternalError, ServiceError
from .rpc import BoundMethod

T = TypeVar("T")

Middleware = Callable[[BoundMethod], BoundMethod]

Decode = Callable[[Any], Any]
Encode = Callable[[Any], bytes]
Send = Callable[[bytes], Awaitable[None]]
UnaryCall = Callable[[Any, Context], Awaitable[bytes]]
StreamCall = Callable[[Any, Context, Send], Awaitable[None]]

_log = structlog.stdlib.get_logger("rpc")


def around(manager: Callable[[Context], AbstractAsyncContextManager[object]]) -> Middleware:
    """A layer that holds `manager(context)` open during the call, until the last message of a stream is
    sent.
    """

    def layer(bound: BoundMethod) -> BoundMethod:
        handler = bound.handler

        async def unary(request: Any, context: Context) -> Any:
            async with manager(context):
                return await handler(request, context)

        async def stream(request: Any, context: Context) -> AsyncGenerator[Any]:
            async with manager(context), closing(handler(request, context)) as responses:
                async for response in responses:
                    yield response

        return replace(bound, handler=stream if bound.method.server_streaming else unary)

    return layer


def check_requests(bound: BoundMethod, check: Callable[[Any], None]) -> BoundMethod:
    """The method with `check(request)`, which may raise, before its handler has a request; of a stream, each."""
    handler = bound.handler

    async def checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            check(request)
            yield request

    def call(request: Any, context: Context) -> Any:
        check(request)
        return handler(request, context)

    def call_stream(requests: AsyncIterator[Any], context: Context) -> Any:
        return handler(checked(requests), context)

    return replace(bound, handler=call_stream if bound.method.client_streaming else call)


def compose_unary(
    bound: BoundMethod, middleware: Sequence[Middleware], decode: Decode, encode: Encode
) -> UnaryCall:
    """The whole of a call with one response: `await call(raw, context)` gives its encoded form.

    `raw` is what `decode` takes, or an async iterator of it where the client streams. Raises ServiceError,
    and asyncio.CancelledError when it is cancelled, but nothing else.
    """
    handler = _layered(bound, middleware)
    read = _reader(bound, decode)

    async def run(raw: Any, context: Context) -> bytes:
        return encode(await handler(read(raw), context))

    async def call(raw: Any, context: Context) -> bytes:
        return await _observed(context, run(raw, context))

    return call


def compose_stream(
    bound: BoundMethod, middleware: Sequence[Middleware], decode: Decode, encode: Encode
) -> StreamCall:
    """The same with a stream of responses: `await call(raw, context, send)` awaits `send` with each, encoded.

    It pushes, where a generator would be pulled, so that one frame spans the call: deadline, cancellation
    and a failing `send` reach the handler at once, and its cleanup runs before the call is counted.
    """
    handler = _layered(bound, middleware)
    read = _reader(bound, decode)

    async def run(raw: Any, context: Context, send: Send) -> None:
        async with closing(handler(read(raw), context)) as responses:
            async for response in responses:
                await send(encode(response))

    async def call(raw: Any, context: Context, send: Send) -> None:
        await _observed(context, run(raw, context, send))

    return call


def closing(responses: Any) -> AbstractAsyncContextManager[Any]:
    """Ends a generator where the block does, so that its cleanup does not wait for the garbage collector."""
    return aclosing(responses) if hasattr(responses, "aclose") else nullcontext(responses)


def _layered(bound: BoundMethod, middleware: Iterable[Middleware]) -> Callable[[Any, Context], Any]:
    for layer in reversed(tuple(middleware)):
        bound = layer(bound)
    return bound.handler


def _reader(bound: BoundMethod, decode: Decode) -> Decode:
    if not bound.method.client_streaming:
        return decode

    async def read(raw: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in raw:
            yield decode(item)

    return read


async def _observed(context: Context, call: Awaitable[T]) -> T:
    # Every call has a task of its own, so there is nothing to reset.
    current.set(context)
    started = time.perf_counter()
    failure: ServiceError | None = None
    try:
        return await (call if context.deadline is None else _within_deadline(context, call))
    except ServiceError as error:
        failure = error
        raise
    except asyncio.CancelledError:
        # gRPC cancels at the deadline as well, and may be ahead of our own timer.
        late = context.time_remaining() == 0
        failure = DeadlineExceededError("deadline exceeded") if late else CancelledError_("cancelled")
        raise
    except Exception as error:
        _log.exception("unhandled exception", exc_info=error)
        failure = InternalError("internal error")
        raise failure from error
    finally:
        _record(context, failure, time.perf_counter() - started)


async def _within_deadline(context: Context, call: Awaitable[T]) -> T:
    limit = asyncio.timeout(context.time_remaining())
    try:
        async with limit:
            return await call
    except TimeoutError as error:
        if limit.expired():
            raise DeadlineExceededError("deadline exceeded") from error
        raise  # the handler's own


def _record(context: Context, failure: ServiceError | None, seconds: float) -> None:
    code = Code.OK if failure is None else failure.code
    metrics.record(context.method, code, context.transport, seconds)
    access_log.record(context, code, failure, seconds)
