"""From what a request says of a list to the query that it is (AIP-132, 158, 159, 160)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import checking, filtering, tokens
from .fields import Field, FieldType, fields_of, invalid
from .names import Names
from .nodes import Node
from .ordering import OrderKey, parse_order
from .queries import Query

_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Lists:
    """What lists of one type of resource may ask for; see `Rules` and `Rules.query`.

    `unset` is that of queries, `hidden` fields are asked for by no filter and no order. `delete_time` is the field that
    says when a resource was deleted softly, ``""`` for those that are not.
    """

    kind: str
    fields: Mapping[str, Field]
    names: Names
    identity: str
    parent_field: str
    unset: Mapping[str, Any]
    attributes: Mapping[str, str]
    hidden: Sequence[str]
    delete_time: str
    default_page_size: int
    max_page_size: int

    def query(
        self,
        *,
        parent: str | int | None,
        filter: str,
        order_by: str,
        page_size: int | None,
        page_token: str,
        skip: int,
        page: int,
        show_deleted: bool,
        counted: bool,
        equals: Mapping[str, Any],
    ) -> Query:
        """See `Rules.query`."""
        same = {field: value for field, value in equals.items() if value is not None}
        if self.parent_field:
            same |= {self.parent_field: parent} if parent else {}
            parent = None
        above = "" if parent is None else self.names.parent(str(parent))
        order = parse_order(order_by, self.fields, self.identity, self.hidden)
        shown = show_deleted or not self.delete_time
        keys = [(key.path, key.descending) for key in order]
        mark = tokens.fingerprint(self.kind, above, filter, keys, same, shown)
        limit = self._limit(page_size)
        return Query(
            parent=above,
            where=self._where(filter),
            order=order,
            after=tokens.decode(page_token, mark, self._kinds(order)) if page_token else None,
            limit=limit,
            skip=_skipped(skip, page, limit, page_token),
            show_deleted=shown,
            delete_time=self.delete_time,
            counted=counted,
            equals=tuple(same.items()),
            unset=self.unset,
            attributes=self.attributes,
            fingerprint=mark,
        )

    def _where(self, filter: str) -> Node | None:
        tree = filtering.parse(filter)
        return None if tree is None else checking.check(tree, self.fields, self.hidden)

    def _limit(self, page_size: int | None) -> int | None:
        if page_size is None:
            return None
        if page_size < 0:
            raise invalid("page_size", f"{page_size} is negative")
        return min(page_size or self.default_page_size, self.max_page_size)

    def _kinds(self, order: Sequence[OrderKey]) -> list[tuple[type[Any], bool]]:
        return [(_at(key.path, self.fields).kind, key.nullable) for key in order]


def _at(path: Sequence[str], fields: Mapping[str, Field]) -> FieldType:
    *above, last = path
    for name in above:
        fields = fields_of(fields[name].holds.kind)
    return fields[last].holds


def _skipped(skip: int, page: int, limit: int | None, page_token: str) -> int:
    """How many resources to leave out."""
    for field, value in (("skip", skip), ("page", page)):
        if value < 0:
            raise invalid(field, f"{value} is negative")
    if page > 1 and page_token:
        raise invalid("page", "is not given beside page_token, which says where the page begins")
    return min(skip + max(page - 1, 0) * (limit or 0), _MOST)
