"""SQL that PostgreSQL and SQLite read alike, as revisions write it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from scaffolder.targets.python.storage.identifiers import quoted as name
from scaffolder.targets.python.text import literal

__all__ = ["execute", "name", "names", "text", "value"]


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
