"""Update masks: AIP-134, 161."""

from __future__ import annotations

from typing import Any

from ..expectations import at, put
from ..fields import find, nested, repeated, text_map
from ..model import INPUT_ONLY, OUTPUT_ONLY
from ..trial import Trial
from . import check
from .update import changed, copy, server_set, setattr_any, without_etag


@check
async def mask_of_one_field_changes_that_field(t: Trial) -> None:
    """AIP-134: of all that is sent, only the field that the mask names is taken; each field can be named."""
    t.needs("update", "update_mask")
    created = await t.create()
    for field in t.writable():
        sent = without_etag(created)
        for each in t.writable():
            t.build.fill(sent, each)
        expected = await t.get(t.name(created))
        setattr_any(expected, field.name, sent)
        updated = t.ok(await t.call("update", resource=sent, mask=[field.name]))
        t.same(updated, expected, ignoring=server_set(t), what=f"after a mask of {field.name} the resource")
        t.same(await t.get(t.name(created)), updated, what="what get returns")


@check
async def mask_of_several_fields_changes_them(t: Trial) -> None:
    """AIP-134: a mask may name several fields."""
    t.needs("update", "update_mask")
    fields = t.writable()[:2]
    t.needs_field(*["second field"] if len(fields) < 2 else [])
    created = await t.create()
    sent, expected = without_etag(created), copy(created)
    for each in t.writable():
        t.build.fill(sent, each)
    for field in fields:
        setattr_any(expected, field.name, sent)
    updated = t.ok(await t.call("update", resource=sent, mask=[f.name for f in fields]))
    t.same(updated, expected, ignoring=server_set(t), what="the resource")


@check
async def mask_leads_into_messages(t: Trial) -> None:
    """AIP-161: a path with a dot changes that field and leaves the rest of the message."""
    t.needs("update", "update_mask")
    await _updates_inside(t, nested(t, "text").path, t.build.full())


@check
async def mask_leads_into_messages_that_are_not_set(t: Trial) -> None:
    """AIP-161: a path into a message that the stored resource has not makes it, with that field alone."""
    t.needs("update", "update_mask")
    path = nested(t, "text").path
    resource = t.build.full()
    resource.ClearField(path.partition(".")[0])
    await _updates_inside(t, path, resource)


async def _updates_inside(t: Trial, path: str, resource: Any) -> None:
    """Creates the resource and updates the field of a message that the path leads to: that alone changes."""
    created = await t.create(resource=resource)
    sent, expected = without_etag(created), copy(created)
    t.build.fill(sent, t.subject.resource.fields_by_name[path.partition(".")[0]])
    put(expected, path, at(sent, path))
    updated = t.ok(await t.call("update", resource=sent, mask=[path]))
    t.same(updated, expected, ignoring=server_set(t), what="the resource")


@check
async def mask_of_a_star_replaces_all(t: Trial) -> None:
    """AIP-134: `*` replaces the whole resource: what is not sent is empty afterwards."""
    t.needs("update", "update_mask")
    created = await t.create()
    sent = without_etag(created)
    for field in t.writable()[1:]:
        sent.ClearField(field.name)
    for field in t.subject.fields():
        if 2 in t.subject.behaviors(field):
            setattr_any(sent, field.name, created)
    updated = t.ok(await t.call("update", resource=sent, mask=["*"]))
    t.same(updated, sent, ignoring=server_set(t), what="the resource")


@check
async def mask_that_is_empty_means_what_is_set(t: Trial) -> None:
    """AIP-134: without a mask, the fields that have a value are updated and the others stay."""
    t.needs("update", "update_mask")
    created, other, name = await changed(t)
    sent, expected = type(created)(), copy(created)
    setattr(sent, t.subject.identity, t.name(created))
    for target in (sent, expected):
        setattr_any(target, name, other)
    updated = t.ok(await t.call("update", resource=sent))
    t.same(updated, expected, ignoring=server_set(t), what="the resource")


