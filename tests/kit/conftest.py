from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

if sys.platform == "win32":
    pytest.skip("generated services run on Linux and macOS", allow_module_level=True)

import asyncio
from collections.abc import Callable

import uvloop

from kit.container import Container
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.health import Health
from kit.http.server import HttpConfig, HttpServer
from kit.lifecycle import serving

from . import shop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test runs on the loop that services run on."""
    return {"uvloop": uvloop.new_event_loop}


@dataclass
class Running:
    """The shop on both transports, on free ports."""

    service: shop.ShopService
    health: Health
    grpc: GrpcServer
    http: HttpServer

    @property
    def grpc_target(self) -> str:
        return f"127.0.0.1:{self.grpc.port}"

    @property
    def http_target(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    service, container = shop.ShopService(), Container()
    services = [shop.bind(service)]
    grpc = GrpcServer(GrpcConfig(host="127.0.0.1", port=0), services, health=container.health)
    http = HttpServer(HttpConfig(host="127.0.0.1", port=0), services, health=container.health)
    async with serving(container, [grpc, http]):
        yield Running(service, container.health, grpc, http)
