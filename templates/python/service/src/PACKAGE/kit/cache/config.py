"""What can be set of the cache."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator
from redis.asyncio.connection import parse_url

from ..config import Duration, Section

_Positive = Annotated[Duration, Field(ge=timedelta(milliseconds=1))]


class CacheConfig(Section):
    """`url` is redis://user:password@host:port/database, rediss:// with TLS, unix:///path; `""` turns the cache off.

    - `prefix`: what every key begins with, the service's name where it is empty. Whoever shares a Redis and a prefix
      shares the entries.
    - `ttl`: how long an entry lives at most, some up to a tenth less so that not all end at once. It also bounds how
      long one is stale whose removal failed.
    - `timeout`: for one exchange with Redis, with the wait for one of the `max_connections`.
    - `lease`: how long loading an entry may take; what comes later is not stored.
    - `wait`: how long others wait for the one who loads an entry, before they ask the database themselves.
    """

    url: str = "redis://localhost:6379/0"
    prefix: str = ""
    ttl: _Positive = timedelta(seconds=60)
    timeout: _Positive = timedelta(milliseconds=250)
    lease: _Positive = timedelta(seconds=3)
    wait: _Positive = timedelta(milliseconds=500)
    max_connections: Annotated[int, Field(ge=1)] = 32

    @field_validator("url")
    @classmethod
    def _is_for_redis(cls, url: str) -> str:
        if url:
            try:
                options = parse_url(url)
            except ValueError as error:
                raise ValueError("not a URL like redis://localhost:6379/0") from error
            if "decode_responses" in options:
                raise ValueError("the cache reads bytes; remove decode_responses")
        return url
