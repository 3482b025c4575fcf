"""The revisions that a project has, read from their files without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

NO_ID = "has no `revision`, so that Alembic refuses it"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a revision's file; `is_unread` where it may be one that the next should follow."""

    path: str
    line: int
    message: str
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """`heads` are the revisions that none follows, sorted; `number` is the next file's (``0003``)."""

    heads: tuple[str, ...] = ()
    number: str = "0001"
    problems: tuple[Problem, ...] = ()
    is_empty: bool = True


def history(files: Mapping[str, str | None]) -> History:
    """The history of the texts of ``versions/*.py`` by their paths, None for a file that is no text."""
    parents: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    number = 0
    for path, text in sorted(files.items()):
        name = path.rpartition("/")[2]
        if name.startswith((".#", "__init__")):
            continue
        number = max(number, int(found[1]) if (found := re.match(r"(\d{4,6})_", name)) else 0)
        try:
            values = _values(text)
            revision = values.get("revision")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            problems.append(Problem(path, line, f"cannot be read: {_why(error)}", is_unread=True))
            continue
        if not isinstance(revision, str):
            problems.append(Problem(path, 1, NO_ID))
        elif revision in places:
            problems.append(Problem(path, 1, f"has the id {revision}, which {places[revision]} has"))
        else:
            parents[revision], places[revision] = _parents(values.get("down_revision")), path
    for revision, known in parents.items():
        for parent in known:
            if not any(item == parent or item.startswith(parent) for item in parents):
                problems.append(Problem(places[revision], 1, f"follows {parent}, which no file has"))
    followed = {parent for known in parents.values() for parent in known}
    heads = tuple(sorted(item for item in parents if not any(item.startswith(parent) for parent in followed)))
    return History(heads, f"{number + 1:04}", tuple(problems), is_empty=not parents)


def _values(text: str | None) -> dict[str, object]:
    """The constants that a module assigns at its top."""
    if text is None:
        raise ValueError("it is no text")
    values: dict[str, object] = {}
    for node in ast.parse(text).body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                values[target.id] = _constant(value)
    return values


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _parents(value: object) -> tuple[str, ...]:
    """Alembic takes one id, or several, and a part of an id where that is enough."""
    if isinstance(value, str):
        return (value,)
    return (
        tuple(item for item in value if isinstance(item, str))
        if isinstance(value, (tuple, list, set))
        else ()
    )


def _why(error: Exception) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)
