"""What the suite finds in a contract: resources, and the standard methods that work on them, by the AIPs' names and
shapes alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from .descriptors import Contract

OUTPUT_ONLY, REQUIRED, IMMUTABLE, INPUT_ONLY, IDENTIFIER = 3, 2, 5, 4, 8
"""google.api.FieldBehavior, by number."""

_METHOD = re.compile(
    r"(BatchGet|BatchCreate|BatchUpdate|BatchDelete|Create|Get|List|Update|Delete|Undelete)(\w+)"
)
_VERBS = {
    "BatchGet": "batch_get",
    "BatchCreate": "batch_create",
    "BatchUpdate": "batch_update",
    "BatchDelete": "batch_delete",
}


@dataclass(frozen=True, slots=True)
class Binding:
    """google.api.http of one RPC: the verb, the path template, the body and the part of the response."""

    verb: str
    template: str
    body: str
    response_body: str


@dataclass(frozen=True, slots=True, eq=False)
class Rpc:
    """A standard method."""

    verb: str
    descriptor: MethodDescriptor
    binding: Binding | None

    @property
    def request(self) -> Descriptor:
        return self.descriptor.input_type

    @property
    def response(self) -> Descriptor:
        return self.descriptor.output_type

    @property
    def path(self) -> str:
        return f"/{self.descriptor.containing_service.full_name}/{self.descriptor.name}"

    def has(self, name: str) -> bool:
        """Whether the request has the field."""
        return name in self.request.fields_by_name


@dataclass(slots=True, eq=False)
class Subject:
    """A resource of a service with its standard methods, by verb; `parent` and `children` as their names nest."""

    contract: Contract
    service: str
    resource: Descriptor
    type: str
    identity: str
    pattern: str
    rpcs: dict[str, Rpc]
    parent: Subject | None = None
    children: list[Subject] = field(default_factory=list)

    def __str__(self) -> str:
        return self.resource.full_name

    @property
    def payload(self) -> str:
        """The field of a create or update request that holds the resource."""
        rpc = self.rpcs.get("create") or self.rpcs["update"]
        return _payload(rpc.request, self.resource)

    @property
    def id_field(self) -> str:
        """The field with the id that a client proposes."""
        return f"{self.payload}_id"

    def items(self, verb: str) -> str:
        """The repeated field of a response that holds the resources."""
        return next(
            f.name
            for f in self.rpcs[verb].response.fields
            if f.is_repeated and f.message_type is self.resource
        )

    @property
    def has_parent(self) -> bool:
        return self.pattern.count("{") > 1

    @property
    def is_soft(self) -> bool:
        """Whether deleting only marks it (AIP-164)."""
        return "undelete" in self.rpcs and "delete_time" in self.resource.fields_by_name

    def behaviors(self, descriptor: FieldDescriptor) -> set[int]:
        return set(self.contract.extension(descriptor, "google.api.field_behavior") or ())

    def is_writable(self, descriptor: FieldDescriptor) -> bool:
        """Whether a client says what the field holds."""
        if descriptor.containing_type is self.resource and descriptor.name in (self.identity, "etag", "uid"):
            return False
        is_own = descriptor.containing_type is self.resource
        return not {OUTPUT_ONLY, *([IDENTIFIER] if is_own else [])} & self.behaviors(descriptor)

    def fields(self, behavior: int | None = None) -> Iterator[FieldDescriptor]:
        """The resource's fields of that behaviour; without one, those that a client writes."""
        for each in self.resource.fields:
            if self.is_writable(each) if behavior is None else behavior in self.behaviors(each):
                yield each

    def unique(self) -> Iterator[FieldDescriptor]:
        """The fields that a client writes, of which the contract says that no two resources have the same."""
        for each in self.fields():
            if self.contract.extension(each, "scaffold.unique") and not each.has_presence:
                yield each

    @property
    def has_unique(self) -> bool:
        """Whether there is a field in which no two resources may have the same."""
        return any(self.contract.extension(each, "scaffold.unique") for each in self.resource.fields)


