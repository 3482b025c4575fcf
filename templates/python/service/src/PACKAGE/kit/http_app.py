"""The HTTP transport as an ASGI application: google.api.http routes, probes and metrics.

Errors are the JSON object of AIP-193. RPCs whose server streams answer in the form that the client accepts
(http_streaming); those whose client streams are for WebSocket (http_websocket).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from .context import Context
from .errors import ServiceError, UnavailableError
from .health import Health
from .http_config import HttpConfig
from .http_disconnect import cancelled_on_disconnect
from .http_pages import PAGE_VERBS, probes
from .http_reply import Rejected, Reply, Send, not_allowed, own_headers
from .http_request import Receive, Scope, context_of, read_body
from .http_routes import HttpRequest, Route, Routes
from .http_streaming import StreamFormat, answer_head, answer_stream, stream_format
from .http_websocket import WebSockets, upgrade_required
from .middleware import Middleware
from .rpc import ServiceBinding
from .status import to_json


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
        self._websockets = WebSockets(self._routes, ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websockets(scope, receive, send)
            return
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
        route, variables = self._find(scope)
        context = context_of(route.method, scope)
        reply.request_id = context.request_id
        if route.method.client_streaming:
            raise upgrade_required(route.method, websocket=self._config.websocket)
        format = stream_format(context) if route.stream is not None else None
        if format is not None and scope["method"] == "HEAD":
            await answer_head(context, reply, format)
            return
        try:
            limit = self._config.max_body_size
            body = await read_body(context, receive, limit) if route.binding.body else b""
            if body is None:
                return
            request = HttpRequest(variables, scope["query_string"], body)
            async with cancelled_on_disconnect(receive):
                await self._answer(route, request, context, reply, format)
        except asyncio.CancelledError:
            # The grace of a shutdown is over. This task ends here either way; the client may as well know.
            await reply.error(UnavailableError("the server is shutting down"), context)

    def _find(self, scope: Scope) -> tuple[Route, dict[str, str]]:
        path = scope["raw_path"].decode("ascii")
        try:
            return self._routes.find(scope["method"], path)
        except Rejected as rejected:
            # A WebSocket is opened by GET, whatever the verb of the binding.
            if rejected.status == 405 and not self._config.websocket and _is_websocket(scope):
                route, _ = self._routes.find_stream(path)
                raise upgrade_required(route.method, websocket=False) from rejected
            raise

    async def _answer(
        self,
        route: Route,
        request: HttpRequest,
        context: Context,
        reply: Reply,
        format: StreamFormat | None,
    ) -> None:
        try:
            if route.unary is not None:
                await reply.send(200, await route.unary(request, context), own_headers(context))
            elif route.stream is not None and format is not None:
                heartbeat = self._config.heartbeat.total_seconds()
                await answer_stream(route.stream, request, context, reply, format=format, heartbeat=heartbeat)
        except ServiceError as error:
            await reply.error(error, context)


def _is_websocket(scope: Scope) -> bool:
    return any(name == b"upgrade" and value.lower() == b"websocket" for name, value in scope["headers"])
