"""Batch methods (AIP-231, 233, 234, 235): names, or requests of which each is one of a standard method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scaffolder.contract.model import Contract, Method
from scaffolder.standard.fields import RefusedError, is_flag, is_mask, is_text
from scaffolder.standard.model import StandardMethod
from scaffolder.standard.request_reader import RequestReader
from scaffolder.standard.requests import create, delete, get, made, update
from scaffolder.standard.resources import aliases
from scaffolder.standard.words import a, fold, plural

ITEMS: Mapping[str, Callable[[RequestReader], StandardMethod]] = {
    "batch_create": create,
    "batch_delete": delete,
    "batch_get": get,
    "batch_update": update,
}


def batch(
    verb: str, reader: RequestReader, contract: Contract, by_input: Mapping[str, Sequence[Method]]
) -> StandardMethod:
    """The batch method of a request; `by_input` are the contract's RPCs by the full names of their requests."""
    item = None
    if not (verb in ("batch_get", "batch_delete") and _take_names(reader)):
        item = _take_requests(verb, reader, contract, by_input)
    if not reader.resource.patterns or reader.resource.has_parent:
        reader.take("parent", (reader.resource.parent_field or "parent",), is_text)
    if verb == "batch_get":
        reader.take("read_mask", ("read_mask",), is_mask)
    if verb == "batch_delete" and item is None:
        for name in ("force", "allow_missing"):
            reader.take(name, (name,), is_flag)
    if verb != "batch_get":
        reader.take("validate_only", ("validate_only",), is_flag)
    reader.finish()
    return made(verb, reader, item=item)


def _take_names(reader: RequestReader) -> bool:
    """Takes the repeated field with the identities: `names`, `ids`, `book_ids`."""
    resource = reader.resource
    words = {fold(plural(name)) for name in aliases(resource)}
    for each in reader.left.values():
        if each.repeated and each.kind is resource.identity.kind and fold(each.name) in words:
            reader.slots["requests"] = each.name
            del reader.left[each.name]
            return True
    return False


def _take_requests(
    verb: str, reader: RequestReader, contract: Contract, by_input: Mapping[str, Sequence[Method]]
) -> StandardMethod:
    name = reader.resource.message.name
    found = [each for each in reader.left.values() if each.repeated and each.type_name in contract.messages]
    if len(found) != 1:
        what = (
            "neither names nor requests" if verb in ("batch_get", "batch_delete") else "no field of requests"
        )
        raise RefusedError(f"the request has {what} of {a(name)}")
    each = found[0]
    message = contract.messages[each.type_name]
    below = RequestReader(message, reader.resource, by_input.get(message.full_name, ()))
    try:
        item = ITEMS[verb](below)
    except RefusedError as error:
        raise RefusedError(f"its {each.name} are {message.name}, and there {error}") from error
    reader.slots["requests"] = each.name
    del reader.left[each.name]
    return item
