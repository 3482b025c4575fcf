"""The services that every gRPC server has for its surroundings: health checking and reflection.

They bypass middleware: probes every few seconds belong neither in the access log nor in the metrics.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from .health import Health

_HEALTH = "grpc.health.v1.Health"
_REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
_REFLECTION_V1ALPHA = "grpc.reflection.v1alpha.ServerReflection"

# How often a watcher's readiness checks run again, in seconds.
_WATCH_INTERVAL = 5.0

Status = health_pb2.HealthCheckResponse


class InfrastructureServices:
    """Both services, for the contract's services by full name."""

    def __init__(self, health: Health, services: Iterable[str]) -> None:
        self._services = tuple(services)
        self._health = _HealthServicer(health, self._services)

    def add_to(self, server: grpc.aio.Server) -> None:
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        # Only what the descriptor pool can describe is listed, so v1 is not.
        servicer = reflection.aio.ReflectionServicer((*self._services, _HEALTH, _REFLECTION_V1ALPHA))
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        # v1 has the messages of v1alpha under another package name, which the wire does not carry.
        for name in (_REFLECTION_V1, _REFLECTION_V1ALPHA):
            server.add_registered_method_handlers(name, {"ServerReflectionInfo": handler})

    def close(self) -> None:
        """Ends the streams of health watchers, which would hold up a shutdown until its grace is over."""
        self._health.close()


class _HealthServicer(health_pb2_grpc.HealthServicer):
    """grpc.health.v1: every service of the server shares the server's readiness; "" is the server itself."""

    def __init__(self, health: Health, services: Iterable[str]) -> None:
        self._health = health
        self._known = {"", _HEALTH, *services}
        self._closed = False

    async def Check(self, request: health_pb2.HealthCheckRequest, context: Any) -> Status:
        if request.service not in self._known:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown service {request.service!r}")
        return Status(status=await self._status(request.service))

    async def Watch(self, request: health_pb2.HealthCheckRequest, context: Any) -> AsyncIterator[Status]:
        last = None
        while True:
            status = await self._status(request.service)
            if status != last:
                yield Status(status=status)
            if self._closed:
                return
            last = status
            await self._health.changed(_WATCH_INTERVAL)

    def close(self) -> None:
        self._closed = True
        self._health.set_serving(False)

    async def _status(self, service: str) -> Any:
        if service not in self._known:
            return Status.SERVICE_UNKNOWN
        return Status.SERVING if (await self._health.ready()).ready else Status.NOT_SERVING
