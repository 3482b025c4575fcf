"""The HTTP server: uvicorn on the service's own loop, leaving signals to `lifecycle`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn

from .health import Health
from .http_app import HttpApp
from .http_config import HttpConfig
from .middleware import Middleware
from .rpc import ServiceBinding

__all__ = ["HttpConfig", "HttpServer"]

_log = structlog.stdlib.get_logger("http")

_BACKLOG = 2048

# How long cancelled requests may clean up, in seconds.
_CLEANUP = 5.0


class HttpServer:
    """Serves `services` by their HTTP bindings, with /healthz, /readyz and /metrics.

    `port` is the one bound, once started.
    """

    def __init__(
        self,
        config: HttpConfig,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
    ) -> None:
        self.port = config.port
        self._config = config
        self.app = HttpApp(services, middleware, health=health, config=config)

    async def start(self) -> None:
        """Binds and accepts requests; OSError where the address cannot be had."""
        listener = _listen(self._config.host, self._config.port)
        self.port = listener.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                self.app,
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=round(self._config.keep_alive.total_seconds()),
            )
        )
        self._serving = asyncio.create_task(self._server.serve([listener]))
        accepting = asyncio.create_task(self._server.accepting.wait())
        await asyncio.wait({self._serving, accepting}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            self._serving.result()
        _log.info("HTTP server started", host=self._config.host, port=self.port)

    async def stop(self, grace: float) -> None:
        """Accepts no more requests, lets those in flight end within `grace` seconds, then cancels them.

        A second call, while the first one waits, shortens it.
        """
        self._server.should_exit = True
        await asyncio.wait({self._serving}, timeout=grace)
        # uvicorn would cancel them as well, but in whole seconds and without waiting for what they clean up.
        tasks = set(self._server.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_CLEANUP)
        self._server.force_exit = True
        await self._serving


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise OSError(error.errno, f"HTTP cannot listen on {host}:{port}: {error.strerror}") from error
