"""The rules of resources, without a word on how they are stored or sent.

`Rules` are those of one resource: its names, what clients may set, what an update mask changes, what a list asks for.
A list becomes a `Query`, whose filter is a tree of nodes that a store compiles; `select` answers it in memory.
"""

from __future__ import annotations

from .batches import check_names, check_parents, in_turn
from .earlier import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, apply_mask, page_start
from .ids import new_etag, parent_of, resource_id, utc_now
from .matching import match, select
from .nodes import PRESENT, And, Compare, Has, Node, Not, Or, Pattern
from .ordering import OrderKey
from .pages import Page
from .places import renamed, under
from .queries import Query
from .rules import Rules
from .transactions import Transaction, no_transaction

__all__ = [
    "DEFAULT_PAGE_SIZE",
    "MAX_PAGE_SIZE",
    "PRESENT",
    "And",
    "Compare",
    "Has",
    "Node",
    "Not",
    "Or",
    "OrderKey",
    "Page",
    "Pattern",
    "Query",
    "Rules",
    "Transaction",
    "apply_mask",
    "check_names",
    "check_parents",
    "in_turn",
    "match",
    "new_etag",
    "no_transaction",
    "page_start",
    "parent_of",
    "renamed",
    "resource_id",
    "select",
    "under",
    "utc_now",
]
