"""Pagination: AIP-158."""

from __future__ import annotations

import base64
from typing import Any

from ..expectations import put
from ..fields import free_text
from ..trial import Trial
from . import check


async def collection(t: Trial, count: int) -> tuple[dict[str, Any], list[Any]]:
    """The fields of a list request that has these new resources and no others, and the resources.

    At the top a filter by a text of their own keeps others' resources out.
    """
    t.needs("list", "page_size", "page_token")
    if t.subject.has_parent:
        parent, made = await t.family(count)
        return t.listing(parent), made
    t.needs("list", "filter")
    field = free_text(t)
    mark = t.build.text(t.subject.resource.fields_by_name[field])
    _, made = await t.family(count, **{field: [mark] * count})
    return t.listing("", filter=f'{field} = "{mark}"'), made


async def pages(t: Trial, fields: dict[str, Any], size: int) -> list[list[Any]]:
    """Every page of a list, at most `size` items each."""
    found = []
    request = fields | {"page_size": size}
    for _ in range(200):
        response = t.ok(await t.call("list", **request))
        found.append(list(getattr(response, t.subject.items("list"))))
        if not response.next_page_token:
            return found
        request["page_token"] = response.next_page_token
    t.true(False, "no last page after 200")
    return found


@check
async def page_size_is_honoured(t: Trial) -> None:
    """AIP-158: a page never has more items than page_size, and a token where there are more."""
    fields, _ = await collection(t, 5)
    for size in (1, 2, 4):
        response = t.ok(await t.call("list", **fields | {"page_size": size}))
        count = len(getattr(response, t.subject.items("list")))
        t.true(count <= size, f"{count} items for page_size {size}")
        t.true(response.next_page_token, f"no token though {count} of 5 were listed")


@check
async def pages_visit_each_once(t: Trial) -> None:
    """AIP-158: the pages together have every resource exactly once."""
    fields, made = await collection(t, 7)
    for size in (1, 2, 3, 7):
        items = [item for page in await pages(t, fields, size) for item in page]
        found = sorted(t.mine(items, made))
        t.true(found == list(range(7)), f"with page_size {size} the pages visit {found} of 7")


