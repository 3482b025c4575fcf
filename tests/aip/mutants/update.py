"""Mutants of Update."""

from __future__ import annotations

from typing import Any

from ..reference import masks
from ..reference.kinds import Kind, RefusedError, copy, invalid
from ..reference.library import Library
from . import breaks


@breaks("update_is_stored", "mask_of_one_field_changes_that_field")
class StoresNoUpdate(Library):
    async def change(self, kind: Kind, request: Any) -> Any:
        current = copy(self.store.get(getattr(request, kind.noun).name))
        updated = await super().change(kind, request)
        if current.name:
            self.store[current.name] = current
        return updated


@breaks(
    "update_refuses_an_unknown_name", "update_creates_only_what_is_valid", "batch_update_is_all_or_nothing"
)
class UpdatesTheUnknown(Library):
    async def change(self, kind: Kind, request: Any) -> Any:
        incoming = self.payload(kind, request)
        if incoming.name and incoming.name not in self.store:
            self.write(kind, incoming)
            return incoming
        return await super().change(kind, request)


@breaks("update_advances_update_time")
class KeepsUpdateTime(Library):
    def updated(self, kind: Kind, resource: Any) -> None:
        return None


@breaks("update_keeps_create_time")
class ResetsCreateTime(Library):
    def updated(self, kind: Kind, resource: Any) -> None:
        self.created(kind, resource)


@breaks("update_changes_the_etag", "update_refuses_a_stale_etag", "update_takes_the_current_etag")
class KeepsTheEtag(Library):
    def new_etag(self, resource: Any) -> str:
        return f"of {resource.name}"


@breaks(
    "update_refuses_a_stale_etag",
    "update_says_what_changed",
    "update_takes_the_current_etag",
    "one_of_many_updates_with_an_etag_wins",
    "no_update_with_an_etag_is_lost",
    "delete_refuses_a_stale_etag",
    "undelete_heeds_the_etag",
    "batch_update_heeds_etags",
)
class IgnoresEtags(Library):
    def check_etag(self, kind: Kind, current: Any, etag: str) -> None:
        return None


