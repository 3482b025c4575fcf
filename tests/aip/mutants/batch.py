"""Mutants of batches."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import Any

from ..reference.kinds import Kind, RefusedError, invalid
from ..reference.library import Library
from . import breaks


@breaks("batch_get_keeps_the_order", "batch_create_stores_all_in_order", "batch_update_changes_all_in_order")
class AnswersBackwards(Library):
    async def answer(self, path: str, request: Any) -> Any:
        response = await super().answer(path, request)
        for field, value in response.ListFields() if "Batch" in path else ():
            backwards = list(value)[::-1]
            response.ClearField(field.name)
            getattr(response, field.name).extend(backwards)
        return response


@breaks("batch_create_takes_the_parent_of_the_batch")
class WantsEveryParent(Library):
    async def batch_create(self, kind: Kind, request: Any, response: Any) -> Any:
        for number, each in enumerate(request.requests):
            if not each.parent:
                raise invalid((f"requests[{number}].parent", "is required"))
        return await super().batch_create(kind, request, response)


@breaks("batch_get_is_all_or_nothing")
class LeavesOutTheMissing(Library):
    async def batch_get(self, kind: Kind, request: Any, response: Any) -> Any:
        found = [name for name in request.names if name in self.store]
        del request.names[:]
        request.names.extend(found)
        return await super().batch_get(kind, request, response)


@breaks(
    "batch_create_is_all_or_nothing",
    "batch_create_refuses_one_id_twice",
    "batch_create_names_the_item_that_is_wrong",
    "batch_update_is_all_or_nothing",
    "batch_update_heeds_etags",
    "batch_delete_is_all_or_nothing",
    "batch_delete_refuses_while_there_are_children",
)
class KeepsTheHalf(Library):
    def roll_back(self, store: dict[str, Any], requests: dict[tuple[str, str], str]) -> None:
        return None


@breaks(
    "batch_get_checks_the_parent",
    "batch_create_checks_the_parent",
    "batch_update_checks_the_parent",
    "batch_delete_checks_the_parent",
)
class TakesAnyParents(Library):
    def check_batch_parent(self, parent: str, others: Iterable[str], place: str) -> None:
        return None


@breaks("batch_get_wants_names", "batch_get_has_a_limit", "batch_create_has_a_limit")
class TakesAnyNumber(Library):
    def check_batch(self, request: Any, items: str) -> None:
        return None


@breaks("batch_get_of_very_many_is_defined")
class FallsOverThousands(Library):
    def check_batch(self, request: Any, items: str) -> None:
        if len(getattr(request, items)) > 1000:
            raise RefusedError("INTERNAL", "too many SQL variables", "")
        super().check_batch(request, items)


@breaks("batch_delete_is_all_or_nothing", "batch_delete_removes_all")
class DeletesTheFirst(Library):
    async def batch_delete(self, kind: Kind, request: Any, response: Any) -> Any:
        del request.names[1:]
        return await super().batch_delete(kind, request, response)


@breaks("one_of_many_deletes_wins")
class DeletesWithoutALock(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        found = self.store.get(request.name)
        answer = await super().remove(kind, request, response)
        if found is not None and not kind.soft:
            self.store[request.name] = found
        return answer


@breaks("many_creates_of_a_request_id_make_one")
class RemembersRequestsLate(Library):
    @asynccontextmanager
    async def transaction(self, *, discard: bool = False) -> Any:
        known = dict(self.requests)
        async with super().transaction(discard=discard):
            self.requests = {} if len(known) < 2 else self.requests
            yield
