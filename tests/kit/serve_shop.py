"""The shop as a process of its own, for the tests of its life: `python -m tests.kit.serve_shop DRAIN GRACE`.

Prints the ports once, as JSON among the log lines, and then a line for each resource that it closes.
"""

from __future__ import annotations

import sys

from kit import logs
from kit.container import Container
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.http.server import HttpConfig, HttpServer
from kit.lifecycle import ShutdownConfig, run

from . import shop


class ShopContainer(Container):
    async def start(self) -> None:
        for name in ("first", "second"):
            self.closing(name, lambda name=name: _say(f"closed {name}"))  # type: ignore[misc]


async def _say(text: str) -> None:
    print(text, flush=True)


class _Announced(HttpServer):
    """The last server to start tells where both are."""

    def __init__(self, grpc: GrpcServer, container: Container, port: int) -> None:
        super().__init__(
            HttpConfig(host="127.0.0.1", port=port), [shop.bind(shop.ShopService())], health=container.health
        )
        self._grpc = grpc

    async def start(self) -> None:
        await super().start()
        print(f"ports {self._grpc.port} {self.port}", flush=True)


def main() -> None:
    drain, grace, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    logs.configure(logs.LogConfig())
    container = ShopContainer()
    grpc = GrpcServer(
        GrpcConfig(host="127.0.0.1", port=0), [shop.bind(shop.ShopService())], health=container.health
    )
    shutdown = ShutdownConfig.model_validate({"drain": drain, "grace": grace})
    run(container, [grpc, _Announced(grpc, container, port)], shutdown)


if __name__ == "__main__":
    main()
