"""Update: AIP-134, etags (154), and what server-set fields do (148, 203)."""

from __future__ import annotations

from typing import Any

from ..expectations import at
from ..model import IMMUTABLE, OUTPUT_ONLY, REQUIRED
from ..trial import SERVER_FIELDS, Trial
from . import check
from .create import names_resource
from .get import missing


def server_set(t: Trial) -> list[str]:
    """What may differ after an update, whatever was updated."""
    return [*SERVER_FIELDS, *(f.name for f in t.subject.fields(OUTPUT_ONLY))]


def copy(message: Any) -> Any:
    made = type(message)()
    made.CopyFrom(message)
    return made


def without_etag(message: Any) -> Any:
    """A copy that is not checked against the stored etag (AIP-154)."""
    made = copy(message)
    if "etag" in made.DESCRIPTOR.fields_by_name:
        made.etag = ""
    return made


async def changed(t: Trial) -> tuple[Any, Any, str]:
    """A stored resource, a copy with another value in one field, and that field's name."""
    t.needs("update")
    created = await t.create()
    field = t.writable()[0]
    return created, t.build.other(without_etag(created), field), field.name


def mask(t: Trial, *paths: str) -> dict[str, Any]:
    return {"mask": paths} if t.rpc("update").has("update_mask") else {}


@check
async def update_is_stored(t: Trial) -> None:
    """AIP-134, 121: the response of an update is what get returns afterwards."""
    created, other, name = await changed(t)
    updated = t.ok(await t.call("update", resource=other, **mask(t, name)))
    t.true(getattr(updated, name) == getattr(other, name), f"{name} is not what was sent")
    t.same(await t.get(t.name(created)), updated, what="what get returns")


@check
async def update_refuses_an_unknown_name(t: Trial) -> None:
    """AIP-134: a resource that does not exist is NOT_FOUND, with a ResourceInfo that names it."""
    t.needs("update")
    resource, field = t.build.full(), t.writable()[0]
    setattr(resource, t.subject.identity, await missing(t))
    answer = await t.call("update", resource=resource, **mask(t, field.name))
    t.refused(answer, "NOT_FOUND")
    names_resource(t, answer, t.name(resource))


@check
async def update_wants_the_resource(t: Trial) -> None:
    """AIP-134, 203: a request without the resource, or without its name, is INVALID_ARGUMENT."""
    t.needs("update")
    t.refused(await t.call("update", resource=t.build.full()), "INVALID_ARGUMENT", "NOT_FOUND")
    if REQUIRED not in t.subject.behaviors(t.rpc("update").request.fields_by_name[t.subject.payload]):
        t.refused(await t.call("update"), "INVALID_ARGUMENT", "NOT_FOUND")
        return
    t.refused(await t.call("update"), "INVALID_ARGUMENT", field=t.subject.payload)


@check
async def update_advances_update_time(t: Trial) -> None:
    """AIP-148: update_time is later after an update."""
    t.needs_field("update_time")
    created, other, name = await changed(t)
    updated = t.ok(await t.call("update", resource=other, **mask(t, name)))
    before, after = [(m.update_time.seconds, m.update_time.nanos) for m in (created, updated)]
    t.true(after > before, f"update_time went from {before} to {after}")


@check
async def update_keeps_create_time(t: Trial) -> None:
    """AIP-148: create_time stays as it is, whatever is sent for it."""
    t.needs_field("create_time")
    created, other, name = await changed(t)
    other.create_time.seconds = 1
    updated = t.ok(await t.call("update", resource=other, **mask(t, name)))
    t.true(updated.create_time == created.create_time, "create_time changed")


@check
async def update_changes_the_etag(t: Trial) -> None:
    """AIP-154: a change of the resource changes its etag."""
    t.needs_field("etag")
    created, other, name = await changed(t)
    updated = t.ok(await t.call("update", resource=other, **mask(t, name)))
    t.true(updated.etag and updated.etag != created.etag, f"the etag is {updated.etag!r} before and after")


@check
async def update_refuses_a_stale_etag(t: Trial) -> None:
    """AIP-154, 134: an etag that is not the current one is ABORTED, whatever the mask, and nothing changes."""
    t.needs_field("etag")
    created, other, name = await changed(t)
    current = t.ok(await t.call("update", resource=other, **mask(t, name)))
    for stale in (created.etag, "no-such-etag"):
        late = t.build.other(created, t.subject.resource.fields_by_name[name])
        late.etag = stale
        t.refused(await t.call("update", resource=late, **mask(t, name)), "ABORTED")
    t.same(await t.get(t.name(created)), current, what="the resource")


@check
async def update_says_what_changed(t: Trial) -> None:
    """AIP-193: ABORTED for a stale etag comes with an ErrorInfo."""
    t.needs_field("etag")
    _, other, name = await changed(t)
    other.etag = "no-such-etag"
    answer = t.refused(await t.call("update", resource=other, **mask(t, name)), "ABORTED")
    t.true(answer.reason, "no ErrorInfo with a reason")


@check
async def update_takes_the_current_etag(t: Trial) -> None:
    """AIP-154: the current etag lets the update through, once."""
    t.needs_field("etag")
    created, other, name = await changed(t)
    other.etag = created.etag
    t.ok(await t.call("update", resource=other, **mask(t, name)))
    t.refused(await t.call("update", resource=other, **mask(t, name)), "ABORTED")


