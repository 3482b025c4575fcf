"""A real server on free ports."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from hello_service.config import Config
from hello_service.kit.grpc_server import GrpcConfig
from hello_service.kit.http.server import HttpConfig
from hello_service.kit.lifecycle import serving
from hello_service.transport.grpc import grpc_server
from hello_service.transport.http import http_server
from hello_service.wiring import Container


@dataclass(frozen=True)
class Server:
    """Where the server of a test listens."""

    grpc: str
    http: str


@pytest.fixture
def config() -> Config:
    return Config(
        grpc=GrpcConfig(host="127.0.0.1", port=0),
        http=HttpConfig(host="127.0.0.1", port=0),
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
