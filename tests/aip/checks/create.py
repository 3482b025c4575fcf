"""Create: AIP-133, and what names, ids, required and output-only fields are (122, 148, 203)."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ..expectations import at
from ..model import IDENTIFIER, OUTPUT_ONLY, REQUIRED
from ..trial import SERVER_FIELDS, Trial
from . import check

BAD_IDS = ("no/slash", "white space", "-", "ünï", "x" * 300, "a?b", "a%2Fb", "..", "tab\t")


@check
async def create_names_the_resource(t: Trial) -> None:
    """AIP-133, 122: the name that the server chose is of the resource's pattern and under the parent."""
    parent = await t.parent()
    name = t.name(await t.create(parent=parent))
    form = re.sub(r"\{\w+\}", "[A-Za-z0-9][A-Za-z0-9._~-]*", t.subject.pattern)
    t.true(re.fullmatch(form, name), f"{name!r} is not of the pattern {t.subject.pattern}")
    t.true(name.startswith(f"{parent}/") if parent else True, f"{name!r} is not under {parent!r}")


@check
async def create_returns_what_was_sent(t: Trial) -> None:
    """AIP-133: the response is the resource, with every field as it was given."""
    resource = t.build.full()
    created = await t.create(resource=resource)
    t.same(created, resource, ignoring=(*SERVER_FIELDS, *_server_fields(t)), what="the answer")


@check
async def create_takes_the_required_fields_alone(t: Trial) -> None:
    """AIP-203: what is not REQUIRED may be left out, and then is empty."""
    resource = t.build.minimal()
    created = await t.create(resource=resource)
    t.same(created, resource, ignoring=(*SERVER_FIELDS, *_server_fields(t)), what="the answer")


@check
async def create_honours_the_proposed_id(t: Trial) -> None:
    """AIP-133: the id that the client proposes is the last segment of the name."""
    t.needs("create", t.subject.id_field)
    proposed = t.new_id()
    name = t.name(await t.create(id=proposed))
    t.true(name.endswith(f"/{proposed}"), f"{name!r} does not end with {proposed!r}")


@check
async def create_refuses_an_invalid_id(t: Trial) -> None:
    """AIP-133, 122: an id that cannot be one segment of a name is INVALID_ARGUMENT, and so is the wildcard `-`."""
    t.needs("create", t.subject.id_field)
    parent = await t.parent()
    for proposed in BAD_IDS:
        answer = await t.call("create", **under(t, parent), resource=t.build.full(), id=proposed)
        t.refused(answer, "INVALID_ARGUMENT")


@check
async def create_names_the_field_of_an_invalid_id(t: Trial) -> None:
    """AIP-133, 193: the BadRequest for an invalid id names the field it came in."""
    t.needs("create", t.subject.id_field)
    parent = await t.parent()
    answer = await t.call("create", **under(t, parent), resource=t.build.full(), id="no/slash")
    t.refused(answer, "INVALID_ARGUMENT", field=t.subject.id_field)


