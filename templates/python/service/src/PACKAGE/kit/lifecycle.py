"""From start to a clean end: servers up, ready, and on SIGTERM not ready → drain → stop → close."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Protocol

import structlog
import uvloop

from .config import Duration, Section
from .container import Container, StartError
from .errors import ServiceError

_log = structlog.stdlib.get_logger("lifecycle")


class ShutdownConfig(Section):
    """On SIGTERM the service is "not ready" for `drain`, so that load balancers look elsewhere while it still
    answers; then calls in flight have `grace` to end. Both together stay below what the platform waits before
    it kills (30 s on Kubernetes, 10 s with `docker stop`).
    """

    drain: Duration = timedelta(seconds=5)
    grace: Duration = timedelta(seconds=20)


class Server(Protocol):
    """What `run` starts and stops. `stop`'s grace is in seconds; stopping again with less shortens it."""

    async def start(self) -> None: ...
    async def stop(self, grace: float) -> None: ...


def run(container: Container, servers: Sequence[Server], shutdown: ShutdownConfig | None = None) -> None:
    """Serves until SIGTERM or SIGINT. A second signal ends it without waiting for calls in flight.

    SystemExit(1), after a line in the log, where a server cannot start; SystemExit(2) where the container refuses to.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_run(container, servers, shutdown or ShutdownConfig()))
        except (OSError, ServiceError) as error:
            _log.error("cannot start", error=str(error))
            raise SystemExit(1) from error
        except StartError as error:
            _log.error("refuses to start", error=str(error))
            raise SystemExit(2) from error


@asynccontextmanager
async def serving(container: Container, servers: Sequence[Server]) -> AsyncIterator[None]:
    """Runs the servers during the block, without signals and without grace: for tests."""
    async with _serving(container, servers, lambda started: _stop(started, 0.0, asyncio.Event())):
        yield


async def _run(container: Container, servers: Sequence[Server], shutdown: ShutdownConfig) -> None:
    signals = _Signals()
    grace = shutdown.grace.total_seconds()
    async with _serving(container, servers, lambda started: _stop(started, grace, signals.second)):
        # What lives now lives to the end: the collector need not walk it again and again.
        gc.collect()
        gc.freeze()
        _log.info("ready")
        await signals.first.wait()
        container.health.set_serving(False)
        # Ctrl-C comes from a person, behind whom there is no load balancer.
        drain = 0.0 if signals.interactive else shutdown.drain.total_seconds()
        _log.info("shutting down", drain=drain, grace=grace)
        with suppress(TimeoutError):
            await asyncio.wait_for(signals.second.wait(), drain)


@asynccontextmanager
async def _serving(
    container: Container,
    servers: Sequence[Server],
    stop: Callable[[Sequence[Server]], Awaitable[None]],
) -> AsyncIterator[None]:
    started: list[Server] = []
    try:
        await container.start()
        for server in servers:
            await server.start()
            started.append(server)
        container.health.set_serving(True)
        yield
    finally:
        container.health.set_serving(False)
        await stop(started)
        await container.close()
        _log.info("stopped")


async def _stop(servers: Sequence[Server], grace: float, force: asyncio.Event) -> None:
    stopping = asyncio.gather(*(server.stop(grace) for server in servers))
    forced = asyncio.create_task(force.wait())
    await asyncio.wait((stopping, forced), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        _log.warning("second signal: not waiting for calls in flight")
        await asyncio.gather(*(server.stop(0.0) for server in servers))
    forced.cancel()
    await stopping


class _Signals:
    """The first and the second SIGTERM or SIGINT as events; `interactive` once there was a SIGINT."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self.interactive = False
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._receive, number)

    def _receive(self, number: signal.Signals) -> None:
        self.interactive = self.interactive or number == signal.SIGINT
        (self.second if self.first.is_set() else self.first).set()
