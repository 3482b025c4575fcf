"""Used by scripts that run inside a generated project: its own servers, around a container of the script's."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def served(package: str, container: Callable[[Any], Any]) -> AsyncIterator[tuple[str, str]]:
    """Both servers on free ports, with a database in memory where it has one; gives the targets of gRPC and of HTTP."""

    def module(name: str) -> Any:
        return importlib.import_module(f"{package}.{name}")

    config = module("config").Config
    database = {"database": {"url": "sqlite+aiosqlite://"}} if "database" in config.model_fields else {}
    address = {"host": "127.0.0.1", "port": 0}
    made = container(config(grpc=address, http=address, **database))
    grpc, http = module("transport.grpc").grpc_server(made), module("transport.http").http_server(made)
    async with module("kit.lifecycle").serving(made, [grpc, http]):
        yield f"127.0.0.1:{grpc.port}", f"http://127.0.0.1:{http.port}"
