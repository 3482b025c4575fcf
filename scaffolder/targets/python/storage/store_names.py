"""What resources and their stores are called in a project, where several services store what is called alike."""

from __future__ import annotations

from collections.abc import Mapping

from scaffolder.contract.model import Contract
from scaffolder.standard import Resource, Standard, patterns
from scaffolder.targets.python.names import noun
from scaffolder.targets.python.nouns import qualifies


def parents_below(own: Resource, child: Resource, key: str) -> list[str]:
    """The parents of what is below a resource whose identity is `key`, as expressions: ``name`` itself, or a name with
    any id of what is between them and not stored, ``f"{name}/sections/-"``.
    """
    found: dict[str, None] = {}
    for pattern in map(patterns.shape, child.patterns):
        for above in map(patterns.shape, own.patterns):
            if patterns.parent(pattern) == above:
                found[key] = None
            elif pattern.startswith(f"{above}/"):
                between = patterns.parent(pattern).removeprefix(f"{above}/").replace("*", "-")
                found[f'f"{{{key}}}/{between}"'] = None
    return list(found) or [key]


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
            plain = resource.noun
            own = word if plain == noun(service.name) else f"{word}_{plain}"
            store = own if qualifies(word, service) else plain
            while owners.setdefault(store, service.full_name) != service.full_name:
                store = f"{word}_{store}"
            if store != plain:
                found.setdefault(service.full_name, {})[resource.message.full_name] = store
    return found
