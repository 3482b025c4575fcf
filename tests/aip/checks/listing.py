"""List: AIP-132, and reading across collections (159)."""

from __future__ import annotations

from ..trial import Trial
from . import check


@check
async def list_has_what_was_created(t: Trial) -> None:
    """AIP-132: a resource is in the list right after it was created, and only once."""
    parent, made = await t.family(3)
    found = t.mine(await t.walk(parent), made)
    t.true(sorted(found) == [0, 1, 2], f"of 3 resources the list has {found}")


@check
async def list_items_are_what_get_returns(t: Trial) -> None:
    """AIP-132: an item of a list is the whole resource."""
    parent, made = await t.family(2)
    items = {t.name(item): item for item in await t.walk(parent)}
    for each in made:
        t.same(items.get(t.name(each), type(each)()), each, what="the item")


@check
async def list_is_scoped_by_parent(t: Trial) -> None:
    """AIP-132: a list has the resources of its parent and no others."""
    t.needs_parent()
    parent, made = await t.family(2)
    other, others = await t.family(2)
    for where, expected in ((parent, made), (other, others)):
        names = sorted(t.name(item) for item in await t.walk(where))
        t.true(names == sorted(map(t.name, expected)), f"the list of {where} has {names}")


@check
async def list_of_an_empty_collection_is_empty(t: Trial) -> None:
    """AIP-132, 158: a parent without children has an empty list and no further page."""
    t.needs_parent()
    response = t.ok(await t.call("list", **t.listing(await t.parent())))
    t.true(not getattr(response, t.subject.items("list")), "a new parent has items")
    t.true(not response.next_page_token, "an empty list has a next page")


@check
async def list_reads_across_parents(t: Trial) -> None:
    """AIP-159: the wildcard `-` lists the resources of all parents, by their canonical names."""
    t.needs_parent()
    made = [*(await t.family(2))[1], *(await t.family(1))[1]]
    parent = t.name(made[0]).rsplit("/", 2)[0]
    parts = parent.split("/")
    wildcard = "/".join("-" if index % 2 else part for index, part in enumerate(parts))
    items = await t.walk(wildcard)
    found = t.mine(items, made)
    t.true(sorted(found) == [0, 1, 2], f"of 3 resources the list of {wildcard} has {found}")
    t.true(not [item for item in items if "/-/" in t.name(item)], "a name has the wildcard in it")


@check
async def list_reads_across_the_inner_parents_only(t: Trial) -> None:
    """AIP-159: `-` may stand for one of several ids, and the others still count."""
    if t.subject.pattern.count("{") < 3:
        t.needs_field("name with two parents' ids")
    _, made = await t.family(1)
    _, others = await t.family(1)
    parts = t.name(made[0]).rsplit("/", 2)[0].split("/")
    items = await t.walk("/".join([*parts[:-1], "-"]))
    t.true(
        t.mine(items, [*made, *others]) == [0], "the list has not exactly what is below the id that was given"
    )


@check
async def list_defines_an_unknown_parent(t: Trial) -> None:
    """AIP-132: the list of a parent that does not exist is empty, or NOT_FOUND."""
    t.needs_parent()
    parent = (await t.parent()).rpartition("/")[0] + f"/{t.new_id()}"
    answer = await t.call("list", **t.listing(parent))
    if answer.code == "OK":
        t.true(
            not getattr(answer.message, t.subject.items("list")), "the list of an unknown parent has items"
        )
    else:
        t.refused(answer, "NOT_FOUND")


@check
async def list_wants_a_parent(t: Trial) -> None:
    """AIP-132, 203: a request without its parent is INVALID_ARGUMENT and names the field."""
    t.needs_parent()
    t.needs("list", "parent")
    t.refused(await t.call("list"), "INVALID_ARGUMENT", field="parent")
