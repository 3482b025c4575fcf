"""Mutants of Create and Get."""

from __future__ import annotations

import asyncio
from typing import Any

from ..reference.kinds import Kind, RefusedError, copy, given, invalid, unlocked
from ..reference.library import Library
from . import breaks


@breaks("create_names_the_resource", "list_has_what_was_created")
class NamesOutsideTheParent(Library):
    def new_name(self, kind: Kind, parent: str, id: str) -> str:
        return f"{kind.plural}/{id}/x"


@breaks("create_returns_what_was_sent", "create_takes_the_required_fields_alone")
class AnswersWithDefaults(Library):
    async def create(self, kind: Kind, request: Any, response: Any) -> Any:
        made = await super().create(kind, request, response)
        field = next(f for f in made.DESCRIPTOR.fields if f.type == f.TYPE_INT32)
        setattr(made, field.name, 0 if getattr(made, field.name) else 7)
        return made


@breaks("create_honours_the_proposed_id", "batch_create_honours_proposed_ids")
class ChoosesEveryId(Library):
    def chosen_id(self, proposed: str) -> str:
        return super().chosen_id("")


@breaks("get_tells_parents_apart")
class SharesIdsBetweenParents(Library):
    async def check_free(self, kind: Kind, name: str) -> None:
        id = name.rpartition("/")[2]
        if any(each.rpartition("/")[2] == id for each in self.store):
            raise self.already_exists(kind, name)


@breaks("create_refuses_an_invalid_id", "create_names_the_field_of_an_invalid_id")
class TakesAnyId(Library):
    def check_id(self, kind: Kind, proposed: str, place: str) -> None:
        return None


@breaks("create_names_the_field_of_an_invalid_id")
class NamesNoFieldOfAnId(Library):
    def check_id(self, kind: Kind, proposed: str, place: str) -> None:
        super().check_id(kind, proposed, "id")


@breaks("create_refuses_a_duplicate", "create_says_what_exists_already", "soft_deleted_names_are_taken")
class Overwrites(Library):
    async def check_free(self, kind: Kind, name: str) -> None:
        return None


