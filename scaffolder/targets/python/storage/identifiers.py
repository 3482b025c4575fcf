"""Names of tables, columns and constraints that no database cuts off, and SQL's own words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

CONSTRAINT_NAME = 63
"""The letters of a name that PostgreSQL keeps (NAMEDATALEN - 1); what is behind them is dropped in silence."""

COLUMN_NAME = CONSTRAINT_NAME

TABLE_NAME = 56
"""Less than that for a table, so that what is called after it (``pk_…``, ``…_id_seq``) still fits."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


def shortened(name: str, limit: int) -> str:
    """The name itself, or its beginning and a mark of the whole where it is longer than `limit`."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9]}_{_mark(name)}"


def constraint_name(
    prefix: str, table: str, columns: Sequence[str], taken: set[str], suffix: str = ""
) -> str:
    """`ix_books_author_title`; as the naming convention of the models has it, but for what would not fit.

    `taken` are the names that there are already, and gets this one: `a_b, c` and `a, b_c` would be called alike.
    """
    full = "_".join(filter(None, (prefix, table, *columns, suffix)))
    name = shortened(full, CONSTRAINT_NAME)
    if name in taken:
        name = f"{full[: CONSTRAINT_NAME - 9]}_{_mark(' '.join((full, *columns)))}"
    taken.add(name)
    return name


def quoted(name: str) -> str:
    """A column's name as SQL writes it: in quotes where it is one of SQL's words or has capitals."""
    return name if _PLAIN.match(name) and name not in RESERVED else f'"{name}"'


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


_WORDS = """
abort action add after all alter always analyse analyze and any array as asc asymmetric attach authorization
autoincrement before begin between binary both by cascade case cast check collate collation column commit
concurrently conflict constraint create cross current current_catalog current_date current_role
current_schema current_time current_timestamp current_user database default deferrable deferred delete desc
detach distinct do drop each else end escape except exclude exclusive exists explain fail false fetch filter
first following for foreign freeze from full generated glob grant group groups having if ignore ilike
immediate in index indexed initially inner insert instead intersect into is isnull join key last lateral
leading left like limit localtime localtimestamp match materialized natural no not nothing notnull null
nulls of offset on only or order others outer over overlaps partition placing plan pragma preceding primary
query raise range recursive references regexp reindex release rename replace restrict returning right
rollback row rows savepoint select session_user set similar some symmetric system_user table tablesample
temp temporary then ties to trailing transaction trigger true unbounded union unique update user using
vacuum values variadic verbose view virtual when where window with without
"""

RESERVED = frozenset(_WORDS.split())
"""SQLite's keywords and what PostgreSQL reserves (its SQL Key Words, all that are not "non-reserved")."""