@check
async def last_page_has_no_token(t: Trial) -> None:
    """AIP-158: the last page has no next_page_token, also where it is full."""
    fields, _ = await collection(t, 4)
    for size in (2, 4):
        found = await pages(t, fields, size)
        t.true(len(found) == 4 // size, f"{len(found)} pages of {size} for 4 resources")
    t.ok(await t.call("list", **fields | {"page_size": 4}))


@check
async def pages_stand_inserts(t: Trial) -> None:
    """AIP-158: what is created between two pages moves nothing: what was there is visited exactly once."""
    fields, made = await collection(t, 5)
    mark = _mark(t, made[0])
    items, request = [], fields | {"page_size": 2}
    for _ in range(20):
        response = t.ok(await t.call("list", **request))
        items += list(getattr(response, t.subject.items("list")))
        if not response.next_page_token:
            break
        request["page_token"] = response.next_page_token
        for _ in range(2 if len(items) < 9 else 0):
            resource = t.build.full()
            for path, value in mark.items():
                put(resource, path, value)
            await t.create(parent=fields.get("parent", ""), resource=resource)
    found = sorted(t.mine(items, made))
    t.true(found == list(range(5)), f"the pages visit {found} of the 5 that were there from the start")


@check
async def pages_stand_deletes(t: Trial) -> None:
    """AIP-158: what is deleted between two pages moves nothing: what stays is visited exactly once."""
    t.rpc("delete")
    fields, made = await collection(t, 6)
    first = t.ok(await t.call("list", **fields | {"page_size": 2}))
    seen = list(getattr(first, t.subject.items("list")))
    for item in seen:  # the last item of the page is what the token may point to
        t.ok(await t.call("delete", name=t.name(item)))
    rest = await pages(t, fields | {"page_token": first.next_page_token}, 2)
    found = sorted(t.mine([*seen, *(item for page in rest for item in page)], made))
    t.true(found == list(range(6)), f"the pages visit {found} of 6")


@check
async def page_size_zero_is_a_default(t: Trial) -> None:
    """AIP-158: page_size 0 or unset is a size of the service's choice, no error and not an empty page."""
    fields, made = await collection(t, 2)
    response = t.ok(await t.call("list", **fields | {"page_size": 0}))
    found = t.mine(getattr(response, t.subject.items("list")), made)
    t.true(found, "an empty page")


@check
async def page_size_may_be_huge(t: Trial) -> None:
    """AIP-158: a page_size above the maximum is the maximum, no error."""
    fields, made = await collection(t, 2)
    for size in (1_000_000, 2**31 - 1):
        response = t.ok(await t.call("list", **fields | {"page_size": size}))
        found = t.mine(getattr(response, t.subject.items("list")), made)
        t.true(len(found) == 2, f"page_size {size} lists {len(found)} of 2")


@check
async def page_size_may_not_be_negative(t: Trial) -> None:
    """AIP-158: a negative page_size is INVALID_ARGUMENT and names the field."""
    t.needs("list", "page_size")
    parent = await t.parent()
    for size in (-1, -(2**31)):
        answer = await t.call("list", **t.listing(parent, page_size=size))
        t.refused(answer, "INVALID_ARGUMENT", field="page_size")


@check
async def page_size_may_change(t: Trial) -> None:
    """AIP-158: another page_size with the next token goes on where the last page ended."""
    fields, made = await collection(t, 5)
    first = t.ok(await t.call("list", **fields | {"page_size": 1}))
    rest = t.ok(await t.call("list", **fields | {"page_size": 50, "page_token": first.next_page_token}))
    items = [*getattr(first, t.subject.items("list")), *getattr(rest, t.subject.items("list"))]
    found = sorted(t.mine(items, made))
    t.true(found == list(range(5)), f"the pages visit {found} of 5")


@check
async def page_token_has_to_be_one(t: Trial) -> None:
    """AIP-158: a token that no page gave, or that was changed, is INVALID_ARGUMENT and names the field."""
    fields, _ = await collection(t, 3)
    token = await _token(t, fields)
    middle = len(token) // 2
    changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    forged = base64.urlsafe_b64encode(b'{"offset": 2}').decode()
    for bad in (
        changed,
        token[:-4],
        token + token,
        forged,
        "x",
        "'; DROP TABLE books",
        "%%%",
        "ü",
        "A" * 5000,
    ):
        answer = await t.call("list", **fields | {"page_size": 1, "page_token": bad})
        t.refused(answer, "INVALID_ARGUMENT", field="page_token")


@check
async def page_token_is_of_its_filter(t: Trial) -> None:
    """AIP-158: a token with another filter than its own is INVALID_ARGUMENT."""
    t.needs("list", "filter")
    fields, made = await collection(t, 3)
    token = await _token(t, fields)
    field = free_text(t)
    other = f'{field} != "{getattr(made[0], field)}x"'
    answer = await t.call("list", **fields | {"page_size": 1, "page_token": token, "filter": other})
    t.refused(answer, "INVALID_ARGUMENT", field="page_token")


@check
async def page_token_is_of_its_order(t: Trial) -> None:
    """AIP-158: a token with another order_by than its own is INVALID_ARGUMENT."""
    t.needs("list", "order_by")
    fields, _ = await collection(t, 3)
    token = await _token(t, fields)
    field = free_text(t)
    answer = await t.call(
        "list", **fields | {"page_size": 1, "page_token": token, "order_by": f"{field} desc"}
    )
    t.refused(answer, "INVALID_ARGUMENT", field="page_token")


@check
async def page_token_is_of_its_parent(t: Trial) -> None:
    """AIP-158: a token with another parent than its own is INVALID_ARGUMENT."""
    t.needs_parent()
    fields, _ = await collection(t, 3)
    token = await _token(t, fields)
    other = await t.parent()
    answer = await t.call("list", **fields | {"page_size": 1, "page_token": token, "parent": other})
    t.refused(answer, "INVALID_ARGUMENT", field="page_token")


@check
async def total_size_counts_all_pages(t: Trial) -> None:
    """AIP-158: total_size is the number of resources on all pages, the same on each of them."""
    _needs_total(t)
    fields, _ = await collection(t, 5)
    first = t.ok(await t.call("list", **fields | {"page_size": 2}))
    second = t.ok(await t.call("list", **fields | {"page_size": 2, "page_token": first.next_page_token}))
    t.true([first.total_size, second.total_size] == [5, 5], f"{first.total_size}, {second.total_size} of 5")


@check
async def total_size_heeds_the_filter(t: Trial) -> None:
    """AIP-158, 160: with a filter, total_size counts what it lets through."""
    _needs_total(t)
    t.needs("list", "filter")
    field = free_text(t)
    mark = t.build.text(t.subject.resource.fields_by_name[field])
    parent, _ = await t.family(4, **{field: [mark, mark, mark + "x", mark]})
    response = t.ok(await t.call("list", **t.listing(parent, filter=f'{field} = "{mark}"', page_size=1)))
    t.true(response.total_size == 3, f"total_size {response.total_size} for 3 of 4")


def _needs_total(t: Trial) -> None:
    if "total_size" not in t.rpc("list").response.fields_by_name:
        t.needs_field("total_size in the list response")


async def _token(t: Trial, fields: dict[str, Any]) -> str:
    token = t.ok(await t.call("list", **fields | {"page_size": 1})).next_page_token
    t.true(token, "no token though there are more")
    return str(token)


def _mark(t: Trial, made: Any) -> dict[str, Any]:
    """What makes a new resource one of a collection at the top."""
    if t.subject.has_parent:
        return {}
    field = free_text(t)
    return {field: getattr(made, field)}