@check
async def mask_clears_what_is_not_sent(t: Trial) -> None:
    """AIP-134: a field that the mask names and the resource has not is empty afterwards."""
    t.needs("update", "update_mask")
    fields = [f for f in t.writable() if 2 not in t.subject.behaviors(f)]
    t.needs_field(*[f.name for f in fields] or ["field that may be empty"])
    created = await t.create()
    sent, expected = type(created)(), copy(created)
    setattr(sent, t.subject.identity, t.name(created))
    for field in fields:
        expected.ClearField(field.name)
    updated = t.ok(await t.call("update", resource=sent, mask=[f.name for f in fields]))
    t.same(updated, expected, ignoring=server_set(t), what="the resource")


@check
async def mask_replaces_lists_and_maps(t: Trial) -> None:
    """AIP-134, 144: a repeated field or a map that the mask names is replaced as a whole."""
    t.needs("update", "update_mask")
    fields = [f for f in t.writable() if f.is_repeated]
    t.needs_field(*[f.name for f in fields] or ["repeated field"])
    created = await t.create()
    for field in fields:
        sent, expected = t.build.other(without_etag(created), field), await t.get(t.name(created))
        setattr_any(expected, field.name, sent)
        updated = t.ok(await t.call("update", resource=sent, mask=[field.name]))
        t.same(updated, expected, ignoring=server_set(t), what="the resource")


@check
async def mask_names_a_key_of_a_map(t: Trial) -> None:
    """AIP-161: `map.key` changes that key, or removes it where it is not sent, and leaves the others."""
    t.needs("update", "update_mask")
    field = text_map(t).path
    resource = t.build.full()
    put(resource, field, {"color": "red", "size": "xl"})
    created = await t.create(resource=resource)
    sent = without_etag(created)
    put(sent, field, {"color": "blue", "other": "x"})
    updated = t.ok(await t.call("update", resource=sent, mask=[f"{field}.color"]))
    t.true(dict(at(updated, field)) == {"color": "blue", "size": "xl"}, f"{dict(at(updated, field))}")
    updated = t.ok(await t.call("update", resource=sent, mask=[f"{field}.size"]))
    t.true(dict(at(updated, field)) == {"color": "blue"}, f"{dict(at(updated, field))}")


@check
async def mask_quotes_a_key_of_a_map(t: Trial) -> None:
    """AIP-161: a key with characters of the mask's grammar stands between backticks."""
    t.needs("update", "update_mask")
    field = text_map(t).path
    resource = t.build.full()
    put(resource, field, {"my. key": "red", "my": "xl"})
    created = await t.create(resource=resource)
    sent = without_etag(created)
    put(sent, field, {"my. key": "blue"})
    updated = t.ok(await t.call("update", resource=sent, mask=[f"{field}.`my. key`"]))
    t.true(dict(at(updated, field)) == {"my. key": "blue", "my": "xl"}, f"{dict(at(updated, field))}")


@check
async def mask_moves_a_oneof(t: Trial) -> None:
    """AIP-146, 161: naming another field of a oneof sets that one and clears the one before."""
    t.needs("update", "update_mask")
    oneofs = [
        o
        for o in t.subject.resource.oneofs
        if not o.name.startswith("_")
        and len(o.fields) > 1
        and not any(INPUT_ONLY in t.subject.behaviors(f) for f in o.fields)
    ]
    t.needs_field(*[oneofs[0].fields[0].name] if oneofs else ["oneof"])
    one, other = oneofs[0].fields[:2]
    resource = t.build.full()
    t.build.fill(resource, one)
    created = await t.create(resource=resource)
    sent = without_etag(created)
    t.build.fill(sent, other)
    updated = t.ok(await t.call("update", resource=sent, mask=[other.name]))
    t.true(updated.WhichOneof(oneofs[0].name) == other.name, f"{updated.WhichOneof(oneofs[0].name)} is set")
    t.true(getattr(updated, other.name) == getattr(sent, other.name), f"{other.name} is not what was sent")


