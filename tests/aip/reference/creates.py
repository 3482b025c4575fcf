"""Create and Get: AIP-131, 133."""

from __future__ import annotations

import re
import uuid
from typing import Any

from .kinds import Kind, copy, given, invalid
from .store import Store

_ID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._~-]{0,61}[A-Za-z0-9])?")


class Creates(Store):
    """Makes resources and returns them."""

    async def create(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.insert(kind, request)

    async def insert(self, kind: Kind, request: Any, place: str = "") -> Any:
        resource = self.payload(kind, request, place)
        parent = given(request, "parent")
        if kind.parent is not None:
            await self.check_parent(kind, parent, f"{place}parent")
        self.clear_server_fields(kind, resource)
        self.check_required(kind, resource, f"{place}{kind.noun}.")
        proposed = given(request, f"{kind.noun}_id")
        self.check_id(kind, proposed, f"{place}{kind.noun}_id")
        key = (parent, given(request, "request_id"))
        if key[1] and (done := self.repeated(key)) is not None:
            return copy(done)
        resource.name = self.new_name(kind, parent, self.chosen_id(proposed))
        await self.check_free(kind, resource.name)
        self.created(kind, resource)
        self.write(kind, resource)
        if key[1]:
            self.requests[key] = resource.name
        return resource

    def payload(self, kind: Kind, request: Any, place: str = "") -> Any:
        if not request.HasField(kind.noun):
            raise invalid((f"{place}{kind.noun}", "is required"))
        return copy(getattr(request, kind.noun))

    async def check_parent(self, kind: Kind, parent: str, place: str) -> None:
        assert kind.parent is not None
        if not parent:
            raise invalid((place, "is required"))
        if await self.read(parent) is None or "/-" in parent:
            raise self.not_found(kind.parent, parent)

    def clear_server_fields(self, kind: Kind, resource: Any) -> None:
        for name in (*kind.output_only, "name", "etag"):
            if kind.has(name):
                resource.ClearField(name)

    def check_required(self, kind: Kind, resource: Any, place: str) -> None:
        if missing := [
            (f"{place}{name}", "is required") for name in kind.required if not getattr(resource, name)
        ]:
            raise invalid(*missing)

    def check_id(self, kind: Kind, proposed: str, place: str) -> None:
        if proposed and not _ID.fullmatch(proposed):
            raise invalid((place, f"{proposed!r} is no id"))

    def repeated(self, key: tuple[str, str]) -> Any:
        return self.store.get(self.requests.get(key, ""))

    def chosen_id(self, proposed: str) -> str:
        return proposed or str(uuid.uuid4())

    def new_name(self, kind: Kind, parent: str, id: str) -> str:
        return "/".join([*([parent] if parent else []), kind.plural, id])

    async def check_free(self, kind: Kind, name: str) -> None:
        if await self.read(name) is not None:
            raise self.already_exists(kind, name)

    def created(self, kind: Kind, resource: Any) -> None:
        self.stamp(kind, resource, "create_time")
        self.stamp(kind, resource, "update_time")
        if kind.has("uid"):
            resource.uid = str(uuid.uuid4())

    async def get(self, kind: Kind, request: Any, response: Any) -> Any:
        if not request.name:
            raise invalid(("name", "is required"))
        found = await self.existing(kind, request.name)
        return self.masked(found, request)
