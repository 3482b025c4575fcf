"""BatchCreate, BatchUpdate, BatchDelete: AIP-233, 234, 235."""

from __future__ import annotations

from typing import Any

from ..trial import Trial
from . import check
from .batch import limit
from .delete import is_gone
from .update import server_set, setattr_any, without_etag


async def batch(t: Trial, verb: str, parent: str, items: list[Any]) -> Any:
    fields: dict[str, Any] = {"parent": parent} if parent and t.rpc(verb).has("parent") else {}
    return await t.call(verb, requests=items, **fields)


def creation(t: Trial, parent: str, **fields: Any) -> Any:
    """A request inside a batch of creations."""
    if t.subject.has_parent:
        fields["parent"] = parent
    return t.request(t.rpc("create"), t.subject, **{"resource": t.build.full(), **fields})


def change(t: Trial, created: Any) -> Any:
    """A request inside a batch of updates, which changes the first field."""
    field = t.writable()[0]
    other = t.build.other(without_etag(created), field)
    if not t.rpc("update").has("update_mask"):
        return t.request(t.rpc("update"), t.subject, resource=other)
    part = type(other)()
    for name in (t.subject.identity, field.name):
        setattr_any(part, name, other)
    return t.request(t.rpc("update"), t.subject, resource=part, mask=[field.name])


@check
async def batch_create_stores_all_in_order(t: Trial) -> None:
    """AIP-233: all resources are created, and come back in the order of the requests."""
    t.needs("batch_create", "requests")
    parent = await t.parent()
    requests = [creation(t, parent) for _ in range(3)]
    response = t.ok(await batch(t, "batch_create", parent, requests))
    items = list(getattr(response, t.subject.items("batch_create")))
    t.true(len(items) == 3, f"{len(items)} of 3")
    for item, request in zip(items, requests, strict=True):
        sent = getattr(request, t.subject.payload)
        t.same(item, sent, ignoring=(t.subject.identity, *server_set(t)), what="an item")
        t.same(await t.get(t.name(item)), item, what="what get returns")


@check
async def batch_create_honours_proposed_ids(t: Trial) -> None:
    """AIP-233, 133: an item of a batch may propose its id, as a request of its own may."""
    t.needs("batch_create", "requests")
    t.needs("create", t.subject.id_field)
    parent, ids = await t.parent(), [t.new_id() for _ in range(2)]
    response = t.ok(await batch(t, "batch_create", parent, [creation(t, parent, id=each) for each in ids]))
    names = [t.name(item).rpartition("/")[2] for item in getattr(response, t.subject.items("batch_create"))]
    t.true(names == ids, f"the ids are {names}, not {ids}")


@check
async def batch_create_is_all_or_nothing(t: Trial) -> None:
    """AIP-233: one resource that exists already is ALREADY_EXISTS, and none of the others is created."""
    t.needs("batch_create", "requests")
    t.needs("create", t.subject.id_field)
    parent, taken, free = await t.parent(), t.new_id(), [t.new_id() for _ in range(2)]
    first = await t.create(parent=parent, id=taken)
    requests = [creation(t, parent, id=each) for each in (free[0], taken, free[1])]
    t.refused(await batch(t, "batch_create", parent, requests), "ALREADY_EXISTS")
    base = t.name(first).rpartition("/")[0]
    for each in free:
        t.refused(await t.call("get", name=f"{base}/{each}"), "NOT_FOUND")


