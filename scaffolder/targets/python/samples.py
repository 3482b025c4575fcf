"""Values that the generated tests of a resource use."""

from __future__ import annotations

import keyword
from typing import Any

from scaffolder.contract.model import Field, Kind
from scaffolder.standard import Resource, StandardMethod
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.stores import collection_of


def samples(
    domain: Domain, imports: Imports, resource: Resource, methods: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a resource's tests need: its RPCs by verb, and arguments for an entity and for a message."""
    of_resource = [m for m in methods if m.get("resource") and m["resource"].message is resource.message]
    rpcs = {verb: next((m for m in of_resource if m["shape"] == verb), None) for verb in VERBS}
    field = _sample_field(resource)
    attribute = next((f.attribute for f in domain.fields_of(resource.message) if f.field is field), "")
    given = f'{attribute}="sample"' if field else ""
    identity = resource.identity.name
    stored = "" if resource.is_integer else f'{identity}="{collection_of(resource)}one"'
    message = imports.type_of(resource.message)
    bound = all(m["bindings"] for m in of_resource)
    return {
        "rpcs": rpcs,
        "sample": given,
        "sample_field": attribute,
        "sample_path": field.name if field else "",
        "stored_sample": ", ".join(filter(None, (stored, given))),
        "message_sample": f'{message}({field.name}="sample")' if field else f"{message}()",
        "unknown": "404" if resource.is_integer else f'"{collection_of(resource)}none"',
        "transports": '"grpc", "http"' if bound else '"grpc"',
    }


def sample_request(standard: StandardMethod) -> dict[str, Any]:
    """The request that the end-to-end test sends for a standard method, in JSON's form; of an update none is sent."""
    resource = standard.resource
    if standard.verb == "create":
        field = _sample_field(resource)
        return {standard.payload: {field.name: "sample"} if field else {}}
    if standard.verb in ("get", "delete"):
        return {resource.identity.name: 1 if resource.is_integer else f"{collection_of(resource)}{_SOME_ID}"}
    return {}


_SOME_ID = "123e4567-e89b-42d3-a456-426614174000"  # as the service makes them
VERBS = ("create", "get", "list", "update", "delete")


def _sample_field(resource: Resource) -> Field | None:
    """A plain string that a client may set, the one that tests fill."""
    owned = resource.server_fields
    for field in resource.message.fields:
        plain = field.kind is Kind.STRING and not (field.repeated or field.has_presence or field.map_key)
        if plain and field.name not in owned and not keyword.iskeyword(field.name):
            return field
    return None
