"""Redis as something that may fail: bounded waits, a circuit that opens, and removals that are made up for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import Context
from typing import Any, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import OutOfMemoryError, RedisError

from ..metrics import CACHE_ERRORS
from .config import CacheConfig

_log = structlog.stdlib.get_logger("cache")

R = TypeVar("R")

_FAILURES = 5
"""So many in a row open the circuit: Redis is asked no more until it answers a ping."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
"""Between pings, in seconds; each is twice as long as the one before."""

_MOST_KEYS = 100_000
"""That could not be removed and are remembered one by one; if more, everything is to be removed."""

_AT_ONCE = 1000


class Unreachable(Exception):
    """Redis did not do what it was asked to; the database has to."""


class Server:
    """One Redis. Every exchange ends within `timeout`, and fails as Unreachable; the first failure of its kind is
    logged, the next one after that kind of exchange has worked again. `scopes` are the keys with which everything goes.
    """

    def __init__(self, config: CacheConfig) -> None:
        self._config = config
        self._timeout = config.timeout.total_seconds()
        self._lives = (config.ttl + config.lease).total_seconds()
        self._redis: Redis | None = _client(config) if config.url else None
        self.scopes: set[str] = set()
        self._failing: set[str] = set()
        self._failures = 0
        self._is_open = False
        self._owed: dict[str, float] = {}  # keys that are to be removed, and when they end by themselves
        self._tasks: set[asyncio.Task[None]] = set()
        self._recovery: asyncio.Task[None] | None = None

    def answers(self, keys: Iterable[str]) -> bool:
        """Whether Redis may be asked for these keys: it is there, and none of them is to be removed still."""
        is_used = self._redis is not None and not self._is_open
        return is_used and (not self._owed or self._owed.keys().isdisjoint(keys))

    async def get(self, keys: Sequence[str]) -> list[bytes | None]:
        """What the keys hold; None for one that is not there, or holds no text."""

        async def send(redis: Redis) -> list[bytes | None]:
            return [each if isinstance(each, bytes) else None for each in await redis.mget(_encoded(keys))]

        return await self._ask("read", send)

    async def run(
        self, name: str, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Any]]]
    ) -> list[Any]:
        """The script's answers, for the keys and arguments of each call; all in one exchange, and none for none."""
        if not calls:
            return []

        async def send(redis: Redis) -> list[Any]:
            async with redis.pipeline(transaction=False) as pipeline:
                for keys, arguments in calls:
                    pipeline.eval(script, len(keys), *_encoded(keys), *arguments)
                return await pipeline.execute()

        return await self._ask(name, send)

    async def remove(self, keys: Sequence[str]) -> None:
        """Removes the keys, now or as soon as Redis answers again; raises nothing, and is not cancelled half-way."""
        if self._redis is None:
            return
        task = asyncio.create_task(self._remove(list(dict.fromkeys(keys))), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def close(self) -> None:
        """Ends what runs in the background; what was to be removed still stays until its `ttl`."""
        running = [*self._tasks, *([self._recovery] if self._recovery else [])]
        if self._recovery:
            self._recovery.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose(close_connection_pool=True)

    async def _remove(self, keys: list[str]) -> None:
        # Owed from the start, so that nobody here reads an entry whose removal takes its time.
        self._owe(keys)
        with suppress(Unreachable):
            await self._unlink(keys)
        if self._owed or self._is_open:
            self._recover()

    async def _unlink(self, keys: Sequence[str]) -> None:
        """Removes keys that are owed; one that was owed again meanwhile is removed again by whoever owes it."""
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            until = {key: self._owed.get(key) for key in some}
            await self._ask("remove", _removing(some))
            for key, end in until.items():
                if self._owed.get(key) == end:
                    self._owed.pop(key, None)

    def _owe(self, keys: Iterable[str]) -> None:
        self._owed |= dict.fromkeys(keys, time.monotonic() + self._lives)
        if len(self._owed) > _MOST_KEYS:
            self._owed = dict.fromkeys(self.scopes, time.monotonic() + self._lives)

    async def _ask(self, kind: str, command: Callable[[Redis], Awaitable[R]], *, is_probe: bool = False) -> R:
        if self._redis is None or (self._is_open and not is_probe):
            raise Unreachable
        try:
            async with asyncio.timeout(self._timeout):
                answer = await command(self._redis)
        except (RedisError, OSError, TimeoutError) as error:
            self._failed(kind, error)
            raise Unreachable from error
        self._failing.discard(kind)
        self._failures = 0
        return answer

    def _failed(self, kind: str, error: Exception) -> None:
        CACHE_ERRORS.labels(kind).inc()
        if kind not in self._failing and not self._is_open:
            self._failing.add(kind)
            _log.warning("cache failed", operation=kind, error=str(error) or type(error).__name__)
        if isinstance(error, OutOfMemoryError):
            return  # it still reads and removes
        self._failures += 1
        if self._failures >= _FAILURES and not self._is_open:
            self._is_open = True
            _log.warning("cache is not used until it answers again")
            self._recover()

    def _recover(self) -> None:
        if self._recovery is None or self._recovery.done():
            # Without the call's context, whose log lines these are not.
            self._recovery = asyncio.create_task(self._answering_again(), context=Context())

    async def _answering_again(self) -> None:
        pause = _FIRST_PAUSE
        while self._is_open or self._owed:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            now = time.monotonic()
            self._owed = {key: end for key, end in self._owed.items() if end > now}
            with suppress(Unreachable):
                await self._ask("ping", lambda redis: redis.ping(), is_probe=True)
                if self._is_open:
                    self._is_open = False
                    self._failing.clear()
                    _log.info("cache answers again")
                await self._unlink(list(self._owed))
                pause = _FIRST_PAUSE


def _client(config: CacheConfig) -> Redis:
    seconds = config.timeout.total_seconds()
    pool = BlockingConnectionPool.from_url(
        config.url,
        max_connections=config.max_connections,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        # Once more on another connection: after a restart of Redis every one in the pool is dead.
        retry=Retry(NoBackoff(), 1, supported_errors=(NoConnection,)),
    )
    return Redis.from_pool(pool)


def _removing(keys: Sequence[str]) -> Callable[[Redis], Awaitable[int]]:
    async def send(redis: Redis) -> int:
        return int(await redis.unlink(*_encoded(keys)))

    return send


def _encoded(keys: Iterable[str]) -> list[bytes]:
    return [key.encode("utf-8", "surrogatepass") for key in keys]