@check
async def batch_create_refuses_one_id_twice(t: Trial) -> None:
    """AIP-233: the same id twice in one batch is refused, and nothing is created."""
    t.needs("batch_create", "requests")
    t.needs("create", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    requests = [creation(t, parent, id=proposed) for _ in range(2)]
    answer = await batch(t, "batch_create", parent, requests)
    t.refused(answer, "ALREADY_EXISTS", "INVALID_ARGUMENT")
    if t.subject.has_parent:
        t.true(not await t.walk(parent), "something was created")


@check
async def batch_create_takes_the_parent_of_the_batch(t: Trial) -> None:
    """AIP-233: where the batch has a parent, its requests need not repeat it."""
    t.needs("batch_create", "requests", "parent")
    t.needs_parent()
    parent = await t.parent()
    requests = [creation(t, parent) for _ in range(2)]
    requests[1].parent = ""
    response = t.ok(await batch(t, "batch_create", parent, requests))
    for item in getattr(response, t.subject.items("batch_create")):
        t.true(t.name(item).startswith(f"{parent}/"), f"{t.name(item)} is not of {parent}")


@check
async def batch_create_names_the_item_that_is_wrong(t: Trial) -> None:
    """AIP-233, 193: an item that is invalid is INVALID_ARGUMENT, named by its path, and nothing is created."""
    t.needs("batch_create", "requests")
    fields = [f.name for f in t.subject.fields(2) if f.type == f.TYPE_STRING]
    t.needs_field(*fields or ["REQUIRED text"])
    parent = await t.parent()
    requests = [creation(t, parent) for _ in range(3)]
    getattr(requests[1], t.subject.payload).ClearField(fields[0])
    answer = await batch(t, "batch_create", parent, requests)
    t.refused(answer, "INVALID_ARGUMENT", field=f"requests[1].{t.subject.payload}.{fields[0]}")
    if t.subject.has_parent:
        t.true(not await t.walk(parent), "something was created")


@check
async def batch_create_checks_the_parent(t: Trial) -> None:
    """AIP-233: an item under another parent than the batch's is INVALID_ARGUMENT; its own may be left out."""
    t.needs("batch_create", "requests", "parent")
    parent, other = await t.parent(), await t.parent()
    answer = await batch(t, "batch_create", parent, [creation(t, parent), creation(t, other)])
    t.refused(answer, "INVALID_ARGUMENT")
    t.true(not await t.walk(parent) and not await t.walk(other), "something was created")


@check
async def batch_create_has_a_limit(t: Trial) -> None:
    """AIP-233: more items than the contract allows are INVALID_ARGUMENT, and nothing is created."""
    t.needs("batch_create", "requests")
    parent = await t.parent()
    requests = [creation(t, parent) for _ in range(limit(t, "batch_create", "requests") + 1)]
    t.refused(await batch(t, "batch_create", parent, requests), "INVALID_ARGUMENT")


@check
async def batch_update_changes_all_in_order(t: Trial) -> None:
    """AIP-234: all resources are updated, and come back in the order of the requests."""
    t.needs("batch_update", "requests")
    parent, made = await t.family(3)
    before = [made[place] for place in (2, 0, 1)]
    requests = [change(t, each) for each in before]
    response = t.ok(await batch(t, "batch_update", parent, requests))
    items = list(getattr(response, t.subject.items("batch_update")))
    t.true(len(items) == 3, f"{len(items)} of 3")
    for item, request, expected in zip(items, requests, before, strict=True):
        setattr_any(expected, t.writable()[0].name, getattr(request, t.subject.payload))
        t.same(item, expected, ignoring=server_set(t), what="an item")
        t.same(await t.get(t.name(item)), item, what="what get returns")


@check
async def batch_update_is_all_or_nothing(t: Trial) -> None:
    """AIP-234: one resource that does not exist is NOT_FOUND, and none of the others is changed."""
    t.needs("batch_update", "requests")
    parent, made = await t.family(2)
    requests = [change(t, each) for each in made]
    gone = change(t, made[0])
    setattr(getattr(gone, t.subject.payload), t.subject.identity, f"{t.name(made[0])}x")
    t.refused(await batch(t, "batch_update", parent, [requests[0], gone, requests[1]]), "NOT_FOUND")
    for each in made:
        t.same(await t.get(t.name(each)), each, what="a resource")


@check
async def batch_update_heeds_etags(t: Trial) -> None:
    """AIP-234, 154: one stale etag is ABORTED, and none of the others is changed."""
    t.needs("batch_update", "requests")
    t.needs_field("etag")
    parent, made = await t.family(2)
    requests = [change(t, each) for each in made]
    getattr(requests[1], t.subject.payload).etag = "no-such-etag"
    t.refused(await batch(t, "batch_update", parent, requests), "ABORTED")
    t.same(await t.get(t.name(made[0])), made[0], what="a resource")


@check
async def batch_update_checks_the_parent(t: Trial) -> None:
    """AIP-234: an item under another parent than the batch's is INVALID_ARGUMENT."""
    t.needs("batch_update", "requests", "parent")
    parent, made = await t.family(1)
    _, others = await t.family(1)
    requests = [change(t, each) for each in (made[0], others[0])]
    t.refused(await batch(t, "batch_update", parent, requests), "INVALID_ARGUMENT")
    t.same(await t.get(t.name(made[0])), made[0], what="the resource")


async def batch_delete(t: Trial, parent: str, names: list[str]) -> Any:
    rpc = t.rpc("batch_delete")
    fields: dict[str, Any] = {"parent": parent} if parent and rpc.has("parent") else {}
    if rpc.has("requests"):
        fields["requests"] = [t.request(t.rpc("delete"), t.subject, name=name) for name in names]
    else:
        fields["names"] = names
    return await t.call("batch_delete", **fields)


@check
async def batch_delete_removes_all(t: Trial) -> None:
    """AIP-235: all resources are deleted, and no others."""
    t.rpc("batch_delete")
    parent, made = await t.family(3)
    t.ok(await batch_delete(t, parent, [t.name(each) for each in made[:2]]))
    for each in made[:2]:
        await is_gone(t, t.name(each))
    t.same(await t.get(t.name(made[2])), made[2], what="the third")


@check
async def batch_delete_is_all_or_nothing(t: Trial) -> None:
    """AIP-235: one resource that does not exist is NOT_FOUND, and none of the others is deleted."""
    t.rpc("batch_delete")
    parent, made = await t.family(2)
    names = [t.name(made[0]), f"{t.name(made[0])}x", t.name(made[1])]
    t.refused(await batch_delete(t, parent, names), "NOT_FOUND")
    for each in made:
        t.same(await t.get(t.name(each)), each, what="a resource")


@check
async def batch_delete_checks_the_parent(t: Trial) -> None:
    """AIP-235: a name under another parent than the batch's is INVALID_ARGUMENT, and nothing is deleted."""
    t.needs("batch_delete", "parent")
    parent, made = await t.family(1)
    _, others = await t.family(1)
    t.refused(await batch_delete(t, parent, [t.name(made[0]), t.name(others[0])]), "INVALID_ARGUMENT")
    t.same(await t.get(t.name(made[0])), made[0], what="the resource")


@check
async def batch_delete_refuses_while_there_are_children(t: Trial) -> None:
    """AIP-235, 135: one resource with children is FAILED_PRECONDITION, and none of the others is deleted."""
    t.rpc("batch_delete")
    child = t.child()
    parent, made = await t.family(2)
    await t.create(of=child, parent=t.name(made[1]))
    t.refused(await batch_delete(t, parent, [t.name(each) for each in made]), "FAILED_PRECONDITION")
    t.same(await t.get(t.name(made[0])), made[0], what="the one without children")
