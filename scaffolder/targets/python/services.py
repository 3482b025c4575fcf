"""The view of one service: every finished string that its templates place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Message, Method, Service
from scaffolder.standard import Resource, Standard, StandardMethod
from scaffolder.targets.python import types
from scaffolder.targets.python.copying import Copying
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.domain_names import enum_members
from scaffolder.targets.python.lives import life
from scaffolder.targets.python.mapping import Builder, Conversion, build, crossing
from scaffolder.targets.python.methods import custom_view, uses_transaction, with_lists
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.names import identifier, safe, snake
from scaffolder.targets.python.recognition import names_of_entities, names_of_texts
from scaffolder.targets.python.samples import samples
from scaffolder.targets.python.service_names import ServiceNames
from scaffolder.targets.python.standard_service import StandardService, item_requests
from scaffolder.targets.python.storage.repositories import (
    DATA_CLASSES,
    repository_class,
    repository_view,
    table_name,
)
from scaffolder.targets.python.storage.repository_docs import repository_docs
from scaffolder.targets.python.storage.schema import Model, Reference, build_model
from scaffolder.targets.python.storage.stored import BIZ_CLASSES
from scaffolder.targets.python.storage.tables import Table
from scaffolder.targets.python.text import comment, docstring, summary

METHOD_RESERVED = frozenset({"bool", "bytes", "dict", "float", "int", "str", "type"})
"""Types that the signatures of other methods name; an RPC of that name gets an underscore behind it."""

CLIENT_ATTRIBUTES = frozenset({"aclose", "close"})
"""What a client has of its own; an RPC of that name gets an underscore behind it there."""


@dataclass
class ServiceViews:
    """Builds the view of a service; `package` is the dotted package that holds `gen`.

    `recognised` is what is standard in the contract.
    `names` are the service's own; `stores` the nouns of resources, by their messages' full names, where these are not
    the resources' plain ones. `references` are the tables that others may refer to, by their messages' full names.
    """

    contract: Contract
    service: Service
    package: str
    recognised: Standard
    names: ServiceNames
    stores: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    standard: dict[str, StandardMethod] = field(init=False)

    def __post_init__(self) -> None:
        self.standard = self.recognised.of(self.service)

    def methods(self, imports: Imports) -> list[dict[str, Any]]:
        """The RPCs as gen/ and the clients see them: names, types and kinds."""
        taken: set[str] = set()
        found = []
        for method in self.service.methods:
            name = safe(identifier(snake(method.name).strip("_") or "rpc"), taken | METHOD_RESERVED)
            taken.add(name)
            found.append(self._method(method, name, imports))
        return found

    @cached_property
    def gen_view(self) -> dict[str, Any]:
        """For the modules below gen/ (`_rpc`, `_server`, `_client`)."""
        imports = Imports(self.contract, f"{self.package}.gen")
        methods = self.methods(imports)
        return {
            **self.names.view(),
            "package": self.package,
            "doc": docstring(self.service.comment, 4),
            "methods": methods,
            "imports": imports.lines(),
        }

    @cached_property
    def layers_view(self) -> dict[str, Any]:
        """For service/, biz/, data/ and the tests."""
        imports = Imports(self.contract, f"{self.package}.gen")
        domain = Domain(
            self.contract,
            self._roots(),
            self._contract_package,
            self._reserved(),
            imports,
            texts=names_of_texts(self.recognised),
            called=names_of_entities(self.contract, self.recognised),
            keys={(r.message.full_name, r.identity.name) for r in self.recognised.resources.values()},
        )
        plain = self.methods(imports)
        standard = self._standard(domain, imports, {view["name"]: view["snake"] for view in plain})
        found = standard.views()
        methods = [
            {**view, **(found.get(method.name) or custom_view(domain, method))}
            for method, view in zip(self.service.methods, plain, strict=True)
        ]
        methods = with_lists([*methods, *standard.singles()])
        rpcs, singles = methods[: len(plain)], methods[len(plain) :]
        builders = standard.builders()
        conversions = self._conversions(domain, imports, standard.copying)
        sampled = samples(standard, rpcs)
        repositories = [
            repository_view(domain, resource, self._store(resource), self._model(domain, resource))
            | {"stored": stored, "docs": repository_docs(stored)}
            | sampled[name].view()
            | {"life": life(standard, sampled, name)}
            for resource in self._resources()
            for name in [resource.message.full_name]
            for stored in [standard.stored[name]]
        ]
        return {
            **self.names.view(),
            "package": self.package,
            "doc": docstring(self.service.comment, 4, f"Serves {self.service.full_name}."),
            "methods": rpcs,
            "use_case_methods": [*rpcs, *singles],
            "imports": imports.lines(),
            "enums": [_enum_view(domain, enum) for enum in domain.enums],
            "types": [_type_view(domain, message) for message in domain.messages],
            "conversions": conversions,
            "builders": builders,
            "functions": sorted(
                [*(n for c in conversions for n in _function_names(c)), *_builder_names(builders)]
            ),
            "repositories": repositories,
            "type_names": domain.class_names,
            "value_imports": [
                types.IMPORTS[name].format(package=self.package) for name in sorted(domain.imported)
            ],
            "uses_transaction": bool(repositories) and any(map(uses_transaction, methods)),
            "uses_clock": any(stored.uses_clock for stored in standard.stored.values()),
        }

    @property
    def tables(self) -> list[Table]:
        """The tables of the resources that the service stores."""
        return [repository["table"] for repository in self.layers_view["repositories"]]

    def _model(self, domain: Domain, resource: Resource) -> Model:
        methods = [s for s in self.standard.values() if s.resource.message is resource.message]
        name = table_name(resource, self._store(resource))
        model = build_model(domain, resource, methods, name, self.references.get(resource.parent))
        above = (self.references[name].table for name in resource.above if name in self.references)
        return replace(model, above=tuple(above))

    def _standard(self, domain: Domain, imports: Imports, snakes: Mapping[str, str]) -> StandardService:
        """The standard methods; `snakes` are the use case's methods by their RPCs' names."""
        return StandardService(
            self.contract,
            domain,
            imports,
            tuple(self._standard_methods()),
            tuple(self._resources()),
            frozenset(name for r in self.recognised.resources.values() for name in (r.parent, *r.above)),
            self.stores,
            snakes,
        )

    def _standard_methods(self) -> Iterator[tuple[Method, StandardMethod]]:
        for method in self.service.methods:
            if found := self.standard.get(method.name):
                yield method, found

    def _store(self, resource: Resource) -> str:
        return self.stores.get(resource.message.full_name, "")

    def _resources(self) -> list[Resource]:
        return self.recognised.stored_by(self.service)

    @property
    def _contract_package(self) -> str:
        return self.contract.by_name[self.service.file].package

    def _custom(self) -> list[Method]:
        return [m for m in self.service.methods if m.name not in self.standard]

    def _roots(self) -> list[str]:
        """The messages that cross into biz/: resources, and whole requests and responses of all other RPCs."""
        taken, given = crossing(self._custom())
        items = item_requests(self.contract, self._standard_methods())
        return [*taken, *given, *items, *(r.message.full_name for r in self._resources())]

    def _reserved(self) -> list[str]:
        resources = self._resources()
        own = [f"{self.names.stem}UseCase"]
        for resource in resources:
            name = repository_class(resource, self._store(resource))
            own += [name, f"Sql{name}", f"Cached{name}", f"Fake{name}", f"{resource.name}Row"]
        return [*own, f"Async{self.names.stem}Client", *(DATA_CLASSES | BIZ_CLASSES if resources else ())]

    def _conversions(self, domain: Domain, imports: Imports, copying: Copying) -> list[Conversion]:
        taken, given = crossing(self._custom())
        taken, given = [*taken, *copying.taken], [*given, *copying.given]
        for method, standard in self._standard_methods():
            is_whole = standard.payload or method.input == standard.resource.message.full_name
            if standard.verb in ("create", "update") and is_whole:
                taken.append(standard.resource.message.full_name)
            if not standard.is_empty and not standard.copy:
                given.append(standard.resource.message.full_name)
        taken += item_requests(self.contract, self._standard_methods())
        return [*build(domain, imports, taken, given), *copying.conversions]

    def _method(self, method: Method, name: str, imports: Imports) -> dict[str, Any]:
        sides = ("stream" if s else "unary" for s in (method.client_streaming, method.server_streaming))
        request = imports.type_of(self.contract.messages[method.input])
        response = imports.type_of(self.contract.messages[method.output])
        return {
            "name": method.name,
            "snake": name,
            "client_name": safe(name, CLIENT_ATTRIBUTES),
            "constant": safe(name.upper(), {"METHODS"}),
            "full_name": method.full_name,
            "path": f"/{self.service.full_name}/{method.name}",
            "kind": "_".join(sides),
            "client_streaming": method.client_streaming,
            "server_streaming": method.server_streaming,
            "request": request,
            "response": response,
            "parameter": f"requests: AsyncIterator[{request}]"
            if method.client_streaming
            else f"request: {request}",
            "sync_parameter": f"requests: Iterator[{request}]"
            if method.client_streaming
            else f"request: {request}",
            "argument": "requests" if method.client_streaming else "request",
            "doc": docstring(method.comment, 8),
            "summary": summary(method.comment),
            "deprecated": method.deprecated,
            "bindings": [
                {"verb": b.verb, "path": str(b.path), "body": b.body, "response_body": b.response_body}
                for b in method.bindings
            ],
        }


def _enum_view(domain: Domain, enum: Any) -> dict[str, Any]:
    return {
        "name": domain.class_of(enum),
        "doc": docstring(enum.comment, 4),
        "members": [
            {"name": name, "number": number, "comment": comment(text, 4)}
            for name, number, text in enum_members(enum)
        ],
    }


def _type_view(domain: Domain, message: Message) -> dict[str, Any]:
    return {
        "name": domain.class_of(message),
        "doc": docstring(message.comment, 4),
        "fields": [
            {
                "name": f.attribute,
                "annotation": f.annotation,
                "default": f.default,
                "comment": comment(f.field.comment, 4),
            }
            for f in domain.fields_of(message)
        ],
    }


def _function_names(conversion: Conversion) -> list[str]:
    names = [conversion.from_name] if conversion.needs_from else []
    return names + ([conversion.to_name] if conversion.needs_to else [])


def _builder_names(builders: Iterable[Builder]) -> list[str]:
    return [name for each in builders for name in (each.name, each.paths) if name]
