"""The least that answers the call over gRPC: one handler, nothing around it."""

import asyncio
import importlib
import sys
from typing import Any

import grpc
import uvloop

pb: Any = importlib.import_module("hello_service.gen.hello.v1.hello_pb2")


async def say_hello(request: Any, context: Any) -> Any:
    return pb.SayHelloResponse(message=f"Hello, {request.name}")


async def main() -> None:
    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        say_hello,
        request_deserializer=pb.SayHelloRequest.FromString,
        response_serializer=pb.SayHelloResponse.SerializeToString,
    )
    server.add_registered_method_handlers("hello.v1.HelloService", {"SayHello": handler})
    server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
    await server.start()
    await server.wait_for_termination()


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
