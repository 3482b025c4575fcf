"""A shop of its own for a test, configured by it, and requests to it that no well-behaved client would send."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2

from kit.health import Health
from kit.http.server import HttpConfig, HttpServer
from kit.rpc import ServiceBinding

from . import shop


@asynccontextmanager
async def served(
    services: Sequence[ServiceBinding] | None = None, **settings: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server with these HTTP settings, as a configuration file would have them."""
    config = HttpConfig.model_validate({"host": "127.0.0.1", "port": 0, **settings})
    health = Health()
    server = HttpServer(config, services or [shop.bind(shop.ShopService())], health=health)
    await server.start()
    health.set_serving(True)
    try:
        base = f"http://127.0.0.1:{server.port}"
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
            yield client
    finally:
        await server.stop(1)


async def raw(client: httpx2.AsyncClient, *chunks: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to bytes as they are, sent one chunk after the other until it comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    answer = asyncio.create_task(_answer(reader))
    async with asyncio.timeout(10):
        with suppress(ConnectionResetError, BrokenPipeError):
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
                await asyncio.wait({answer}, timeout=0.01)
                if answer.done():
                    break
        head, body = await answer
    writer.close()
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    return int(first.split()[1]), headers, body


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return head, await reader.readexactly(int(length[1])) if length else b""
