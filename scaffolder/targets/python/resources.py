"""Which RPCs are standard methods of a resource (AIP-131 to 135), recognised by the shape of their messages.

Strict on purpose: an RPC whose request holds anything that a plain store cannot honour (a filter, an etag, a parent)
is not recognised, because silence about a field would be a wrong answer. What is not recognised becomes a use-case
method that answers UNIMPLEMENTED.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass

from scaffolder.contract.model import Contract, Field, Kind, Message, Method, Service
from scaffolder.targets.python.names import noun, plural, snake
from scaffolder.targets.python.nouns import qualifies

INTEGERS = frozenset({Kind.INT32, Kind.INT64, Kind.UINT32, Kind.SINT32, Kind.SINT64})
"""Kinds that a numeric identity or a page size may have."""

FIELD_MASK = "google.protobuf.FieldMask"
TIMESTAMP = "google.protobuf.Timestamp"


@dataclass(frozen=True, slots=True)
class Resource:
    """A message that a service stores.

    `identity` is the field that names it; `collection` (``books/``) stands in front of a resource name and is empty
    where the identity is an id alone.
    """

    message: Message
    identity: Field
    collection: str

    @property
    def noun(self) -> str:
        return snake(self.message.name)

    @property
    def is_integer(self) -> bool:
        """Whether the identity is a number, which the store assigns."""
        return self.identity.kind in INTEGERS

    def server_fields(self) -> tuple[str, ...]:
        """Fields that a client cannot set: the identity and what the contract calls OUTPUT_ONLY or IDENTIFIER."""
        owned = {"OUTPUT_ONLY", "IDENTIFIER"}
        return tuple(f.name for f in self.message.fields if f is self.identity or owned & f.behaviors)

    def has_time(self, name: str) -> bool:
        """Whether the resource has the standard timestamp of that name (AIP-148), for the server to set."""
        return any(
            f.name == name and f.type_name == TIMESTAMP and not f.repeated and "OUTPUT_ONLY" in f.behaviors
            for f in self.message.fields
        )


@dataclass(frozen=True, slots=True)
class StandardMethod:
    """What an RPC does to a resource: `verb` is create, get, list, update or delete.

    `payload` is the request's field that holds the resource, `id_field` the one that proposes an id (AIP-133),
    `mask` the update mask, `items` the response's repeated field; each `""` where there is none.
    """

    verb: str
    resource: Resource
    payload: str = ""
    id_field: str = ""
    mask: str = ""
    items: str = ""
    next_token: str = ""
    page_size: str = ""
    page_token: str = ""


def recognise(contract: Contract, service: Service) -> dict[str, StandardMethod]:
    """The standard methods of a service by the RPC's name.

    A resource counts only where the service both creates and returns it; otherwise nothing is known of its store.
    """
    unary = [m for m in service.methods if not m.client_streaming and not m.server_streaming]
    found: dict[str, StandardMethod] = {}
    for resource in _resources(contract, unary):
        for method in unary:
            if standard := _standard(contract, method, resource):
                found[method.name] = standard
    return found


def _resources(contract: Contract, methods: list[Method]) -> list[Resource]:
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


def _bound_names(methods: list[Method], message: Message) -> set[str]:
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
        if name != "name":
            return Resource(message, field, "")
        collection = _collection(message, noun, bound)
        if field.kind is Kind.STRING and collection is not None:
            return Resource(message, field, collection)
    return None


def _collection(message: Message, noun: str, bound: set[str]) -> str | None:
    """The part of a resource name before its only id: `books/` of `books/{book}` (AIP-122); None for any other form.

    Without a pattern in the contract, it is what the HTTP paths take, `""` where that is the id alone.
    """
    if message.resource_patterns:
        match = re.fullmatch(r"([a-z][A-Za-z0-9\-]*/)\{[a-z0-9_.]+\}", message.resource_patterns[0])
        declared = match[1] if match and len(message.resource_patterns) == 1 else None
        return declared if declared is None or bound <= {f"{declared}*"} else None
    if not bound:
        return f"{plural(noun)}/"
    match = re.fullmatch(r"((?:[A-Za-z][A-Za-z0-9\-]*/)?)\*", bound.pop()) if len(bound) == 1 else None
    return match[1] if match else None


def _standard(contract: Contract, method: Method, resource: Resource) -> StandardMethod | None:
    request, response = contract.messages[method.input], contract.messages[method.output]
    name, is_resource = resource.message.name, method.output == resource.message.full_name
    if method.name == f"Create{name}" and is_resource:
        return _create(contract, method, resource)
    if method.name == f"Get{name}" and is_resource and _get(request, resource):
        return StandardMethod("get", resource)
    if method.name == f"Update{name}" and is_resource:
        return _update(request, resource)
    if method.name == f"Delete{name}" and _get(request, resource):
        return StandardMethod("delete", resource) if method.output == "google.protobuf.Empty" else None
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
    """Whether a field holds the resource, and a handler can reach it by attribute, `request.class` being no Python."""
    return field.type_name == resource.message.full_name and not keyword.iskeyword(field.name)


def _create(contract: Contract, method: Method, resource: Resource) -> StandardMethod | None:
    payload = id_field = ""
    for field in contract.messages[method.input].fields:
        if _holds(field, resource) and not field.repeated:
            payload = field.name
        elif field.name == f"{resource.noun}_id" and field.kind is Kind.STRING and not resource.is_integer:
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
        elif field.type_name == FIELD_MASK and not field.repeated and not keyword.iskeyword(field.name):
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


def resource_stores(contract: Contract, nouns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By a service's and a message's full names: what its store is called, where that is not the resource's own noun.

    `nouns` are the services', by full name. The service that the resource is called after has the plain name, otherwise
    the first that stores it. A service whose noun is qualified (`order_v2`) stores under that one, whoever else there
    is, so that its tables keep their names when the other version goes.
    """
    owners = {word: name for name, word in nouns.items()}
    found: dict[str, dict[str, str]] = {}
    for service in contract.services:
        word = nouns[service.full_name]
        stored = {s.resource.message.full_name: s.resource for s in recognise(contract, service).values()}
        for message, resource in stored.items():
            plain = resource.noun
            own = word if plain == noun(service.name) else f"{word}_{plain}"
            store = own if qualifies(word, service) else plain
            while owners.setdefault(store, service.full_name) != service.full_name:
                store = f"{word}_{store}"
            if store != plain:
                found.setdefault(service.full_name, {})[message] = store
    return found
