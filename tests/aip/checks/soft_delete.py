"""Soft delete: AIP-164."""

from __future__ import annotations

from typing import Any

from ..trial import Trial
from . import check
from .create import under
from .get import missing
from .update import mask, server_set, without_etag


async def deleted(t: Trial) -> tuple[Any, Any]:
    """A resource as it was created, and as it was answered when it was deleted."""
    if not t.subject.is_soft:
        t.needs_field("soft delete (an Undelete method and a delete_time)")
    created = await t.create()
    return created, t.ok(await t.call("delete", name=t.name(created)))


@check
async def soft_delete_returns_the_resource(t: Trial) -> None:
    """AIP-164, 148: a soft delete answers with the resource, delete_time set to now and the rest as it was."""
    created, answer = await deleted(t)
    if answer.DESCRIPTOR is not t.subject.resource:
        t.needs_field("Delete that returns the resource")
    t.true(answer.HasField("delete_time"), "no delete_time")
    t.true(-60 < t.age(answer.delete_time) < 60, f"delete_time is {t.age(answer.delete_time):.0f} s ago")
    t.same(answer, created, ignoring=server_set(t), what="the answer")


@check
async def soft_deleted_resources_can_be_read(t: Trial) -> None:
    """AIP-164: get returns a soft-deleted resource, with its delete_time."""
    created, _ = await deleted(t)
    stored = await t.get(t.name(created))
    t.true(stored.HasField("delete_time"), "no delete_time")
    t.same(stored, created, ignoring=server_set(t), what="what get returns")


@check
async def soft_delete_advances_update_time(t: Trial) -> None:
    """AIP-148, 164: a resource changes when it is deleted softly, and when it is undeleted: update_time is later."""
    t.needs_field("update_time")
    created, _ = await deleted(t)
    gone = await t.get(t.name(created))
    t.ok(await t.call("undelete", name=t.name(created)))
    back = await t.get(t.name(created))
    times = [(each.update_time.seconds, each.update_time.nanos) for each in (created, gone, back)]
    t.true(times == sorted(set(times)), f"update_time went from {times[0]} by {times[1]} to {times[2]}")


@check
async def soft_deleted_resources_are_not_listed(t: Trial) -> None:
    """AIP-164, 132: a list leaves out soft-deleted resources."""
    created, _ = await deleted(t)
    t.true(not t.mine(await t.walk(parent_of(t, created)), [created]), "a deleted resource is listed")


@check
async def soft_deleted_resources_are_shown_on_request(t: Trial) -> None:
    """AIP-164, 132: with show_deleted a list has soft-deleted resources, beside the others."""
    t.needs("list", "show_deleted")
    created, _ = await deleted(t)
    live = await t.create(parent=parent_of(t, created))
    found = t.mine(await t.walk(parent_of(t, created), show_deleted=True), [created, live])
    t.true(sorted(found) == [0, 1], f"of 2 resources the list has {found}")


@check
async def purge_time_is_of_deleted_resources(t: Trial) -> None:
    """AIP-148, 164: purge_time is not set while a resource lives, and not before delete_time once it is deleted (a
    service may keep deleted resources for ever, and then has none to tell).
    """
    t.needs_field("purge_time")
    created, _ = await deleted(t)
    stored = await t.get(t.name(created))
    t.true(not created.HasField("purge_time"), "purge_time is set before the resource is deleted")
    if stored.HasField("purge_time"):
        t.true(stored.purge_time.seconds >= stored.delete_time.seconds, "purge_time is before delete_time")


@check
async def soft_delete_of_the_deleted_is_refused(t: Trial) -> None:
    """AIP-164: a second delete is NOT_FOUND, and OK with allow_missing."""
    created, _ = await deleted(t)
    before = await t.get(t.name(created))
    t.refused(await t.call("delete", name=t.name(created)), "NOT_FOUND")
    if t.rpc("delete").has("allow_missing"):
        t.ok(await t.call("delete", name=t.name(created), allow_missing=True))
    t.same(await t.get(t.name(created)), before, what="the deleted resource")


@check
async def soft_deleted_names_are_taken(t: Trial) -> None:
    """AIP-164, 133: the id of a soft-deleted resource is ALREADY_EXISTS, since it may come back."""
    t.needs("create", t.subject.id_field)
    created, _ = await deleted(t)
    proposed = t.name(created).rpartition("/")[2]
    answer = await t.call("create", **under(t, parent_of(t, created)), resource=t.build.full(), id=proposed)
    t.refused(answer, "ALREADY_EXISTS")


@check
async def soft_deleted_resources_cannot_be_changed(t: Trial) -> None:
    """AIP-164: an update of a soft-deleted resource is FAILED_PRECONDITION (or NOT_FOUND), and changes nothing."""
    t.rpc("update")
    created, _ = await deleted(t)
    before = await t.get(t.name(created))
    field = t.writable()[0]
    other = t.build.other(without_etag(created), field)
    answer = await t.call("update", resource=other, **mask(t, field.name))
    t.refused(answer, "FAILED_PRECONDITION", "NOT_FOUND")
    t.same(await t.get(t.name(created)), before, what="the deleted resource")


@check
async def undelete_brings_back(t: Trial) -> None:
    """AIP-164: undelete answers with the resource as it was, without delete_time, and lists have it again."""
    created, _ = await deleted(t)
    answer = t.ok(await t.call("undelete", name=t.name(created)))
    left = [name for name in ("delete_time", "purge_time", "expire_time") if _has(answer, name)]
    t.true(not left, f"{left} is still set")
    t.same(answer, created, ignoring=server_set(t), what="the answer")
    t.same(await t.get(t.name(created)), answer, what="what get returns")
    t.true(t.mine(await t.walk(parent_of(t, created)), [created]) == [0], "it is not listed")


@check
async def undelete_of_the_living_is_refused(t: Trial) -> None:
    """AIP-164: undelete of a resource that is not deleted is ALREADY_EXISTS, with details."""
    t.rpc("undelete")
    created = await t.create()
    answer = t.refused(await t.call("undelete", name=t.name(created)), "ALREADY_EXISTS")
    t.true(answer.reason, "no ErrorInfo with a reason")


@check
async def undelete_of_the_unknown_is_refused(t: Trial) -> None:
    """AIP-164: undelete of a resource that does not exist is NOT_FOUND."""
    t.rpc("undelete")
    t.refused(await t.call("undelete", name=await missing(t)), "NOT_FOUND")


@check
async def undelete_heeds_the_etag(t: Trial) -> None:
    """AIP-154, 164: undelete with an etag that is not the current one is ABORTED; with the current one it is OK."""
    t.needs("undelete", "etag")
    created, _ = await deleted(t)
    t.refused(await t.call("undelete", name=t.name(created), etag="no-such-etag"), "ABORTED")
    stored = await t.get(t.name(created))
    t.true(stored.HasField("delete_time"), "it is back")
    t.ok(await t.call("undelete", name=t.name(created), etag=stored.etag))


def parent_of(t: Trial, resource: Any) -> str:
    return t.name(resource).rsplit("/", 2)[0] if t.subject.has_parent else ""


def _has(message: Any, name: str) -> bool:
    return name in message.DESCRIPTOR.fields_by_name and message.HasField(name)
