"""`python -m tests.aip.reference`: the reference service on two free ports, until it is stopped."""

from __future__ import annotations

import asyncio

from .library import Library
from .server import Server, serving


async def main() -> None:
    async with serving(Server(Library())) as (grpc, http):
        print(f"--grpc {grpc} --http {http}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