@check
async def mask_refuses_unknown_paths(t: Trial) -> None:
    """AIP-161, 134: a path that names no field is INVALID_ARGUMENT, names update_mask, and nothing is changed."""
    t.needs("update", "update_mask")
    created, other, name = await changed(t)
    for bad in (["nosuchfield"], [name, "nosuchfield"], [f"{t.subject.identity}.inner"], ["password"]):
        answer = await t.call("update", resource=other, mask=bad)
        t.refused(answer, "INVALID_ARGUMENT", field="update_mask")
    t.same(await t.get(t.name(created)), created, what="the resource")


@check
async def mask_refuses_unknown_paths_in_messages(t: Trial) -> None:
    """AIP-161: the same for a path into a message, a scalar, or past the star."""
    t.needs("update", "update_mask")
    inner = nested(t, "text").path
    created = await t.create()
    for bad in (
        f"{inner.partition('.')[0]}.nosuchfield",
        f"{inner}.deeper",
        f"{find(t, 'text').path}.x",
        "*.x",
    ):
        answer = await t.call("update", resource=without_etag(created), mask=[bad])
        t.refused(answer, "INVALID_ARGUMENT", field="update_mask")


@check
async def mask_refuses_places_in_lists(t: Trial) -> None:
    """AIP-161: an element of a repeated field has no path: INVALID_ARGUMENT."""
    t.needs("update", "update_mask")
    field = repeated(t, "text").path
    created = await t.create()
    for bad in (f"{field}.0", f"{field}[0]"):
        answer = await t.call("update", resource=without_etag(created), mask=[bad])
        t.refused(answer, "INVALID_ARGUMENT", field="update_mask")


@check
async def mask_refuses_to_change_output_only_fields(t: Trial) -> None:
    """AIP-161, 203: an OUTPUT_ONLY field that is named with another value is INVALID_ARGUMENT. (The AIP would let a
    service ignore it as well; an error tells the caller of the mistake.)
    """
    t.needs("update", "update_mask")
    # Another etag than the stored one is refused as that.
    fields = [f for f in t.subject.fields(OUTPUT_ONLY) if f.name not in ("delete_time", "etag")]
    t.needs_field(*[f.name for f in fields] or ["OUTPUT_ONLY field"])
    created = await t.create()
    for field in fields:
        answer = await t.call(
            "update", resource=t.build.other(without_etag(created), field), mask=[field.name]
        )
        t.refused(answer, "INVALID_ARGUMENT")
        t.true(answer.violations, "no BadRequest that names a field")


@check
async def mask_may_name_output_only_fields_unchanged(t: Trial) -> None:
    """AIP-161: an OUTPUT_ONLY field may be named with the value it has, so that one mask serves to read and write."""
    t.needs("update", "update_mask")
    t.needs_field("create_time")
    created, other, name = await changed(t)
    updated = t.ok(await t.call("update", resource=other, mask=["create_time", name]))
    t.true(updated.create_time == created.create_time, "create_time changed")
    t.true(at(updated, name) == at(other, name), f"{name} did not change")


@check
async def mask_of_a_star_ignores_output_only_fields(t: Trial) -> None:
    """AIP-161: with `*` or no mask, values sent for OUTPUT_ONLY fields are ignored, without an error."""
    t.needs("update", "update_mask")
    fields = [
        f for f in t.subject.fields(OUTPUT_ONLY) if f.name not in ("etag", "update_time", "delete_time")
    ]
    t.needs_field(*[f.name for f in fields] or ["OUTPUT_ONLY field"])
    created = await t.create()
    for paths in (["*"], []):
        sent = without_etag(created)
        for field in fields:
            t.build.fill(sent, field)
        updated = t.ok(await t.call("update", resource=sent, mask=paths))
        taken = [f.name for f in fields if getattr(updated, f.name) != getattr(created, f.name)]
        t.true(not taken, f"the client's values were taken for {taken}")
