"""What the response of a standard method has to be."""

from __future__ import annotations

from typing import Any

from scaffolder.contract.model import Message
from scaffolder.standard.fields import (
    OPERATION,
    RefusedError,
    Test,
    holds,
    is_flag,
    is_integer,
    is_text,
    is_texts,
    named,
)
from scaffolder.standard.model import Resource
from scaffolder.standard.resources import in_request

Slots = dict[str, Any]
"""Fields of a `StandardMethod` with their values."""

SUCCESS = ("success", "ok", "succeeded", "successful", "is_success", "is_ok")
"""What a flag is called that only says that the call did not fail; one that fails has an error for an answer."""

TOTALS = ("total_size", "total", "total_count", "count")


def of_one(response: Message, resource: Resource, verb: str) -> Slots:
    """The resource itself, or a message with one field: the resource, or where no more is asked for its identity.

    A create, an update and a delete may answer with nothing at all, or that they succeeded.
    """
    name = resource.message.name
    _refuse_operation(response)
    if response.full_name == resource.message.full_name:
        return {}
    if verb != "get" and (nothing := _nothing(response)):
        return nothing
    if held := next((each for each in response.fields if holds(each, resource.message)), None):
        _refuse_more(response, {held.name})
        return {"result": held.name}
    first = response.fields[0] if response.fields else None
    if first and verb != "get" and in_request(response, resource) is first:
        _refuse_more(response, {first.name})
        return {"result_identity": first.name}
    if verb == "delete":
        _refuse_more(response, set())
    raise RefusedError(f"{_described(response)} is no {name} and does not hold one alone")


def _nothing(response: Message) -> Slots:
    """Of a response that holds nothing of a resource."""
    flag = named(response, *SUCCESS)
    if flag and is_flag(flag) and len(response.fields) == 1:
        return {"is_empty": True, "success": flag.name}
    return {} if response.fields else {"is_empty": True}


def of_delete(response: Message, resource: Resource) -> Slots:
    """Nothing, the identity, or the resource where its `delete_time` tells that it is kept (AIP-164)."""
    found = of_one(response, resource, "delete")
    if not found.get("is_empty") and "result_identity" not in found and not resource.delete_time:
        name = resource.message.name
        raise RefusedError(
            f"it returns {name}, which has no delete_time: whether it is kept is not known (AIP-164)"
        )
    return found


def of_list(response: Message, resource: Resource) -> Slots:
    """One repeated field of the resource, and what pages have: `next_page_token`, a total, `unreachable` (AIP-217)."""
    _refuse_operation(response)
    items = _items(response, resource)
    found: Slots = {"items": items}
    known: list[tuple[str, tuple[str, ...], Test]] = [
        ("next_token", ("next_page_token",), is_text),
        ("total_size", TOTALS, is_integer),
        ("", ("unreachable",), is_texts),  # stays empty: one store is never reached in part
    ]
    taken = {items}
    for slot, names, test in known:
        if (field := named(response, *names)) and test(field):
            taken.add(field.name)
            found |= {slot: field.name} if slot else {}
    _refuse_more(response, taken)
    return found


def of_batch(response: Message, resource: Resource, *, may_be_empty: bool) -> Slots:
    """One repeated field of the resource alone; nothing, where resources are deleted."""
    _refuse_operation(response)
    if may_be_empty and (nothing := _nothing(response)):
        return nothing
    items = _items(response, resource)
    _refuse_more(response, {items})
    return {"items": items}


def _items(response: Message, resource: Resource) -> str:
    name = resource.message.full_name
    found = [f.name for f in response.fields if f.repeated and f.type_name == name]
    if len(found) != 1:
        many = "several" if found else "no"
        raise RefusedError(f"{_described(response)} has {many} repeated fields of {resource.message.name}")
    return found[0]


def _refuse_operation(response: Message) -> None:
    if response.full_name == OPERATION:
        raise RefusedError("it returns a long-running operation (AIP-151)")


def _refuse_more(response: Message, taken: set[str]) -> None:
    if more := [field.name for field in response.fields if field.name not in taken]:
        raise RefusedError(f"the response's field {more[0]} is nothing that a store knows", more)


def _described(response: Message) -> str:
    return f"the response {response.name}"
