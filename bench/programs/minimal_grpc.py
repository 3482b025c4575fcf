"""The least that answers over gRPC: grpc.aio on uvloop, one handler, nothing around it. `minimal_grpc.py PORT`"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import Any

import grpc
import uvloop

pb: Any = import_module("hello_service.gen.hello.v1.hello_pb2")


async def say_hello(request: Any, context: Any) -> Any:
    return pb.SayHelloResponse(message=f"Hello, {request.name}")


async def main(port: str) -> None:
    handler = grpc.unary_unary_rpc_method_handler(
        say_hello,
        request_deserializer=pb.SayHelloRequest.FromString,
        response_serializer=pb.SayHelloResponse.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_registered_method_handlers("hello.v1.HelloService", {"SayHello": handler})
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(sys.argv[1]))
