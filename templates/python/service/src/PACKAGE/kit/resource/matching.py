"""Whether a resource fits a filter, and a whole query answered over resources in memory.

It says what a filter means, in Python: the oracle for stores that compile one, and the store of a test's fake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from .nodes import Node
from .pages import Page
from .queries import Query

T = TypeVar("T")


def match(node: Node, entity: Any, attributes: Mapping[str, str] = {}) -> bool:
    """Whether the filter is true for the entity; `attributes` are those of fields that are called otherwise."""
    raise NotImplementedError


def select(query: Query, entities: Iterable[T]) -> Page[T]:
    """The page that the query asks for, of these entities, which may come in any order."""
    found = [entity for entity in entities if query.where is None or match(query.where, entity)]
    return query.page(found, len(found))