@breaks("update_says_what_changed")
class SaysNotWhatChanged(Library):
    def stale(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ABORTED", "changed", "")


@breaks("update_takes_the_current_etag", "delete_takes_the_current_etag", "undelete_heeds_the_etag")
class RefusesEveryEtag(Library):
    def check_etag(self, kind: Kind, current: Any, etag: str) -> None:
        if etag:
            raise self.stale(kind, current.name)


@breaks("update_refuses_to_empty_required_fields")
class EmptiesRequiredFields(Library):
    def check_required(self, kind: Kind, resource: Any, place: str) -> None:
        if not resource.name:
            super().check_required(kind, resource, place)


@breaks("update_refuses_to_change_immutable_fields")
class ChangesImmutableFields(Library):
    def check_immutable(self, kind: Kind, current: Any, updated: Any, name: str) -> None:
        return None


@breaks("update_refuses_to_change_immutable_fields")
class IgnoresImmutableFields(Library):
    def check_immutable(self, kind: Kind, current: Any, updated: Any, name: str) -> None:
        if name in kind.immutable:
            masks.take(updated, current, [name])


@breaks("update_takes_immutable_fields_unchanged")
class RefusesImmutableFields(Library):
    def check_immutable(self, kind: Kind, current: Any, updated: Any, name: str) -> None:
        if name in kind.immutable:
            raise invalid((name, "cannot be changed"))


@breaks("update_creates_what_is_missing", "update_creates_only_what_is_valid")
class CreatesNothingByUpdate(Library):
    async def put(self, kind: Kind, incoming: Any) -> Any:
        raise self.not_found(kind, incoming.name)


@breaks("update_creates_what_is_missing")
class CreatesUnderAnotherName(Library):
    async def put(self, kind: Kind, incoming: Any) -> Any:
        incoming.name += "x"
        return await super().put(kind, incoming)


@breaks("update_creates_only_what_is_valid")
class CreatesWhatIsInvalidByUpdate(Library):
    async def put(self, kind: Kind, incoming: Any) -> Any:
        self.created(kind, incoming)
        self.write(kind, incoming)
        return incoming


@breaks("update_with_allow_missing_updates_what_exists")
class ReplacesWhatExists(Library):
    async def change(self, kind: Kind, request: Any) -> Any:
        if "allow_missing" in request.DESCRIPTOR.fields_by_name and request.allow_missing:
            return await self.put(kind, self.payload(kind, request))
        return await super().change(kind, request)


@breaks(
    "mask_of_one_field_changes_that_field",
    "mask_of_several_fields_changes_them",
    "mask_leads_into_messages",
    "mask_clears_what_is_not_sent",
)
class IgnoresMasks(Library):
    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        return super().applied(kind, current, incoming, [])


@breaks("mask_of_several_fields_changes_them")
class TakesTheFirstPath(Library):
    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        return super().applied(kind, current, incoming, paths[:1])


@breaks("mask_leads_into_messages", "mask_leads_into_messages_that_are_not_set", "mask_names_a_key_of_a_map")
class TakesWholeFields(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        super().take(updated, incoming, steps)
        super().take(updated, incoming, steps[:1])


@breaks("mask_leads_into_messages_that_are_not_set")
class MakesNoMessages(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        field = updated.DESCRIPTOR.fields_by_name.get(steps[0])
        if len(steps) > 1 and field is not None and field.has_presence and not updated.HasField(steps[0]):
            return
        super().take(updated, incoming, steps)


@breaks("mask_of_a_star_replaces_all")
class TakesAStarForNoMask(Library):
    def all_fields(self, kind: Kind) -> list[str]:
        return []

    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        return super().applied(kind, current, incoming, [] if "*" in paths else paths)


@breaks("mask_that_is_empty_means_what_is_set")
class TakesNoMaskForAStar(Library):
    def populated(self, incoming: Any) -> list[str]:
        return [f.name for f in incoming.DESCRIPTOR.fields if f.name not in ("name", "etag", "isbn")]


@breaks("mask_that_is_empty_means_what_is_set")
class TakesNoMaskForNothing(Library):
    def populated(self, incoming: Any) -> list[str]:
        return []


@breaks("mask_clears_what_is_not_sent")
class ClearsNothing(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        before = copy(updated)
        super().take(updated, incoming, steps)
        if not updated.DESCRIPTOR.fields_by_name[steps[0]].is_repeated and len(steps) == 1:
            sent = {f.name for f, _ in incoming.ListFields()}
            if steps[0] not in sent:
                updated.CopyFrom(before)


@breaks("mask_replaces_lists_and_maps")
class AppendsToLists(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        field = updated.DESCRIPTOR.fields_by_name.get(steps[0])
        if len(steps) == 1 and field is not None and field.is_repeated:
            getattr(updated, steps[0]).MergeFrom(getattr(incoming, steps[0]))
        else:
            super().take(updated, incoming, steps)


@breaks("mask_names_a_key_of_a_map", "mask_quotes_a_key_of_a_map")
class KnowsNoKeys(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        field = updated.DESCRIPTOR.fields_by_name.get(steps[0])
        if len(steps) > 1 and field is not None and field.is_repeated:
            raise masks.MaskError("a key")
        super().take(updated, incoming, steps)


@breaks("mask_quotes_a_key_of_a_map")
class KnowsNoBackticks(Library):
    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        return super().applied(kind, current, incoming, [path.replace("`", "") for path in paths])


@breaks("mask_moves_a_oneof")
class KeepsTheOneof(Library):
    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        oneof = getattr(updated.DESCRIPTOR.fields_by_name.get(steps[0]), "containing_oneof", None)
        if oneof is not None and updated.WhichOneof(oneof.name) not in (None, steps[0]):
            return
        super().take(updated, incoming, steps)


@breaks(
    "mask_refuses_unknown_paths", "mask_refuses_unknown_paths_in_messages", "mask_refuses_places_in_lists"
)
class IgnoresUnknownPaths(Library):
    def apply(self, kind: Kind, current: Any, updated: Any, incoming: Any, path: str, *, named: bool) -> None:
        try:
            super().apply(kind, current, updated, incoming, path, named=named)
        except RefusedError as error:
            if not error.text.endswith("is no field"):
                raise


@breaks("mask_refuses_to_change_output_only_fields")
class IgnoresOutputOnlyFields(Library):
    def apply_server_field(self, current: Any, incoming: Any, steps: list[str], named: bool) -> None:
        return None


@breaks("mask_may_name_output_only_fields_unchanged")
class RefusesOutputOnlyFields(Library):
    def apply_server_field(self, current: Any, incoming: Any, steps: list[str], named: bool) -> None:
        if named:
            raise invalid(("update_mask", "is set by the server"))


@breaks("mask_of_a_star_ignores_output_only_fields")
class RefusesOutputOnlyValues(Library):
    def apply_server_field(self, current: Any, incoming: Any, steps: list[str], named: bool) -> None:
        super().apply_server_field(current, incoming, steps, steps[0] != "etag")


@breaks("update_wants_the_resource")
class NamesNoFieldForAResource(Library):
    def payload(self, kind: Kind, request: Any, place: str = "") -> Any:
        try:
            return super().payload(kind, request, place)
        except RefusedError as error:
            raise invalid() from error
