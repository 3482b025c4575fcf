"""Which RPCs are standard methods of a resource (AIP-131 to 135), recognised by the shape of their messages.

Strict on purpose: an RPC whose request holds anything that a plain store cannot honour (a filter, an etag, a parent)
is not recognised, because silence about a field would be a wrong answer. What is not recognised becomes a use-case
method that answers UNIMPLEMENTED.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from scaffolder.contract.model import Contract, Field, Kind, Message, Method, Service
from scaffolder.standard.model import INTEGERS, Resource, StandardMethod
from scaffolder.standard.words import plural, snake

FIELD_MASK = "google.protobuf.FieldMask"
TIMESTAMP = "google.protobuf.Timestamp"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standard:
    """What is standard in a contract.

    `methods` are the standard methods by the full name of their RPC, `resources` the stored messages by their full
    name, over all services. `reasons` says for every RPC, by full name, what it was taken for and by what, or why it
    is a custom method.
    """

    methods: Mapping[str, StandardMethod]
    resources: Mapping[str, Resource]
    reasons: Mapping[str, str]

    def of(self, service: Service) -> dict[str, StandardMethod]:
        """The standard methods of a service by the RPC's plain name."""
        return {m.name: self.methods[m.full_name] for m in service.methods if m.full_name in self.methods}

    def stored_by(self, service: Service) -> list[Resource]:
        """The resources whose repository lives in the service's files: those that it creates."""
        unique = {s.resource.message.full_name: s.resource for s in self.of(service).values()}
        return list(unique.values())


def recognise(
    contract: Contract, overrides: Mapping[str, str] = _NONE, *, reserved: Collection[str] = ()
) -> Standard:
    """The standard methods of a contract's services.

    `overrides` says by an RPC's full name what it is to be taken for: ``custom``, a verb, or a verb and a message.
    `reserved` are words that no field of a request or a response may be called by where a handler has to name it.
    A resource counts only where a service both creates and returns it; otherwise nothing is known of its store.
    """
    methods = {
        f"{service.full_name}.{name}": standard
        for service in contract.services
        for name, standard in _of_service(contract, service, reserved).items()
    }
    resources: dict[str, Resource] = {}
    for standard in methods.values():
        resources.setdefault(standard.resource.message.full_name, standard.resource)
    return Standard(methods, resources, {})


def _of_service(contract: Contract, service: Service, reserved: Collection[str]) -> dict[str, StandardMethod]:
    unary = [m for m in service.methods if not m.client_streaming and not m.server_streaming]
    found: dict[str, StandardMethod] = {}
    for resource in _resources(contract, unary):
        of_resource = {m.name: s for m in unary if (s := _standard(contract, m, resource))}
        usable = {
            name: s for name, s in of_resource.items() if not {s.payload, s.mask, s.items} & set(reserved)
        }
        if any(s.verb == "create" for s in usable.values()):
            found |= usable
    return {m.name: found[m.name] for m in service.methods if m.name in found}


def _resources(contract: Contract, methods: Sequence[Method]) -> list[Resource]:
    created = {m.output for m in methods if m.name == f"Create{contract.messages[m.output].name}"}
    found = []
    for method in methods:
        message = contract.messages[method.output]
        if method.output not in created or method.name != f"Get{message.name}":
            continue
        resource = _resource(message, _bound_names(methods, message))
        if resource is None or not _get(contract.messages[method.input], resource):
            continue
        if any(_create(contract, m, resource) for m in methods if m.output == method.output):
            found.append(resource)
    return found


def _bound_names(methods: Sequence[Method], message: Message) -> set[str]:
    """What HTTP paths take as the resource's `name`: `books/*` of `/v1/{name=books/*}`, `*` of `/v1/books/{name}`."""
    names = {f"{verb}{message.name}" for verb in ("Get", "Update", "Delete")}
    return {
        "/".join(str(segment) for segment in variable.pattern)
        for method in methods
        if method.name in names
        for binding in method.bindings
        for variable in binding.path.variables
        if variable.field_path[-1] == "name"
    }


def _resource(message: Message, bound: set[str]) -> Resource | None:
    by_name = {field.name: field for field in message.fields}
    noun = snake(message.name)
    for name in ("name", "id", f"{noun}_id"):
        field = by_name.get(name)
        if not field or field.repeated or field.has_presence or field.map_key:
            continue
        if field.kind is not Kind.STRING and field.kind not in INTEGERS:
            continue
        patterns = _patterns(message, noun, bound) if name == "name" else ()
        if name != "name" or (field.kind is Kind.STRING and patterns is not None):
            return Resource(
                message,
                field,
                patterns or (),
                create_time=_time(by_name.get("create_time")),
                update_time=_time(by_name.get("update_time")),
            )
    return None


