"""The HTTP transport as an ASGI application: google.api.http routes, probes and metrics.

Errors are the JSON object of AIP-193. RPCs whose server streams answer in the form that the client accepts
(`streaming`); those whose client streams are for WebSocket (`websocket`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..context import Context
from ..errors import ServiceError, UnavailableError
from ..health import Health
from ..middleware import Middleware
from ..raw_body import DEFAULT_TYPE, RawBody
from ..rpc import ServiceBinding, domain_of
from ..status import to_json
from .config import HttpConfig
from .cors import Cors
from .disconnect import cancelled_on_disconnect
from .docs import documentation
from .pages import PageCall, probes
from .reply import JSON, Rejected, Reply, Send, allow, own_headers
from .request import Receive, Scope, context_of, headers_of, read_body, refuse_too_long
from .router import ANY_VERB
from .routes import HttpRequest, Route, Routes
from .streaming import RAW, StreamFormat, answer_head, answer_stream, stream_format
from .websocket import WebSockets, upgrade_required


class HttpApp:
    """Answers `services` and the pages; what is configurable comes from `config`.

    `domain` is that of the reasons of errors (AIP-193).
    """

    def __init__(
        self,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
        config: HttpConfig,
        document: bytes | None = None,
    ) -> None:
        self._health = health
        self._config = config
        pages = probes(health)
        if document is not None and config.docs:
            pages |= documentation(document, services)
        self._cors = Cors(config.cors)
        self._routes = Routes(services, middleware, config, pages)
        self.domain = domain_of(services)
        self._websockets = WebSockets(self._routes, self._cors, self.domain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websockets(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"cannot serve ASGI scope {scope['type']!r}")
        reply = Reply(send, closing=not self._health.serving)
        try:
            await self._respond(scope, receive, reply)
        except Rejected as rejected:
            body = to_json(rejected.error, self.domain, rejected.status)
            await reply.send(rejected.status, body, rejected.headers)

    async def _respond(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        headers = headers_of(scope)
        reply.headers = self._cors.headers(headers.get("origin"))
        refuse_too_long(scope, self._config.max_header_size)
        verb, path = scope["method"], scope["raw_path"].decode("ascii")
        if verb == "OPTIONS" and await self._options(path, headers, reply):
            return
        route, variables = self._find(verb, path, headers)
        if isinstance(route, Route):
            context = context_of(route.method, scope, headers)
            request = HttpRequest(variables, scope["query_string"])
            await self._call(route, request, context, receive, reply, head=verb == "HEAD")
        else:
            page = await route()
            await reply.send(page.status, page.body, page.headers, page.content_type)

    async def _options(self, path: str, headers: Mapping[str, str], reply: Reply) -> bool:
        """Answers a preflight request, and any OPTIONS that the contract does not bind."""
        allowed = self._routes.allowed(path)
        preflight = self._cors.preflight(headers, allowed)
        if preflight is None and not {"OPTIONS", ANY_VERB}.isdisjoint(allowed):
            return False
        await reply.start(204, [allow(allowed), *(preflight or ())])
        await reply.write(b"", more=False)
        return True

    def _find(
        self, verb: str, path: str, headers: Mapping[str, str]
    ) -> tuple[Route | PageCall, dict[str, str]]:
        try:
            return self._routes.find(verb, path)
        except Rejected as rejected:
            # A WebSocket is opened by GET, whatever the verb of the binding.
            upgrade = headers.get("upgrade", "").lower() == "websocket"
            if rejected.status == 405 and not self._config.websocket and upgrade:
                route, _ = self._routes.find_stream(path)
                raise upgrade_required(route.method, websocket=False) from rejected
            raise

    async def _call(
        self,
        route: Route,
        request: HttpRequest,
        context: Context,
        receive: Receive,
        reply: Reply,
        *,
        head: bool,
    ) -> None:
        reply.request_id = context.request_id
        if route.method.client_streaming:
            raise upgrade_required(route.method, websocket=self._config.websocket)
        format = None
        if route.stream is not None:
            format = RAW if route.raw_response else stream_format(context)
        if format is not None and head:
            await answer_head(context, reply, format)
            return
        try:
            if route.binding.body:
                limit = self._config.max_body_size
                body = await read_body(context, receive, limit, raw=route.raw_request)
                if body is None:
                    return
                request = replace(request, body=body)
            async with cancelled_on_disconnect(receive):
                await self._answer(route, request, context, reply, format)
        except asyncio.CancelledError:
            # The grace of a shutdown is over. This task ends here either way; the client may as well know.
            await reply.error(UnavailableError("the server is shutting down"), context)

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
                body = await route.unary(request, context)
                await reply.send(200, body, own_headers(context), _content_type(body))
            elif route.stream is not None and format is not None:
                heartbeat = self._config.heartbeat.total_seconds()
                await answer_stream(route.stream, request, context, reply, format=format, heartbeat=heartbeat)
        except ServiceError as error:
            await reply.error(error, context)


def _content_type(body: bytes) -> bytes:
    return (body.content_type or DEFAULT_TYPE).encode() if isinstance(body, RawBody) else JSON