@breaks("create_says_what_exists_already", "undelete_of_the_living_is_refused")
class SaysNotWhatExists(Library):
    def already_exists(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ALREADY_EXISTS", "exists", "")


@breaks("input_only_fields_are_not_shown")
class ShowsEverything(Library):
    def hide(self, kind: Kind, answer: Any) -> None:
        return None


@breaks("create_ignores_output_only_fields", "create_ignores_a_name_in_the_resource")
class TakesWhatIsTheServers(Library):
    def clear_server_fields(self, kind: Kind, resource: Any) -> None:
        return None

    def created(self, kind: Kind, resource: Any) -> None:
        given = copy(resource)
        super().created(kind, resource)
        for name in kind.output_only:
            if given.DESCRIPTOR.fields_by_name[name].message_type and given.HasField(name):
                getattr(resource, name).CopyFrom(getattr(given, name))

    def new_name(self, kind: Kind, parent: str, id: str) -> str:
        return self.given_name or super().new_name(kind, parent, id)

    given_name = ""

    def payload(self, kind: Kind, request: Any, place: str = "") -> Any:
        found = super().payload(kind, request, place)
        self.given_name = found.name
        return found


@breaks("create_wants_required_fields", "create_validates_as_it_would_create")
class WantsNothing(Library):
    def check_required(self, kind: Kind, resource: Any, place: str) -> None:
        if given(self.current, "validate_only", True):
            super().check_required(kind, resource, place)

    current: Any = None

    async def insert(self, kind: Kind, request: Any, place: str = "") -> Any:
        self.current = request
        return await super().insert(kind, request, place)


@breaks("create_wants_required_fields", "batch_create_names_the_item_that_is_wrong")
class NamesFieldsOfTheResource(Library):
    def check_required(self, kind: Kind, resource: Any, place: str) -> None:
        super().check_required(kind, resource, "")


@breaks("create_wants_the_resource", "update_wants_the_resource")
class TakesNothingForAResource(Library):
    def payload(self, kind: Kind, request: Any, place: str = "") -> Any:
        if request.HasField(kind.noun):
            return super().payload(kind, request, place)
        made = kind.message()
        for name in kind.required:
            setattr(made, name, "none")
        return made


@breaks("create_refuses_an_unknown_parent", "create_refuses_a_parent_that_is_none")
class CreatesUnderAnything(Library):
    async def check_parent(self, kind: Kind, parent: str, place: str) -> None:
        return None


@breaks("create_sets_create_time", "create_sets_a_uid", "update_creates_what_is_missing")
class SetsNothing(Library):
    def created(self, kind: Kind, resource: Any) -> None:
        return None

    async def put(self, kind: Kind, incoming: Any) -> Any:
        raise self.not_found(kind, incoming.name)


@breaks("create_sets_create_time", "soft_delete_returns_the_resource")
class LivesInThePast(Library):
    def now(self) -> int:
        return super().now() - 3600 * 1_000_000_000


@breaks("create_sets_a_uid")
class HasOneUid(Library):
    def created(self, kind: Kind, resource: Any) -> None:
        super().created(kind, resource)
        if kind.has("uid"):
            resource.uid = "9c2f3ad5-4be8-4f5a-8f0e-0d2f3d9f6d55"


@breaks("create_returns_an_etag", "update_changes_the_etag")
class HasNoEtags(Library):
    def new_etag(self, resource: Any) -> str:
        return ""


@breaks("create_only_validates", "update_only_validates", "delete_only_validates")
class StoresWhatItValidates(Library):
    def transaction(self, *, discard: bool = False) -> Any:
        return super().transaction()


@breaks("create_repeats_by_request_id", "many_creates_of_a_request_id_make_one")
class ForgetsRequestIds(Library):
    def repeated(self, key: tuple[str, str]) -> Any:
        return None


@breaks("create_tells_request_ids_apart")
class RemembersEveryRequest(Library):
    def repeated(self, key: tuple[str, str]) -> Any:
        return next(
            (self.store.get(name) for (parent, _), name in self.requests.items() if parent == key[0]), None
        )


@breaks("create_keeps_presence", "filter_finds_optional_fields")
class LosesPresence(Library):
    def write(self, kind: Kind, resource: Any) -> None:
        for field in resource.DESCRIPTOR.fields:
            if (
                field.has_presence
                and field.message_type is None
                and field.containing_oneof.name.startswith("_")
            ):
                setattr(resource, field.name, getattr(resource, field.name))
        super().write(kind, resource)


@breaks("create_keeps_text", "filter_is_no_sql")
class StripsText(Library):
    def write(self, kind: Kind, resource: Any) -> None:
        for name in kind.required:
            setattr(resource, name, getattr(resource, name).strip().replace("'", ""))
        super().write(kind, resource)


@breaks("create_defines_what_a_nul_is", "filter_defines_odd_characters")
class FallsOverNul(Library):
    async def answer(self, path: str, request: Any) -> Any:
        if b"\0" in request.SerializeToString() and "\\000" in str(request):
            raise RefusedError("INTERNAL", "a NUL", "")
        return await super().answer(path, request)


@breaks("get_returns_what_create_returned", "update_is_stored")
class ReadsWhatIsStale(Library):
    async def get(self, kind: Kind, request: Any, response: Any) -> Any:
        found = await super().get(kind, request, response)
        if kind.has("update_time"):
            found.ClearField("update_time")
        return found


@breaks("get_refuses_an_unknown_name", "delete_removes", "get_refuses_what_is_no_name")
class FindsEverything(Library):
    async def get(self, kind: Kind, request: Any, response: Any) -> Any:
        try:
            return await super().get(kind, request, response)
        except RefusedError:
            return kind.message(name=request.name)


@breaks(
    "get_says_what_is_not_found",
    "create_refuses_an_unknown_parent",
    "update_refuses_an_unknown_name",
    "delete_refuses_what_is_gone",
    "batch_get_is_all_or_nothing",
)
class NamesAnotherResource(Library):
    def not_found(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("NOT_FOUND", "not here", "NOT_FOUND", resource=(kind.type, "another"))


@breaks("get_wants_a_name")
class NamesNoFieldForAName(Library):
    async def get(self, kind: Kind, request: Any, response: Any) -> Any:
        if not request.name:
            raise invalid(("", "something is missing"))
        return await super().get(kind, request, response)


@breaks("creates_at_once_are_all_stored")
class NumbersCarelessly(Library):
    def alone(self) -> Any:
        return unlocked()

    def chosen_id(self, proposed: str) -> str:
        return proposed or f"n{len(self.store)}"

    async def check_free(self, kind: Kind, name: str) -> None:
        await asyncio.sleep(0.05)


@breaks(
    "one_of_many_creates_of_an_id_wins",
    "one_of_many_updates_with_an_etag_wins",
    "no_update_with_an_etag_is_lost",
)
class LetsEverybodyIn(Library):
    def alone(self) -> Any:
        return unlocked()

    def roll_back(self, store: dict[str, Any], requests: dict[tuple[str, str], str]) -> None:
        return None

    async def read(self, name: str) -> Any:
        found = await super().read(name)
        await asyncio.sleep(0.05)
        return found


@breaks("one_of_many_deletes_wins", "delete_refuses_what_is_gone")
class DeletesTwice(Library):
    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if request.name not in self.store:
            return response
        return await super().remove(kind, request, response)
