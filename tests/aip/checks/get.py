"""Get: AIP-131."""

from __future__ import annotations

from typing import Any

from ..model import INPUT_ONLY, REQUIRED
from ..trial import Trial
from . import check
from .create import names_resource


@check
async def get_returns_what_create_returned(t: Trial) -> None:
    """AIP-131, 121: right after a create, get returns the very same resource."""
    created = await t.create()
    t.same(await t.get(t.name(created)), created, what="what get returns")


@check
async def input_only_fields_are_not_shown(t: Trial) -> None:
    """AIP-203: what is INPUT_ONLY is in no response."""
    fields = [f.name for f in t.subject.fields(INPUT_ONLY)]
    t.needs_field(*fields or ["INPUT_ONLY field"])
    sent = t.build.full()
    created = await t.create(resource=sent)
    name = t.name(created)
    shown = [created, await t.get(name)]
    if "list" in t.subject.rpcs:
        above = name.rsplit("/", 2)[0] if t.subject.has_parent else ""
        shown += [each for each in await t.walk(above) if t.name(each) == name]
    if "update" in t.subject.rpcs:
        setattr(sent, t.subject.identity, name)
        masked = t.rpc("update").has("update_mask")
        options: dict[str, Any] = {"mask": [t.writable()[0].name]} if masked else {}
        shown.append(t.ok(await t.call("update", resource=sent, **options)))
    told = {field for each in shown for field in fields if getattr(each, field)}
    t.true(not told, f"{sorted(told)} are shown")


@check
async def get_refuses_an_unknown_name(t: Trial) -> None:
    """AIP-131: a resource that does not exist is NOT_FOUND."""
    t.refused(await t.call("get", name=await missing(t)), "NOT_FOUND")


@check
async def get_says_what_is_not_found(t: Trial) -> None:
    """AIP-193: NOT_FOUND comes with ErrorInfo and a ResourceInfo that names the resource."""
    name = await missing(t)
    answer = t.refused(await t.call("get", name=name), "NOT_FOUND")
    names_resource(t, answer, name)


@check
async def get_refuses_what_is_no_name(t: Trial) -> None:
    """AIP-122, 131: what is not of the resource's pattern is INVALID_ARGUMENT or NOT_FOUND."""
    if t.api.name != "grpc":
        t.skip("over HTTP these are paths of no method")
    name = t.name(await t.create())
    for text in (
        name.partition("/")[0],
        f"{name}/",
        f"/{name}",
        f"{name}/x",
        "elsewhere/1",
        "..",
        name.upper(),
    ):
        t.refused(await t.call("get", name=text), "INVALID_ARGUMENT", "NOT_FOUND")


@check
async def get_wants_a_name(t: Trial) -> None:
    """AIP-131, 203: a request without the name is INVALID_ARGUMENT and names the field."""
    name = t.rpc("get").request.fields_by_name["name"]
    if REQUIRED not in t.subject.behaviors(name):
        t.needs_field("REQUIRED name in the get request")
    t.refused(await t.call("get"), "INVALID_ARGUMENT", field="name")


@check
async def get_tells_parents_apart(t: Trial) -> None:
    """AIP-122: the same id under another parent is another resource."""
    t.needs("create", t.subject.id_field)
    t.needs_parent()
    proposed = t.new_id()
    one, other = [await t.create(id=proposed) for _ in range(2)]
    t.true(t.name(one) != t.name(other), "two resources of one name")
    t.same(await t.get(t.name(one)), one, what="the first one")


async def missing(t: Trial) -> str:
    """A name of the right form under a parent that exists, and that nothing has."""
    parent = await t.parent()
    collection = t.subject.pattern.split("/")[-2]
    return "/".join([*([parent] if parent else []), collection, t.new_id()])