@check
async def update_refuses_to_empty_required_fields(t: Trial) -> None:
    """AIP-203, 134: a REQUIRED field that the mask names cannot be emptied: INVALID_ARGUMENT, naming it."""
    t.needs("update", "update_mask")
    created = await t.create()
    fields = [
        f.name for f in t.subject.fields(REQUIRED) if f.type in (f.TYPE_STRING, f.TYPE_BYTES, f.TYPE_MESSAGE)
    ]
    t.needs_field(*fields or ["REQUIRED field whose absence shows"])
    for paths in (fields[:1], ["*"]):
        empty = without_etag(created)
        empty.ClearField(fields[0])
        answer = t.refused(await t.call("update", resource=empty, mask=paths), "INVALID_ARGUMENT")
        named = [each for each in answer.violations if each.split(".")[-1] == fields[0]]
        t.true(named, f"no violation names {fields[0]}: {answer.violations}")
    t.same(await t.get(t.name(created)), created, what="the resource")


@check
async def update_refuses_to_change_immutable_fields(t: Trial) -> None:
    """AIP-203: an IMMUTABLE field with another value is INVALID_ARGUMENT, by name, by `*` and without a mask."""
    t.needs("update", "update_mask")
    fields = [f for f in t.subject.fields(IMMUTABLE) if t.subject.is_writable(f)]
    t.needs_field(*[f.name for f in fields] or ["IMMUTABLE field"])
    created = await t.create()
    for paths in ([fields[0].name], ["*"], []):
        other = t.build.other(without_etag(created), fields[0])
        answer = t.refused(await t.call("update", resource=other, mask=paths), "INVALID_ARGUMENT")
        t.true(answer.violations, "no BadRequest that names a field")
    t.same(await t.get(t.name(created)), created, what="the resource")


@check
async def update_takes_immutable_fields_unchanged(t: Trial) -> None:
    """AIP-203: an IMMUTABLE field may be sent with the value it has, named or not."""
    t.needs("update", "update_mask")
    fields = [f.name for f in t.subject.fields(IMMUTABLE) if t.subject.is_writable(f)]
    t.needs_field(*fields or ["IMMUTABLE field"])
    created, other, name = await changed(t)
    for paths in ([fields[0], name], ["*"], []):
        updated = t.ok(await t.call("update", resource=other, mask=paths))
        t.true(getattr(updated, fields[0]) == getattr(created, fields[0]), f"{fields[0]} changed")


@check
async def update_creates_what_is_missing(t: Trial) -> None:
    """AIP-134: with allow_missing, what does not exist is created under that name, whatever the mask."""
    t.needs("update", "allow_missing")
    resource, field = t.build.full(), t.writable()[-1]
    setattr(resource, t.subject.identity, await missing(t))
    made = t.ok(await t.call("update", resource=resource, allow_missing=True, **mask(t, field.name)))
    t.same(made, resource, ignoring=server_set(t), what="the answer")
    t.same(await t.get(t.name(resource)), made, what="what get returns")


@check
async def update_creates_only_what_is_valid(t: Trial) -> None:
    """AIP-134: with allow_missing, creating without REQUIRED fields is INVALID_ARGUMENT and stores nothing."""
    t.needs("update", "allow_missing")
    fields = [f.name for f in t.subject.fields(REQUIRED) if f.type == f.TYPE_STRING]
    t.needs_field(*fields or ["REQUIRED text"])
    resource = t.build.full()
    setattr(resource, t.subject.identity, await missing(t))
    resource.ClearField(fields[0])
    t.refused(await t.call("update", resource=resource, allow_missing=True), "INVALID_ARGUMENT")
    t.refused(await t.call("get", name=t.name(resource)), "NOT_FOUND")


@check
async def update_with_allow_missing_updates_what_exists(t: Trial) -> None:
    """AIP-134: with allow_missing, what exists is updated by the mask as ever."""
    t.needs("update", "allow_missing", "update_mask")
    created, other, name = await changed(t)
    for field in t.writable()[1:]:
        t.build.fill(other, field)
    updated = t.ok(await t.call("update", resource=other, allow_missing=True, mask=[name]))
    expected = copy(created)
    setattr_any(expected, name, other)
    t.same(updated, expected, ignoring=server_set(t), what="the answer")


@check
async def update_only_validates(t: Trial) -> None:
    """AIP-163: with validate_only the answer is what it would be and nothing is stored; errors are the same."""
    t.needs("update", "validate_only")
    created, other, name = await changed(t)
    answer = t.ok(await t.call("update", resource=other, validate_only=True, **mask(t, name)))
    t.true(getattr(answer, name) == getattr(other, name), f"the answer has not the {name} that was sent")
    t.same(await t.get(t.name(created)), created, what="the resource")
    setattr(other, t.subject.identity, await missing(t))
    t.refused(await t.call("update", resource=other, validate_only=True, **mask(t, name)), "NOT_FOUND")


def setattr_any(message: Any, name: str, source: Any) -> None:
    """Takes a field of any kind from another message of the type."""
    message.ClearField(name)
    value = at(source, name)
    descriptor = message.DESCRIPTOR.fields_by_name[name]
    if descriptor.is_repeated or descriptor.message_type is not None:
        part = type(message)()
        part.CopyFrom(source)
        for other in part.DESCRIPTOR.fields:
            if other.name != name:
                part.ClearField(other.name)
        message.MergeFrom(part)
    else:
        setattr(message, name, value)
