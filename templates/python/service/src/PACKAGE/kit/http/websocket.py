"""RPCs that stream, over WebSocket (RFC 6455), at the paths of their HTTP bindings.

A text frame holds the JSON of one message: what the body of a request would be, by the binding's own rule for
bodies, with path and query filling in the rest of each message; for a binding without a body, the whole
message. An empty text frame is the end of the client's stream, since WebSocket knows no half-closed state.
Where only the server streams, the first frame is the request; without a body, the URL is, and nothing is sent.

The answers are frames `{"result": …}`, a failure is a last one `{"error": …}` (AIP-193). Then the server closes:
1000 after success, 4000 + the gRPC code after a failure, 1012 when it shuts down, 1003 for a binary frame,
1009 for one that is too big. A client that closes before has left, which cancels the call.

A browser cannot set headers here; `x-request-id` and `x-request-timeout` may be given in the query instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from ..context import Context
from ..errors import (
    Code,
    DeadlineExceededError,
    InvalidArgumentError,
    PermissionDeniedError,
    ServiceError,
    UnavailableError,
    error_for,
)
from ..rpc import Method
from ..status import to_json, wire_message
from .cors import Cors
from .frames import Frames
from .origin import is_allowed
from .reply import JSON, Rejected, Send
from .request import Receive, Scope, context_of, headers_of
from .routes import HttpRequest, Route, Routes

SUBPROTOCOL = "scaffold.v1+json"
"""What a client may offer in Sec-WebSocket-Protocol; one that offers nothing gets the same."""

# As in http_websocket_protocol, which only a server with WebSockets imports.
_LOST = "connection_lost"

# RFC 6455, section 7.4.1, and its registry.
_NORMAL_CLOSURE = 1000
_SERVICE_RESTART = 1012
_APPLICATION = 4000
_MAX_REASON = 123  # bytes: what a control frame has room for

_OF_THE_CALL = (b"x-request-id", b"x-request-timeout")


class WebSockets:
    """Answers the `websocket` scopes of the application; pages that `cors` lets in may call as well as its own."""

    def __init__(self, routes: Routes, cors: Cors, domain: str) -> None:
        self._routes = routes
        self._cors = cors
        self._domain = domain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            route, request, context = self._open(scope)
        except Rejected as rejected:
            await _reject(rejected, self._domain, send)
            return
        await receive()  # websocket.connect
        await send(_accept(scope, context))
        frames = Frames(receive, scope["extensions"].get(_LOST))
        await _Call(route, request, context, frames, send).run()

    def _open(self, scope: Scope) -> tuple[Route, HttpRequest, Context]:
        route, variables = self._routes.find_stream(scope["raw_path"].decode("ascii"))
        given, query = _split_query(scope["query_string"])
        context = context_of(route.method, scope, headers_of(scope, given))
        if not is_allowed(context.metadata, self._cors):
            page = context.metadata["origin"][:100]
            raise Rejected(403, PermissionDeniedError(f"origin: {page!r} may not open a WebSocket here"))
        offered = scope["subprotocols"]
        if offered and SUBPROTOCOL not in offered:
            message = f"sec-websocket-protocol: none that is spoken here; offer {SUBPROTOCOL}, or nothing"
            raise Rejected(400, InvalidArgumentError(message))
        return route, HttpRequest(variables, query, b""), context


class _Call:
    """One call, which is all that a connection serves."""

    def __init__(
        self, route: Route, request: HttpRequest, context: Context, frames: Frames, send: Send
    ) -> None:
        self._route = route
        self._request = request
        self._context = context
        self._frames = frames
        self._send = send

    async def run(self) -> None:
        error: ServiceError | None = None
        close_code: int | None = None
        try:
            async with self._frames.listening():
                error = await self._outcome()
        except asyncio.CancelledError:
            # The grace of a shutdown is over. This task ends here either way; the client may as well know.
            error, close_code = UnavailableError("the server is shutting down"), _SERVICE_RESTART
        if self._frames.refused is not None:
            error, close_code = self._frames.refused
        with suppress(OSError):  # the client left
            await self._close(error, close_code)

    async def _outcome(self) -> ServiceError | None:
        try:
            raw = self._requests() if self._route.method.client_streaming else await self._only_request()
            if self._route.unary is not None:
                await self._result(await self._route.unary(raw, self._context))
            elif self._route.stream is not None:
                await self._route.stream(raw, self._context, self._result)
        except ServiceError as error:
            return error
        return None

    async def _requests(self) -> AsyncIterator[HttpRequest]:
        async for text in self._frames:
            yield replace(self._request, body=_body(text))

    async def _only_request(self) -> HttpRequest:
        text = ""
        if self._route.binding.body:
            try:
                async with asyncio.timeout(self._context.time_remaining()):
                    text = await anext(self._frames, "")
            except TimeoutError as error:
                raise DeadlineExceededError("deadline exceeded") from error
        self._frames.end()
        return replace(self._request, body=_body(text) if text else b"")

    async def _result(self, message: bytes) -> None:
        text = '{"result":' + message.decode() + "}"
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:
            self._frames.leave()
            await asyncio.sleep(0)  # where that cancels this task

    async def _close(self, error: ServiceError | None, code: int | None) -> None:
        if error is None:
            await self._send({"type": "websocket.close", "code": _NORMAL_CLOSURE})
            return
        body = to_json(error, self._context.method.rpartition(".")[0])
        await self._send({"type": "websocket.send", "text": body.decode()})
        code = _APPLICATION + error.code.value if code is None else code
        await self._send({"type": "websocket.close", "code": code, "reason": _reason(error)})


def upgrade_required(method: Method[Any, Any], *, websocket: bool) -> Rejected:
    """The answer to a plain request for an RPC that streams from the client.

    426, which names what to upgrade to (RFC 9110, section 15.5.22), or 501 where WebSocket is switched off.
    """
    if not websocket:
        message = (
            f"{method.full_name} streams from the client, which over HTTP needs WebSocket; "
            "that is switched off here (http.websocket), call it over gRPC"
        )
        return Rejected(501, error_for(Code.UNIMPLEMENTED, message))
    message = (
        f"{method.full_name} streams from the client: open a WebSocket at this path, or call it over gRPC"
    )
    upgrade = [(b"upgrade", b"websocket"), (b"connection", b"upgrade")]
    return Rejected(426, error_for(Code.UNIMPLEMENTED, message), upgrade)


def _accept(scope: Scope, context: Context) -> dict[str, Any]:
    headers = [(b"x-request-id", context.request_id.encode("ascii"))]
    subprotocol = SUBPROTOCOL if scope["subprotocols"] else None
    return {"type": "websocket.accept", "subprotocol": subprotocol, "headers": headers}


async def _reject(rejected: Rejected, domain: str, send: Send) -> None:
    body = to_json(rejected.error, domain, rejected.status)
    headers = [(b"content-type", JSON), *rejected.headers]
    await send({"type": "websocket.http.response.start", "status": rejected.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def _split_query(query: bytes) -> tuple[dict[str, str], bytes]:
    """What stands in for headers, and the rest, which is the request's. No field has such a name."""
    given: dict[str, str] = {}
    rest: list[bytes] = []
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name in _OF_THE_CALL:
            given[name.decode()] = unquote_plus(value.decode("latin-1"))
        else:
            rest.append(pair)
    return given, b"&".join(rest)


def _body(text: str) -> bytes:
    if text.isspace():  # no message, though a request's body may be as good as empty
        raise InvalidArgumentError("body: not valid JSON: a frame of white space")
    return text.encode()


def _reason(error: ServiceError) -> str:
    """Name and message, cut to fit, at the end of a character."""
    text = f"{error.code.name}: {wire_message(error)}".encode()
    return text[:_MAX_REASON].decode(errors="ignore")
