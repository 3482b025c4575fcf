"""The views of a whole project: what the templates are given, and the files that protoc writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Service
from scaffolder.standard import Standard
from scaffolder.targets.python.emitted import Emitted
from scaffolder.targets.python.errors import error_views
from scaffolder.targets.python.names import noun, title
from scaffolder.targets.python.nouns import gen_names
from scaffolder.targets.python.recognition import standard_of
from scaffolder.targets.python.service_names import ServiceNames
from scaffolder.targets.python.services import ServiceViews
from scaffolder.targets.python.storage.families import Families
from scaffolder.targets.python.storage.repositories import table_name
from scaffolder.targets.python.storage.schema import Reference, reference_to
from scaffolder.targets.python.storage.store_names import resource_stores
from scaffolder.targets.python.storage.tables import Table, by_reference
from scaffolder.targets.python.toolchain import toolchain

PORTS = {"grpc": 9000, "http": 8000}
"""The ports of every generated service: the only place that knows them."""


@dataclass(frozen=True)
class ProjectViews:
    """Views of one project.

    `name` is the distribution's name, `package` the Python package, `handlers` the folder of the handlers relative to
    the project (``src/PACKAGE/service`` by default), `emit` what makes protoc's files of a descriptor set. `names` are
    the nouns of services, by full name, that are not called by their plain one, `methods` what RPCs are to be taken for
    (`standard.recognise`).
    """

    contract: Contract
    name: str
    package: str
    handlers: str = ""
    features: tuple[str, ...] = ()
    emit: Callable[[bytes, list[str]], dict[str, str]] = field(repr=False, default=lambda *_: {})
    names: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    _by_package: dict[str, list[ServiceViews]] = field(repr=False, default_factory=dict, init=False)

    @property
    def enabled(self) -> frozenset[str]:
        """The project's features, and what the contract asks for.

        `http` where an RPC has an HTTP binding, `errors` where it declares reasons, `validation` where it has rules,
        `stores` where a resource is stored, and `database` there as well; `sqlite` where that is a file; `caches` where
        the project has `redis`, and a stored resource is read by its identity.
        """
        bound = any(m.bindings for service in self.contract.services for m in service.methods)
        asked = {"http": bound, "errors": bool(self.contract.errors), "validation": self.contract.has_rules}
        asked |= {"stores": self.stores, "database": bool(self.database), "sqlite": self.database == "sqlite"}
        asked["caches"] = self.caches
        return frozenset(self.features) | {name for name, there in asked.items() if there}

    @property
    def database(self) -> str:
        """Which database the service is deployed with, ``""`` where it has none."""
        if "postgres" in self.features:
            return "postgres"
        return "sqlite" if self.stores or "database" in self.features else ""

    @property
    def stores(self) -> bool:
        """Whether any service stores a resource."""
        return bool(self.standard.resources)

    @cached_property
    def caches(self) -> bool:
        """Whether any repository has a cache before it."""
        services = [view for _, view in self._families] if "redis" in self.features else []
        return any(repository["cached"] for view in services for repository in view["repositories"])

    @property
    def client_package(self) -> str:
        return f"{self.package}_client"

    @cached_property
    def project(self) -> dict[str, Any]:
        """The variables of the project-level templates."""
        services = [self._summary(views) for views in self._services(self.package)]
        errors = error_views(self.contract, _client_names(services, []))
        return {
            "project": {
                "name": self.name,
                "package": self.package,
                "client_package": self.client_package,
                "env_prefix": f"{self.package.upper()}_",
                "title": title(self.package),
                "requires": self.contract.has_required,
                "stores": self.stores,
                "database": self.database,
                "caches": self.caches,
                "services": services,
                "example": _example(services),
                "client_names": _client_names(services, errors),
                "errors": errors,
                "validates": "validation" in self.enabled,
                "contracts": [file.name for file in self.contract.requested],
                "slug": _dns_label(self.name),
                "ports": PORTS,
                "floors": toolchain(self._emitted.texts.values()),
                "http_prefixes": _prefixes(services),
                "features": self.features,
                "handlers": self.handlers_folder,
                "handlers_module": self.handlers_module,
            }
        }

    def project_for(self, package: str) -> dict[str, Any]:
        """The project's view for a template that the service and its client package share."""
        return self.project | {"package": package}

    @property
    def handlers_folder(self) -> str:
        return self.handlers or f"src/{self.package}/service"

    @property
    def handlers_module(self) -> str:
        """The dotted package of the handlers: their folder below src/."""
        return self.handlers_folder.removeprefix("src/").strip("/").replace("/", ".")

    @cached_property
    def nouns(self) -> dict[str, dict[str, Any]]:
        """For every service the view of its files in the layers and the tests, by noun."""
        return {name: self.project | {"service": view} for name, view in self._families}

    @cached_property
    def _families(self) -> list[tuple[str, dict[str, Any]]]:
        """The services' nouns and views, with what their resources have to do with each other."""
        services = {views.names.noun: views.layers_view for views in self._services(self.package)}
        families = Families(services)
        return [(name, families.view(name, service)) for name, service in services.items()]

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all stored resources, each behind those that it refers to."""
        return tuple(by_reference(table for views in self._services(self.package) for table in views.tables))

    def gen_services(self, package: str) -> dict[str, dict[str, Any]]:
        """For every service the view of its modules below ``PACKAGE/gen``, by their path without suffix."""
        return {
            views.names.gen_path: self.project_for(package) | {"service": views.gen_view}
            for views in self._services(package)
        }

    def messages(self, package: str) -> dict[str, str]:
        """protoc's modules and stubs by path below ``PACKAGE/gen``, with imports that work from there."""
        return self._emitted.below(f"{package}.gen")

    @cached_property
    def _emitted(self) -> Emitted:
        return Emitted(self.contract, self.emit)

    def _services(self, package: str) -> list[ServiceViews]:
        if package not in self._by_package:
            self._by_package[package] = [
                ServiceViews(
                    self.contract,
                    service,
                    package,
                    self.standard,
                    self._service_names[service.full_name],
                    self._stores.get(service.full_name, {}),
                    self._references | self._references_in(service),
                )
                for service in self.contract.services
            ]
        return self._by_package[package]

    @cached_property
    def by_service(self) -> dict[str, str]:
        """Every service's noun, by its full name."""
        return {s.full_name: self.names.get(s.full_name) or noun(s.name) for s in self.contract.services}

    @cached_property
    def _service_names(self) -> dict[str, ServiceNames]:
        below_gen = gen_names(self.contract.services, self.by_service)
        return {
            s.full_name: ServiceNames(s, self.by_service[s.full_name], below_gen[s.full_name])
            for s in self.contract.services
        }

    @cached_property
    def standard(self) -> Standard:
        """The resources and the standard methods of the contract."""
        return standard_of(self.contract, self.methods)

    @cached_property
    def _stores(self) -> dict[str, dict[str, str]]:
        return resource_stores(self.contract, self.standard, self.by_service)

    @cached_property
    def _references(self) -> dict[str, Reference]:
        """The tables of stored resources by their messages' full names; of several for one, the first service's."""
        found: dict[str, Reference] = {}
        for service in reversed(self.contract.services):
            found |= self._references_in(service)
        return found

    def _references_in(self, service: Service) -> dict[str, Reference]:
        stores = self._stores.get(service.full_name, {})
        return {
            name: reference_to(each, table_name(each, stores.get(name, "")))
            for each in self.standard.stored_by(service)
            if (name := each.message.full_name)
        }

    def _summary(self, views: ServiceViews) -> dict[str, Any]:
        shared = views.gen_view
        keys = ("name", "snake", "kind", "bindings")
        methods = [
            {key: method[key] for key in keys} | {"is_standard": method["name"] in views.standard}
            for method in shared["methods"]
        ]
        found = dict(self._families)[views.names.noun]["repositories"]
        names = ("class", "sql_class", "cached_class", "property")
        repositories = [
            {key: each[key] for key in names} | {"cached": self.caches and each["cached"]} for each in found
        ]
        return views.names.view() | {
            "methods": methods,
            "repositories": repositories,
            "uses_transaction": views.layers_view["uses_transaction"],
        }


def _example(services: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The RPC whose logic somebody will write first: one that has none yet, where there is such a one."""
    pairs = [{"service": service, "method": method} for service in services for method in service["methods"]]
    custom = [pair for pair in pairs if not pair["method"]["is_standard"]]
    return next(iter([*custom, *pairs]), None)


def _client_names(services: list[dict[str, Any]], errors: list[dict[str, Any]]) -> list[str]:
    """What the client module exports, sorted as linters want it."""
    clients = [service[key] for service in services for key in ("client_class", "async_client_class")]
    return sorted(
        [*clients, *(e["class"] for e in errors), "AsyncChannel", "Channel", "Code", "ServiceError"]
    )


def _prefixes(services: list[dict[str, Any]]) -> list[str]:
    """The first segments of all bound paths, `/` alone where one of them is no plain segment."""
    paths = (b["path"] for service in services for method in service["methods"] for b in method["bindings"])
    firsts = {path.split("/")[1] for path in paths}
    if any(c in first for first in firsts for c in "{*:"):
        return ["/"]
    return sorted(f"/{first}" for first in firsts)


def _dns_label(name: str) -> str:
    """The name as Kubernetes and Compose want it: RFC 1123, at most 63 of a-z, 0-9 and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:63].strip("-")
