"""What is asked of a list: which resources, in what order, from where on, how many (AIP-132, 158)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .fields import read
from .nodes import Node
from .ordering import OrderKey
from .pages import Page
from .tokens import encode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """A list that was asked for, checked; `Rules.query` makes it, a repository answers it.

    `parent` is the name of the resource that all belong to, ``""`` for all; a ``-`` in it stands for any id (AIP-159).
    `equals` pairs fields (the contract's names) and the values that they must have. `where` is the filter.
    Soft-deleted resources (those with a value in the field `delete_time`) are left out unless `show_deleted`; it is
    true for resources that know no soft deletion.

    `order` is never empty: it ends with the identity, so that no two resources are alike in it. `after` are the values
    of these keys of the last resource of the page before, None for the first page. Then `skip` resources are left out,
    and at most `limit` + 1 are to be found: the one too many says that there is a next page. None means no limit.
    Where `counted`, the number of all is asked for as well, whatever the page.
    """

    parent: str = ""
    where: Node | None = None
    order: tuple[OrderKey, ...] = (OrderKey(("name",)),)
    after: tuple[Any, ...] | None = None
    limit: int | None = None
    skip: int = 0
    show_deleted: bool = True
    delete_time: str = "delete_time"
    counted: bool = False
    equals: tuple[tuple[str, Any], ...] = ()
    unset: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Of fields that always have a value, the one that says that nobody set it; a table may have NULL there."""
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """The attributes of fields that are called otherwise in the entity."""
    fingerprint: bytes = field(default=b"", repr=False, compare=False)
    """What tells this list from others, whatever the page: a token is of one list."""

    def is_unset(self, path: Sequence[str], value: Any) -> bool:
        """Whether the value there says that nobody set the field."""
        return len(path) == 1 and path[0] in self.unset and self.unset[path[0]] == value

    def page(self, found: Sequence[T], total: int = 0) -> Page[T]:
        """The page that these are, of the up to `limit` + 1 that were found, and the token of the next one."""
        if self.limit is None or len(found) <= self.limit:
            return Page(found, "", total)
        items = found[: self.limit]
        last = [read(items[-1], key.path, self.attributes) for key in self.order]
        return Page(items, encode(self.fingerprint, last), total)
