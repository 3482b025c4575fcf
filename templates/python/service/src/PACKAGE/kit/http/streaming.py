"""Server streams over HTTP, in the form that the Accept header asks for.

Newline-delimited JSON, the default: a line `{"result": …}` for each message; a failure is a last line
`{"error": …}`. Server-sent events, for `text/event-stream`: an event with the JSON of each message; a failure
is an event `error`, the end an event `end` (`sse`); a comment keeps proxies from closing an idle stream.

The response starts with the first message, or the first of those comments. What fails before that is an
ordinary error response.

Raw bodies (`raw_body`) are neither: their bytes, one after the other, whatever Accept says. What fails in
between cannot be told there, so the response breaks off: its last chunk is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from ..context import Context
from ..errors import Code, InvalidArgumentError, ServiceError
from ..middleware import StreamCall
from ..raw_body import DEFAULT_TYPE, RawBody
from . import sse
from .accept import preferred
from .reply import Headers, Rejected, Reply, own_headers

_NDJSON = "application/x-ndjson"
_EVENTS = "text/event-stream"

# application/json is what a client says that knows only that the answer is JSON, as ours does.
_OFFERS = (_NDJSON, _EVENTS, "application/json")


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """How a stream is written: `result` takes a message's JSON, `error` that of AIP-193.

    `ping` is what may be written at any time without meaning anything, "" for nothing. Without `media_type` the
    first message has it, and without `error` a failure breaks the response off.
    """

    media_type: str
    result: Callable[[bytes], bytes]
    error: Callable[[bytes, ServiceError], bytes] | None
    end: bytes = b""
    ping: bytes = b""


def _line(message: bytes) -> bytes:
    return b'{"result":' + message + b"}\n"


def _last_line(body: bytes, error: ServiceError) -> bytes:
    return body + b"\n"


def _failure(body: bytes, error: ServiceError) -> bytes:
    # Another server, or this one after its restart, may well answer.
    return sse.failure(body, again=error.code is Code.UNAVAILABLE)


NDJSON = StreamFormat(_NDJSON, _line, _last_line)
EVENTS = StreamFormat(_EVENTS, sse.event, _failure, sse.end(), sse.PING)
RAW = StreamFormat("", bytes, None)


def stream_format(context: Context) -> StreamFormat:
    """What the client accepts; Rejected with 406 where that is neither."""
    found = preferred(context.metadata.get("accept"), _OFFERS)
    if found is None:
        given = context.metadata["accept"][:100]
        message = f"accept: {given!r} leaves neither {_NDJSON} nor {_EVENTS} for a stream"
        raise Rejected(406, InvalidArgumentError(message))
    return EVENTS if found == _EVENTS else NDJSON


async def answer_stream(
    call: StreamCall,
    request: Any,
    context: Context,
    reply: Reply,
    *,
    format: StreamFormat,
    heartbeat: float,
) -> None:
    """Runs the call and writes its messages, each when the client has taken those before it.

    `heartbeat` is in seconds of silence, 0 for none. Raises what the call raises.
    """
    if format is EVENTS and sse.is_over(context.metadata.get("last-event-id")):
        await reply.start(204, [])
        await reply.write(b"", more=False)
        return
    stream = _Stream(context, reply, format)
    reply.last_words = format.error
    async with _beating(stream, heartbeat if format.ping else 0.0):
        await call(request, context, stream.result)
    await stream.end()


async def answer_head(context: Context, reply: Reply, format: StreamFormat) -> None:
    """What HEAD gets: the headers of the stream, which does not run for it."""
    await reply.start(200, _headers(context, format))
    await reply.write(b"", more=False)


class _Stream:
    """The response of one stream."""

    def __init__(self, context: Context, reply: Reply, format: StreamFormat) -> None:
        self._context = context
        self._reply = reply
        self._format = format
        self._loop = asyncio.get_running_loop()
        self._writing = asyncio.Lock()
        self._last = self._loop.time()

    async def result(self, message: bytes) -> None:
        if isinstance(message, RawBody) and not self._reply.started:
            self._format = replace(self._format, media_type=message.content_type or DEFAULT_TYPE)
        await self._write(self._format.result(message), more=True)

    async def end(self) -> None:
        await self._write(self._format.end, more=False)

    async def beat(self, interval: float) -> None:
        """Pings after each `interval` of silence, for ever; not while the client is slow to read."""
        while True:
            await asyncio.sleep(self._last + interval - self._loop.time())
            if self._writing.locked():
                self._last = self._loop.time()
            elif self._loop.time() - self._last >= interval:
                await self._write(self._format.ping, more=True)

    async def _write(self, text: bytes, *, more: bool) -> None:
        async with self._writing:
            if not self._reply.started:
                await self._reply.start(200, _headers(self._context, self._format))
            await self._reply.write(text, more=more)
            self._last = self._loop.time()


@asynccontextmanager
async def _beating(stream: _Stream, interval: float) -> AsyncIterator[None]:
    if interval <= 0:
        yield
        return
    heart = asyncio.create_task(stream.beat(interval))
    try:
        yield
    finally:
        heart.cancel()
        # Where it is still writing, nothing else may be written.
        await asyncio.wait({heart})


def _headers(context: Context, format: StreamFormat) -> Headers:
    own = own_headers(context)
    defaults = [
        *([(b"content-type", format.media_type.encode())] if format.media_type else ()),
        (b"cache-control", b"no-store"),
        *([(b"vary", b"accept")] if format.error else ()),
        (b"x-accel-buffering", b"no"),  # nginx would collect what should arrive at once
    ]
    given = {name for name, _ in own}
    return [*(header for header in defaults if header[0] not in given), *own]
