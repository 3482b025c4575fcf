"""A real server on free ports, with a database of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from library_service.config import Config
from library_service.kit.database import DatabaseConfig
from library_service.kit.grpc_server import GrpcConfig
from library_service.kit.http.server import HttpConfig
from library_service.kit.lifecycle import serving
from library_service.transport.grpc import grpc_server
from library_service.transport.http import http_server
from library_service.wiring import Container


@dataclass(frozen=True)
class Server:
    """Where the server of a test listens."""

    grpc: str
    http: str


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        grpc=GrpcConfig(host="127.0.0.1", port=0),
        http=HttpConfig(host="127.0.0.1", port=0),
        database=DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path}/test.db"),
    )


@pytest.fixture
async def container(config: Config) -> AsyncIterator[Container]:
    container = Container(config)
    yield container
    await container.close()


@pytest.fixture
async def server(container: Container) -> AsyncIterator[Server]:
    grpc, http = grpc_server(container), http_server(container)
    async with serving(container, [grpc, http]):
        yield Server(grpc=f"127.0.0.1:{grpc.port}", http=f"http://127.0.0.1:{http.port}")
