"""The cache while Redis is down, slow, full or restarted: every call goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from kit import metrics
from kit.cache import Cache, CacheConfig, EntityCache
from kit.cache.server import Server
from kit.database import Database

from ..redis_server import RedisServer
from .test_cache import ONE, Thing, Things, cache, database, entities, read

__all__ = ["cache", "database", "entities"]

TIMEOUT = timedelta(milliseconds=200)


@pytest.fixture
def config(own_redis: RedisServer) -> CacheConfig:
    return CacheConfig(url=own_redis.url, prefix="test", timeout=TIMEOUT)


@pytest.fixture
async def other(config: CacheConfig, database: Database) -> AsyncIterator[EntityCache[Thing]]:
    """As another process has it."""
    cache = Cache(config, database, service="test")
    yield cache.of(Thing, "things", nested=True)
    await cache.close()


async def is_read_from_cache(entities: EntityCache[Thing], things: Things) -> bool:
    before = things.reads
    await read(entities, things)
    return things.reads == before


async def until_cached(entities: EntityCache[Thing], things: Things) -> None:
    async with asyncio.timeout(30):
        while not await is_read_from_cache(entities, things):
            await asyncio.sleep(0.02)


async def test_reads_go_on_without_redis(entities: EntityCache[Thing], own_redis: RedisServer) -> None:
    things = Things(ONE)
    await read(entities, things)
    own_redis.kill()
    for _ in range(20):
        assert await read(entities, things) == ONE
        assert await entities.get_many([ONE.name], things.get_many) == [ONE]
    own_redis.start()
    await until_cached(entities, things)


async def test_slow_redis_holds_up_a_few_calls_and_then_none(
    entities: EntityCache[Thing], own_redis: RedisServer
) -> None:
    things = Things(ONE)
    await read(entities, things)
    own_redis.pause()
    began = time.monotonic()
    await asyncio.gather(*(read(entities, things) for _ in range(50)))
    assert time.monotonic() - began < 3  # and not once for each of them
    began = time.monotonic()
    for _ in range(50):
        await read(entities, things)
        async with entities.changing("boxes/1/things/two"):
            pass
    assert time.monotonic() - began < 50 * TIMEOUT.total_seconds()
    own_redis.resume()
    await until_cached(entities, things)


async def test_outage_is_told_once_and_counted(entities: EntityCache[Thing], own_redis: RedisServer) -> None:
    things = Things(ONE)
    await read(entities, things)
    before = metrics.CACHE_ERRORS.labels("read")._value.get()
    with capture_logs() as logs:
        own_redis.kill()
        for _ in range(30):
            await read(entities, things)
        own_redis.start()
        await until_cached(entities, things)
    assert [each["event"] for each in logs if each.get("operation") != "ping"] == [
        "cache failed",
        "cache is not used until it answers again",
        "cache answers again",
    ]
    assert metrics.CACHE_ERRORS.labels("read")._value.get() - before == 5


async def test_change_without_redis_is_forgotten_when_it_is_back(
    entities: EntityCache[Thing], other: EntityCache[Thing], own_redis: RedisServer
) -> None:
    things = Things(ONE)
    await read(entities, things)
    own_redis.pause()
    async with entities.changing(ONE.name):
        things.stored[ONE.name] = replace(ONE, version=2)
    assert (await read(entities, things)).version == 2
    own_redis.resume()
    assert (await read(entities, things)).version == 2
    async with asyncio.timeout(30):
        while (await read(other, things)).version == 1:
            await asyncio.sleep(0.02)
    await until_cached(entities, things)
    assert (await read(entities, things)).version == 2


async def test_more_changes_than_can_be_remembered_forget_everything(
    entities: EntityCache[Thing],
    other: EntityCache[Thing],
    own_redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kit.cache.server._MOST_KEYS", 10)
    things = Things(ONE)
    await read(entities, things)
    own_redis.pause()
    things.stored[ONE.name] = replace(ONE, version=2)
    for number in range(20):
        async with entities.changing(ONE.name if number == 0 else f"boxes/1/things/{number}"):
            pass
    own_redis.resume()
    assert (await read(entities, things)).version == 2
    async with asyncio.timeout(30):
        while (await read(other, things)).version == 1:
            await asyncio.sleep(0.02)


async def test_change_that_is_cancelled_meanwhile_is_forgotten_all_the_same(
    entities: EntityCache[Thing], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    things, removing = Things(ONE), asyncio.Event()
    await read(entities, things)
    unlink = Server._unlink

    async def slow(self: Server, keys: list[str]) -> None:
        removing.set()
        await asyncio.sleep(0.1)
        await unlink(self, keys)

    async def change() -> None:
        async with database.transaction(), entities.changing(ONE.name):
            things.stored[ONE.name] = replace(ONE, version=2)

    monkeypatch.setattr(Server, "_unlink", slow)
    task = asyncio.create_task(change())
    await removing.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert (await read(entities, things)).version == 2
    await asyncio.sleep(0.3)
    assert (await read(entities, things)).version == 2


async def test_full_redis_gives_what_it_has_and_forgets_what_changes(
    entities: EntityCache[Thing], own_redis: RedisServer
) -> None:
    things = Things(ONE, Thing(name="boxes/1/things/two"))
    await read(entities, things)
    async with Redis.from_url(own_redis.url) as redis:
        await redis.config_set("maxmemory", "1")
        with capture_logs() as logs:
            for _ in range(20):
                await read(entities, things, "boxes/1/things/two")
            assert await is_read_from_cache(entities, things)
            async with entities.changing(ONE.name):
                things.stored[ONE.name] = replace(ONE, version=2)
            assert (await read(entities, things)).version == 2
        assert [each["event"] for each in logs] == ["cache failed"]
        await redis.config_set("maxmemory", "0")
    await until_cached(entities, things)
    assert (await read(entities, things)).version == 2


async def test_redis_that_only_reads_is_not_used(
    entities: EntityCache[Thing], own_redis: RedisServer
) -> None:
    things = Things(ONE)
    await read(entities, things)
    async with Redis.from_url(own_redis.url) as redis:
        await redis.execute_command("REPLICAOF", "127.0.0.1", "1")  # type: ignore[no-untyped-call]
        async with entities.changing(ONE.name):
            things.stored[ONE.name] = replace(ONE, version=2)
        assert (await read(entities, things)).version == 2
        await redis.execute_command("REPLICAOF", "NO", "ONE")  # type: ignore[no-untyped-call]
    await until_cached(entities, things)
    assert (await read(entities, things)).version == 2


async def test_wrong_password_leaves_the_database(database: Database, own_redis: RedisServer) -> None:
    own_redis.kill()
    own_redis.start(requirepass="right")
    url = own_redis.url.replace("redis://", "redis://:wrong@")
    cache = Cache(CacheConfig(url=url, timeout=TIMEOUT), database, service="test")
    entities, things = cache.of(Thing, "things"), Things(ONE)
    with capture_logs() as logs:
        for _ in range(10):
            assert await read(entities, things) == ONE
    assert logs and "wrong@" not in str(logs)
    await cache.close()


async def test_killed_and_started_under_load_no_call_fails(
    cache: Cache, entities: EntityCache[Thing], own_redis: RedisServer
) -> None:
    names = [f"boxes/1/things/{number}" for number in range(20)]
    things = Things(*(Thing(name=name) for name in names))
    calls, slowest, stop = 0, 0.0, False

    async def reader(offset: int) -> None:
        nonlocal calls, slowest
        while not stop:
            began = time.monotonic()
            name = names[(calls + offset) % 20]
            if calls % 10 == 0:
                async with entities.changing(name):
                    things.stored[name].version += 1
            known = things.stored[name].version
            assert (await read(entities, things, name)).version >= known
            await entities.get_many(names[:3], things.get_many)
            calls += 1
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.001)

    readers = [asyncio.create_task(reader(number)) for number in range(20)]
    for _ in range(3):
        await asyncio.sleep(0.3)
        own_redis.kill()
        await asyncio.sleep(0.3)
        own_redis.start()
        async with asyncio.timeout(30):
            while cache.server._is_open:
                await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    stop = True
    await asyncio.gather(*readers)
    assert calls > 200 and slowest < 5
    things.stored[ONE.name] = ONE
    await until_cached(entities, things)
