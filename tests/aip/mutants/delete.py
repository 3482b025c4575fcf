"""Mutants of Delete and Undelete."""

from __future__ import annotations

from typing import Any

from ..reference.kinds import Kind, RefusedError, copy, given
from ..reference.library import Library
from . import breaks


@breaks("delete_removes", "delete_refuses_what_is_gone", "delete_frees_the_name", "batch_delete_removes_all")
class DeletesNothing(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        kept = dict(self.store)
        answer = await super().remove(kind, request, response)
        if not kind.soft:
            self.store.update(kept)
        return answer


@breaks("delete_leaves_the_others")
class DeletesTheNeighbours(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        answer = await super().remove(kind, request, response)
        for name in [each for each, found in self.store.items() if isinstance(found, kind.message)]:
            if not kind.soft:
                del self.store[name]
        return answer


@breaks("delete_allows_missing", "soft_delete_of_the_deleted_is_refused")
class AllowsNothingMissing(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if given(request, "allow_missing", False):
            request.allow_missing = False
        return await super().remove(kind, request, response)


@breaks("delete_frees_the_name")
class NeverFreesNames(Library):
    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    async def check_free(self, kind: Kind, name: str) -> None:
        if name in self.used:
            raise self.already_exists(kind, name)
        self.used.add(name)


@breaks("delete_refuses_while_there_are_children", "batch_delete_refuses_while_there_are_children")
class OrphansChildren(Library):
    def descendants(self, name: str) -> list[str]:
        return []


@breaks("delete_refuses_while_there_are_children")
class SaysNotWhyItStays(Library):
    def has_children(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("FAILED_PRECONDITION", "no", "")


@breaks("delete_by_force_removes_children")
class ForcesOneLevel(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        deep = {
            each: found
            for each, found in self.store.items()
            if each.startswith(f"{request.name}/") and each.count("/") > request.name.count("/") + 2
        }
        answer = await super().remove(kind, request, response)
        self.store.update(deep)
        return answer


@breaks("delete_by_force_removes_children")
class KnowsNoForce(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if given(request, "force", False):
            request.force = False
        return await super().remove(kind, request, response)


@breaks("delete_works_once_the_children_are_gone")
class AlwaysWantsForce(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if kind.children and not given(request, "force", False):
            raise self.has_children(kind, request.name)
        return await super().remove(kind, request, response)


@breaks("soft_delete_returns_the_resource", "soft_deleted_resources_can_be_read", "undelete_brings_back")
class DeletesForGood(Library):
    def mark_deleted(self, kind: Kind, resource: Any) -> Any:
        self.store.pop(resource.name)
        return resource


@breaks("soft_delete_of_the_deleted_is_refused", "delete_refuses_what_is_gone")
class DeletesTheDeleted(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        found = self.store.get(request.name)
        if kind.soft and found is not None:
            return self.mark_deleted(kind, found)
        return await super().remove(kind, request, response)


@breaks("soft_deleted_resources_are_not_listed")
class ListsTheDeleted(Library):
    def is_shown(self, kind: Kind, resource: Any, request: Any) -> bool:
        return True


@breaks("soft_deleted_resources_are_shown_on_request")
class NeverShowsTheDeleted(Library):
    def is_shown(self, kind: Kind, resource: Any, request: Any) -> bool:
        return not kind.soft or not resource.HasField("delete_time")


@breaks("purge_time_is_of_deleted_resources")
class PurgesTheLiving(Library):
    def created(self, kind: Kind, resource: Any) -> None:
        super().created(kind, resource)
        self.stamp(kind, resource, "purge_time")


@breaks("soft_delete_advances_update_time")
class DeletesWithoutAChange(Library):
    def mark_deleted(self, kind: Kind, resource: Any) -> Any:
        before = copy(resource)
        super().mark_deleted(kind, resource)
        resource.update_time.CopyFrom(before.update_time)
        self.write(kind, resource)
        return resource


@breaks("soft_deleted_names_are_taken")
class ReplacesTheDeleted(Library):
    async def check_free(self, kind: Kind, name: str) -> None:
        if kind.soft and name in self.store and self.store[name].HasField("delete_time"):
            return
        await super().check_free(kind, name)


@breaks("soft_deleted_resources_cannot_be_changed")
class ChangesTheDeleted(Library):
    async def change(self, kind: Kind, request: Any) -> Any:
        found = self.store.get(getattr(request, kind.noun).name)
        if kind.soft and found is not None and found.HasField("delete_time"):
            found.ClearField("delete_time")
        return await super().change(kind, request)


@breaks("undelete_brings_back")
class KeepsDeleteTime(Library):
    def mark_living(self, resource: Any) -> None:
        resource.ClearField("purge_time")


@breaks("undelete_of_the_living_is_refused", "undelete_of_the_unknown_is_refused")
class UndeletesAnything(Library):
    async def undelete(self, kind: Kind, request: Any, response: Any) -> Any:
        try:
            return await super().undelete(kind, request, response)
        except RefusedError as error:
            if error.code == "ABORTED":
                raise
            return kind.message(name=request.name)
