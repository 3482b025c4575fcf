"""The cache on a real Redis: what is read from it, what is forgotten, and what happens without it."""

from __future__ import annotations

import asyncio
import datetime
import enum
import math
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from kit import metrics
from kit.cache import Cache, CacheConfig, EntityCache
from kit.cache.codec import Codec
from kit.database import Database, DatabaseConfig
from kit.errors import NotFoundError
from kit.money import Money


class Colour(enum.IntEnum):
    NONE = 0
    RED = 1


@dataclass(slots=True, kw_only=True)
class Inner:
    at: datetime.datetime | None = None
    lasts: datetime.timedelta | None = None


@dataclass(slots=True, kw_only=True)
class Thing:
    name: str = ""
    version: int = 0
    ratio: float = 0.0
    big: int = 0
    data: bytes = b""
    colour: Colour = Colour.NONE
    at: datetime.datetime | None = None
    lasts: datetime.timedelta | None = None
    uid: UUID | None = None
    price: Money | None = None
    exact: Decimal | None = None
    day: datetime.date | None = None
    inner: Inner | None = None
    inners: list[Inner] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Things:
    """Where things are kept, in place of a database; counts who reads."""

    def __init__(self, *things: Thing) -> None:
        self.stored = {each.name: each for each in things}
        self.reads = 0
        self.pause = 0.0

    async def get(self, name: str) -> Thing:
        self.reads += 1
        found = self.stored.get(name)
        await asyncio.sleep(self.pause)
        if found is None:
            raise NotFoundError(f"no {name}")
        return replace(found)

    async def get_many(self, names: list[str]) -> list[Thing]:
        return [await self.get(name) for name in names]

    def loading(self, name: str) -> Callable[[], object]:
        return lambda: self.get(name)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(DatabaseConfig(url=f"sqlite+aiosqlite:///{tmp_path}/test.db"))
    yield database
    await database.close()


@pytest.fixture
def config(redis_url: str) -> CacheConfig:
    # A loaded machine is no failure.
    return CacheConfig(url=redis_url, prefix=f"test-{secrets.token_hex(6)}", timeout=timedelta(seconds=10))


@pytest.fixture
async def cache(config: CacheConfig, database: Database) -> AsyncIterator[Cache]:
    cache = Cache(config, database, service="test")
    yield cache
    await cache.close()


@pytest.fixture
def entities(cache: Cache) -> EntityCache[Thing]:
    return cache.of(Thing, "things", nested=True)


ONE = Thing(name="boxes/1/things/one", version=1)


async def read(entities: EntityCache[Thing], things: Things, name: str = ONE.name) -> Thing:
    return await entities.get(name, lambda: things.get(name))


