"""The database: units of work, pages of lists, its failures as errors of the service, and column types.

SQLite (aiosqlite) is the embedded default, PostgreSQL (asyncpg) the one for production; the drivers are
imported by the URL's scheme, only when used.
"""

from .config import DatabaseConfig
from .failures import constraints
from .query import select_page
from .rows import replace_row
from .sessions import Database
from .text import children
from .types import (
    Double,
    EnumName,
    Exact,
    JsonOf,
    Microseconds,
    Name,
    RowNumber,
    RowReference,
    Unsigned64,
    UtcDateTime,
)

__all__ = [
    "Database",
    "DatabaseConfig",
    "Double",
    "EnumName",
    "Exact",
    "JsonOf",
    "Microseconds",
    "Name",
    "RowNumber",
    "RowReference",
    "Unsigned64",
    "UtcDateTime",
    "children",
    "constraints",
    "replace_row",
    "select_page",
]
