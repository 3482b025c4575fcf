"""A cache in Redis in front of the database, for entities that are read by their identity (cache-aside).

    books = cache.of(Book, "books")
    book = await books.get(name, lambda: repository.get(name))
    async with books.changing(name):
        await repository.update(book)

What a reader may rely on, while Redis answers:

- Once a change is committed and its call has returned, no `get` that begins later gives what was before it, in
  whatever process: a change takes the entry away after its commit, and with it the lease of everybody who is just
  loading, so that nobody stores what was read before the commit.
- Of all who miss the same entry at the same time, in all processes, one loads it. The others wait for that one, at most
  `wait` long.
- Inside a transaction nothing comes from the cache.

When Redis is down, slow, full or holds garbage, calls go to the database, and are held up by no more than `timeout`. An
entry that could not be taken away is read by no call of this process, is taken away as soon as Redis is back, and in
other processes ends with its `ttl`, like one whose change was made by other means than `changing`, by a process that
was killed right after its commit, or behind a Redis that came back with older data of its own: run it without
persistence. Redis Cluster is not supported: an entry and its scopes are read at once.
"""

from .config import CacheConfig
from .entities import Cache, EntityCache

__all__ = ["Cache", "CacheConfig", "EntityCache"]
