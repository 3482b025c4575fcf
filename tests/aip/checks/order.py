"""order_by: AIP-132."""

from __future__ import annotations

import itertools
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from ..fields import find, nested
from ..trial import Trial
from . import check


async def ordered(t: Trial, parent: str, made: list[Any], order_by: str, **fields: Any) -> list[int]:
    """The places of the resources in `made` in the order of a list."""
    return t.mine(await t.walk(parent, order_by=order_by, **fields), made)


def moment(t: Trial, seconds: int, nanos: int = 0) -> Any:
    """A google.protobuf.Timestamp of the contract's pool."""
    kind = t.subject.contract.pool.FindMessageTypeByName(Timestamp.DESCRIPTOR.full_name)
    return t.subject.contract.message_class(kind)(seconds=seconds, nanos=nanos)


def expect(t: Trial, found: list[int], expected: list[int], what: str) -> None:
    t.true(found == expected, f"{what} lists {found}, not {expected}")


@check
async def order_ascends_and_descends(t: Trial) -> None:
    """AIP-132: order_by a number sorts as numbers, ascending, and descending with `desc`."""
    t.needs("list", "order_by")
    field = find(t, "integer").path
    parent, made = await t.family(4, **{field: [20, 3, 100, 7]})
    expect(t, await ordered(t, parent, made, field), [1, 3, 0, 2], field)
    expect(t, await ordered(t, parent, made, f"{field} desc"), [2, 0, 3, 1], f"{field} desc")


@check
async def order_has_several_keys(t: Trial) -> None:
    """AIP-132: of several fields the first counts, then the next, each in its own direction."""
    t.needs("list", "order_by")
    number, text = find(t, "integer").path, find(t, "text").path
    parent, made = await t.family(4, **{number: [5, 5, 2, 2], text: ["b", "c", "b", "c"]})
    expect(t, await ordered(t, parent, made, f"{number},{text} desc"), [3, 2, 1, 0], f"{number},{text} desc")
    expect(t, await ordered(t, parent, made, f"{number} desc,{text}"), [0, 1, 2, 3], f"{number} desc,{text}")


@check
async def order_ignores_spaces(t: Trial) -> None:
    """AIP-132: redundant spaces in order_by mean nothing."""
    t.needs("list", "order_by")
    number, text = find(t, "integer").path, find(t, "text").path
    parent, made = await t.family(3, **{number: [5, 5, 2], text: ["b", "c", "a"]})
    expect(t, await ordered(t, parent, made, f"  {number}  ,   {text}  desc  "), [2, 1, 0], "spaces")


@check
async def order_is_by_nested_fields(t: Trial) -> None:
    """AIP-132: a field inside a message is named with a dot, and sorts by its type."""
    t.needs("list", "order_by")
    field = nested(t, "integer").path
    parent, made = await t.family(4, **{field: [20, 3, 100, 7]})
    expect(t, await ordered(t, parent, made, field), [1, 3, 0, 2], field)
    expect(t, await ordered(t, parent, made, f"{field} desc"), [2, 0, 3, 1], f"{field} desc")


@check
async def order_is_by_time(t: Trial) -> None:
    """AIP-132, 142: timestamps sort as moments, fractions of seconds included."""
    t.needs("list", "order_by")
    field = find(t, "timestamp").path
    times = [
        moment(t, 1_500_000_000),
        moment(t, 999_999_999),
        moment(t, 1_500_000_000, 500_000_000),
        moment(t, -5),
    ]
    parent, made = await t.family(4, **{field: times})
    expect(t, await ordered(t, parent, made, field), [3, 1, 0, 2], field)
    expect(t, await ordered(t, parent, made, f"{field} desc"), [2, 0, 1, 3], f"{field} desc")


@check
async def order_is_by_duration(t: Trial) -> None:
    """AIP-132: durations sort by their length."""
    t.needs("list", "order_by")
    field = find(t, "duration")
    kind = t.subject.contract.message_class(field.descriptor.message_type)
    lengths = [kind(seconds=100), kind(seconds=20), kind(seconds=3, nanos=1000), kind(seconds=3)]
    parent, made = await t.family(4, **{field.path: lengths})
    expect(t, await ordered(t, parent, made, field.path), [3, 2, 1, 0], field.path)


@check
async def order_pages_over_equal_keys(t: Trial) -> None:
    """AIP-132, 158: pages over resources with equal keys visit each exactly once."""
    t.needs("list", "order_by", "page_size", "page_token")
    field = find(t, "integer").path
    parent, made = await t.family(6, **{field: [1, 1, 1, 1, 2, 1]})
    size = 2 if t.subject.has_parent else 1000
    for order_by in (field, f"{field} desc"):
        found = await ordered(t, parent, made, order_by, page_size=size)
        t.true(sorted(found) == list(range(6)), f"order_by {order_by} visits {found} of 6")


@check
async def order_pages_over_unset_keys(t: Trial) -> None:
    """AIP-132, 158: pages ordered by a field that some have not set visit each exactly once."""
    t.needs("list", "order_by", "page_size", "page_token")
    t.needs_parent()
    field = find(t, "timestamp").path
    times = [None, moment(t, 20), None, moment(t, 10), None]
    parent, made = await t.family(5, **{field: times})
    for order_by, size in itertools.product((field, f"{field} desc"), (1, 2)):
        found = await ordered(t, parent, made, order_by, page_size=size)
        t.true(sorted(found) == list(range(5)), f"order_by {order_by}, page_size {size} visits {found} of 5")
        inner = [place for place in found if place in (1, 3)]
        t.true(inner == ([1, 3] if "desc" in order_by else [3, 1]), f"order_by {order_by} lists {found}")


@check
async def order_refuses_unknown_fields(t: Trial) -> None:
    """AIP-132: order_by a field that is not there is INVALID_ARGUMENT and names order_by."""
    t.needs("list", "order_by")
    parent = await t.parent()
    for bad in ("no_such_field", f"{t.subject.identity}.inner", "no.such.field", "password desc"):
        answer = await t.call("list", **t.listing(parent, order_by=bad))
        t.refused(answer, "INVALID_ARGUMENT", field="order_by")


@check
async def order_refuses_what_is_none(t: Trial) -> None:
    """AIP-132: order_by that is no list of fields is INVALID_ARGUMENT, whatever it is."""
    t.needs("list", "order_by")
    parent, name = await t.parent(), t.subject.identity
    for bad in (
        f"{name} down",
        f"{name},,{name}",
        f"{name},",
        ",",
        f"{name}; DROP TABLE books",
        "1",
        "(name)",
        f"{name} desc desc",
        "desc desc",
        "'",
        f"{name}.",
    ):
        answer = await t.call("list", **t.listing(parent, order_by=bad))
        t.refused(answer, "INVALID_ARGUMENT", field="order_by")
