"""What the response of a standard method has to be."""

from __future__ import annotations

from typing import Any

from scaffolder.contract.model import Message
from scaffolder.standard.copies import Copies
from scaffolder.standard.fields import (
    OPERATION,
    RefusedError,
    Test,
    holds,
    is_flag,
    is_integer,
    is_single,
    is_text,
    is_texts,
    named,
)
from scaffolder.standard.model import Resource
from scaffolder.standard.resources import in_request
from scaffolder.standard.words import a

Slots = dict[str, Any]
"""Fields of a `StandardMethod` with their values."""

SUCCESS = ("success", "ok", "succeeded", "successful", "is_success", "is_ok")
"""What a flag is called that only says that the call did not fail; one that fails has an error for an answer."""

TOTALS = ("total_size", "total", "total_count", "count")


def of_one(response: Message, resource: Resource, verb: str, copies: Copies) -> Slots:
    """The resource itself, a message with its fields, or a message with one field: one of these, or the identity alone.

    A create, an update and a delete may answer with nothing at all, or that they succeeded.
    """
    _refuse_operation(response)
    if response.full_name == resource.message.full_name:
        return {}
    if verb != "get" and (nothing := _nothing(response)):
        return nothing
    if held := next((each for each in response.fields if holds(each, resource.message)), None):
        _refuse_more(response, {held.name})
        return {"result": held.name}
    first = response.fields[0] if response.fields else None
    if len(response.fields) == 1 and first and verb != "get" and in_request(response, resource) is first:
        return {"result_identity": first.name}
    if found := _copied(response, resource, copies):
        return found
    if verb == "delete":
        _refuse_more(response, set())
    # Only what is to be shown needs a resource: an update may do without its `message`.
    spare = [each.name for each in response.fields] if verb != "get" else []
    why = f"{_described(response)} is no {resource.message.name} and does not hold one alone"
    raise RefusedError(why, spare)


def _copied(response: Message, resource: Resource, copies: Copies) -> Slots:
    """Of a response with fields of the resource, or one that holds such a message: it has the identity, and more.

    Nothing where it is meant as neither.
    """
    if len(response.fields) > 1 and in_request(response, resource):
        return {"copy": response, "shows": copies.pairs(response, resource)}
    first = response.fields[0] if response.fields else None
    held = copies.contract.messages.get(first.type_name) if first and is_single(first) else None
    if first and held and len(held.fields) > 1 and in_request(held, resource):
        _refuse_more(response, {first.name})
        return {"result": first.name, "copy": held, "shows": copies.pairs(held, resource, f"{held.name}'s")}
    own = {each.name for each in resource.message.fields} - {resource.identity.name}
    if response.fields and all(each.name in own for each in response.fields):
        name, what = resource.identity.name, resource.message.name
        raise RefusedError(f"{_described(response)} has no {name}, which names {a(what)}")
    return {}


def _nothing(response: Message) -> Slots:
    """Of a response that holds nothing of a resource."""
    flag = named(response, *SUCCESS)
    if flag and is_flag(flag) and len(response.fields) == 1:
        return {"is_empty": True, "success": flag.name}
    return {} if response.fields else {"is_empty": True}


def of_delete(response: Message, resource: Resource, copies: Copies) -> Slots:
    """Nothing, the identity, or the resource where its `delete_time` tells that it is kept (AIP-164)."""
    found, name = of_one(response, resource, "delete", copies), resource.message.name
    if not found.get("is_empty") and "result_identity" not in found and not resource.delete_time:
        raise RefusedError(
            f"it returns {name}, which has no delete_time: whether it is kept is not known (AIP-164)"
        )
    if "copy" in found and resource.delete_time not in dict(found["shows"]).values():
        raise RefusedError(f"it returns fields of {name} without {resource.delete_time} (AIP-164)")
    return found


def of_list(response: Message, resource: Resource, copies: Copies) -> Slots:
    """One repeated field of the resource, or of its copies, and what pages have.

    That is `next_page_token`, a total and `unreachable` (AIP-217).
    """
    _refuse_operation(response)
    found = _items(response, resource, copies)
    known: list[tuple[str, tuple[str, ...], Test]] = [
        ("next_token", ("next_page_token",), is_text),
        ("total_size", TOTALS, is_integer),
        ("", ("unreachable",), is_texts),  # stays empty: one store is never reached in part
    ]
    taken = {found["items"]}
    for slot, names, test in known:
        if (field := named(response, *names)) and test(field):
            taken.add(field.name)
            found |= {slot: field.name} if slot else {}
    _refuse_more(response, taken)
    return found


def of_batch(response: Message, resource: Resource, copies: Copies, *, may_be_empty: bool) -> Slots:
    """One repeated field of the resource, or of its copies, alone; nothing, where resources are deleted."""
    _refuse_operation(response)
    if may_be_empty and (nothing := _nothing(response)):
        return nothing
    found = _items(response, resource, copies)
    _refuse_more(response, {found["items"]})
    return found


def _items(response: Message, resource: Resource, copies: Copies) -> Slots:
    name = resource.message.full_name
    found = [f.name for f in response.fields if f.repeated and f.type_name == name]
    if len(found) == 1:
        return {"items": found[0]}
    messages = copies.contract.messages
    held = [f for f in response.fields if f.repeated and f.type_name in messages]
    if not found and len(held) == 1 and in_request(messages[held[0].type_name], resource):
        message = messages[held[0].type_name]
        shows = copies.pairs(message, resource, f"{message.name}'s")
        return {"items": held[0].name, "copy": message, "shows": shows}
    many = "several" if found else "no"
    raise RefusedError(f"{_described(response)} has {many} repeated fields of {resource.message.name}")


def _refuse_operation(response: Message) -> None:
    if response.full_name == OPERATION:
        raise RefusedError("it returns a long-running operation (AIP-151)")


def _refuse_more(response: Message, taken: set[str]) -> None:
    if more := [field.name for field in response.fields if field.name not in taken]:
        raise RefusedError(f"the response's field {more[0]} is nothing that a store knows", more)


def _described(response: Message) -> str:
    return f"the response {response.name}"
