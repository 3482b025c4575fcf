"""The gRPC transport: grpc.aio on the service's own loop, fed from the method table, without interceptors."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.message import DecodeError

from .config import ByteSize, Section
from .context import Context, request_id
from .errors import InternalError, ServiceError
from .grpc_services import InfrastructureServices
from .health import Health
from .middleware import Middleware, compose_stream, compose_unary
from .rpc import BoundMethod, Method, ServiceBinding
from .status import to_trailers, wire_message

_log = structlog.stdlib.get_logger("grpc")

Call = grpc.aio.ServicerContext[Any, Any]


class GrpcConfig(Section):
    """Port 0 takes a free one. `max_message_size` bounds each message of a request."""

    host: str = "0.0.0.0"
    port: int = 9000
    max_message_size: ByteSize = ByteSize.parse("4MiB")


class GrpcServer:
    """Serves `services` with health checking (grpc.health.v1) and reflection (v1, v1alpha).

    `port` is the one bound, once started.
    """

    def __init__(
        self,
        config: GrpcConfig,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
    ) -> None:
        self.port = config.port
        self._config = config
        self._services = services
        self._middleware = middleware
        self._infrastructure = InfrastructureServices(health, [service.full_name for service in services])

    async def start(self) -> None:
        """Binds and accepts calls; OSError where the address cannot be had."""
        address = f"{self._config.host}:{self._config.port}"
        size = int(self._config.max_message_size)
        # Without so_reuseport=0, a second process on the port would get half of its calls, not an error.
        server = grpc.aio.server(
            options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", size)]
        )
        for service in self._services:
            handlers = {bound.method.name: _handler(bound, self._middleware) for bound in service.methods}
            server.add_registered_method_handlers(service.full_name, handlers)
        self._infrastructure.add_to(server)
        try:
            self.port = server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(f"gRPC cannot listen on {address}") from error
        await server.start()
        self._server = server
        _log.info("gRPC server started", host=self._config.host, port=self.port)

    async def stop(self, grace: float) -> None:
        """Accepts no more calls, lets those in flight end within `grace` seconds, then cancels them.

        A second call, while the first one waits, shortens it.
        """
        self._infrastructure.close()
        await self._server.stop(grace or None)


def _handler(bound: BoundMethod, middleware: Sequence[Middleware]) -> grpc.RpcMethodHandler[Any, Any]:
    """Takes and gives bytes: messages are decoded inside the composed call, where failures are handled."""
    method = bound.method
    serve = _stream(bound, middleware) if method.server_streaming else _unary(bound, middleware)
    match method.client_streaming, method.server_streaming:
        case False, False:
            return grpc.unary_unary_rpc_method_handler(serve)
        case False, True:
            return grpc.unary_stream_rpc_method_handler(serve)
        case True, False:
            return grpc.stream_unary_rpc_method_handler(serve)
        case _:
            return grpc.stream_stream_rpc_method_handler(serve)


def _unary(bound: BoundMethod, middleware: Sequence[Middleware]) -> Callable[[Any, Call], Awaitable[bytes]]:
    method = bound.method
    run = compose_unary(bound, middleware, _decoder(method), _encode)

    async def serve(raw: bytes | AsyncIterator[bytes], call: Call) -> bytes:
        context = _context(method, call)
        try:
            response = await run(raw, context)
        except ServiceError as error:
            await _abort(call, context, error, method)
        if context.response_headers:
            await call.send_initial_metadata(tuple(context.response_headers))
        return response

    return serve


def _stream(bound: BoundMethod, middleware: Sequence[Middleware]) -> Callable[[Any, Call], Awaitable[None]]:
    method = bound.method
    run = compose_stream(bound, middleware, _decoder(method), _encode)

    async def serve(raw: bytes | AsyncIterator[bytes], call: Call) -> None:
        context = _context(method, call)
        headers_sent = False

        async def send(response: bytes) -> None:
            nonlocal headers_sent
            if context.response_headers and not headers_sent:
                await call.send_initial_metadata(tuple(context.response_headers))
            headers_sent = True
            await call.write(response)

        try:
            await run(raw, context, send)
        except ServiceError as error:
            await _abort(call, context, error, method)

    return serve


def _context(method: Method[Any, Any], call: Call) -> Context:
    metadata: dict[str, str] = {}
    for key, value in call.invocation_metadata() or ():
        if isinstance(value, str):
            metadata[key] = f"{metadata[key]}, {value}" if key in metadata else value
    remaining = call.time_remaining()
    context = Context(
        method.full_name,
        transport="grpc",
        request_id=request_id(metadata.get("x-request-id")),
        peer=call.peer(),
        metadata=metadata,
        deadline=None if remaining is None else time.monotonic() + remaining,
    )
    # With the trailers, because initial metadata would cost every call one more operation.
    call.set_trailing_metadata((("x-request-id", context.request_id),))
    return context


def _decoder(method: Method[Any, Any]) -> Callable[[bytes], Any]:
    parse = method.request.FromString

    def decode(data: bytes) -> Any:
        try:
            return parse(data)
        except DecodeError as error:
            raise InternalError(f"the request is not a {method.request.DESCRIPTOR.full_name}") from error

    return decode


def _encode(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data


async def _abort(call: Call, context: Context, error: ServiceError, method: Method[Any, Any]) -> NoReturn:
    own: tuple[str, str | bytes] = ("x-request-id", context.request_id)
    trailers = (own, *to_trailers(error, method.service))  # grpc takes tuples only
    await call.abort(_STATUS[error.code.value], wire_message(error), trailers)


_STATUS = {status.value[0]: status for status in grpc.StatusCode}
