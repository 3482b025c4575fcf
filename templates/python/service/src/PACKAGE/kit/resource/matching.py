"""Whether a resource fits a filter, and a whole query answered over resources in memory.

It says what a filter means, in Python: the oracle for stores that compile one, and the store of a test's fake.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .fields import attribute, read
from .names import is_child
from .nodes import And, Compare, Has, Node, Not, Or
from .ordering import sort_key
from .pages import Page
from .queries import Query

T = TypeVar("T")

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "like": lambda value, pattern: pattern.matches(value),
}


def match(node: Node, entity: Any, attributes: Mapping[str, str] = {}) -> bool:
    """Whether the filter is true for the entity; `attributes` are those of fields that are called otherwise."""
    match node:
        case And(parts):
            return all(match(part, entity, attributes) for part in parts)
        case Or(parts):
            return any(match(part, entity, attributes) for part in parts)
        case Not(part):
            return not match(part, entity, attributes)
        case Has(path, part):
            elements = read(entity, path, attributes) or ()
            return any(match(part, element) for element in elements)
        case Compare():
            return _holds(node, read(entity, node.path, attributes))


def _holds(node: Compare, value: Any) -> bool:
    if node.op == ":":
        return bool(value) if node.type in (list, dict) else value is not None
    if node.op == "!=":
        return value is None or bool(value != node.value)
    return value is not None and _OPERATORS[node.op](value, node.value)


def select(query: Query, entities: Iterable[T]) -> Page[T]:
    """The page that the query asks for, of these entities, which may come in any order."""
    found = [entity for entity in entities if _is_asked_for(query, entity)]
    found.sort(key=lambda entity: _place(query, _values(query, entity)))
    behind = found
    if query.after is not None:
        last = _place(query, query.after)
        behind = [entity for entity in found if _place(query, _values(query, entity)) > last]
    end = None if query.limit is None else query.skip + query.limit + 1
    return query.page(behind[query.skip : end], len(found) if query.counted else 0)


def _is_asked_for(query: Query, entity: Any) -> bool:
    def value(field: str) -> Any:
        return getattr(entity, attribute(entity, field, query.attributes))

    if not query.show_deleted and value(query.delete_time) is not None:
        return False
    if query.parent and not is_child(value(query.order[-1].path[0]), query.parent):
        return False
    if any(value(field) != constant for field, constant in query.equals):
        return False
    return query.where is None or match(query.where, entity, query.attributes)


def _values(query: Query, entity: Any) -> tuple[Any, ...]:
    return tuple(read(entity, key.path, query.attributes) for key in query.order)


def _place(query: Query, values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(
        sort_key(key, None if query.is_unset(key.path, value) else value)
        for key, value in zip(query.order, values, strict=True)
    )
