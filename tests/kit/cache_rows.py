"""What the tests of the cache keep in a real database: rows with a version, read and changed as repositories do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.cache import Cache
from kit.database import Database
from kit.errors import NotFoundError


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


@dataclass(slots=True, kw_only=True)
class Versioned:
    name: str = ""
    version: int = 0


class SqlRows:
    """In the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> Versioned:
        async with self._database.read() as session:
            row = await session.get(Row, name)
            if row is None:
                raise NotFoundError(name)
            return Versioned(name=row.name, version=row.version)

    async def get_many(self, names: Sequence[str]) -> list[Versioned]:
        async with self._database.read() as session:
            rows = await session.scalars(select(Row).where(Row.name.in_(names)))
            found = {row.name: Versioned(name=row.name, version=row.version) for row in rows}
        return [found[name] for name in names]

    async def put(self, name: str, version: int) -> None:
        async with self._database.session() as session:
            await session.merge(Row(name=name, version=version))

    async def delete(self, name: str) -> None:
        async with self._database.session() as session:
            await session.execute(delete(Row).where(Row.name == name))


class CachedRows:
    """As generated: what is in data/NOUN_cache.py."""

    def __init__(self, rows: SqlRows, cache: Cache) -> None:
        self._rows = rows
        self._cache = cache.of(Versioned, "rows", nested=True)

    async def get(self, name: str) -> Versioned:
        return await self._cache.get(name, lambda: self._rows.get(name))

    async def get_many(self, names: Sequence[str]) -> list[Versioned]:
        return await self._cache.get_many(names, self._rows.get_many)

    async def put(self, name: str, version: int) -> None:
        async with self._cache.changing(name):
            await self._rows.put(name, version)

    async def delete(self, name: str) -> None:
        async with self._cache.changing(name):
            await self._rows.delete(name)

    async def delete_below(self, parent: str) -> None:
        async with self._cache.changing(parent, below=True):
            await self._rows.delete(f"{parent}/rows/one")
