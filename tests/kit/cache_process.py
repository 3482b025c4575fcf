"""Run as a process: reads one key many times at once, through a cache of its own.

    python cache_process.py REDIS_URL PREFIX DATABASE_URL COUNT

says `ready`, waits for a line, and prints how often it read the database, and what it was given.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from sqlalchemy import select

from kit.cache import Cache, CacheConfig
from kit.database import Database, DatabaseConfig

from .cache_rows import Row, Versioned


async def main(redis_url: str, prefix: str, database_url: str, count: int) -> None:
    database = Database(DatabaseConfig(url=database_url))
    patient = timedelta(seconds=20)
    config = CacheConfig(url=redis_url, prefix=prefix, timeout=patient, wait=patient, lease=patient)
    cache = Cache(config, database, service="test")
    entities = cache.of(Versioned, "rows")
    reads = 0

    async def load() -> Versioned:
        nonlocal reads
        reads += 1
        await asyncio.sleep(0.1)
        async with database.read() as session:
            row = (await session.scalars(select(Row))).one()
            return Versioned(name=row.name, version=row.version)

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    found = await asyncio.gather(*(entities.get("one", load) for _ in range(count)))
    print(reads, sorted({each.version for each in found}), len(found), flush=True)
    await cache.close()
    await database.close()


if __name__ == "__main__":
    redis_url, prefix, database_url, count = sys.argv[1:]
    asyncio.run(main(redis_url, prefix, database_url, int(count)))
