"""Entities of one table, read through the cache and forgotten after a change."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..database import Database
from ..metrics import CACHE_READS
from ..resource import parent_of
from .codec import Codec
from .config import CacheConfig
from .scripts import LEASE, RELEASE, STORE
from .server import Server, Unreachable

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K", str, int)

_FIRST_LOOK, _LAST_LOOK = 0.005, 0.05
"""Between looks at an entry that somebody else loads, in seconds; each is twice as long as the one before."""


class Cache:
    """The cache of one service, whose name begins its keys unless the configuration has a prefix. Connects at first
    use, and never fails: without Redis everything is read from the database.
    """

    def __init__(self, config: CacheConfig, database: Database, *, service: str) -> None:
        self.config = config
        self.database = database
        self.server = Server(config)
        self.prefix = config.prefix or service

    def of(self, entity: type[T], table: str, *, nested: bool = False) -> EntityCache[T]:
        """The entities in `table`; with `nested` their names hold those of what they are below, and they are forgotten
        with that (`EntityCache.changing`).
        """
        return EntityCache(self, entity, table, nested=nested)

    def scope(self, table: str) -> str:
        """The key with which all entries of a table go."""
        return f"{self.prefix}:{table}"

    def below(self, name: str) -> str:
        """The key with which all nested entries below a name go."""
        return f"{self.prefix}::{name}"

    async def close(self) -> None:
        await self.server.close()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entity is: the key of its entry, and those of the scopes that it is in."""

    entry: str
    scopes: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.entry, *self.scopes)


@dataclass(frozen=True, slots=True)
class _Lease:
    """What came of the wish to load an entry: the value that is there by now, the head to store one with, or neither,
    as somebody else loads it.
    """

    token: str
    value: bytes = b""
    head: bytes = b""


