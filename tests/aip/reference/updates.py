"""Update: AIP-134, 154, 161."""

from __future__ import annotations

from typing import Any

from . import masks
from .creates import Creates
from .kinds import Kind, RefusedError, copy, given, invalid


class Updates(Creates):
    """Changes resources by masks."""

    async def update(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.change(kind, request)

    async def change(self, kind: Kind, request: Any) -> Any:
        incoming = self.payload(kind, request)
        if not incoming.name:
            raise invalid((f"{kind.noun}.name", "is required"))
        current = await self.read(incoming.name)
        if current is None and given(request, "allow_missing", False):
            return await self.put(kind, incoming)
        current = await self.existing(kind, incoming.name)
        if kind.soft and current.HasField("delete_time"):
            raise self.is_deleted(kind, current.name)
        self.check_etag(kind, current, given(incoming, "etag"))
        updated = self.applied(kind, current, incoming, list(request.update_mask.paths))
        self.check_required(kind, updated, f"{kind.noun}.")
        self.updated(kind, updated)
        self.write(kind, updated)
        return updated

    async def put(self, kind: Kind, incoming: Any) -> Any:
        name = incoming.name
        if kind.parent is not None:
            await self.check_parent(kind, name.rsplit("/", 2)[0], f"{kind.noun}.name")
        self.clear_server_fields(kind, incoming)
        self.check_required(kind, incoming, f"{kind.noun}.")
        incoming.name = name
        self.created(kind, incoming)
        self.write(kind, incoming)
        return incoming

    def is_deleted(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError(
            "FAILED_PRECONDITION", f"{name} is deleted", "DELETED", resource=(kind.type, name)
        )

    def check_etag(self, kind: Kind, current: Any, etag: str) -> None:
        if etag and etag != current.etag:
            raise self.stale(kind, current.name)

    def updated(self, kind: Kind, resource: Any) -> None:
        self.stamp(kind, resource, "update_time")

    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        named = bool(paths) and "*" not in paths
        chosen = self.all_fields(kind) if "*" in paths else paths or self.populated(incoming)
        updated = copy(current)
        for path in chosen:
            self.apply(kind, current, updated, incoming, path, named=named)
        return updated

    def all_fields(self, kind: Kind) -> list[str]:
        return [f.name for f in kind.message.DESCRIPTOR.fields]

    def populated(self, incoming: Any) -> list[str]:
        return [f.name for f, _ in incoming.ListFields()]

    def apply(self, kind: Kind, current: Any, updated: Any, incoming: Any, path: str, *, named: bool) -> None:
        try:
            steps = masks.split(path)
            if steps[0] in (*kind.output_only, "name", "etag"):
                self.apply_server_field(current, incoming, steps, named)
                return
            self.take(updated, incoming, steps)
        except masks.MaskError as error:
            raise invalid(("update_mask", f"{path!r} is no field")) from error
        self.check_immutable(kind, current, updated, steps[0])

    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        masks.take(updated, incoming, steps)

    def apply_server_field(self, current: Any, incoming: Any, steps: list[str], named: bool) -> None:
        trial = copy(current)
        masks.take(trial, incoming, steps)
        if named and trial != current:
            raise invalid(("update_mask", f"{steps[0]} is set by the server"))

    def check_immutable(self, kind: Kind, current: Any, updated: Any, name: str) -> None:
        if name in kind.immutable and getattr(updated, name) != getattr(current, name):
            raise invalid((f"{kind.noun}.{name}", "cannot be changed"))
