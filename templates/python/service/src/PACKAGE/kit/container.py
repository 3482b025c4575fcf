"""The base of a composition root: objects built once, closed in reverse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from .health import Health

_log = structlog.stdlib.get_logger("container")

T = TypeVar("T")


class StartError(Exception):
    """What a container's start raises where the service must not run as things are: one line for who started it."""


class Container:
    """Derive from it and write one `functools.cached_property` per object; a test overrides a property.

    An object that holds something open is registered where it is built:

        @cached_property
        def database(self) -> Database:
            database = Database(self.config.database)
            self.health.register("database", database.check)
            return self.closing(database, database.close)

    `health` is what both servers report.
    """

    def __init__(self) -> None:
        self.health = Health()
        self._closers: list[tuple[str, Callable[[], Awaitable[object]]]] = []

    async def start(self) -> None:
        """Override it for what needs a running event loop before the first call: tables, warm caches."""

    def closing(self, resource: T, close: Callable[[], Awaitable[object]]) -> T:
        """Registers `close` for the end of the service, and returns `resource`."""
        self._closers.append((type(resource).__name__, close))
        return resource

    async def close(self) -> None:
        """Closes what was registered, the youngest first; a failure is logged and stops nothing."""
        while self._closers:
            name, close = self._closers.pop()
            try:
                await close()
            except Exception:
                _log.exception("could not close", resource=name)
