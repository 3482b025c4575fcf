"""Which stored resource another one belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scaffolder.contract.model import Field, Message
from scaffolder.standard import patterns
from scaffolder.standard.fields import is_single
from scaffolder.standard.model import Resource, StandardMethod
from scaffolder.standard.resources import Use
from scaffolder.standard.words import fold


def with_parents(resources: Mapping[str, Resource], uses: Mapping[str, Sequence[Use]]) -> dict[str, Resource]:
    """The resources with those of them that they belong to; both mappings are by the message's full name.

    A parent is stored under the pattern before the last collection and id, or its id is a field: the one that a path of
    create or list takes, or else the only one that is called after another resource.
    """
    index = _Index(resources.values())
    found = {
        name: _by_name(resource, index)
        if resource.patterns
        else _by_field(resource, index, uses.get(name, ()))
        for name, resource in resources.items()
    }
    return _without_cycles(found)


class _Index:
    """Resources by what their children know of them, so that none has to be compared with all others."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_pattern: dict[str, list[Resource]] = {}
        self.by_field: dict[str, list[Resource]] = {}
        self.by_type: dict[str, list[Resource]] = {}
        for resource in resources:
            noun = resource.noun
            for pattern in resource.patterns:
                self._by_pattern.setdefault(patterns.shape(pattern), []).append(resource)
            for word in {fold(f"{noun}_{end}") for end in ("id", "uuid", resource.identity.name)}:
                self.by_field.setdefault(word, []).append(resource)
            self.by_type.setdefault(resource.message.resource_type, []).append(resource)

    def under(self, shape: str, below: Resource) -> list[Resource]:
        """The resources other than `below` that are stored under a pattern of this shape."""
        return [other for other in self._by_pattern.get(shape, ()) if other.message is not below.message]


def _by_name(resource: Resource, index: _Index) -> Resource:
    if parent := _parent(resource, index):
        return replace(resource, parent=parent)
    found = {_above(resource, pattern, index): None for pattern in resource.patterns}
    return replace(resource, above=tuple(filter(None, found)))


def _parent(resource: Resource, index: _Index) -> str:
    """The resource directly in front of all its names."""
    above = {patterns.shape(patterns.parent(pattern)) for pattern in resource.patterns}
    fit = [
        other
        for other in index.under(min(above), resource)
        if above <= {patterns.shape(p) for p in other.patterns}
    ]
    return _nearest(resource.message, fit)


def _above(resource: Resource, pattern: str, index: _Index) -> str:
    """The nearest resource that is stored and in front of the names of a pattern."""
    while pattern := patterns.parent(pattern):
        if fit := index.under(patterns.shape(pattern), resource):
            return _nearest(resource.message, fit)
    return ""


def _by_field(resource: Resource, index: _Index, uses: Sequence[Use]) -> Resource:
    fields = {
        field.name: field
        for field in resource.message.fields
        if field is not resource.identity and is_single(field) and not field.type_name
    }
    bound = [name for name in _bound(uses) if name in fields]
    if bound:
        owner = _owner(resource, fields[bound[-1]], index)
        return replace(resource, parent=owner, parent_field=bound[-1])
    owners = {name: owner for name, field in fields.items() if (owner := _owner(resource, field, index))}
    if len(owners) != 1:
        return resource
    ((name, owner),) = owners.items()
    return replace(resource, parent=owner, parent_field=name)


def needs_parent(resource: Resource, methods: Iterable[StandardMethod]) -> bool:
    """Whether a resource is always in a parent: its field is REQUIRED, or nobody could do without.

    That is so where a request says the parent, in its path or beside the resource, each time that one thing is done: a
    resource without one could not be created, or not be found. `methods` are all of the resource's.
    """
    field = next((f for f in resource.message.fields if f.name == resource.parent_field), None)
    if field is None or not resource.parent or field.required or "REQUIRED" in field.behaviors:
        return True
    said: dict[str, list[bool]] = {}
    for method in methods:
        one = method.item or method
        said.setdefault(one.verb.removeprefix("batch_"), []).append(bool(method.parent or one.parent))
    return any(map(all, said.values()))


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


def _owner(resource: Resource, field: Field, index: _Index) -> str:
    """The resource that a field has the identity of, by its name or its google.api.resource_reference."""
    called = [other for other in index.by_field.get(fold(field.name), ()) if not other.patterns]
    is_reference = field.reference and not field.has_children
    meant = index.by_type.get(field.reference, []) if is_reference else []
    fit = {
        other.message.full_name: other
        for other in (*called, *meant)
        if other.message is not resource.message and field.kind is other.identity.kind
    }
    return _nearest(resource.message, fit.values())


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
