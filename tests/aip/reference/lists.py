"""List: AIP-132, 158, 160."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import Any

from .filters import FilterError, Filters, Predicate
from .kinds import Keys, Kind, compare_keys, copy, given, invalid, key_of
from .store import Store


class Lists(Store):
    """Lists resources, by filter, in order, a page at a time."""

    MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE = 1000, 50

    async def list_page(self, kind: Kind, request: Any, response: Any) -> Any:
        parent = given(request, "parent")
        if kind.parent is not None and not parent:
            raise invalid(("parent", "is required"))
        limit = self.limit(request.page_size)
        predicate = self.predicate(kind, given(request, "filter"))
        keys = self.keys(kind, given(request, "order_by"))
        found = [
            each
            for each in self.below(kind, parent)
            if self.is_shown(kind, each, request) and predicate(each)
        ]
        found.sort(key=cmp_to_key(lambda one, other: self.compare(keys, one, other)))
        total = len(found)
        if request.page_token:
            found = self.behind(keys, found, self.place_of(request))
        page = found[:limit]
        getattr(response, kind.plural).extend(self.masked(copy(each), request) for each in page)
        if self.has_more(found, limit):
            response.next_page_token = self.token(request, [key_of(page[-1], path) for path, _ in keys])
        if "total_size" in response.DESCRIPTOR.fields_by_name:
            response.total_size = self.total(total, page)
        return response

    def limit(self, page_size: int) -> int:
        if page_size < 0:
            raise invalid(("page_size", f"{page_size} is negative"))
        return min(page_size or self.DEFAULT_PAGE_SIZE, self.MAX_PAGE_SIZE)

    def predicate(self, kind: Kind, text: str) -> Predicate:
        try:
            return self.filters(kind).compile(text)
        except FilterError as error:
            raise invalid(("filter", str(error))) from error

    def filters(self, kind: Kind) -> Filters:
        return Filters(kind.message.DESCRIPTOR)

    def keys(self, kind: Kind, order_by: str) -> Keys:
        """Paths and whether each descends; the name is the last one."""
        found = []
        for part in order_by.split(",") if order_by.strip() else []:
            words = part.split()
            if len(words) not in (1, 2) or words[1:] not in ([], ["desc"]):
                raise invalid(("order_by", f"{part!r} is no field"))
            found.append((self.order_path(kind, words[0]), self.descends(words)))
        return [*found, (["name"], False)]

    def descends(self, words: Sequence[str]) -> bool:
        return len(words) == 2

    def order_path(self, kind: Kind, text: str) -> list[str]:
        descriptor = kind.message.DESCRIPTOR
        path = text.split(".")
        for name in path:
            found = descriptor.fields_by_name.get(name) if descriptor is not None else None
            if found is None or found.is_repeated:
                raise invalid(("order_by", f"{text!r} is no field"))
            descriptor = found.message_type
        return path

    def compare(self, keys: Keys, one: Any, other: Any) -> int:
        return compare_keys(
            keys, [key_of(one, path) for path, _ in keys], [key_of(other, path) for path, _ in keys]
        )

    def below(self, kind: Kind, parent: str) -> Iterable[Any]:
        wanted = parent.split("/") if parent else []
        for name, each in self.store.items():
            if isinstance(each, kind.message) and self.is_below(name.split("/")[:-2], wanted):
                yield each

    def is_below(self, above: Sequence[str], wanted: Sequence[str]) -> bool:
        return len(above) == len(wanted) and all(w in ("-", a) for a, w in zip(above, wanted, strict=True))

    def is_shown(self, kind: Kind, resource: Any, request: Any) -> bool:
        return not kind.soft or given(request, "show_deleted", False) or not resource.HasField("delete_time")

    def behind(self, keys: Keys, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return [
            each for each in found if compare_keys(keys, [key_of(each, path) for path, _ in keys], last) > 0
        ]

    def has_more(self, found: Sequence[Any], limit: int) -> bool:
        return len(found) > limit

    def total(self, total: int, page: Sequence[Any]) -> int:
        return total

    def query_of(self, request: Any) -> list[str]:
        """What a token is only good for."""
        return [given(request, name) for name in ("parent", "filter", "order_by")]

    def token(self, request: Any, last: list[Any]) -> str:
        body = json.dumps([self.query_of(request), last], default=str)
        check = hashlib.sha256(body.encode()).hexdigest()[:16]
        return base64.urlsafe_b64encode(f"{check}{body}".encode()).decode()

    def place_of(self, request: Any) -> list[Any]:
        try:
            text = base64.b64decode(request.page_token, altchars=b"-_", validate=True).decode()
            check, body = text[:16], text[16:]
            if self.is_damaged(check, body):
                raise ValueError("damaged")
            query, last = json.loads(body)
        except ValueError as error:
            raise invalid(("page_token", "is no token of this list")) from error
        if query != self.query_of(request):
            raise invalid(("page_token", "is a token of another list"))
        return list(last)

    def is_damaged(self, check: str, body: str) -> bool:
        return hashlib.sha256(body.encode()).hexdigest()[:16] != check
