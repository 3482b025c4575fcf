"""What readers may rely on, under load, in several processes, on both databases."""

from __future__ import annotations

import asyncio
import random
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.cache import Cache, CacheConfig
from kit.database import Database, DatabaseConfig
from kit.errors import NotFoundError, ServiceError

from .cache_rows import Base, CachedRows, SqlRows

ROOT = Path(__file__).parents[2]
SEED = 20_261_121


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[list[Database]]:
    """The one database, as three processes have it."""
    config = DatabaseConfig(
        url=database_url, busy_timeout=timedelta(seconds=60), pool_timeout=timedelta(seconds=60)
    )
    databases = [Database(config) for _ in range(3)]
    await databases[0].create_tables(Base.metadata)
    yield databases
    for database in databases:
        await database.close()


def cache_config(redis_url: str, **more: Any) -> CacheConfig:
    patient = timedelta(seconds=20)  # a loaded machine is no failure
    return CacheConfig(url=redis_url, prefix=f"test-{secrets.token_hex(6)}", timeout=patient, **more)


async def test_200_reads_in_two_processes_read_the_database_once(
    databases: list[Database], database_url: str, redis_url: str
) -> None:
    await SqlRows(databases[0]).put("one", 7)
    arguments = [redis_url, f"test-{secrets.token_hex(6)}", database_url, "100"]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT}/templates/python/service/src/PACKAGE"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.kit.cache_process", *arguments],
            env=environment,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    said = await asyncio.gather(*(asyncio.to_thread(each.communicate, "go\n") for each in processes))
    found = sorted(output.split(maxsplit=1) for output, _ in said)
    assert found == [["0", "[7] 100\n"], ["1", "[7] 100\n"]]


class Load:
    """Readers and writers of a few names; `known` is the version of the last change that has returned, by name.

    A name that is deleted has the version of its deletion, of which no older one may be seen any more.
    """

    def __init__(self, cached: list[CachedRows], databases: list[Database]) -> None:
        self.cached, self.databases = cached, databases
        self.names = [f"boxes/{number}/rows/one" for number in range(4)]
        self.known = dict.fromkeys(self.names, 0)
        self.turns = {name: asyncio.Lock() for name in self.names}
        self.version = self.reads = self.changes = 0
        self.until = time.monotonic() + 4

    async def run(self) -> None:
        writers = [self.write(random.Random(SEED + number)) for number in range(6)]
        readers = [self.read(random.Random(SEED - number)) for number in range(12)]
        await asyncio.gather(*writers, *readers)

    async def write(self, dice: random.Random) -> None:
        while time.monotonic() < self.until:
            name = dice.choice(self.names)
            async with self.turns[name]:
                self.version += 1
                await self.change(dice, name, self.version)
                self.changes += 1
            await asyncio.sleep(dice.random() * 0.02)

    async def change(self, dice: random.Random, name: str, version: int) -> None:
        which = dice.randrange(3)
        rows, database = self.cached[which], self.databases[which]
        kind = dice.random()
        if kind < 0.5:
            await rows.put(name, version)
        elif kind < 0.6:
            async with database.transaction():
                await rows.put(name, -1)
                await rows.put(name, version)
                with pytest.raises(RuntimeError):
                    async with database.transaction():
                        await rows.put(name, -2)
                        raise RuntimeError
        elif kind < 0.7:
            async with database.transaction(discard=True):
                await rows.put(name, -3)
            return
        elif kind < 0.8:
            await rows.delete_below(name.removesuffix("/rows/one"))
        elif kind < 0.9:
            async with database.transaction():
                await rows.delete(name)
        else:
            async with database.transaction():
                await rows.delete(name)
                await rows.put(name, version)
        self.known[name] = version

    async def read(self, dice: random.Random) -> None:
        while time.monotonic() < self.until:
            rows, name = dice.choice(self.cached), dice.choice(self.names)
            known = self.known[name]
            try:
                if dice.random() < 0.2:
                    (found,) = await rows.get_many([name])
                else:
                    found = await rows.get(name)
                assert found.version >= known, f"{found} after {known}"
            except (NotFoundError, KeyError):
                pass
            self.reads += 1
            await asyncio.sleep(dice.random() * 0.004)


async def test_no_read_gives_what_was_before_a_change_that_has_returned(
    databases: list[Database], redis_url: str
) -> None:
    """With short lives, so that entries end and leases run out in the middle, too."""
    lives = {"ttl": timedelta(milliseconds=80), "lease": timedelta(milliseconds=30)}
    for config in (cache_config(redis_url), cache_config(redis_url, **lives)):
        caches = [Cache(config, database, service="test") for database in databases]
        cached = [
            CachedRows(SqlRows(database), cache) for database, cache in zip(databases, caches, strict=True)
        ]
        load = Load(cached, databases)
        await load.run()
        assert load.reads > 100 and load.changes > 10
        for cache in caches:
            await cache.close()


async def test_entries_of_a_discarded_transaction_stay(databases: list[Database], redis_url: str) -> None:
    cache = Cache(cache_config(redis_url), databases[0], service="test")
    rows, beneath = CachedRows(SqlRows(databases[0]), cache), SqlRows(databases[0])
    await rows.put("one", 1)
    await rows.get("one")
    async with databases[0].transaction(discard=True):
        await rows.put("one", 2)
        assert (await rows.get("one")).version == 2
    await beneath.put("one", 3)  # which the cache does not know of
    assert (await rows.get("one")).version == 1
    await cache.close()


async def test_failed_change_is_told_and_the_cache_goes_on(databases: list[Database], redis_url: str) -> None:
    cache = Cache(cache_config(redis_url), databases[0], service="test")
    rows = CachedRows(SqlRows(databases[0]), cache)
    await rows.put("one", 1)
    await rows.get("one")
    with pytest.raises(ServiceError):
        await rows.put("one", 2**100)
    assert (await rows.get("one")).version == 1
    await cache.close()
