"""What Python makes of recognised resources: nouns, names of stores."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from scaffolder.contract.model import Contract
from scaffolder.standard import Resource, Standard, recognise
from scaffolder.targets.python.names import noun, snake
from scaffolder.targets.python.nouns import qualifies


def standard_of(contract: Contract, overrides: Mapping[str, str] | None = None) -> Standard:
    """What is standard in a contract, as far as Python can serve it: a handler cannot write `request.class`."""
    return recognise(contract, overrides or {}, reserved=keyword.kwlist)


def noun_of(resource: Resource) -> str:
    """`order_item` of the message OrderItem."""
    return snake(resource.message.name)


def collection_of(resource: Resource) -> str:
    """What stands before the id in a resource name: `books/`; `""` where the identity is an id alone."""
    return resource.patterns[0].partition("{")[0] if resource.patterns else ""


def resource_stores(
    contract: Contract, standard: Standard, nouns: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """By a service's and a message's full names: what its store is called, where that is not the resource's own noun.

    `nouns` are the services', by full name. The service that the resource is called after has the plain name, otherwise
    the first that stores it. A service whose noun is qualified (`order_v2`) stores under that one, whoever else there
    is, so that its tables keep their names when the other version goes.
    """
    owners = {word: name for name, word in nouns.items()}
    found: dict[str, dict[str, str]] = {}
    for service in contract.services:
        word = nouns[service.full_name]
        for resource in standard.stored_by(service):
            plain = noun_of(resource)
            own = word if plain == noun(service.name) else f"{word}_{plain}"
            store = own if qualifies(word, service) else plain
            while owners.setdefault(store, service.full_name) != service.full_name:
                store = f"{word}_{store}"
            if store != plain:
                found.setdefault(service.full_name, {})[resource.message.full_name] = store
    return found


def names_of_texts(standard: Standard) -> frozenset[str]:
    """What fields are called that stay text though they are declared as UUIDs.

    They hold an identity, or another resource's: `id`, `parent`, `book`, `book_id`; or a request's id, which stores
    compare as it came.
    """
    identities = {
        name
        for resource in standard.resources.values()
        for noun in [noun_of(resource)]
        for name in (resource.identity.name, resource.parent_field, noun, f"{noun}_id", f"{noun}_name")
    }
    requests = {(method.item or method).request_id for method in standard.methods.values()}
    return frozenset(identities | requests) - {""}
