"""Delete: AIP-135."""

from __future__ import annotations

from typing import Any

from ..model import Subject
from ..trial import Trial
from . import check
from .create import names_resource
from .get import missing


def hard(t: Trial) -> None:
    """Only for resources that are gone when they are deleted."""
    t.needs("delete")
    if t.subject.is_soft:
        t.skip(f"{t.subject} is soft-deleted")


async def is_gone(t: Trial, name: str, of: Subject | None = None) -> None:
    """Fails unless the resource is deleted, or, where it is deleted softly, marked as that (AIP-164)."""
    answer = await t.call("get", of=of, name=name)
    if not (answer.code == "OK" and (of or t.subject).is_soft and answer.message.HasField("delete_time")):
        t.refused(answer, "NOT_FOUND")


@check
async def delete_removes(t: Trial) -> None:
    """AIP-135: after a delete, get is NOT_FOUND and the list has it no more."""
    hard(t)
    created = await t.create()
    name = t.name(created)
    t.ok(await t.call("delete", name=name))
    t.refused(await t.call("get", name=name), "NOT_FOUND")
    t.true(
        not t.mine(await t.walk(name.rsplit("/", 2)[0] if t.subject.has_parent else ""), [created]),
        "still listed",
    )


@check
async def delete_leaves_the_others(t: Trial) -> None:
    """AIP-135: a delete removes the one resource that it names."""
    hard(t)
    _, (one, other) = await t.family(2)
    t.ok(await t.call("delete", name=t.name(one)))
    t.same(await t.get(t.name(other)), other, what="the other one")


@check
async def delete_refuses_what_is_gone(t: Trial) -> None:
    """AIP-135: a second delete, or one of an unknown name, is NOT_FOUND with details."""
    t.needs("delete")
    name = t.name(await t.create())
    t.ok(await t.call("delete", name=name))
    for gone in (name, await missing(t)):
        answer = t.refused(await t.call("delete", name=gone), "NOT_FOUND")
        names_resource(t, answer, gone)


@check
async def delete_allows_missing(t: Trial) -> None:
    """AIP-135: with allow_missing, a delete of what is not there is OK, also with an etag."""
    t.needs("delete", "allow_missing")
    name = t.name(await t.create())
    for _ in range(2):
        t.ok(await t.call("delete", name=name, allow_missing=True))
    t.ok(await t.call("delete", name=await missing(t), allow_missing=True))
    if t.rpc("delete").has("etag"):
        t.ok(await t.call("delete", name=await missing(t), allow_missing=True, etag="any"))


@check
async def delete_frees_the_name(t: Trial) -> None:
    """AIP-135: an id can be used again after its resource was deleted, and nothing of the old one is left."""
    hard(t)
    t.needs("create", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    name = t.name(await t.create(parent=parent, id=proposed))
    t.ok(await t.call("delete", name=name))
    resource = t.build.minimal()
    again = await t.create(parent=parent, id=proposed, resource=resource)
    t.same(await t.get(name), again, what="the second one")


@check
async def delete_refuses_while_there_are_children(t: Trial) -> None:
    """AIP-135: a resource with children is FAILED_PRECONDITION, says so in details, and nothing is removed."""
    t.needs("delete")
    child = t.child()
    parent = await t.create()
    made = await t.create(of=child, parent=t.name(parent))
    answer = t.refused(await t.call("delete", name=t.name(parent)), "FAILED_PRECONDITION")
    t.true(answer.reason, "no ErrorInfo with a reason")
    t.same(await t.get(t.name(parent)), parent, what="the parent")
    t.ok(await t.call("get", of=child, name=getattr(made, child.identity)))


@check
async def delete_by_force_removes_children(t: Trial) -> None:
    """AIP-135: with force, the resource and all below it are gone, and nothing else."""
    t.needs("delete", "force")
    child = t.child()
    parent, other = await t.create(), await t.create()
    below = [await t.create(of=child, parent=t.name(parent)) for _ in range(2)]
    beside = await t.create(of=child, parent=t.name(other))
    names = [(child, getattr(each, child.identity)) for each in below]
    for deeper in child.children[:1]:
        made = await t.create(of=deeper, parent=names[0][1])
        names.append((deeper, getattr(made, deeper.identity)))
    t.ok(await t.call("delete", name=t.name(parent), force=True))
    for kind, name in [(t.subject, t.name(parent)), *names]:
        await is_gone(t, name, of=kind)
    t.ok(await t.call("get", of=child, name=getattr(beside, child.identity)))


@check
async def delete_works_once_the_children_are_gone(t: Trial) -> None:
    """AIP-135: without children, no force is needed."""
    t.needs("delete")
    child = t.child()
    if "delete" not in child.rpcs or child.is_soft:
        t.needs_field("child that can be deleted")
    parent = await t.create()
    made = await t.create(of=child, parent=t.name(parent))
    t.ok(await t.call("delete", of=child, name=getattr(made, child.identity)))
    t.ok(await t.call("delete", name=t.name(parent)))


@check
async def delete_refuses_a_stale_etag(t: Trial) -> None:
    """AIP-154, 135: an etag that is not the current one is ABORTED and nothing is deleted."""
    t.needs("delete", "etag")
    created = await t.create()
    t.refused(await t.call("delete", name=t.name(created), etag="no-such-etag"), "ABORTED")
    t.same(await t.get(t.name(created)), created, what="the resource")


@check
async def delete_takes_the_current_etag(t: Trial) -> None:
    """AIP-154: with the current etag the resource is deleted."""
    t.needs("delete", "etag")
    created = await t.create()
    t.ok(await t.call("delete", name=t.name(created), etag=created.etag))
    if not t.subject.is_soft:
        t.refused(await t.call("get", name=t.name(created)), "NOT_FOUND")


@check
async def delete_only_validates(t: Trial) -> None:
    """AIP-163: with validate_only nothing is deleted, and errors are those of a delete."""
    t.needs("delete", "validate_only")
    created = await t.create()
    t.ok(await t.call("delete", name=t.name(created), validate_only=True))
    t.same(await t.get(t.name(created)), created, what="the resource")
    t.refused(await t.call("delete", name=await missing(t), validate_only=True), "NOT_FOUND")
    if t.subject.children:
        await _refuse_children(t, t.name(created))


async def _refuse_children(t: Trial, name: str) -> Any:
    await t.create(of=t.child(), parent=name)
    t.refused(await t.call("delete", name=name, validate_only=True), "FAILED_PRECONDITION")
