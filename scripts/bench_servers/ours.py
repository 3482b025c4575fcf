"""The generated hello service with a use case that answers from memory."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import Any

biz: Any = importlib.import_module("hello_service.biz.hello")
types: Any = importlib.import_module("hello_service.biz.hello_types")
wiring: Any = importlib.import_module("hello_service.wiring")
config: Any = importlib.import_module("hello_service.config")
lifecycle: Any = importlib.import_module("hello_service.kit.lifecycle")
logs: Any = importlib.import_module("hello_service.kit.logs")
http_server: Any = importlib.import_module("hello_service.transport.http").http_server
grpc_server: Any = importlib.import_module("hello_service.transport.grpc").grpc_server


class UseCase(biz.HelloUseCase):  # type: ignore[misc]
    async def say_hello(self, request: Any) -> Any:
        return types.SayHelloResponse(message=f"Hello, {request.name}")


class Container(wiring.Container):  # type: ignore[misc]
    @cached_property
    def hello_use_case(self) -> Any:
        return UseCase(self.hello_repository)


def serve(**ports: int) -> None:
    """Runs both servers as the service's own __main__ does; a port that is not given is a free one."""
    settings = config.Config(
        grpc={"host": "127.0.0.1", "port": ports.get("grpc", 0)},
        http={"host": "127.0.0.1", "port": ports.get("http", 0)},
        database={"url": "sqlite+aiosqlite://"},
    )
    logs.configure(settings.log)
    container = Container(settings)
    lifecycle.run(container, [grpc_server(container), http_server(container)], settings.shutdown)
