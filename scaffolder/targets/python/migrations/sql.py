"""SQL that PostgreSQL and SQLite read alike, as revisions write it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from scaffolder.targets.python.storage.identifiers import quoted as name

__all__ = ["execute", "literal", "name", "names", "text", "value"]


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
