"""Standard methods as far as Python can serve them, and which of their fields stay text."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from scaffolder.contract.model import Contract
from scaffolder.standard import Standard, recognise
from scaffolder.standard.names import described


def standard_of(contract: Contract, overrides: Mapping[str, str] | None = None) -> Standard:
    """What is standard in a contract, as far as Python can serve it: a handler cannot write `request.class`."""
    return recognise(contract, overrides or {}, reserved=keyword.kwlist)


def names_of_entities(contract: Contract, standard: Standard) -> dict[str, str]:
    """What resources are called whose messages are nested in a reply, or are one, by the messages' full names.

    `Beer` of ListBeerReply.Beer, `Student` of GetStudentReply; StudentInfo keeps its name, which says what it is.
    """
    return {
        full_name: resource.name
        for full_name, resource in standard.resources.items()
        if full_name.rpartition(".")[0] in contract.messages
        or (resource.called and described(resource.message.name) != resource.called)
    }


def names_of_texts(standard: Standard) -> frozenset[str]:
    """What fields are called that stay text though they are declared as UUIDs.

    They hold an identity, or another resource's: `id`, `parent`, `book`, `book_id`; or what an item of a batch says of
    itself (a request's id, an etag), which is the text that a method for a single resource takes.
    """
    identities = {
        name
        for resource in standard.resources.values()
        for noun in [resource.noun]
        for name in (resource.identity.name, resource.parent_field, noun, f"{noun}_id", f"{noun}_name")
    }
    items = [method.item or method for method in standard.methods.values()]
    said = {name for item in items for name in (item.id_field, item.parent, item.request_id, item.etag)}
    return frozenset(identities | said) - {""}
