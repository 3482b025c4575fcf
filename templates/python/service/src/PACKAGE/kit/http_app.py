"""The HTTP transport as an ASGI application: google.api.http routes, probes and metrics.

Errors are the JSON object of AIP-193. A server stream is newline-delimited JSON, one `{"result": …}` a
line; a failure after the first line is a last line `{"error": …}`. RPCs that stream from the client answer
501.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from . import metrics, transcoding
from .context import Context, request_id
from .errors import (
    Code,
    InvalidArgumentError,
    NotFoundError,
    ResourceExhaustedError,
    ServiceError,
    UnavailableError,
    UnimplementedError,
    error_for,
)
from .health import Health
from .http_disconnect import cancelled_on_disconnect
from .http_reply import JSON, Reply, Send, own_headers
from .http_router import MethodNotAllowed, Router
from .middleware import Middleware, StreamCall, UnaryCall, compose_stream, compose_unary
from .rpc import BoundMethod, HttpBinding, Method, ServiceBinding
from .status import to_json

_log = structlog.stdlib.get_logger("http")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_NDJSON = b"application/x-ndjson"
_JSON_TYPE = re.compile(r"application/(json|[\w.-]+\+json)\s*(;\s*charset=\"?utf-8\"?\s*)?\Z", re.I | re.A)
_GRPC_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])\Z")
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_OVERRUN = 8
_TIMEOUT_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?\Z")


@dataclass(frozen=True, slots=True)
class _Request:
    """What the composed call decodes into a message."""

    variables: dict[str, str]
    query: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class _Route:
    method: Method[Any, Any]
    binding: HttpBinding
    unary: UnaryCall | None = None
    stream: StreamCall | None = None


class _Rejected(Exception):
    """A request that does not become a call; `status` is what HTTP has for it beyond the code's mapping."""

    def __init__(self, status: int, error: ServiceError, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = list(headers)


class HttpApp:
    """`max_body_size` is in bytes."""

    def __init__(
        self,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
        max_body_size: int,
    ) -> None:
        self._health = health
        self._max_body_size = max_body_size
        self._pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        self._router: Router[_Route] = Router()
        for bound in (bound for service in services for bound in service.methods):
            for binding in bound.method.bindings:
                if not self._router.add(binding.verb, binding.path, _route(bound, binding, middleware)):
                    _log.warning("route taken", method=bound.method.full_name, path=binding.path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"cannot serve ASGI scope {scope['type']!r}")
        reply = Reply(send, closing=not self._health.serving)
        try:
            if (page := self._pages.get(scope["path"])) is not None:
                await self._page(page, scope["method"], reply)
            else:
                await self._call(scope, receive, reply)
        except _Rejected as rejected:
            await reply.send(rejected.status, to_json(rejected.error, "", rejected.status), rejected.headers)

    async def _page(
        self, page: Callable[[], Awaitable[tuple[int, bytes, bytes]]], verb: str, reply: Reply
    ) -> None:
        if verb not in ("GET", "HEAD"):
            raise _not_allowed(verb, ("GET", "HEAD"))
        status, content_type, body = await page()
        await reply.send(status, body, content_type=content_type)

    async def _healthz(self) -> tuple[int, bytes, bytes]:
        return 200, JSON, b'{"status":"ok"}'

    async def _readyz(self) -> tuple[int, bytes, bytes]:
        readiness = await self._health.ready()
        status = "ready" if readiness.ready else "not ready"
        body = json.dumps({"status": status, "checks": readiness.checks}).encode()
        return 200 if readiness.ready else 503, JSON, body

    async def _metrics(self) -> tuple[int, bytes, bytes]:
        return 200, metrics.CONTENT_TYPE.encode(), metrics.exposition()

    async def _call(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        route, variables = self._find(scope["method"], scope["raw_path"].decode("ascii"))
        context = _context(route.method, scope)
        reply.request_id = context.request_id
        try:
            body = await self._body(context, receive) if route.binding.body else b""
            if body is None:
                return
            request = _Request(variables, scope["query_string"], body)
            async with cancelled_on_disconnect(receive):
                await _answer(route, request, context, reply)
        except asyncio.CancelledError:
            # The grace of a shutdown is over. This task ends here either way; the client may as well know.
            await reply.error(UnavailableError("the server is shutting down"), context)

    def _find(self, verb: str, path: str) -> tuple[_Route, dict[str, str]]:
        try:
            found = self._router.find(verb, path)
        except MethodNotAllowed as error:
            raise _not_allowed(verb, error.allowed) from error
        except InvalidArgumentError as error:
            raise _Rejected(400, error) from error
        if found is None:
            raise _Rejected(404, NotFoundError(f"there is no {path[:200]}"))
        return found

    async def _body(self, context: Context, receive: Receive) -> bytes | None:
        """The whole body, or None where the client went away before its end."""
        content_type = context.metadata.get("content-type")
        if content_type is not None and not _JSON_TYPE.match(content_type):
            raise _Rejected(
                415,
                InvalidArgumentError(
                    f"content-type: {content_type[:100]!r} is not JSON; send application/json"
                ),
            )
        limit = self._max_body_size
        body, size, more = bytearray(), 0, True
        # What is too long is still read, within reason: a client that writes would not see an answer.
        while more and size <= limit * _OVERRUN:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None
            chunk = event.get("body", b"")
            size += len(chunk)
            if size <= limit:
                body += chunk
            more = event.get("more_body", False)
        if size > limit:
            error = ResourceExhaustedError(f"body: longer than {limit} bytes")
            raise _Rejected(413, error, [(b"connection", b"close")])
        return bytes(body)


def _route(bound: BoundMethod, binding: HttpBinding, middleware: Sequence[Middleware]) -> _Route:
    method = bound.method

    def decode(request: _Request) -> Any:
        query = transcoding.parse_query(request.query)
        return transcoding.decode_request(method, binding, request.variables, query, request.body)

    def encode(message: Any) -> bytes:
        return transcoding.encode_response(binding, message)

    if method.client_streaming:
        return _Route(method, binding)
    if method.server_streaming:
        return _Route(method, binding, stream=compose_stream(bound, middleware, decode, encode))
    return _Route(method, binding, unary=compose_unary(bound, middleware, decode, encode))


async def _answer(route: _Route, request: _Request, context: Context, reply: Reply) -> None:
    try:
        if route.unary is not None:
            await reply.send(200, await route.unary(request, context), own_headers(context))
        elif route.stream is not None:
            await _answer_stream(route.stream, request, context, reply)
        else:
            raise UnimplementedError(f"{route.method.full_name} over HTTP")
    except ServiceError as error:
        await reply.error(error, context)


async def _answer_stream(call: StreamCall, request: _Request, context: Context, reply: Reply) -> None:
    async def start() -> None:
        await reply.start(200, [(b"content-type", _NDJSON), *own_headers(context)])

    async def send(line: bytes) -> None:
        if not reply.started:
            await start()
        await reply.write(b'{"result":' + line + b"}\n", more=True)

    await call(request, context, send)
    if not reply.started:
        await start()
    await reply.write(b"", more=False)


def _context(method: Method[Any, Any], scope: Scope) -> Context:
    metadata: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        metadata[name] = f"{metadata[name]}, {value}" if name in metadata else value
    client = scope.get("client")
    return Context(
        method.full_name,
        transport="http",
        request_id=request_id(metadata.get("x-request-id")),
        peer=f"{client[0]}:{client[1]}" if client else "",
        metadata=metadata,
        deadline=_deadline(metadata),
    )


def _deadline(metadata: dict[str, str]) -> float | None:
    """From `grpc-timeout` (a number and H, M, S, m, u or n, as in gRPC) or `x-request-timeout` (seconds)."""
    if given := metadata.get("grpc-timeout"):
        if found := _GRPC_TIMEOUT.match(given):
            return time.monotonic() + int(found[1]) * _SECONDS[found[2]]
        raise _Rejected(
            400, InvalidArgumentError(f"grpc-timeout: {given[:50]!r} is not a timeout like '500m'")
        )
    if given := metadata.get("x-request-timeout"):
        if _TIMEOUT_SECONDS.match(given):
            return time.monotonic() + float(given)
        raise _Rejected(400, InvalidArgumentError(f"x-request-timeout: {given[:50]!r} is not in seconds"))
    return None


def _not_allowed(verb: str, allowed: Sequence[str]) -> _Rejected:
    verbs = ", ".join(allowed)
    error = error_for(Code.UNIMPLEMENTED, f"{verb} is not allowed here; allowed: {verbs}")
    return _Rejected(405, error, [(b"allow", verbs.encode())])
