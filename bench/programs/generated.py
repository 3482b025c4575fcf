"""The generated service as its own __main__ starts it, but with an answer. `generated.py`, in the project's folder

Ports and all else come from configs/config.yaml and the environment. Instead of the use case, which answers
UNIMPLEMENTED until somebody writes it, the container gets one that answers from memory; handler, mapping and middleware
are the generated ones.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

types: Any = import_module("hello_service.biz.hello_types")
config: Any = import_module("hello_service.config")
kit: Any = import_module("hello_service.kit.config")
logs: Any = import_module("hello_service.kit.logs")
lifecycle: Any = import_module("hello_service.kit.lifecycle")
wiring: Any = import_module("hello_service.wiring")
grpc: Any = import_module("hello_service.transport.grpc")
http: Any = import_module("hello_service.transport.http")


class Greeter:
    async def say_hello(self, request: Any) -> Any:
        return types.SayHelloResponse(message=f"Hello, {request.name}")


settings = kit.load(config.Config, Path("configs/config.yaml"))
logs.configure(settings.log)
container = wiring.Container(settings)
container.hello_use_case = Greeter()
lifecycle.run(container, [grpc.grpc_server(container), http.http_server(container)], settings.shutdown)