@check
async def create_refuses_a_duplicate(t: Trial) -> None:
    """AIP-133: an id that is taken is ALREADY_EXISTS, and what has it stays as it was."""
    t.needs("create", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    first = await t.create(parent=parent, id=proposed)
    answer = await t.call("create", **under(t, parent), resource=t.build.full(), id=proposed)
    t.refused(answer, "ALREADY_EXISTS")
    t.same(await t.get(t.name(first)), first, what="the first one")


@check
async def create_says_what_exists_already(t: Trial) -> None:
    """AIP-193: ALREADY_EXISTS comes with ErrorInfo and a ResourceInfo that names the resource."""
    t.needs("create", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    first = await t.create(parent=parent, id=proposed)
    answer = await t.call("create", **under(t, parent), resource=t.build.full(), id=proposed)
    t.refused(answer, "ALREADY_EXISTS")
    names_resource(t, answer, t.name(first))


@check
async def create_ignores_output_only_fields(t: Trial) -> None:
    """AIP-203: values that a client sends for OUTPUT_ONLY fields are ignored, without an error."""
    fields = [f for f in t.subject.fields(OUTPUT_ONLY) if not f.is_repeated]
    t.needs_field(*[f.name for f in fields] or ["OUTPUT_ONLY field"])
    resource = t.build.full()
    for field in fields:
        t.build.fill(resource, field)
    created = await t.create(resource=resource)
    taken = [f.name for f in fields if getattr(created, f.name) == getattr(resource, f.name)]
    t.true(not taken, f"the client's values were taken for {taken}")


@check
async def create_ignores_a_name_in_the_resource(t: Trial) -> None:
    """AIP-203, 133: the name in the resource is the server's to choose (IDENTIFIER): what a client sends is ignored."""
    if t.subject.identity not in {
        f.name for f in (*t.subject.fields(IDENTIFIER), *t.subject.fields(OUTPUT_ONLY))
    }:
        t.needs_field("name that is IDENTIFIER or OUTPUT_ONLY")
    resource = t.build.full()
    given = re.sub(r"\{\w+\}", t.new_id(), t.subject.pattern)
    setattr(resource, t.subject.identity, given)
    created = await t.create(resource=resource)
    t.true(t.name(created) != given, f"the client's name {given!r} was taken")


@check
async def create_wants_required_fields(t: Trial) -> None:
    """AIP-203, 193: each REQUIRED field that is missing is INVALID_ARGUMENT, named by its path in the request."""
    fields = _required(t)
    parent = await t.parent()
    for name in fields:
        resource = t.build.full()
        resource.ClearField(name)
        answer = await t.call("create", **under(t, parent), resource=resource)
        t.refused(answer, "INVALID_ARGUMENT", field=f"{t.subject.payload}.{name}")


@check
async def create_wants_the_resource(t: Trial) -> None:
    """AIP-133, 203: a request without the resource is INVALID_ARGUMENT and names the field."""
    payload = t.rpc("create").request.fields_by_name[t.subject.payload]
    if REQUIRED not in t.subject.behaviors(payload):
        t.needs_field(f"REQUIRED {payload.name} in {t.rpc('create').request.name}")
    answer = await t.call("create", **under(t, await t.parent()))
    t.refused(answer, "INVALID_ARGUMENT")
    named = [each for each in answer.violations if each.startswith(t.subject.payload)]
    t.true(named, f"no violation names {t.subject.payload}: {answer.violations}")


@check
async def create_refuses_an_unknown_parent(t: Trial) -> None:
    """AIP-133, 193: a parent that does not exist is NOT_FOUND, with a ResourceInfo that names it."""
    t.needs_parent()
    if t.subject.parent is None:
        t.skip(f"no resource of {t.subject.pattern} above it is stored")
    missing = (await t.parent()).rpartition("/")[0] + f"/{t.new_id()}"
    answer = await t.call("create", parent=missing, resource=t.build.full())
    t.refused(answer, "NOT_FOUND")
    names_resource(t, answer, missing)


@check
async def create_refuses_a_parent_that_is_none(t: Trial) -> None:
    """AIP-122, 133: a parent of another form, or with the wildcard `-`, is refused."""
    t.needs_parent()
    whole = await t.parent()
    wildcard = whole.rpartition("/")[0] + "/-"
    answer = await t.call("create", parent=wildcard, resource=t.build.full())
    t.refused(answer, "INVALID_ARGUMENT", "NOT_FOUND")
    if t.api.name == "grpc":  # over HTTP these are paths of no method
        for parent in (f"{whole}/", f"{whole}/x", "elsewhere/1", "/", whole.partition("/")[0]):
            answer = await t.call("create", parent=parent, resource=t.build.full())
            t.refused(answer, "INVALID_ARGUMENT", "NOT_FOUND")
        t.compared = False


@check
async def create_sets_create_time(t: Trial) -> None:
    """AIP-148, 133: create_time is when the resource was created, and update_time is not before it."""
    t.needs_field("create_time")
    created = await t.create()
    t.true(created.HasField("create_time"), "no create_time")
    age = t.age(created.create_time)
    t.true(-60 < age < 60, f"create_time is {age:.0f} s ago")
    if "update_time" in t.subject.resource.fields_by_name:
        both = [
            (at(created, f"{n}_time").seconds, at(created, f"{n}_time").nanos) for n in ("create", "update")
        ]
        t.true(both[0] <= both[1], "update_time is before create_time")


@check
async def create_sets_a_uid(t: Trial) -> None:
    """AIP-148: uid is a UUID of the server's, another one for each resource."""
    t.needs_field("uid")
    uids = [(await t.create()).uid for _ in range(2)]
    for uid in uids:
        t.true(_is_uuid(uid), f"{uid!r} is no UUID")
    t.true(uids[0] != uids[1], "two resources with one uid")


@check
async def create_returns_an_etag(t: Trial) -> None:
    """AIP-154: the response has the etag that get returns as well."""
    t.needs_field("etag")
    created = await t.create()
    t.true(created.etag, "no etag")
    t.true((await t.get(t.name(created))).etag == created.etag, "get returns another etag")


def under(t: Trial, parent: str) -> dict[str, Any]:
    """The parent as a field of a request, where it has one."""
    return {"parent": parent} if t.subject.has_parent else {}


def names_resource(t: Trial, answer: Any, name: str) -> None:
    """The details that tell a program which resource it is about."""
    t.true(answer.reason, "no ErrorInfo with a reason")
    info = answer.detail("ResourceInfo")
    t.true(info is not None, "no ResourceInfo")
    t.true(info.resource_name == name, f"ResourceInfo names {info.resource_name!r}, not {name!r}")
    t.true(info.resource_type, "ResourceInfo has no resource_type")


def _required(t: Trial) -> list[str]:
    fields = [f for f in t.subject.fields(REQUIRED) if t.subject.is_writable(f)]
    names = [
        f.name for f in fields if f.has_presence or f.is_repeated or f.type in (f.TYPE_STRING, f.TYPE_BYTES)
    ]
    t.needs_field(*names or ["REQUIRED field whose absence shows"])
    return names


def _server_fields(t: Trial) -> list[str]:
    return [t.subject.identity, *(f.name for f in t.subject.fields(OUTPUT_ONLY))]


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
