"""The OpenAPI document of a contract (https://spec.openapis.org/oas/v3.1.1), a plain dictionary in a fixed order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Message, Service
from scaffolder.targets.openapi.errors import Errors
from scaffolder.targets.openapi.operations import Bound, Operations
from scaffolder.targets.openapi.paths import Parameter, Path, has_deep, render
from scaffolder.targets.openapi.schemas import Schemas
from scaffolder.targets.openapi.security import security

VERSION = "3.1.1"
VERBS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""Those that a Path Item has a place for."""

_DEEPEST = 8
_API_VERSION = re.compile(r"v[0-9]+((alpha|beta)[0-9]*)?(p[0-9]+\w*)?", re.A)


def document(contract: Contract, title: str, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document of the services in `contract`; `settings` are those of scaffold.yaml's `openapi`.

    Servers are relative to where the document is, so that it serves behind any prefix.
    """
    return _Document(contract, title, settings or {}).build()


class _Document:
    def __init__(self, contract: Contract, title: str, settings: Mapping[str, Any]) -> None:
        self._contract = contract
        self._title = title
        self._settings = settings
        self._schemas = Schemas(contract)
        self._errors = Errors(contract, self._schemas)
        self._operations = Operations(contract, self._schemas, self._errors)
        self._services = [s for s in contract.services if any(m.bindings for m in s.methods)]

    def build(self) -> dict[str, Any]:
        paths, left_out = self._paths()
        responses = self._errors.components()
        found: dict[str, Any] = {"openapi": VERSION, "info": self._info(), "servers": self._servers()}
        schemes, required = security(self._services, self._settings)
        if required:
            found["security"] = required
        found["tags"] = [self._tag(service) for service in self._services]
        found["paths"] = paths
        components: dict[str, Any] = {"schemas": self._schemas.components(), "responses": responses}
        found["components"] = components | ({"securitySchemes": schemes} if schemes else {})
        self._schemas.resolve(found)
        return found | ({"x-unreachable": left_out} if left_out else {})

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "title": self._settings.get("title", self._title),
            "version": self._settings.get("version") or self._version(),
        }
        comments = [file.comment for file in self._contract.requested if file.comment and file.services]
        description = self._settings.get("description") or (comments[0] if len(comments) == 1 else "")
        if description:
            info["description"] = description
        return info | {key: self._settings[key] for key in ("contact", "license") if key in self._settings}

    def _version(self) -> str:
        """The last part of the package that looks like a version (AIP-191), "1.0.0" where there is none."""
        for service in self._services:
            package = service.full_name.rpartition(".")[0]
            for part in reversed(package.split(".")):
                if _API_VERSION.fullmatch(part):
                    return part
        return "1.0.0"

    def _servers(self) -> list[dict[str, Any]]:
        if servers := self._settings.get("servers"):
            return list(servers)
        hosts = dict.fromkeys(service.host for service in self._services if service.host)
        return [{"url": "."}, *({"url": f"https://{host}"} for host in hosts)]

    def _tag(self, service: Service) -> dict[str, Any]:
        tag = {"name": self._label(service)}
        return tag | ({"description": service.comment} if service.comment else {})

    def _label(self, service: Service) -> str:
        """The service's own name, its full one where another has the same."""
        same = [other for other in self._services if other.name == service.name]
        return service.name if len(same) == 1 else service.full_name

    def _bound(self) -> Iterator[Bound]:
        for service in self._services:
            for method in service.methods:
                for number, binding in enumerate(method.bindings, start=1):
                    yield Bound(service, method, binding, number)

    def _paths(self) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """The Paths Object, and the bindings that no request reaches because another one has their place."""
        everything = list(self._bound())
        ids = self._operation_ids(everything)
        names: dict[str, Path] = {}
        paths: dict[str, Any] = {}
        left_out: list[dict[str, str]] = []
        # What has no "**" keeps its path; the others get out of its way.
        order = sorted(range(len(everything)), key=lambda index: has_deep(everything[index].binding.path))
        chosen: dict[int, Path] = {}
        taken: set[tuple[str, str]] = set()
        for index in order:
            bound = everything[index]
            path = self._place(bound, taken)
            if path is None:
                left_out.append(
                    {
                        "x-grpc-method": bound.method.full_name,
                        "verb": bound.binding.verb,
                        "path": str(bound.binding.path),
                    }
                )
                continue
            taken.add((path.shape, bound.binding.verb))
            chosen[index] = path
        for index, bound in enumerate(everything):
            if index in chosen:
                path = _named_as(chosen[index], names.setdefault(chosen[index].shape, chosen[index]))
                self._put(paths.setdefault(path.text, {}), bound, ids[index], path)
        return paths, left_out

    def _put(self, item: dict[str, Any], bound: Bound, operation_id: str, path: Path) -> None:
        verb = bound.binding.verb
        if bound.method.client_streaming:
            item.setdefault("x-websocket", []).append(self._operations.streaming(bound))
            return
        operation = self._operations.operation(bound, operation_id, self._label(bound.service), path)
        if verb in VERBS:
            item[verb.lower()] = operation
        else:
            item.setdefault("x-custom-verbs", {})[verb] = operation

    def _place(self, bound: Bound, taken: set[tuple[str, str]]) -> Path | None:
        template, verb = bound.binding.path, bound.binding.verb
        patterns = self._patterns
        for deep in range(1, _DEEPEST if has_deep(template) else 2):
            path = render(template, patterns, deep=deep)
            if (path.shape, verb) not in taken or bound.method.client_streaming:
                return path
        return None

    @cached_property
    def _patterns(self) -> list[str]:
        messages: Mapping[str, Message] = self._contract.messages
        return [pattern for message in messages.values() for pattern in message.resource_patterns]

    def _operation_ids(self, everything: list[Bound]) -> list[str]:
        """Service_Method, with the number of the binding from the second on; with packages where names clash."""
        short = [f"{b.service.name}_{b.method.name}" for b in everything]
        owners: dict[str, set[str]] = {}
        for label, bound in zip(short, everything, strict=True):
            owners.setdefault(label, set()).add(bound.method.full_name)
        labels = [
            label if len(owners[label]) == 1 else bound.method.full_name.replace(".", "_")
            for label, bound in zip(short, everything, strict=True)
        ]
        ids = [
            f"{label}_{bound.number}" if bound.number > 1 else label
            for label, bound in zip(labels, everything, strict=True)
        ]
        return _unique(ids)


def _unique(ids: list[str]) -> list[str]:
    """The ids, those that are there a second time with a number behind that none of them has."""
    taken, counts, found = set(ids), Counter[str](), []
    for each in ids:
        counts[each] += 1
        chosen, number = each, counts[each]
        while counts[each] > 1 and chosen in taken:
            chosen, number = f"{each}_{number}", number + 1
        taken.add(chosen)
        found.append(chosen)
    return found


def _named_as(path: Path, first: Path) -> Path:
    """The path with the parameter names of the first one of its shape: OpenAPI takes two names for two paths."""
    parameters = tuple(
        Parameter(named.name, own.field, own.pattern, own.is_deep)
        for own, named in zip(path.parameters, first.parameters, strict=True)
    )
    return Path(first.text, path.shape, parameters)
