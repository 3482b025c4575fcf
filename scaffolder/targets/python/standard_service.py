"""What one service stores, and its standard methods: the views of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Message, Method
from scaffolder.standard import Resource, StandardMethod
from scaffolder.targets.python.copying import Copying
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.mapping import Builder, read_for
from scaffolder.targets.python.methods import StandardView
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.names import title
from scaffolder.targets.python.parameters import builder_name, paths_name
from scaffolder.targets.python.storage.stored import Stored

Rpc = tuple[Method, StandardMethod]

BATCHES = ("batch_create", "batch_update", "batch_delete")
"""Batches that do one by one what a method for a single resource does."""


def item_requests(contract: Contract, methods: Iterable[Rpc]) -> list[str]:
    """The full names of the requests that batches hold many of, where these cross into biz/."""
    return [
        field.type_name
        for method, standard in methods
        if standard.item and standard.verb in BATCHES
        for field in contract.messages[method.input].fields
        if field.name == standard.requests
    ]


@dataclass(frozen=True)
class StandardService:
    """The standard methods of one service.

    `resources` are those that it stores, `parents` the full names of the messages that have children anywhere in the
    project. `stores` says what a store is called where the resource's own noun is another's, `snakes` the use case's
    methods by their RPCs' names.
    """

    contract: Contract
    domain: Domain
    imports: Imports
    methods: tuple[Rpc, ...]
    resources: tuple[Resource, ...]
    parents: frozenset[str]
    stores: Mapping[str, str]
    snakes: Mapping[str, str]

    @cached_property
    def copying(self) -> Copying:
        """The conversions of messages that repeat what the resources hold; complete once `views` and `builders` are."""
        return Copying(self.contract, self.domain, self.imports)

    @cached_property
    def stored(self) -> dict[str, Stored]:
        """The resources by their messages' full names, children before their parents."""
        found: dict[str, Stored] = {}
        for resource in self.resources:
            self._store(resource, found)
        return {r.message.full_name: found[r.message.full_name] for r in self.resources}

    def _store(self, resource: Resource, found: dict[str, Stored]) -> Stored:
        name = resource.message.full_name
        if name not in found:
            below = [r for r in self.resources if name in (r.parent, *r.above) and r is not resource]
            above = [r for r in self.resources if r.message.full_name in (resource.parent, *resource.above)]
            found[name] = Stored(
                self.domain,
                resource,
                self._of(resource),
                self.stores.get(name, ""),
                tuple(self._store(each, found) for each in below),
                name in self.parents,
                next((self.snakes[m.name] for m, s in self.methods if _is(s, "delete", resource)), ""),
                any(each is not resource and each.is_soft for each in above),
            )
        return found[name]

    def _of(self, resource: Resource) -> tuple[StandardMethod, ...]:
        return tuple(s for _, s in self.methods if s.resource.message is resource.message)

    def views(self) -> dict[str, dict[str, Any]]:
        """The view of every standard method by the name of its RPC."""
        return {
            method.name: self._view(method.input, method.output, standard)
            for method, standard in self.methods
        }

    def singles(self) -> list[dict[str, Any]]:
        """Methods of the use case alone, which batches need where no RPC does the same to one resource."""
        found: dict[str, dict[str, Any]] = {}
        for method, standard in self.methods:
            verb = standard.verb.removeprefix("batch_")
            name = self._single(standard)
            if standard.verb in BATCHES and name.startswith("_") and name not in found:
                item = replace(standard.item, is_empty=standard.is_empty) if standard.item else None
                item = item or StandardMethod(
                    verb,
                    standard.resource,
                    standard.requests,
                    force=standard.force,
                    allow_missing=standard.allow_missing,
                    is_empty=standard.is_empty,
                )
                request = next(iter(item_requests(self.contract, [(method, standard)])), method.input)
                found[name] = self._view(request, method.output, item) | {"snake": name, "doc": ""}
        return list(found.values())

    def _view(self, request: str, response: str, standard: StandardMethod) -> dict[str, Any]:
        return StandardView(
            self.contract,
            self.imports,
            self.stored[standard.resource.message.full_name],
            standard,
            self.contract.messages[request],
            self.contract.messages[response],
            self._single(standard),
            self.copying,
        ).view()

    def _single(self, batch: StandardMethod) -> str:
        """The method that does to one resource what a batch does to many."""
        verb, resource = batch.verb.removeprefix("batch_"), batch.resource
        items = [
            item for m, s in self.methods if s is batch for item in item_requests(self.contract, [(m, s)])
        ]
        for method, standard in self.methods:
            if _is(standard, verb, resource) and method.input in (items or [method.input]):
                return self.snakes[method.name]
        return f"_{verb}_{self.stored[resource.message.full_name].variable.strip('_')}"

    def builders(self) -> list[Builder]:
        """The functions that read the resource out of requests that repeat its fields."""
        found: dict[str, Builder] = {}
        for method, standard in self.methods:
            repeats = not standard.payload and method.input != standard.resource.message.full_name
            if standard.verb in ("create", "update") and repeats:
                made = self._builder(standard, self.contract.messages[method.input])
                found[made.name] = made
        return list(found.values())

    def _builder(self, standard: StandardMethod, request: Message) -> Builder:
        stored = self.stored[standard.resource.message.full_name]
        given = {field.name: field for field in request.fields}
        own = {field.name: field for field in standard.resource.message.fields}
        identity = standard.resource.identity.name
        own[identity] = replace(own[identity], has_presence=False)  # as the entity has it
        plain = [(given[name], own[of]) for name, of in standard.fields if of != identity]
        named = {standard.identity: identity} if standard.identity else {}
        named |= {name: of for name, of in standard.fields if of == identity}
        pairs = [*((given[name], own[of]) for name, of in named.items()), *plain]
        items = {each.field.name: each for each in self.domain.fields_of(standard.resource.message)}
        read = [(self.copying.read_as(items[of.name], field), of) for field, of in pairs]
        return Builder(
            builder_name(stored, request),
            title(standard.resource.name).lower(),
            stored.entity,
            self.imports.type_of(request),
            [f"{item.attribute}={read_for(item, of)}" for item, of in read],
            paths_name(request) if standard.verb == "update" and not standard.replaces else "",
            [(field.name, of.name) for field, of in plain],
        )


def _is(standard: StandardMethod, verb: str, resource: Resource) -> bool:
    return standard.verb == verb and standard.resource.message is resource.message
