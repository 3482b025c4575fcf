"""The HTTP server: uvicorn on the service's own loop, leaving signals to `lifecycle`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from typing import Any

import structlog
import uvicorn

from ..health import Health
from ..middleware import Middleware
from ..rpc import ServiceBinding
from .app import HttpApp
from .config import HttpConfig
from .limits import bounded

__all__ = ["HttpConfig", "HttpServer"]

_log = structlog.stdlib.get_logger("http")

_BACKLOG = 2048

# How long cancelled requests may clean up and say so, in seconds.
_CLEANUP = 5.0
_FLUSH_POLL = 0.02


class HttpServer:
    """Serves `services` by their HTTP bindings, with /healthz, /readyz and /metrics.

    With `document`, the OpenAPI document of them, there are /openapi.json and /docs as well.

    `port` is the one bound, once started.
    """

    def __init__(
        self,
        config: HttpConfig,
        services: Sequence[ServiceBinding],
        middleware: Sequence[Middleware] = (),
        *,
        health: Health,
        document: Traversable | None = None,
    ) -> None:
        self.port = config.port
        self._config = config
        text = document.read_bytes() if document is not None and config.docs else None
        self.app = HttpApp(services, middleware, health=health, config=config, document=text)
        methods = (bound.method for service in services for bound in service.methods)
        self._streams = any(method.client_streaming or method.server_streaming for method in methods)

    async def start(self) -> None:
        """Binds and accepts requests; OSError where the address cannot be had."""
        listener = _listen(self._config.host, self._config.port)
        self.port = listener.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                self.app,
                # The target and the fields may each be as long as configured.
                http=bounded(2 * self._config.max_header_size, self.app.domain),
                **self._websocket(),
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

    def _websocket(self) -> dict[str, Any]:
        if not self._config.websocket or not self._streams:
            return {"ws": "none"}
        # Its import takes time and memory that a service without streams need not pay.
        from .websocket_protocol import WebSocketProtocol

        return {
            "ws": WebSocketProtocol,
            "ws_max_size": self._config.max_body_size,
            "ws_ping_interval": self._config.heartbeat.total_seconds() or None,
            "ws_ping_timeout": self._config.heartbeat_timeout.total_seconds(),
            # A few kilobytes would unpack to gigabytes in what waits for a handler.
            "ws_per_message_deflate": False,
        }

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
        ended = asyncio.get_running_loop().time() + _CLEANUP
        if tasks:
            await asyncio.wait(tasks, timeout=_CLEANUP)
        # Their last words may still be on the way.
        while self._server.server_state.connections and asyncio.get_running_loop().time() < ended:
            await asyncio.sleep(_FLUSH_POLL)
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
