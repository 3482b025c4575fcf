"""What there is at which path: the service's pages, every HTTP binding of every RPC, and the RPCs by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from .. import raw_body, transcoding
from ..errors import InvalidArgumentError, NotFoundError
from ..middleware import Middleware, StreamCall, UnaryCall, compose_stream, compose_unary
from ..raw_body import RawBody
from ..rpc import BoundMethod, HttpBinding, Method, ServiceBinding, rpc_binding
from .config import HttpConfig
from .pages import PageCall, Pages
from .reply import Rejected, not_allowed
from .router import MethodNotAllowed, Router

_log = structlog.stdlib.get_logger("http")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What the composed call decodes into a message; `body` is JSON or a RawBody."""

    variables: dict[str, str]
    query: bytes
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Route:
    """A method by one of its bindings. Where the client streams, the call takes an async iterator of requests.

    Of requests and responses whose body is not JSON it says so (`raw_body`); such responses are RawBodies.
    """

    method: Method[Any, Any]
    binding: HttpBinding
    unary: UnaryCall | None = None
    stream: StreamCall | None = None
    raw_request: bool = False
    raw_response: bool = False


class Routes:
    """Of two routes with the same verb and path the first one wins, which is logged: pages go first, then the
    bindings in the order of the contract, last those that a client would have to stream to.
    """

    def __init__(
        self,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware],
        config: HttpConfig,
        pages: Pages,
    ) -> None:
        self._middleware = middleware
        self._config = config
        self._router: Router[Route | PageCall] = Router()
        self._client_streams: Router[Route] = Router()
        self._server_streams: Router[Route] = Router()
        for path, page in pages.items():
            self._router.add("GET", path, page)
        methods = [bound for service in services for bound in service.methods]
        for bound in sorted(methods, key=lambda bound: bound.method.client_streaming):
            for binding in bound.method.bindings:
                if not self._add(bound, binding):
                    _log.warning("route taken", method=bound.method.full_name, path=binding.path)
        for bound in methods if config.rpc_paths else ():
            self._add(bound, rpc_binding(bound.method))

    def _add(self, bound: BoundMethod, binding: HttpBinding) -> bool:
        method, route = bound.method, self._route(bound, binding)
        if method.client_streaming:
            self._client_streams.add("GET", binding.path, route)
        elif method.server_streaming:
            framed = self._route(bound, binding, framed=True) if route.raw_response else route
            self._server_streams.add("GET", binding.path, framed)
        return self._router.add(binding.verb, binding.path, route)

    def _route(self, bound: BoundMethod, binding: HttpBinding, *, framed: bool = False) -> Route:
        """`framed` is for WebSocket alone, whose frames are JSON."""
        method = bound.method
        framed = framed or method.client_streaming
        if method.client_streaming and not binding.body:
            binding = replace(binding, body="*")  # each message has to come from somewhere
        raw_request = not framed and raw_body.in_request(method, binding)
        raw_response = not framed and raw_body.in_response(method, binding)
        ignore_unknown = self._config.unknown_fields == "ignore"

        def decode(request: HttpRequest) -> Any:
            query = transcoding.parse_query(request.query)
            return transcoding.decode_request(
                method, binding, request.variables, query, request.body, ignore_unknown=ignore_unknown
            )

        def encode(message: Any) -> bytes:
            if raw_response:
                return RawBody.of(message, binding.response_body)
            return transcoding.encode_response(binding, message)

        unary = stream = None
        if method.server_streaming:
            stream = compose_stream(bound, self._middleware, decode, encode)
        else:
            unary = compose_unary(bound, self._middleware, decode, encode)
        return Route(method, binding, unary, stream, raw_request, raw_response)

    def find(self, verb: str, path: str) -> tuple[Route | PageCall, dict[str, str]]:
        """What answers, with its path variables; Rejected with 404, 405 or 400 where nothing does."""
        try:
            found = self._router.find(verb, path)
        except MethodNotAllowed as error:
            raise not_allowed(verb, error.allowed) from error
        except InvalidArgumentError as error:
            raise Rejected(400, error) from error
        if found is None:
            raise Rejected(404, NotFoundError(f"there is no {path[:200]}"))
        return found

    def allowed(self, path: str) -> tuple[str, ...]:
        """The verbs that a path has; Rejected with 404 where it has none."""
        if path == "*":  # the server as a whole (RFC 9110, section 9.3.7)
            return ()
        verbs = self._router.allowed(path)
        if not verbs:
            raise Rejected(404, NotFoundError(f"there is no {path[:200]}"))
        return verbs

    def find_stream(self, path: str) -> tuple[Route, dict[str, str]]:
        """The first RPC bound to the path that streams, whatever the verb, as WebSocket has one verb only; one
        that streams to the client alone where there is no other, as it can be had without a WebSocket.

        Rejected with 404 or 400 where there is none.
        """
        try:
            found = self._client_streams.find("GET", path) or self._server_streams.find("GET", path)
        except InvalidArgumentError as error:
            raise Rejected(400, error) from error
        if found is None:
            message = f"there is no stream at {path[:200]}, which is what a WebSocket is for"
            raise Rejected(404, NotFoundError(message))
        return found
