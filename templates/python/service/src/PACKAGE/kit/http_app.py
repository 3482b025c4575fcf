"""The HTTP transport as an ASGI application: google.api.http routes, probes and metrics.

Errors are the JSON object of AIP-193. A server stream is newline-delimited JSON, one `{"result": …}` a
line; a failure after the first line is a last line `{"error": …}`. RPCs that stream from the client answer
501.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from .context import Context
from .errors import ServiceError, UnavailableError, UnimplementedError
from .health import Health
from .http_config import HttpConfig
from .http_disconnect import cancelled_on_disconnect
from .http_pages import PAGE_VERBS, probes
from .http_reply import Rejected, Reply, Send, not_allowed, own_headers
from .http_request import Receive, Scope, context_of, read_body
from .http_routes import HttpRequest, Route, Routes
from .middleware import Middleware, StreamCall
from .rpc import ServiceBinding
from .status import to_json

_NDJSON = b"application/x-ndjson"


class HttpApp:
    """Answers `services` and the pages; what is configurable comes from `config`."""

    def __init__(
        self,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
        config: HttpConfig,
    ) -> None:
        self._health = health
        self._config = config
        self._pages = probes(health)
        self._routes = Routes(services, middleware, config)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"cannot serve ASGI scope {scope['type']!r}")
        reply = Reply(send, closing=not self._health.serving)
        try:
            if scope["path"] in self._pages:
                await self._page(scope, reply)
            else:
                await self._call(scope, receive, reply)
        except Rejected as rejected:
            await reply.send(rejected.status, to_json(rejected.error, "", rejected.status), rejected.headers)

    async def _page(self, scope: Scope, reply: Reply) -> None:
        if scope["method"] not in PAGE_VERBS:
            raise not_allowed(scope["method"], PAGE_VERBS)
        page = await self._pages[scope["path"]]()
        await reply.send(page.status, page.body, content_type=page.content_type)

    async def _call(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        route, variables = self._routes.find(scope["method"], scope["raw_path"].decode("ascii"))
        context = context_of(route.method, scope)
        reply.request_id = context.request_id
        try:
            limit = self._config.max_body_size
            body = await read_body(context, receive, limit) if route.binding.body else b""
            if body is None:
                return
            request = HttpRequest(variables, scope["query_string"], body)
            async with cancelled_on_disconnect(receive):
                await _answer(route, request, context, reply)
        except asyncio.CancelledError:
            # The grace of a shutdown is over. This task ends here either way; the client may as well know.
            await reply.error(UnavailableError("the server is shutting down"), context)


async def _answer(route: Route, request: HttpRequest, context: Context, reply: Reply) -> None:
    try:
        if route.unary is not None:
            await reply.send(200, await route.unary(request, context), own_headers(context))
        elif route.stream is not None:
            await _answer_stream(route.stream, request, context, reply)
        else:
            raise UnimplementedError(f"{route.method.full_name} over HTTP")
    except ServiceError as error:
        await reply.error(error, context)


async def _answer_stream(call: StreamCall, request: HttpRequest, context: Context, reply: Reply) -> None:
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
