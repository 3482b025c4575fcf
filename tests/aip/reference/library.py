"""All standard methods; the batches among them (AIP-231, 233, 234, 235) are here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .contract import message
from .deletes import Deletes
from .kinds import Kind, copy, given, invalid
from .lists import Lists


class Library(Deletes, Lists):
    """Every method on every kind of resource, in small methods: a mutant breaks one rule by overriding one."""

    MAX_BATCH = 100

    def check_batch(self, request: Any, items: str) -> None:
        count = len(getattr(request, items))
        if not count:
            raise invalid((items, "is required"))
        if count > self.MAX_BATCH:
            raise invalid((items, f"has more than {self.MAX_BATCH} items"))

    def check_batch_parent(self, parent: str, others: Iterable[str], place: str) -> None:
        wanted = parent.split("/")
        for number, other in enumerate(others):
            if parent and not self.is_below(other.split("/"), wanted):
                raise invalid((place.format(number), f"is not of {parent}"))

    def above(self, names: Iterable[str]) -> list[str]:
        return ["/".join(name.split("/")[:-2]) for name in names]

    async def batch_get(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "names")
        self.check_batch_parent(given(request, "parent"), self.above(request.names), "names[{}]")
        found = [await self.existing(kind, name) for name in request.names]
        getattr(response, kind.plural).extend(self.masked(each, request) for each in found)
        return response

    async def batch_create(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "requests")
        parents = [each.parent or request.parent for each in request.requests]
        self.check_batch_parent(request.parent, parents, "requests[{}].parent")
        async with self.transaction():
            for number, each in enumerate(request.requests):
                item = copy(each)
                item.parent = item.parent or request.parent
                made = await self.insert(kind, item, f"requests[{number}].")
                getattr(response, kind.plural).append(made)
        return response

    async def batch_update(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "requests")
        names = [getattr(each, kind.noun).name for each in request.requests]
        self.check_batch_parent(request.parent, self.above(names), "requests[{}]." + f"{kind.noun}.name")
        async with self.transaction():
            for each in request.requests:
                getattr(response, kind.plural).append(await self.change(kind, each))
        return response

    async def batch_delete(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "names")
        self.check_batch_parent(request.parent, self.above(request.names), "names[{}]")
        delete = message(f"aip.v1.Delete{kind.noun.capitalize()}Request")
        async with self.transaction():
            for name in request.names:
                await self.remove(kind, delete(name=name), response)
        return response
