"""The services that every gRPC server has for its surroundings: health checking and reflection.

They bypass middleware: probes every few seconds belong neither in the access log nor in the metrics.

A contract may define them as well, or use their messages. Two files with the same names cannot be in one
process, so their modules are imported only when the server starts, and only what the contract has not
brought. A service that the contract serves is left to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
import structlog
from google.protobuf import descriptor_pool, message_factory

from .health import Health

_log = structlog.stdlib.get_logger("grpc")

_HEALTH = "grpc.health.v1.Health"
_REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
_REFLECTION_V1ALPHA = "grpc.reflection.v1alpha.ServerReflection"

# How often a watcher's readiness checks run again, in seconds.
_WATCH_INTERVAL = 5.0

# grpc.health.v1.HealthCheckResponse.ServingStatus
_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3


class InfrastructureServices:
    """Both services, for the contract's services by full name."""

    def __init__(self, health: Health, services: Iterable[str]) -> None:
        self._services = frozenset(services)
        self._health = _HealthServicer(health, self._services)

    def add_to(self, server: grpc.aio.Server) -> None:
        if _HEALTH not in self._services:
            server.add_registered_method_handlers(_HEALTH, self._health.handlers())
        self._add_reflection(server)

    def _add_reflection(self, server: grpc.aio.Server) -> None:
        try:
            from grpc_reflection.v1alpha import reflection, reflection_pb2
        except TypeError as error:
            _log.warning("no reflection: the contract has messages of its names", error=str(error))
            return
        # Only what the descriptor pool can describe is listed, so v1 is not, unless the contract defines it.
        servicer = reflection.aio.ReflectionServicer(self._services | {_HEALTH, _REFLECTION_V1ALPHA})
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        # v1 has the messages of v1alpha under another package name, which the wire does not carry.
        for name in {_REFLECTION_V1, _REFLECTION_V1ALPHA} - self._services:
            server.add_registered_method_handlers(name, {"ServerReflectionInfo": handler})

    def close(self) -> None:
        """Ends the streams of health watchers, which would hold up a shutdown until its grace is over."""
        self._health.close()


class _HealthServicer:
    """grpc.health.v1: every service of the server shares the server's readiness; "" is the server itself."""

    def __init__(self, health: Health, services: Iterable[str]) -> None:
        self._health = health
        self._known = {"", _HEALTH, *services}
        self._closed = False
        self._response: Any = None  # its class, once there are handlers

    def handlers(self) -> dict[str, grpc.RpcMethodHandler[Any, Any]]:
        request, self._response = _health_messages()
        decode, encode = request.FromString, self._response.SerializeToString
        return {
            "Check": grpc.unary_unary_rpc_method_handler(self._check, decode, encode),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch, decode, encode),
        }

    async def _check(self, request: Any, context: Any) -> Any:
        if request.service not in self._known:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown service {request.service!r}")
        return self._response(status=await self._status(request.service))

    async def _watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        last = None
        while True:
            status = await self._status(request.service)
            if status != last:
                yield self._response(status=status)
            if self._closed:
                return
            last = status
            await self._health.changed(_WATCH_INTERVAL)

    def close(self) -> None:
        self._closed = True
        self._health.set_serving(False)

    async def _status(self, service: str) -> int:
        if service not in self._known:
            return _SERVICE_UNKNOWN
        return _SERVING if (await self._health.ready()).ready else _NOT_SERVING


def _health_messages() -> tuple[Any, Any]:
    """The classes of HealthCheckRequest and HealthCheckResponse: the contract's, where it defines them."""
    pool = descriptor_pool.Default()
    names = ("grpc.health.v1.HealthCheckRequest", "grpc.health.v1.HealthCheckResponse")
    try:
        request, response = map(pool.FindMessageTypeByName, names)
    except KeyError:
        from grpc_health.v1 import health_pb2

        return health_pb2.HealthCheckRequest, health_pb2.HealthCheckResponse
    return message_factory.GetMessageClass(request), message_factory.GetMessageClass(response)