async def test_second_read_is_from_the_cache_and_the_callers_own(entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    first = await read(entities, things)
    first.version = 99
    second = await read(entities, things)
    assert second == ONE and things.reads == 1
    assert second is not await read(entities, things)


async def test_what_is_not_there_is_not_remembered(entities: EntityCache[Thing]) -> None:
    things = Things()
    for _ in range(2):
        with pytest.raises(NotFoundError):
            await read(entities, things)
    assert things.reads == 2
    things.stored[ONE.name] = ONE
    started = time.monotonic()
    assert await read(entities, things) == ONE
    assert time.monotonic() - started < 0.4  # nobody waits for the lease of the one who found nothing


async def test_changed_entity_is_read_anew(entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    await read(entities, things)
    async with entities.changing(ONE.name):
        things.stored[ONE.name] = replace(ONE, version=2)
    assert (await read(entities, things)).version == 2


async def test_batch_reads_what_the_cache_does_not_have(entities: EntityCache[Thing]) -> None:
    names = [f"boxes/1/things/{number}" for number in range(5)]
    things = Things(*(Thing(name=name) for name in names))
    await read(entities, things, names[3])
    asked = [names[4], names[3], names[0], names[4]]
    assert [each.name for each in await entities.get_many(asked, things.get_many)] == asked
    assert things.reads == 3
    assert [each.name for each in await entities.get_many(names, things.get_many)] == names
    assert things.reads == 5
    with pytest.raises(NotFoundError):
        await entities.get_many([*names, "boxes/1/things/none"], things.get_many)


async def test_batch_reads_what_was_changed_anew(entities: EntityCache[Thing]) -> None:
    names = [f"boxes/1/things/{number}" for number in range(3)]
    things = Things(*(Thing(name=name) for name in names))
    await entities.get_many(names, things.get_many)
    async with entities.changing(names[1]):
        things.stored[names[1]] = Thing(name=names[1], version=2)
    assert [each.version for each in await entities.get_many(names, things.get_many)] == [0, 2, 0]


async def test_reader_that_was_overtaken_by_a_change_stores_nothing(entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    things.pause = 0.2
    slow = asyncio.create_task(read(entities, things))
    while not things.reads:
        await asyncio.sleep(0.01)
    async with entities.changing(ONE.name):
        things.stored[ONE.name] = replace(ONE, version=2)
    assert (await read(entities, things)).version == 2
    assert (await slow).version == 1
    assert (await read(entities, things)).version == 2


async def test_batch_that_was_overtaken_by_a_change_stores_nothing(entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    things.pause = 0.2
    slow = asyncio.create_task(entities.get_many([ONE.name], things.get_many))
    while not things.reads:
        await asyncio.sleep(0.01)
    async with entities.changing(ONE.name):
        things.stored[ONE.name] = replace(ONE, version=2)
    assert [each.version for each in await slow] == [1]
    assert (await read(entities, things)).version == 2


async def test_rolled_back_change_keeps_the_entry(entities: EntityCache[Thing], database: Database) -> None:
    things = Things(ONE)
    await read(entities, things)
    with pytest.raises(RuntimeError):
        async with database.transaction(), entities.changing(ONE.name):
            raise RuntimeError
    async with database.transaction(discard=True), entities.changing(ONE.name):
        pass
    async with database.transaction():
        async with database.transaction(discard=True), entities.changing(ONE.name):
            pass
        with pytest.raises(RuntimeError):
            async with database.transaction(), entities.changing(ONE.name):
                raise RuntimeError
    assert await read(entities, things) == ONE
    assert things.reads == 1


async def test_entry_goes_after_the_commit_and_not_before(
    entities: EntityCache[Thing], database: Database
) -> None:
    things = Things(ONE)
    await read(entities, things)
    async with database.transaction():
        async with database.session(), entities.changing(ONE.name):
            pass
        other = asyncio.create_task(read(entities, things))  # which is in no transaction
        assert await other == ONE and things.reads == 1
    await read(entities, things)
    assert things.reads == 2


async def test_transaction_reads_past_the_cache(entities: EntityCache[Thing], database: Database) -> None:
    things = Things(ONE)
    await read(entities, things)
    things.stored[ONE.name] = replace(ONE, version=2)
    async with database.transaction():
        assert (await read(entities, things)).version == 2
        assert (await entities.get_many([ONE.name], things.get_many))[0].version == 2
    assert (await read(entities, things)).version == 1


async def test_change_that_is_cancelled_in_its_commit_is_forgotten(
    entities: EntityCache[Thing], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = Things(ONE)
    await read(entities, things)
    committing = asyncio.Event()

    async def commit(self: object) -> None:
        committing.set()
        await asyncio.sleep(10)

    async def change() -> None:
        async with database.transaction(), entities.changing(ONE.name):
            things.stored[ONE.name] = replace(ONE, version=2)
            monkeypatch.setattr("sqlalchemy.ext.asyncio.AsyncSession.commit", commit)

    task = asyncio.create_task(change())
    await committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await read(entities, things)).version == 2


async def test_all_below_a_name_is_forgotten_with_it(cache: Cache, entities: EntityCache[Thing]) -> None:
    boxes = cache.of(Thing, "boxes")
    names = ["boxes/1/things/a", "boxes/1/things/a/things/b", "boxes/10/things/c"]
    things = Things(*(Thing(name=name) for name in names))
    await entities.get_many(names, things.get_many)
    async with boxes.changing("boxes/1"):
        pass
    await entities.get_many(names, things.get_many)
    assert things.reads == 3  # nothing below it was touched
    async with boxes.changing("boxes/1", below=True):
        pass
    await entities.get_many(names, things.get_many)
    assert things.reads == 5


async def test_reader_that_was_overtaken_by_the_end_of_its_parent_stores_nothing(
    cache: Cache, entities: EntityCache[Thing]
) -> None:
    things = Things(ONE)
    things.pause = 0.2
    slow = asyncio.create_task(read(entities, things))
    while not things.reads:
        await asyncio.sleep(0.01)
    async with cache.of(Thing, "boxes").changing("boxes/1", below=True):
        things.stored.clear()
    assert await slow == ONE
    with pytest.raises(NotFoundError):
        await read(entities, things)


async def test_all_of_a_table_is_forgotten_with_what_it_is_below(cache: Cache) -> None:
    numbered, things = cache.of(Thing, "numbered"), Things(ONE)
    await numbered.get(7, lambda: things.get(ONE.name))
    async with cache.of(Thing, "boxes").changing(1, tables=["numbered"]):
        pass
    await numbered.get(7, lambda: things.get(ONE.name))
    assert things.reads == 2


async def test_parallel_reads_load_once(config: CacheConfig, database: Database) -> None:
    patient = timedelta(seconds=60)  # a loaded machine is no failure here either
    cache = Cache(config.model_copy(update={"wait": patient, "lease": patient}), database, service="test")
    entities, things = cache.of(Thing, "things"), Things(ONE)
    things.pause = 0.1
    assert await asyncio.gather(*(read(entities, things) for _ in range(200))) == [ONE] * 200
    assert things.reads == 1
    await cache.close()


async def test_readers_wait_no_longer_than_they_may(config: CacheConfig, database: Database) -> None:
    cache = Cache(config.model_copy(update={"wait": timedelta(seconds=0.1)}), database, service="test")
    entities, things = cache.of(Thing, "things"), Things(ONE)
    redis = Redis.from_url(config.url)
    await redis.set(f"{config.prefix}:things:{ONE.name}", "Lsomebody", px=60_000)
    started = time.monotonic()
    assert await asyncio.gather(*(read(entities, things) for _ in range(20))) == [ONE] * 20
    assert time.monotonic() - started < 5
    await redis.aclose()
    await cache.close()


async def test_cancelled_reader_takes_nothing_from_those_who_wait(entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    things.pause = 0.2
    first = asyncio.create_task(read(entities, things))
    while not things.reads:
        await asyncio.sleep(0.01)
    others = [asyncio.create_task(read(entities, things)) for _ in range(5)]
    first.cancel()
    assert await asyncio.gather(*others) == [ONE] * 5
    assert things.reads == 1


async def test_cancelled_reads_mix_up_no_answers(entities: EntityCache[Thing]) -> None:
    names = [f"boxes/1/things/{number}" for number in range(20)]
    things = Things(*(Thing(name=name) for name in names))
    await entities.get_many(names, things.get_many)
    for turn in range(300):
        name = names[turn % 20]
        task = asyncio.create_task(read(entities, things, name))
        for _ in range(turn % 7):
            await asyncio.sleep(0)
        task.cancel()
        other = names[(turn + 1) % 20]
        assert (await read(entities, things, other)).name == other
    assert things.reads < 60


@pytest.mark.parametrize(
    "garbage", [b"", b"V", b"garbage", b"V\n", None], ids=["empty", "cut", "foreign", "headless", "no-text"]
)
async def test_garbage_is_replaced(
    config: CacheConfig, entities: EntityCache[Thing], garbage: bytes | None
) -> None:
    things, key = Things(ONE), f"{config.prefix}:things:{ONE.name}"
    async with Redis.from_url(config.url) as redis:
        await read(entities, things)
        if garbage is None:
            await redis.delete(key, f"{config.prefix}:things")
            await redis.rpush(key, "a list")
            await redis.rpush(f"{config.prefix}:things", "a list")
        else:
            await redis.set(key, garbage)
        assert await read(entities, things) == ONE
        assert await read(entities, things) == ONE
        assert things.reads == 2


async def test_damaged_value_is_replaced(config: CacheConfig, entities: EntityCache[Thing]) -> None:
    things, key = Things(ONE), f"{config.prefix}:things:{ONE.name}"
    async with Redis.from_url(config.url) as redis:
        await read(entities, things)
        for damage in (b"", b"null", b'{"version": "x"}', b"[" * 100_000):
            whole = await redis.get(key)
            assert isinstance(whole, bytes)
            await redis.set(key, whole.partition(b"\n")[0] + b"\n" + damage)
            assert await read(entities, things) == ONE
    assert things.reads == 5


@pytest.mark.parametrize("kept", ["nothing", "entries", "scopes"])
async def test_evicted_keys_are_loaded_again(
    config: CacheConfig, entities: EntityCache[Thing], kept: str
) -> None:
    things = Things(ONE)
    async with Redis.from_url(config.url) as redis:
        await read(entities, things)
        for key in [key async for key in redis.scan_iter(f"{config.prefix}:*")]:
            is_entry = key.endswith(ONE.name.encode())
            if kept == "nothing" or is_entry == (kept == "scopes"):
                await redis.delete(key)
    things.stored[ONE.name] = replace(ONE, version=2)
    assert (await read(entities, things)).version == 2


async def test_every_key_ends(config: CacheConfig, cache: Cache, entities: EntityCache[Thing]) -> None:
    things = Things(ONE)
    await read(entities, things)
    async with entities.changing("boxes/1", below=True, tables=["things"]):
        pass
    await read(entities, things)
    async with Redis.from_url(config.url) as redis:
        lives = {key: await redis.pttl(key) async for key in redis.scan_iter(f"{config.prefix}:*")}
    entry = f"{config.prefix}:things:{ONE.name}".encode()
    assert 53_000 < lives.pop(entry) <= 60_000
    assert lives and all(60_000 < each <= 126_000 for each in lives.values())


async def test_other_shape_is_not_read_and_yet_forgotten(cache: Cache, config: CacheConfig) -> None:
    """As while a new version of a service replaces the old one."""
    old: type[Any] = make_dataclass("Thing", [("name", str, ""), ("version", int, 0)])
    before: EntityCache[Any] = cache.of(old, "things")
    after, things = cache.of(Thing, "things"), Things(ONE)

    async def load() -> object:
        return old(name=ONE.name, version=1)

    await before.get(ONE.name, load)
    assert await read(after, things) == ONE and things.reads == 1
    things.stored[ONE.name] = replace(ONE, version=2)
    async with before.changing(ONE.name):
        pass
    assert (await read(after, things)).version == 2


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ([("name", str), ("count", int)], True),
        ([("name", str), ("number", int)], False),
        ([("name", str), ("count", float)], False),
        ([("name", str)], False),
        ([("name", str), ("count", int | None)], False),
    ],
)
def test_fingerprint_is_that_of_the_shape(fields: list[tuple[str, type]], same: bool) -> None:
    one, other = (
        Codec[Any](make_dataclass("One", each)).fingerprint
        for each in ([("name", str), ("count", int)], fields)
    )
    assert (one == other) is same


TIMES = st.datetimes(timezones=st.just(datetime.UTC))
SPANS = st.timedeltas(timedelta(days=-3_652_500), timedelta(days=3_652_500))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
THINGS = st.builds(
    Thing,
    name=st.text(),
    version=st.integers(-(2**63), 2**64),
    ratio=st.floats(allow_nan=False),
    data=st.binary(),
    colour=st.sampled_from(Colour),
    at=st.none() | TIMES,
    lasts=st.none() | SPANS,
    uid=st.none() | st.uuids(),
    price=st.none() | st.builds(Money, currency_code=st.just("EUR"), amount=DECIMALS),
    exact=st.none() | DECIMALS,
    day=st.none() | st.dates(),
    inners=st.lists(st.builds(Inner, at=st.none() | TIMES, lasts=st.none() | SPANS), max_size=2),
    labels=st.dictionaries(st.text(), st.text(), max_size=2),
    counts=st.dictionaries(st.integers(), st.integers(), max_size=2),
)
CODEC = Codec(Thing)


@given(THINGS)
def test_entities_come_back_as_they_were(thing: Thing) -> None:
    assert CODEC.decode(CODEC.encode(thing)) == thing


def test_no_number_comes_back_as_none() -> None:
    assert math.isnan(CODEC.decode(CODEC.encode(Thing(ratio=math.nan))).ratio)


async def test_what_cannot_be_written_is_read_all_the_same(entities: EntityCache[Thing]) -> None:
    things = Things(Thing(name=ONE.name, labels={"half": "\ud800"}), Thing(name="\ud800", version="x"))  # type: ignore[arg-type]
    for name in (ONE.name, "\ud800"):
        assert await read(entities, things, name) == things.stored[name]
        assert await read(entities, things, name) == things.stored[name]


async def test_reads_are_counted(entities: EntityCache[Thing], database: Database) -> None:
    def counted() -> dict[str, float]:
        return {
            each: metrics.CACHE_READS.labels("things", each)._value.get()
            for each in ("hit", "miss", "skipped")
        }

    things, before = Things(ONE), counted()
    for _ in range(3):
        await read(entities, things)
    async with database.transaction():
        await read(entities, things)
    assert {name: value - before[name] for name, value in counted().items()} == {
        "hit": 2,
        "miss": 1,
        "skipped": 1,
    }
    assert b'cache_reads_total{result="hit",table="things"}' in metrics.exposition()


async def test_cache_can_be_turned_off(database: Database) -> None:
    cache = Cache(CacheConfig(url=""), database, service="test")
    entities, things = cache.of(Thing, "things"), Things(ONE)
    await read(entities, things)
    async with entities.changing(ONE.name, below=True):
        pass
    await read(entities, things)
    assert things.reads == 2
    await cache.close()


@pytest.mark.parametrize("url", ["localhost:6379", "http://localhost", "redis://localhost:port"])
def test_url_for_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a URL like redis"):
        CacheConfig(url=url)
