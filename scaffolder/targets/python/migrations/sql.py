"""SQL that PostgreSQL and SQLite read alike, as revisions write it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_RESERVED = """
    add all alter analyse analyze and any array as asc asymmetric autoincrement between binary both by case cast
    check collate column commit concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable delete desc distinct do drop else end
    escape except exists false fetch for foreign freeze from full grant group having if ilike in index initially inner
    insert intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not nothing
    notnull null of off offset on only or order outer overlaps placing primary references returning right select
    session_user set similar some symmetric table tablesample then to trailing transaction true union unique update user
    using values variadic verbose when where window with"""
"""Words that one of the two takes for its own where a name stands."""


def name(word: str) -> str:
    """A table's or a column's name, in quotes where it has to be."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", word) and word not in _RESERVED.split()
    return word if plain else '"' + word.replace('"', '""') + '"'


def names(words: Iterable[str]) -> str:
    return ", ".join(map(name, words))


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def value(default: str) -> str:
    """What the expression of a `server_default` (``""``, ``sa.false()``) is in SQL; "" for one that is more."""
    node = ast.parse(default, mode="eval").body
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return text(node.value)
    if isinstance(node, ast.Call) and not node.args:
        called = ast.unparse(node.func).rpartition(".")[2]
        return called if called in ("true", "false") else ""
    return ""


def execute(statement: str) -> str:
    """The call that runs a statement. A colon would begin a parameter."""
    return f"op.execute({literal(statement.replace(':', chr(92) + ':'))})"


def literal(text: str) -> str:
    """A Python string, in double quotes where that needs no backslash."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text and "\\'" not in plain else plain
