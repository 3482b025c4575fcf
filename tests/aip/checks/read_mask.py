"""Read masks: AIP-157, 161."""

from __future__ import annotations

from typing import Any

from ..expectations import at, put
from ..fields import nested
from ..trial import Trial
from . import check
from .batch import batch_get
from .update import setattr_any


def only(t: Trial, whole: Any, *names: str) -> Any:
    """A resource with nothing but these fields."""
    part = type(whole)()
    for name in names:
        setattr_any(part, name, whole)
    return part


def picked(t: Trial) -> list[str]:
    fields = t.writable()
    return [t.subject.identity, fields[0].name, fields[-1].name]


@check
async def read_mask_picks_fields(t: Trial) -> None:
    """AIP-157: get with a read_mask returns the fields that it names and no others."""
    t.needs("get", "read_mask")
    created, names = await t.create(), picked(t)
    part = t.ok(await t.call("get", name=t.name(created), read_mask=names))
    t.same(part, only(t, created, *names), what="the answer")


@check
async def read_mask_picks_nested_fields(t: Trial) -> None:
    """AIP-157, 161: a path with a dot returns that field of the message alone."""
    t.needs("get", "read_mask")
    path = nested(t, "text").path
    created = await t.create()
    expected = type(created)()
    put(expected, path, at(created, path))
    part = t.ok(await t.call("get", name=t.name(created), read_mask=[path]))
    t.same(part, expected, what="the answer")


@check
async def read_mask_of_a_star_is_all(t: Trial) -> None:
    """AIP-157: `*`, or no mask at all, returns every field."""
    t.needs("get", "read_mask")
    created = await t.create()
    for mask in (["*"], []):
        t.same(t.ok(await t.call("get", name=t.name(created), read_mask=mask)), created, what="the answer")


@check
async def read_mask_defines_unknown_paths(t: Trial) -> None:
    """AIP-161: a path that names no field is ignored, or INVALID_ARGUMENT naming read_mask."""
    t.needs("get", "read_mask")
    created = await t.create()
    answer = await t.call("get", name=t.name(created), read_mask=["nosuchfield"])
    if answer.code == "OK":
        t.same(answer.message, type(created)(), what="the answer")
    else:
        t.refused(answer, "INVALID_ARGUMENT", field="read_mask")


@check
async def read_mask_picks_fields_of_a_list(t: Trial) -> None:
    """AIP-157: a list with a read_mask has items with those fields alone, and pages as ever."""
    t.needs("list", "read_mask")
    parent, made = await t.family(3)
    names = picked(t)
    items = {t.name(item): item for item in await t.walk(parent, read_mask=names, page_size=2)}
    for each in made:
        t.same(items.get(t.name(each), type(each)()), only(t, each, *names), what="an item")


@check
async def read_mask_without_the_name_pages_as_well(t: Trial) -> None:
    """AIP-157, 158: pages do not need the name to be read."""
    t.needs("list", "read_mask", "page_size", "page_token")
    t.needs_parent()
    parent, _ = await t.family(3)
    items = await t.walk(parent, read_mask=[t.writable()[0].name], page_size=1)
    t.true(len(items) == 3, f"{len(items)} of 3")
    t.true(not any(t.name(item) for item in items), "the name is there though the mask has it not")


@check
async def read_mask_picks_fields_of_a_batch(t: Trial) -> None:
    """AIP-157, 231: a batch with a read_mask has items with those fields alone."""
    t.needs("batch_get", "names", "read_mask")
    parent, made = await t.family(2)
    names = picked(t)
    response = t.ok(await batch_get(t, parent, [t.name(each) for each in made], read_mask=names))
    for item, each in zip(getattr(response, t.subject.items("batch_get")), made, strict=True):
        t.same(item, only(t, each, *names), what="an item")