def _time(field: Field | None) -> str:
    """The name of a standard timestamp (AIP-148), which the server sets."""
    if field and field.type_name == TIMESTAMP and not field.repeated and "OUTPUT_ONLY" in field.behaviors:
        return field.name
    return ""


def _patterns(message: Message, noun: str, bound: set[str]) -> tuple[str, ...] | None:
    """The pattern of the resource's name, with one id (AIP-122), none where it is the id alone; None for other forms.

    Without one in the contract, it is what the HTTP paths take.
    """
    if message.resource_patterns:
        match = re.fullmatch(r"([a-z][A-Za-z0-9\-]*/)\{[a-z0-9_.]+\}", message.resource_patterns[0])
        if not match or len(message.resource_patterns) != 1 or not bound <= {f"{match[1]}*"}:
            return None
        return message.resource_patterns
    if not bound:
        return (f"{plural(noun)}/{{{noun}}}",)
    match = re.fullmatch(r"((?:[A-Za-z][A-Za-z0-9\-]*/)?)\*", bound.pop()) if len(bound) == 1 else None
    if match is None:
        return None
    return (f"{match[1]}{{{noun}}}",) if match[1] else ()


def _standard(  # noqa: PLR0911
    contract: Contract, method: Method, resource: Resource
) -> StandardMethod | None:
    request, response = contract.messages[method.input], contract.messages[method.output]
    name, is_resource = resource.message.name, method.output == resource.message.full_name
    if is_resource and method.name == f"Create{name}":
        return _create(contract, method, resource)
    if is_resource and method.name == f"Update{name}":
        return _update(request, resource)
    if is_resource and method.name == f"Get{name}" and _get(request, resource):
        return StandardMethod("get", resource, identity=resource.identity.name)
    if method.name == f"Delete{name}" and _get(request, resource):
        if method.output != "google.protobuf.Empty":
            return None
        return StandardMethod("delete", resource, identity=resource.identity.name, is_empty=True)
    if _is_list_of(method.name, name):
        return _list(request, response, resource)
    return None


def _is_list_of(method: str, resource: str) -> bool:
    """Whether an RPC is called `List` and the resource's plural, however it is formed: `ListShelfs`, `ListShelves`.

    Only the last letters of the noun may differ, and few may follow: `ListBooksByAuthor` is something else.
    """
    listed = method.removeprefix("List")
    if listed == method:
        return False
    ending = listed.removeprefix(resource[: -2 if len(resource) > 4 else -1])
    return listed in (plural(resource), f"{resource}s") or (ending != listed and len(ending) <= 5)


def _holds(field: Field, resource: Resource) -> bool:
    """Whether a field holds the resource, or several of it."""
    return field.type_name == resource.message.full_name


def _create(contract: Contract, method: Method, resource: Resource) -> StandardMethod | None:
    payload = id_field = ""
    noun_id = f"{snake(resource.message.name)}_id"
    for field in contract.messages[method.input].fields:
        if _holds(field, resource) and not field.repeated:
            payload = field.name
        elif field.name == noun_id and field.kind is Kind.STRING and not resource.is_integer:
            id_field = field.name
        else:
            return None
    return StandardMethod("create", resource, payload=payload, id_field=id_field) if payload else None


def _get(request: Message, resource: Resource) -> bool:
    """Whether a request names one resource and nothing else."""
    return [(f.name, f.kind, f.repeated) for f in request.fields] == [
        (resource.identity.name, resource.identity.kind, False)
    ]


def _update(request: Message, resource: Resource) -> StandardMethod | None:
    payload = mask = ""
    for field in request.fields:
        if _holds(field, resource) and not field.repeated:
            payload = field.name
        elif field.type_name == FIELD_MASK and not field.repeated:
            mask = field.name
        else:
            return None
    return StandardMethod("update", resource, payload=payload, mask=mask) if payload else None


def _list(request: Message, response: Message, resource: Resource) -> StandardMethod | None:
    known = {"page_size": INTEGERS, "page_token": {Kind.STRING}}
    for field in request.fields:
        if field.repeated or field.kind not in known.get(field.name, ()):
            return None
    items = [f.name for f in response.fields if f.repeated and _holds(f, resource)]
    rest = [f for f in response.fields if f.name not in items]
    if len(items) != 1 or any(f.name != "next_page_token" or f.kind is not Kind.STRING for f in rest):
        return None
    names = {field.name for field in request.fields}
    if bool(rest) != ("page_token" in names):
        return None
    return StandardMethod(
        "list",
        resource,
        items=items[0],
        next_token="next_page_token" if rest else "",
        page_size="page_size" if "page_size" in names else "",
        page_token="page_token" if "page_token" in names else "",
    )
