"""What is kept between runs, in the platform's folder for caches: of this user, and closed to others.

`Cache` holds results by the hash of all that they come from: after a change of one RPC a few files are made anew. It
is one SQLite file, which beside a file for each entry reads as fast, writes in a tenth of the time, and is bounded by
one statement. An entry carries its own key and a checksum: damage costs the work that was saved and nothing else.
Whatever fails here is as if nothing had been stored.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

OFF = "SCAFFOLD_NO_CACHE"
"""The environment variable that, set to anything but nothing, switches everything in this module off."""

LIMIT = 64 * 2**20
"""Bytes on the disk above which the entries unused for longest go, until three quarters are left."""

_DAY = 86400
_AT_ONCE = 500  # values in one statement; older SQLite takes at most 999
_BUSY_SECONDS = 2.0
_FILE = "entries-1.sqlite"  # another form of what is in it is another file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, used INTEGER NOT NULL, content BLOB NOT NULL)"""
_FORGET = """
DELETE FROM entries WHERE key IN (
  SELECT key FROM (
    SELECT key, SUM(LENGTH(content)) OVER (ORDER BY used DESC, rowid DESC) AS newer FROM entries
  ) WHERE newer > ?
)"""


def folder(name: str) -> Path | None:
    """The folder `name` of this tool's cache, made where it is not there; None where there can be none.

    It is closed to others, because what is in it is run, or becomes part of a project.
    """
    if os.environ.get(OFF):
        return None
    path = _caches() / "scaffold" / name
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None
    except OSError:
        return None
    return path


def _caches() -> Path:
    """The platform's folder for caches (XDG Base Directory Specification, and its counterparts)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    return Path(configured) if os.path.isabs(configured) else Path.home() / ".cache"


class Cache:
    """Contents by key, a hash of any one length. Safe to use from several processes at once."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path = path
        self.limit = limit

    @classmethod
    def of_user(cls, name: str) -> Cache | None:
        """The user's cache of that name; None where it is switched off, or cannot be."""
        try:
            import sqlite3  # noqa: F401  (a Python can be built without it)
        except ImportError:
            return None
        found = folder(name)
        return None if found is None else cls(found / _FILE)

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What is stored under `keys`; those are left out that are not there or not sound."""
        found: dict[bytes, bytes] = {}
        if not self.path.is_file():
            return found
        today, stale = _today(), []
        with self._harmless(), self._connection() as database:
            for key, used, content in _select(database, list(keys)):
                text = _unpacked(key, content)
                if text is None:
                    continue
                found[key] = text
                if used != today:
                    stale.append((today, key))
            if stale:  # once a day, so that a run which only reads does not write
                with _transaction(database):
                    database.executemany("UPDATE entries SET used = ? WHERE key = ?", stale)
        return found

    def write(self, entries: Mapping[bytes, bytes]) -> None:
        """Stores `entries`, all or none, and keeps the file within its limit."""
        today = _today()
        rows = [(key, today, zlib.compress(key + content, 1)) for key, content in entries.items()]
        with self._harmless(), self._connection() as database:
            # Gives back what is deleted; has to be set before the table is made.
            database.execute("PRAGMA auto_vacuum = FULL")
            with _transaction(database):
                database.execute(_SCHEMA)
                database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
                if _size(database) > self.limit:
                    database.execute(_FORGET, (self.limit * 3 // 4,))

    @contextlib.contextmanager
    def _harmless(self) -> Iterator[None]:
        """Passes over every error of the database; a file that is none is removed, to be made anew."""
        import sqlite3

        try:
            yield
        except (sqlite3.OperationalError, OSError):  # locked, read-only, full: it may be well the next time
            pass
        except sqlite3.Error:
            for name in (self.path.name, f"{self.path.name}-journal"):
                with contextlib.suppress(OSError):
                    self.path.with_name(name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        import sqlite3

        database = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        with contextlib.closing(database):
            database.execute("PRAGMA synchronous = OFF")  # entries are checked when they are read
            yield database


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """One write, undone by closing the connection if it fails."""
    database.execute("BEGIN IMMEDIATE")
    yield
    database.execute("COMMIT")


def _select(database: sqlite3.Connection, keys: list[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from database.execute(f"SELECT key, used, content FROM entries WHERE key IN ({marks})", some)


def _unpacked(key: bytes, content: bytes) -> bytes | None:
    """The text of an entry, None if it is damaged or another key's."""
    try:
        packed = zlib.decompress(content)
    except (zlib.error, TypeError):
        return None
    return packed[len(key) :] if packed.startswith(key) else None


def _size(database: sqlite3.Connection) -> int:
    """Bytes in use, without those that are free to be used again."""
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _today() -> int:
    return int(time.time()) // _DAY
