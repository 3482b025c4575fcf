"""Which stored resource another one belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scaffolder.contract.model import Field, Message
from scaffolder.standard import patterns
from scaffolder.standard.fields import is_single
from scaffolder.standard.model import Resource
from scaffolder.standard.resources import Use
from scaffolder.standard.words import fold, snake


def with_parents(resources: Mapping[str, Resource], uses: Mapping[str, Sequence[Use]]) -> dict[str, Resource]:
    """The resources with those of them that they belong to; both mappings are by the message's full name.

    A parent is stored under the pattern before the last collection and id, or its id is a field: the one that a path of
    create or list takes, or else the only one that is called after another resource.
    """
    found = {}
    for name, resource in resources.items():
        others = [other for other in resources.values() if other.message is not resource.message]
        if resource.patterns:
            found[name] = replace(resource, parent=_by_name(resource, others))
        else:
            found[name] = _by_field(resource, others, uses.get(name, ()))
    return _without_cycles(found)


def _by_name(resource: Resource, others: Sequence[Resource]) -> str:
    above = {patterns.shape(patterns.parent(pattern)) for pattern in resource.patterns}
    fit = [other for other in others if above <= {patterns.shape(p) for p in other.patterns}]
    return _nearest(resource.message, fit) if all(above) else ""


def _by_field(resource: Resource, others: Sequence[Resource], uses: Sequence[Use]) -> Resource:
    fields = {
        field.name: field
        for field in resource.message.fields
        if field is not resource.identity and is_single(field) and not field.type_name
    }
    bound = [name for name in _bound(uses) if name in fields]
    if bound:
        owner = _owner(resource, fields[bound[-1]], others)
        return replace(resource, parent=owner, parent_field=bound[-1])
    owners = {name: owner for name, field in fields.items() if (owner := _owner(resource, field, others))}
    if len(owners) != 1:
        return resource
    ((name, owner),) = owners.items()
    return replace(resource, parent=owner, parent_field=name)


def _bound(uses: Sequence[Use]) -> list[str]:
    """The variables in the paths of create and list, in their order, those that all of these paths have."""
    paths = [
        [variable.name for variable in binding.path.variables]
        for use in uses
        if use.verb in ("create", "list")
        for binding in use.method.bindings
    ]
    first = min(paths, default=[])
    return [name for name in first if all(name in path for path in paths)]


def _owner(resource: Resource, field: Field, others: Sequence[Resource]) -> str:
    """The resource that a field has the identity of, by its name or its google.api.resource_reference."""
    fit = []
    for other in others:
        noun = snake(other.message.name)
        called = fold(field.name) in {
            fold(f"{noun}_id"),
            fold(f"{noun}_uuid"),
            fold(f"{noun}_{other.identity.name}"),
        }
        meant = (
            bool(field.reference)
            and field.reference == other.message.resource_type
            and not field.has_children
        )
        if (called or meant) and field.kind is other.identity.kind and (not other.patterns or meant):
            fit.append(other)
    return _nearest(resource.message, fit)


def _nearest(message: Message, others: Iterable[Resource]) -> str:
    """The only one of the resources, or the only one of the message's own package: two versions have one name each."""
    names = [other.message.full_name for other in others]
    package = message.full_name.rpartition(".")[0]
    near = [name for name in names if name.rpartition(".")[0] == package] or names
    return near[0] if len(near) == 1 else ""


def _without_cycles(resources: dict[str, Resource]) -> dict[str, Resource]:
    """Where each belongs to the other, neither does: no first one could ever be created."""
    cyclic = set()
    for name, resource in resources.items():
        seen, at = {name}, resource.parent
        while at and at not in seen:
            seen.add(at)
            at = resources[at].parent
        if at == name:
            cyclic.add(name)
    return {n: replace(r, parent="", parent_field="") if n in cyclic else r for n, r in resources.items()}
