"""The response of an HTTP request, in ASGI's messages."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from ..context import Context
from ..errors import Code, ServiceError, error_for
from ..status import to_json

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

JSON = b"application/json"


class Rejected(Exception):
    """A request that does not become a call; `status` is what HTTP has for it beyond the code's mapping."""

    def __init__(self, status: int, error: ServiceError, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = list(headers)


def allow(verbs: Iterable[str]) -> tuple[bytes, bytes]:
    """The Allow header for a path with these verbs, and OPTIONS, which every one has."""
    return b"allow", ", ".join(sorted({*verbs, "OPTIONS"})).encode()


def not_allowed(verb: str, allowed: Iterable[str]) -> Rejected:
    """405 with the Allow header that it requires (RFC 9110, section 15.5.6)."""
    header = allow(allowed)
    error = error_for(Code.UNIMPLEMENTED, f"{verb} is not allowed here; allowed: {header[1].decode()}")
    return Rejected(405, error, [header])


class Reply:
    """The one response of a request; `headers` are added to those that it is started with.

    `last_words` makes an error's JSON what ends a stream that has begun; None where nothing can say it in there.
    """

    def __init__(self, send: Send, *, closing: bool) -> None:
        self._send = send
        self._closing = closing
        self._over = False
        self.headers: Headers = []
        self.started = False
        self.request_id = ""
        self.last_words: Callable[[bytes, ServiceError], bytes] | None = lambda body, error: body

    async def start(self, status: int, headers: Headers) -> None:
        headers = [*headers, *self.headers]
        if self.request_id:
            headers.append((b"x-request-id", self.request_id.encode("ascii")))
        if self._closing:  # a client that keeps the connection would find it closed at its next request
            headers.append((b"connection", b"close"))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        self.started = True

    async def write(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})
        self._over = not more

    async def send(
        self,
        status: int,
        body: bytes,
        headers: Iterable[tuple[bytes, bytes]] = (),
        content_type: bytes = JSON,
    ) -> None:
        length = str(len(body)).encode()
        await self.start(status, [(b"content-type", content_type), (b"content-length", length), *headers])
        self._over = True
        await self.write(body, more=False)

    async def error(self, error: ServiceError, context: Context) -> None:
        """The error as the whole response, or as the end of a stream that has begun."""
        body = to_json(error, context.method.rpartition(".")[0])
        if self._over:  # too late, or its length is announced
            return
        if not self.started:
            await self.send(error.http_status, body, [*own_headers(context), *_retry_after(error)])
        elif self.last_words is not None:
            await self.write(self.last_words(body, error), more=False)
        # Else the body stays without its end, and the server closes the connection.


def own_headers(context: Context) -> Headers:
    """Those that the handler set."""
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in context.response_headers]


def _retry_after(error: ServiceError) -> Headers:
    """Retry-After (RFC 9110, 10.2.3) in whole seconds, where the error knows when to come again."""
    delay = error.retry_after
    return [] if delay is None else [(b"retry-after", str(math.ceil(delay.total_seconds())).encode())]