def subjects(contract: Contract, service: str = "") -> list[Subject]:
    """The resources of a contract that can be created, parents before children."""
    found = []
    for each in contract.services:
        if service in ("", each.full_name, each.name):
            found += _of_service(contract, each)
    for subject in found:
        above = subject.pattern.rpartition("/{")[0].rpartition("/")[0]
        subject.parent = next((other for other in found if other.pattern == above), None)
        if subject.parent is not None:
            subject.parent.children.append(subject)
    return sorted(found, key=lambda subject: subject.pattern.count("/"))


def _of_service(contract: Contract, service: Any) -> list[Subject]:
    rpcs: dict[str, dict[str, Rpc]] = {}
    for method in service.methods:
        match = _METHOD.fullmatch(method.name)
        if match is None or method.client_streaming or method.server_streaming:
            continue
        verb = _VERBS.get(match[1], match[1].lower())
        resource = _resource(contract, verb, match[2], method, service)
        if resource is not None:
            rpcs.setdefault(resource.full_name, {})[verb] = Rpc(verb, method, _binding(contract, method))
    made = []
    for name, methods in rpcs.items():
        descriptor = contract.pool.FindMessageTypeByName(name)
        option = contract.extension(descriptor, "google.api.resource")
        if "create" in methods:
            identity = option.name_field or "name"
            pattern = option.pattern[0] if option.pattern else ""
            made.append(
                Subject(contract, service.full_name, descriptor, option.type, identity, pattern, methods)
            )
    return made


def _resource(
    contract: Contract, verb: str, noun: str, method: MethodDescriptor, service: Any
) -> Descriptor | None:
    """The message that the method works on; None where it has not the shape of a standard method."""

    def is_resource(message: Descriptor | None) -> bool:
        return message is not None and contract.extension(message, "google.api.resource") is not None

    if verb in ("create", "update"):
        payload = _payload(method.input_type, method.output_type)
        return method.output_type if payload and is_resource(method.output_type) else None
    if verb in ("get", "undelete"):
        return method.output_type if is_resource(method.output_type) else None
    if verb in ("list", "batch_get", "batch_create", "batch_update"):
        repeated = [f.message_type for f in method.output_type.fields if f.is_repeated]
        return next((message for message in repeated if is_resource(message)), None)
    # Deletes answer with nothing: the resource is the one that others of the service name alike.
    if is_resource(method.output_type):
        return method.output_type
    singular = service.methods_by_name.get(f"Get{noun}") or next(
        (
            service.methods_by_name[f"Get{match[2]}"]
            for other in service.methods
            if (match := _METHOD.fullmatch(other.name))
            and match[1] == "Create"
            and noun in _plurals(contract, other.output_type, match[2])
            and f"Get{match[2]}" in service.methods_by_name
        ),
        None,
    )
    return singular.output_type if singular is not None and is_resource(singular.output_type) else None


def _plurals(contract: Contract, resource: Descriptor, singular: str) -> set[str]:
    option = contract.extension(resource, "google.api.resource")
    plural = option.plural if option is not None else ""
    return {f"{singular}s", f"{singular}es", plural[:1].upper() + plural[1:], f"{singular[:-1]}ies"}


def _payload(request: Descriptor, resource: Descriptor) -> str:
    return next((f.name for f in request.fields if f.message_type is resource and not f.is_repeated), "")


def _binding(contract: Contract, method: MethodDescriptor) -> Binding | None:
    rule = contract.extension(method, "google.api.http")
    if rule is None:
        return None
    verb = rule.WhichOneof("pattern")
    if verb == "custom":
        return Binding(rule.custom.kind, rule.custom.path, rule.body, rule.response_body)
    return Binding(verb.upper(), getattr(rule, verb), rule.body, rule.response_body)
