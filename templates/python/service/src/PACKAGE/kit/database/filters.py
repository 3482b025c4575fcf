"""A filter of a list (AIP-160) as a condition of SQL, with every constant as a parameter.

SQL knows a third truth, NULL, and `NOT NULL` is no more true than NULL is. A filter knows two: what is compared with
something unset is false, its negation true. So negations travel down to the comparisons, where they add "or is NULL".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from ..resource import And, Compare, Has, Node, Not, Or, Pattern, match
from .json_values import Path, Sql
from .operands import Operand, Source
from .text import ANY, alike
from .types import Double

Clause = ColumnElement[bool]

_COMPARED: Mapping[str, Callable[[Sql, Sql], Clause]] = {
    "=": lambda value, constant: value == constant,
    "<": lambda value, constant: value < constant,
    "<=": lambda value, constant: value <= constant,
    ">": lambda value, constant: value > constant,
    ">=": lambda value, constant: value >= constant,
}
_INT64 = 2**63


def where(node: Node, source: Source, *, negated: bool = False) -> Clause:
    """The condition that a filter is true, or false where `negated`, of what the paths start at."""
    match node:
        case And(parts) | Or(parts):
            join = and_ if isinstance(node, And) != negated else or_
            return join(*(where(part, source, negated=negated) for part in parts)).self_group()
        case Not(part):
            return where(part, source, negated=not negated)
        case Has(path, part):
            found = _contains(path, part, source)
            return not_(func.coalesce(found, false())) if negated else found
        case Compare(path, ":", _, kind):
            found = _present(path, kind, source)
            return not_(found) if negated else found
        case Compare(_, op):
            return _compared(node, source, negated=negated != (op == "!="))


def _compared(node: Compare, source: Source, *, negated: bool) -> Clause:
    operand = source.operand(node.path, node.type)
    op = "=" if node.op == "!=" else node.op
    holds = _holds(op, operand, node.value, source)
    if operand.unset is not None and match(replace(node, path=(), op=op), operand.unset):
        # NULL is one of the values that are asked for; written so that an index can be used.
        null = operand.sql.is_(None)
        return and_(not_(holds), not_(null)) if negated else or_(holds, null)
    if not negated:
        return holds
    return or_(not_(holds), operand.sql.is_(None)) if operand.is_nullable else not_(holds)


def _holds(op: str, operand: Operand, value: Any, source: Source) -> Clause:
    """The comparison, NULL where the operand is."""
    if isinstance(value, Pattern):
        first, *others = value.pieces
        return alike(operand.sql, first, *(part for piece in others for part in (ANY, piece)))
    if operand.is_integer and not -_INT64 <= value < _INT64:
        return _beyond(op, operand.sql, value)
    holds = _COMPARED[op](operand.sql, operand.constant(value))
    if operand.kind is float and op in (">", ">="):
        # NaN is ordered behind all numbers, but larger than none.
        is_sqlite = source.dialect.name == "sqlite"
        number = (
            func.typeof(operand.sql) != "text"
            if is_sqlite
            else operand.sql != bindparam(None, math.nan, type_=Double())
        )
        return and_(holds, number)
    return holds


def _beyond(op: str, column: Sql, value: int) -> Clause:
    """The comparison with a number that is beyond all that a column can hold."""
    if op == "=" or (op in (">", ">=")) == (value > 0):
        return and_(column.is_not(None), false())
    return column.is_not(None)


def _present(path: Path, kind: type[Any], source: Source) -> Clause:
    column = source.column(path)
    if column is not None:
        return column.is_not(None) if source.unset(path) is None else true()
    return source.json.present(*source.document(path), filled=kind in (list, dict))


def _contains(path: Path, part: Node, source: Source) -> Clause:
    """Whether a list has an element for which the part is true."""
    document, rest = source.document(path)
    if source.dialect.name == "postgresql" and isinstance(part, Compare) and _is_contained(part):
        return _containment(document, rest, part, source, path)
    rows, element = source.elements(path)
    return select(literal(1)).select_from(rows).where(where(part, element)).exists()


def _is_contained(part: Compare) -> bool:
    return part.op == "=" and part.type in (str, int, bool)


def _containment(document: Sql, rest: Path, part: Compare, source: Source, path: Path) -> Clause:
    """The same by JSONB's own operator, which can use a GIN index."""
    _, element = source.elements(path)
    value: Any = part.value
    for name in reversed(element.document(part.path)[1]):
        value = {name: value}
    value = [value]
    for name in reversed(rest):
        value = {name: value}
    constant = cast(bindparam(None, to_json(value).decode(), type_=String()), JSONB())
    return document.op("@>", return_type=Boolean())(constant)