class EntityCache(Generic[T]):
    """Made by `Cache.of`. What it gives is the caller's own, to change as it likes."""

    def __init__(self, cache: Cache, entity: type[T], table: str, *, nested: bool) -> None:
        self._cache = cache
        self._server = cache.server
        self._config = cache.config
        self._codec = Codec(entity)
        self._table = table
        self._is_nested = nested
        self._loading: dict[str, asyncio.Task[T]] = {}
        self._hits, self._misses, self._skipped = (
            CACHE_READS.labels(table, result) for result in ("hit", "miss", "skipped")
        )
        self._server.scopes.add(cache.scope(table))

    async def get(self, identity: str | int, load: Callable[[], Awaitable[T]]) -> T:
        """The entity from the cache, or from `load`, which raises where there is none. That there is none is not
        remembered: a row that is missing is found out fast, and made-up names would drive out what is there.
        """
        place = self._place(identity)
        until = _now() + self._config.wait.total_seconds()
        while self._is_used(place.keys):
            try:
                found = await self._look(place)
            except Unreachable:
                break
            if found is not None:
                self._hits.inc()
                return found
            loading = self._loading.get(place.entry)
            if loading is None:
                self._misses.inc()
                return await self._begin(place, load, until)
            # Not its result, which may be older than this call: what it has stored is not, and is looked up again.
            await asyncio.wait([loading], timeout=until - _now())
            if not loading.done() or loading.cancelled() or loading.exception() or _now() > until:
                break
        self._skipped.inc()
        return await load()

    async def get_many(
        self, identities: Sequence[K], load: Callable[[list[K]], Awaitable[Sequence[T]]]
    ) -> list[T]:
        """The entities in the order of the identities; `load` gets those that are not in the cache, and gives them in
        their order. It waits for nobody else who loads one of them.
        """
        places = {identity: self._place(identity) for identity in identities}
        found: dict[K, T] = {}
        leases: dict[K, _Lease] = {}
        used = {each: place for each, place in places.items() if self._is_used(place.keys)}
        with suppress(Unreachable):
            found = await self._look_for(used)
            leases = await self._lease({each: used[each] for each in used if each not in found})
        found |= {each: entity for each in leases if (entity := self._read(leases[each].value)) is not None}
        missing = [each for each in places if each not in found]
        self._count(len(found), len(missing), sum(each in leases for each in missing))
        if missing:
            held = {each: lease for each, lease in leases.items() if lease.head}
            loaded = await self._loaded([(places[each], held[each]) for each in held], lambda: load(missing))
            found |= zip(missing, loaded, strict=True)
            await self._store([(places[each], held[each], found[each]) for each in held])
        return [found[each] for each in identities]

    @asynccontextmanager
    async def changing(
        self, identity: str | int, *, below: bool = False, tables: Iterable[str] = ()
    ) -> AsyncIterator[None]:
        """Around a change of an entity: it is forgotten after the commit of the transaction that is open; of none is,
        the block commits, and it is forgotten at its end, however that is, for an interrupted commit may have happened.

        With `below`, all nested entities below it are forgotten as well, and with `tables` all of those.
        """
        keys = [self._place(identity).entry, *(self._cache.scope(table) for table in tables)]
        if below:
            keys.append(self._cache.below(str(identity)))
        if self._cache.database.after_commit(self._forget, keys):
            yield
            return
        try:
            yield
        finally:
            await self._forget([keys])

    async def _forget(self, keys: Sequence[Sequence[str]]) -> None:
        await self._server.remove([key for each in keys for key in each])

    def _place(self, identity: str | int) -> _Place:
        scopes = [self._cache.scope(self._table)]
        above = parent_of(str(identity)) if self._is_nested else ""
        while above:
            scopes.append(self._cache.below(above))
            above = parent_of(above)
        return _Place(f"{scopes[0]}:{identity}", tuple(scopes))

    def _is_used(self, keys: Iterable[str]) -> bool:
        return not self._cache.database.in_transaction and self._server.answers(keys)

    async def _look(self, place: _Place) -> T | None:
        return (await self._look_for({place.entry: place})).get(place.entry)

    async def _look_for(self, places: dict[Any, _Place]) -> dict[Any, T]:
        """What is in the cache, all as of one moment."""
        keys = list(dict.fromkeys(key for place in places.values() for key in place.keys))
        if not keys:
            return {}
        values = dict(zip(keys, await self._server.get(keys), strict=True))
        found: dict[Any, T] = {}
        for identity, place in places.items():
            value = values[place.entry]
            scopes = [values[key] for key in place.scopes]
            tokens = [token for token in scopes if token is not None]
            if value is None or len(tokens) < len(scopes) or not value.startswith(self._head(tokens)):
                continue
            entity = self._read(value)
            if entity is None:
                await self._server.remove([place.entry])  # it is garbage
            else:
                found[identity] = entity
        return found

    def _head(self, scopes: Sequence[bytes]) -> bytes:
        return b"V" + b",".join([self._codec.fingerprint.encode(), *scopes]) + b"\n"

    def _read(self, value: bytes) -> T | None:
        try:
            return self._codec.decode(value.partition(b"\n")[2]) if value else None
        except ValueError:
            return None

    async def _begin(self, place: _Place, load: Callable[[], Awaitable[T]], until: float) -> T:
        """Loads in a task of its own, as others wait for it and the caller may be cancelled."""
        task = asyncio.create_task(self._load(place, load, until))
        self._loading[place.entry] = task

        def end(task: asyncio.Task[T]) -> None:
            if self._loading.get(place.entry) is task:
                del self._loading[place.entry]
            if not task.cancelled():
                task.exception()  # which nobody may be left to see

        task.add_done_callback(end)
        return await asyncio.shield(task)

    async def _load(self, place: _Place, load: Callable[[], Awaitable[T]], until: float) -> T:
        pause = _FIRST_LOOK
        while True:
            try:
                lease = (await self._lease({place.entry: place}))[place.entry]
            except Unreachable:
                return await load()
            if (entity := self._read(lease.value)) is not None:
                return entity
            if lease.head:
                break
            if _now() + pause > until:
                return await load()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_LOOK)
        entity = await self._loaded([(place, lease)], load)
        await self._store([(place, lease, entity)])
        return entity

    async def _loaded(self, held: Sequence[tuple[_Place, _Lease]], load: Callable[[], Awaitable[R]]) -> R:
        """What `load` gives; the leases are given back if it raises, so that nobody waits for their end."""
        try:
            return await load()
        except BaseException:
            with suppress(Unreachable):
                await self._server.run(
                    "release", RELEASE, [([place.entry], [lease.token]) for place, lease in held]
                )
            raise

    async def _lease(self, places: dict[Any, _Place]) -> dict[Any, _Lease]:
        token = secrets.token_hex(8)
        lease, ttl = _milliseconds(self._config.lease), _milliseconds(self._config.ttl)
        # A scope outlives what is in it, or that would go with it.
        arguments = [token, lease, 2 * (ttl + lease), self._codec.fingerprint]
        answers = await self._server.run(
            "lease", LEASE, [(place.keys, arguments) for place in places.values()]
        )
        return {
            identity: _Lease(token, text if kind == b"value" else b"", text if kind == b"head" else b"")
            for identity, (kind, text) in zip(places, answers, strict=True)
        }

    async def _store(self, loaded: Sequence[tuple[_Place, _Lease, T]]) -> None:
        """Stores what was loaded, unless it was changed meanwhile."""
        calls = []
        for place, lease, entity in loaded:
            with suppress(ValueError):  # of what JSON cannot write
                value = lease.head + self._codec.encode(entity)
                ttl = int(_milliseconds(self._config.ttl) * random.uniform(0.9, 1)) or 1
                calls.append(([place.entry], [lease.token, value, ttl]))
        with suppress(Unreachable):
            await self._server.run("store", STORE, calls)

    def _count(self, found: int, missing: int, asked: int) -> None:
        self._hits.inc(found)
        self._misses.inc(asked)
        self._skipped.inc(missing - asked)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _milliseconds(duration: Any) -> int:
    return int(duration.total_seconds() * 1000)
