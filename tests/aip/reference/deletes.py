"""Delete and Undelete: AIP-135, 164."""

from __future__ import annotations

from typing import Any

from .kinds import Kind, RefusedError, copy, given, invalid
from .updates import Updates

_PURGE_SECONDS = 30 * 24 * 3600


class Deletes(Updates):
    """Removes resources, or marks them as deleted."""

    async def delete(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.remove(kind, request, response)

    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if not request.name:
            raise invalid(("name", "is required"))
        current = await self.read(request.name)
        if current is None or (kind.soft and current.HasField("delete_time")):
            if given(request, "allow_missing", False):
                return response if current is None else copy(current)
            raise self.not_found(kind, request.name)
        self.check_etag(kind, current, given(request, "etag"))
        if kind.soft:
            return self.mark_deleted(kind, copy(current))
        below = self.descendants(request.name)
        if below and not given(request, "force", False):
            raise self.has_children(kind, request.name)
        for name in below:
            self.store.pop(name, None)
        self.store.pop(request.name, None)
        return response

    def has_children(self, kind: Kind, name: str) -> RefusedError:
        text = f"{name} has children"
        return RefusedError("FAILED_PRECONDITION", text, "HAS_CHILDREN", resource=(kind.type, name))

    def descendants(self, name: str) -> list[str]:
        return [each for each in self.store if each.startswith(f"{name}/")]

    def mark_deleted(self, kind: Kind, resource: Any) -> Any:
        self.stamp(kind, resource, "delete_time")
        self.stamp(kind, resource, "update_time")
        self.stamp(kind, resource, "purge_time", _PURGE_SECONDS)
        self.write(kind, resource)
        return resource

    async def undelete(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction():
            current = await self.existing(kind, request.name)
            if not current.HasField("delete_time"):
                raise self.already_exists(kind, request.name)
            self.check_etag(kind, current, request.etag)
            self.mark_living(current)
            self.stamp(kind, current, "update_time")
            self.write(kind, current)
            return current

    def mark_living(self, resource: Any) -> None:
        resource.ClearField("delete_time")
        resource.ClearField("purge_time")
