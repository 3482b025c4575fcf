"""What recognition finds in a contract, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scaffolder.contract.model import Service
from scaffolder.standard.model import Resource, StandardMethod
from scaffolder.standard.overrides import CUSTOM, Problem


@dataclass(frozen=True)
class Standard:
    """What is standard in a contract.

    `methods` are the standard methods by the full name of their RPC, `resources` the stored messages by their full
    name, over all services. `reasons` says for every RPC, by full name, what it was taken for and by what, or why it
    is a custom method. `problems` are the overrides that cannot be followed.
    """

    methods: Mapping[str, StandardMethod]
    resources: Mapping[str, Resource]
    reasons: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def said(self) -> dict[str, str]:
        """What every RPC was taken for, by full name, in the words of scaffold.yaml: ``list library.v1.Book``."""
        known = {
            name: f"{each.verb} {each.resource.message.full_name}" for name, each in self.methods.items()
        }
        return {name: known.get(name, CUSTOM) for name in self.reasons}

    def of(self, service: Service) -> dict[str, StandardMethod]:
        """The standard methods of a service by the RPC's plain name."""
        return {m.name: self.methods[m.full_name] for m in service.methods if m.full_name in self.methods}

    def stored_by(self, service: Service) -> list[Resource]:
        """The resources whose repository lives in the service's files: those that it creates."""
        unique = {s.resource.message.full_name: s.resource for s in self.of(service).values()}
        return list(unique.values())
