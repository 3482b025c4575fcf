"""A client that calls as often as each line of stdin says, and answers each with a line: `load.py grpc|http PORT`.

Its connections stay open from one line to the next. Every answer is checked.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import uvloop

CONCURRENT = 8
REQUEST = b"\n\x05World"  # SayHelloRequest(name="World")
ANSWER = b"\n\x0cHello, World"  # SayHelloResponse(message="Hello, World")
GET = b"GET /v1/hello/World HTTP/1.1\r\nhost: localhost\r\n\r\n"

Caller = Callable[[], Awaitable[None]]


async def main(kind: str, port: str) -> None:
    callers = await (grpc_callers if kind == "grpc" else http_callers)(port)

    async def repeat(call: Caller, times: int) -> None:
        for _ in range(times):
            await call()

    while line := await asyncio.to_thread(sys.stdin.readline):
        times = int(line) // len(callers)
        await asyncio.gather(*(repeat(call, times) for call in callers))
        print(times * len(callers), flush=True)


async def grpc_callers(port: str) -> list[Caller]:
    """Calls that share a channel, as those of a client do."""
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    method: Any = channel.unary_unary(
        "/hello.v1.HelloService/SayHello", request_serializer=None, response_deserializer=None
    )

    async def call() -> None:
        answer = await method(REQUEST)
        if answer != ANSWER:
            raise SystemExit(f"a wrong answer: {answer!r}")

    return [call] * CONCURRENT


async def http_callers(port: str) -> list[Caller]:
    """One connection for each."""
    return [await _connection(port) for _ in range(CONCURRENT)]


async def _connection(port: str) -> Caller:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))

    async def call() -> None:
        writer.write(GET)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, _, rest = head.partition(b"\r\ncontent-length:")
        body = await reader.readexactly(int(rest.partition(b"\r\n")[0] or 0))
        if not head.startswith(b"http/1.1 200 ") or json.loads(body) != {"message": "Hello, World"}:
            raise SystemExit(f"a wrong answer: {head!r} {body!r}")

    return call


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(*sys.argv[1:3]))
