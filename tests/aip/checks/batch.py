"""BatchGet: AIP-231."""

from __future__ import annotations

from typing import Any

from ..trial import Trial
from . import check
from .create import names_resource
from .get import missing


async def batch_get(t: Trial, parent: str, names: list[str], **fields: Any) -> Any:
    fields |= {"parent": parent} if parent and t.rpc("batch_get").has("parent") else {}
    return await t.call("batch_get", names=names, **fields)


def limit(t: Trial, verb: str, field: str) -> int:
    """How many items the contract allows, by buf.validate's max_items."""
    rules = t.subject.contract.extension(t.rpc(verb).request.fields_by_name[field], "buf.validate.field")
    most = rules.repeated.max_items if rules is not None else 0
    if not most or most > 2000:
        t.needs_field(f"limit of {field} in {t.rpc(verb).request.name}")
    return int(most)


@check
async def batch_get_keeps_the_order(t: Trial) -> None:
    """AIP-231: the resources come back in the order of the names, each as get returns it."""
    t.needs("batch_get", "names")
    parent, made = await t.family(4)
    wanted = [made[place] for place in (2, 0, 3, 1)]
    response = t.ok(await batch_get(t, parent, [t.name(each) for each in wanted]))
    items = list(getattr(response, t.subject.items("batch_get")))
    t.true([t.name(each) for each in items] == [t.name(each) for each in wanted], "another order")
    for item, each in zip(items, wanted, strict=True):
        t.same(item, each, what="an item")


@check
async def batch_get_is_all_or_nothing(t: Trial) -> None:
    """AIP-231: one name that does not exist makes the whole call NOT_FOUND, and details name it."""
    t.needs("batch_get", "names")
    parent, made = await t.family(2)
    gone = f"{t.name(made[0]).rpartition('/')[0]}/{t.new_id()}"
    answer = await batch_get(t, parent, [t.name(made[0]), gone, t.name(made[1])])
    t.refused(answer, "NOT_FOUND")
    names_resource(t, answer, gone)


@check
async def batch_get_wants_names(t: Trial) -> None:
    """AIP-231, 203: no names at all is INVALID_ARGUMENT where they are REQUIRED."""
    t.needs("batch_get", "names")
    if 2 not in t.subject.behaviors(t.rpc("batch_get").request.fields_by_name["names"]):
        t.needs_field("REQUIRED names in the batch request")
    t.refused(await batch_get(t, await t.parent(), []), "INVALID_ARGUMENT", field="names")


@check
async def batch_get_checks_the_parent(t: Trial) -> None:
    """AIP-231: a name under another parent than the request's is INVALID_ARGUMENT."""
    t.needs("batch_get", "names", "parent")
    parent, made = await t.family(1)
    _, others = await t.family(1)
    answer = await batch_get(t, parent, [t.name(made[0]), t.name(others[0])])
    t.refused(answer, "INVALID_ARGUMENT")


@check
async def batch_get_reads_across_parents(t: Trial) -> None:
    """AIP-231, 159: with the wildcard `-` as its parent, a batch may have names of several parents."""
    t.needs("batch_get", "names", "parent")
    made = [(await t.family(1))[1][0] for _ in range(2)]
    parts = t.name(made[0]).rsplit("/", 2)[0].split("/")
    wildcard = "/".join("-" if index % 2 else part for index, part in enumerate(parts))
    response = t.ok(await batch_get(t, wildcard, [t.name(each) for each in made]))
    t.true(len(getattr(response, t.subject.items("batch_get"))) == 2, "not both")


@check
async def batch_get_has_a_limit(t: Trial) -> None:
    """AIP-231: more names than the contract allows are INVALID_ARGUMENT."""
    t.needs("batch_get", "names")
    most = limit(t, "batch_get", "names")
    name = t.name(await t.create())
    names = [f"{name}{number}" for number in range(most + 1)]
    answer = await batch_get(t, name.rsplit("/", 2)[0] if t.subject.has_parent else "", names)
    t.refused(answer, "INVALID_ARGUMENT")


@check
async def batch_get_of_very_many_is_defined(t: Trial) -> None:
    """AIP-231: thousands of names answer at once, and with a status of the caller's."""
    t.needs("batch_get", "names")
    t.compared = False  # where a URL ends is HTTP's own matter
    if t.api.name != "grpc":
        t.skip("no URL has room for thousands of names")
    name = await missing(t)
    names = [f"{name}{number}" for number in range(5000)]
    answer = await batch_get(t, name.rsplit("/", 2)[0] if t.subject.has_parent else "", names)
    t.refused(answer, "INVALID_ARGUMENT", "NOT_FOUND", "RESOURCE_EXHAUSTED")
    t.quick(answer, 10)
