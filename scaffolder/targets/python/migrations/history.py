"""The revisions that a project has, read from their files without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
    """`heads` are the revisions that none follows, sorted; `number` is the next file's (``0003``).

    `places` are the files' paths by their revisions. `twice` is what the branches of several heads make each for
    itself: tables, columns, names of indexes and constraints.
    """

    heads: tuple[str, ...] = ()
    number: str = "0001"
    problems: tuple[Problem, ...] = ()
    is_empty: bool = True
    places: Mapping[str, str] = field(default_factory=dict)
    twice: tuple[str, ...] = ()


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
    twice = _twice(heads, parents, {revision: files[path] or "" for revision, path in places.items()})
    return History(heads, f"{number + 1:04}", tuple(problems), not parents, places, twice)


def _twice(
    heads: Sequence[str], parents: Mapping[str, Sequence[str]], texts: Mapping[str, str]
) -> tuple[str, ...]:
    lines = [_ancestors(head, parents) for head in heads] if len(heads) > 1 else []
    seen: set[str] = set()
    twice: set[str] = set()
    for index, line in enumerate(lines):
        others: set[str] = set().union(*lines[:index], *lines[index + 1 :])
        made = {name for revision in line - others for name in _made(texts[revision])}
        twice |= made & seen
        seen |= made
    return tuple(sorted(twice))


def _ancestors(revision: str, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """The revision and all that it follows."""
    found: set[str] = set()
    pending = [revision]
    while pending:
        part = pending.pop()
        whole = next((name for name in parents if name == part or name.startswith(part)), "")
        if whole and whole not in found:
            found.add(whole)
            pending += parents[whole]
    return found


_MAKES = frozenset(
    {"create_index", "create_unique_constraint", "create_check_constraint", "create_foreign_key"}
)


def _made(text: str) -> Iterator[str]:
    """What the `upgrade` of a revision creates under a name that can be there only once."""
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and function.name == "upgrade":
            yield from _made_in(function, "")


def _made_in(node: ast.AST, table: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.With):
            call = child.items[0].context_expr
            yield from _made_in(child, _name(call) if isinstance(call, ast.Call) else "")
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            made = child.func.attr
            if made == "create_table":
                yield _name(child)
            elif made == "add_column":
                owner, column = (table, child.args[:1]) if table else (_name(child), child.args[1:2])
                yield from (f"{owner}.{_name(item)}" for item in column if isinstance(item, ast.Call))
            elif made in _MAKES:
                yield _name(child)
        yield from _made_in(child, table)


def _name(call: ast.Call) -> str:
    """The first argument, where it is a text, or a text that stands in ``op.f()``."""
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant):
        return str(first.value)
    return _name(first) if isinstance(first, ast.Call) else ""


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
