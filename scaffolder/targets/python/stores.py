"""What Python makes of recognised resources: nouns, names of stores."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import fields, replace

from scaffolder.contract.model import Contract
from scaffolder.standard import Resource, Standard, StandardMethod, recognise
from scaffolder.targets.python.names import noun, snake
from scaffolder.targets.python.nouns import qualifies


def standard_of(contract: Contract, overrides: Mapping[str, str] | None = None) -> Standard:
    """What is standard in a contract, as far as Python can serve it: a handler cannot write `request.class`."""
    return _served(recognise(contract, overrides or {}, reserved=keyword.kwlist))


_SERVED = {
    "create": {"payload", "id_field"},
    "get": {"identity"},
    "list": {"page_size", "page_token", "items", "next_token"},
    "update": {"payload", "mask"},
    "delete": {"identity"},
}
"""The fields of a `StandardMethod` that the templates heed so far, by verb."""


def _served(standard: Standard) -> Standard:
    """What the templates serve of it so far: the five methods, with no more fields than `_SERVED` has."""
    methods = {name: each for name, each in standard.methods.items() if _is_served(each)}
    both = [
        {m.resource.message.full_name for m in methods.values() if m.verb == verb}
        for verb in ("create", "get")
    ]
    stored = both[0] & both[1]
    methods = {name: each for name, each in methods.items() if each.resource.message.full_name in stored}
    resources = {name: each for name, each in standard.resources.items() if name in stored}
    return replace(standard, methods=methods, resources=resources)


def _is_served(method: StandardMethod) -> bool:
    resource = method.resource
    plain = len(resource.patterns) < 2 and not resource.has_parent and not resource.is_soft
    named = {f.name for f in fields(method) if f.type == "str" and getattr(method, f.name)} - {"verb", "why"}
    needed = {"create": {"payload"}, "update": {"payload"}}.get(method.verb, set())
    fits = needed <= named <= _SERVED.get(method.verb, set())
    empty = method.is_empty == (method.verb == "delete")
    identity = resource.identity.name
    own = method.identity in ("", identity) and not resource.identity.has_presence
    proposed = method.id_field in ("", f"{noun_of(resource)}_id")
    return plain and fits and empty and own and proposed and not method.equals and not method.fields


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
