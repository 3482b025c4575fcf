"""Pages: some resources of a list, and where the next ones begin (AIP-158)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and the token of the page behind them; `next_token` is empty on the last page.

    `total_size` is the number of all items on all pages, where it was asked for.
    """

    items: Sequence[T]
    next_token: str = ""
    total_size: int = 0

    @classmethod
    def of(cls, found: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
        """The first `limit` of the items found; whether one more was found says whether a page follows."""
        if len(found) <= limit:
            return cls(found)
        items = found[:limit]
        return cls(items, base64.urlsafe_b64encode(key(items[-1]).encode()).decode())
