"""What a create request may ask for (AIP-155, 163), and what stored values keep (149, 210)."""

from __future__ import annotations

import uuid
from typing import Any

from ..fields import has_format
from ..model import REQUIRED
from ..trial import Trial
from . import check
from .create import under

ODD_TEXTS = (
    'O\'Reilly "quoted" \\ `back`',
    "'; DROP TABLE books; --",
    "50% of_all * ? [a-z]",
    "Ünïcødé 漢字 \U0001f4da e\u0301 \u202eright",
    "  spaces\tand\nlines  ",
    "{{ braces }} ${x} %s {0}",
)


@check
async def create_only_validates(t: Trial) -> None:
    """AIP-163: with validate_only the answer is OK and nothing is stored."""
    t.needs("create", "validate_only", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    resource = t.build.full()
    answer = await t.call("create", **under(t, parent), resource=resource, id=proposed, validate_only=True)
    t.ok(answer)
    name = "/".join([*([parent] if parent else []), t.subject.pattern.split("/")[-2], proposed])
    t.refused(await t.call("get", name=name), "NOT_FOUND")


@check
async def create_validates_as_it_would_create(t: Trial) -> None:
    """AIP-163: validate_only reports the errors that creating would: duplicates, unknown parents, missing fields."""
    t.needs("create", "validate_only", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    await t.create(parent=parent, id=proposed)
    tried: list[dict[str, Any]] = [{"id": proposed}, {"id": "no/slash"}]
    if t.subject.parent is not None:
        tried.append({"parent": parent.rpartition("/")[0] + f"/{t.new_id()}"})
    for name in {f.name for f in t.subject.fields(REQUIRED)}:
        resource = t.build.full()
        resource.ClearField(name)
        tried.append({"resource": resource})
    for fields in tried:
        request = {"resource": t.build.full(), **under(t, parent), **fields}
        dry = await t.call("create", **request, validate_only=True)
        real = await t.call("create", **request)
        t.true(dry.code == real.code != "OK", f"{dry.code} when validating, {real.code} when creating")


@check
async def create_repeats_by_request_id(t: Trial) -> None:
    """AIP-155: the same request_id again returns the resource that the first request made."""
    t.needs("create", "request_id")
    parent, request_id = await t.parent(), str(uuid.UUID(int=t.rng.getrandbits(128), version=4))
    resource = t.build.full()
    first = await t.create(parent=parent, resource=resource, request_id=request_id)
    again = await t.create(parent=parent, resource=resource, request_id=request_id)
    t.same(again, first, what="the second answer")
    if t.subject.has_parent and "list" in t.subject.rpcs:
        t.true(len(await t.walk(parent)) == 1, "two requests with one request_id made two resources")


@check
async def create_tells_request_ids_apart(t: Trial) -> None:
    """AIP-155: another request_id, or none, makes another resource."""
    t.needs("create", "request_id")
    parent = await t.parent()
    ids = [str(uuid.UUID(int=t.rng.getrandbits(128), version=4)) for _ in range(2)]
    names = {t.name(await t.create(parent=parent, request_id=each)) for each in (*ids, "", "")}
    t.true(len(names) == 4, f"4 requests made {len(names)} resources")


@check
async def create_keeps_presence(t: Trial) -> None:
    """AIP-149: an optional field set to its zero is not the same as one that is not set, on the way back too."""
    fields = [f for f in t.writable(mutable=False) if f.has_presence and f.message_type is None]
    t.needs_field(*[f.name for f in fields] or ["optional scalar"])
    for is_set in (True, False):
        resource = t.build.full()
        for field in fields:
            resource.ClearField(field.name)
            if is_set:
                setattr(resource, field.name, field.default_value)
        name = t.name(await t.create(resource=resource))
        stored = await t.get(name)
        lost = [f.name for f in fields if stored.HasField(f.name) != is_set]
        t.true(not lost, f"{lost} came back {'not set' if is_set else 'set'}")


@check
async def create_keeps_text(t: Trial) -> None:
    """AIP-133, 210: text comes back as it was sent: quotes, SQL's and templates' characters, any script, emoji."""
    path = _free_text(t)
    for text in ODD_TEXTS:
        resource = t.build.full()
        setattr(resource, path, text)
        stored = await t.get(t.name(await t.create(resource=resource)))
        t.true(getattr(stored, path) == text, f"{text!r} came back as {getattr(stored, path)!r}")


@check
async def create_defines_what_a_nul_is(t: Trial) -> None:
    """AIP-193: a text with U+0000, which not every database can hold, is stored or INVALID_ARGUMENT."""
    path = _free_text(t)
    resource = t.build.full()
    setattr(resource, path, "a\0b")
    answer = await t.call("create", **under(t, await t.parent()), resource=resource)
    if answer.code == "OK":
        stored = await t.get(t.name(answer.message))
        t.true(getattr(stored, path) == "a\0b", f"came back as {getattr(stored, path)!r}")
    else:
        t.refused(answer, "INVALID_ARGUMENT")


def _free_text(t: Trial) -> str:
    fields = [
        f.name
        for f in t.writable(mutable=False)
        if f.type == f.TYPE_STRING
        and not f.is_repeated
        and not has_format(t, f)
        and "pattern" not in str(t.subject.contract.extension(f, "buf.validate.field"))
        and "email" not in str(t.subject.contract.extension(f, "buf.validate.field"))
    ]
    t.needs_field(*fields or ["field for free text"])
    return fields[0]
