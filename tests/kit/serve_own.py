"""A contract that defines what the kit brings as well: `python -m tests.kit.serve_own CASE`, a process for
each case, since a descriptor pool never forgets. It calls its own server and prints, as JSON, what answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc

from kit import logs
from kit.context import Context
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.health import Health
from kit.rpc import Method, ServiceBinding, stream_stream, unary_unary

from . import shop


def _health(*, served: bool) -> ServiceBinding:
    """The contract's health service, whose server is in a state that the kit never reports; or the shop beside
    its messages.
    """
    messages = shop.compile_messages("grpc/health/v1/health.proto")
    request, response = messages["HealthCheckRequest"], messages["HealthCheckResponse"]
    method = Method("/grpc.health.v1.Health/Check", request, response)

    async def check(request: Any, context: Context) -> Any:
        return response(status=response.UNKNOWN)

    if served:
        return ServiceBinding(method.service, (unary_unary(method, check),))
    return shop.bind(shop.ShopService())


def _reflection(version: str) -> ServiceBinding:
    messages = shop.compile_messages(f"grpc/reflection/{version}/reflection.proto")
    request, response = messages["ServerReflectionRequest"], messages["ServerReflectionResponse"]
    method = Method(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        *(request, response),
        client_streaming=True,
        server_streaming=True,
    )

    async def info(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for request in requests:
            yield response(valid_host=f"own {request.host}")

    return ServiceBinding(method.service, (stream_stream(method, info),))


_CASES = {
    "health served": lambda: _health(served=True),
    "health messages": lambda: _health(served=False),
    "reflection v1": lambda: _reflection("v1"),
    "reflection v1alpha": lambda: _reflection("v1alpha"),
    "neither": lambda: shop.bind(shop.ShopService()),
}


async def _status(channel: Any) -> int:
    """The serving status: field 1, a varint, and nothing where it is 0."""
    answer: bytes = await channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
    return answer[1] if answer else 0


async def _reflect(channel: Any, version: str, request: bytes) -> bytes | str:
    call = channel.stream_stream(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
    held: asyncio.Queue[bytes] = asyncio.Queue()
    held.put_nowait(request)

    async def requests() -> AsyncIterator[bytes]:
        yield await held.get()
        # grpc.aio has its own status where a server refuses while it is sending: wait for the answer.
        await asyncio.sleep(0.2)

    try:
        return b"".join([answer async for answer in call(requests())])
    except grpc.aio.AioRpcError as error:
        return error.code().name


async def _listed(channel: Any, version: str) -> list[str] | str:
    """What reflection lists, or what it answers instead: the contract's text, or a status code."""
    answer = await _reflect(channel, version, b"\x0a\x01h\x3a\x01*")  # host: "h", list_services: "*"
    if isinstance(answer, str):
        return answer
    if answer.startswith(b"\x0a\x05own h"):
        return "own h"
    from grpc_reflection.v1alpha import reflection_pb2

    response = reflection_pb2.ServerReflectionResponse.FromString(answer)
    return [service.name for service in response.list_services_response.service]


async def main() -> None:
    logs.configure(logs.LogConfig())
    binding = _CASES[sys.argv[1]]()
    health = Health()
    server = GrpcServer(GrpcConfig(host="127.0.0.1", port=0), [binding], health=health)
    await server.start()
    health.set_serving(True)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        found: dict[str, Any] = {"health": await _status(channel)}
        found |= {version: await _listed(channel, version) for version in ("v1", "v1alpha")}
    await server.stop(0)
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
