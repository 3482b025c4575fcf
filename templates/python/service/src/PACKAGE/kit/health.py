"""Whether the service is alive and ready, for probes over gRPC and HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

_log = structlog.stdlib.get_logger("health")

Check = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Readiness:
    """`checks` maps each registered name to "ok" or to what is wrong, in a word that gives nothing away."""

    ready: bool
    checks: dict[str, str] = field(default_factory=dict)


class Health:
    """Not serving until `set_serving(True)`, which `lifecycle` calls once all servers have started.

    `timeout` bounds each check, in seconds.
    """

    def __init__(self, *, timeout: float = 2.0) -> None:
        self._timeout = timeout
        self._checks: dict[str, Check] = {}
        self._serving = False
        self._changed = asyncio.Event()

    @property
    def serving(self) -> bool:
        """Whether new calls are wanted; False during start and shutdown."""
        return self._serving

    def register(self, name: str, check: Check) -> None:
        """Adds a dependency that the service cannot work without; `check` raises when it is not there."""
        self._checks[name] = check

    def set_serving(self, serving: bool) -> None:
        self._serving = serving
        self._changed.set()
        self._changed = asyncio.Event()

    async def ready(self) -> Readiness:
        """Runs all checks at once. Not ready while not serving, whatever they say."""
        if not self._serving:
            return Readiness(False)
        results = await asyncio.gather(*(self._run(name, check) for name, check in self._checks.items()))
        checks = dict(zip(self._checks, results, strict=True))
        return Readiness(self._serving and all(result == "ok" for result in results), checks)

    async def changed(self, timeout: float) -> None:
        """Returns at the next `set_serving`, or after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _run(self, name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(self._timeout):
                await check()
        except TimeoutError:
            return "timeout"
        except Exception as error:
            _log.warning("health check failed", check=name, error=repr(error))
            return "failed"
        return "ok"
