"""What Google's API Improvement Proposals say of parameters beyond their types, and what generated services hold to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.targets.openapi.wellknown import GOOGLE, Schema

RESOURCE_ID = "^([A-Za-z0-9]([A-Za-z0-9._~-]{0,61}[A-Za-z0-9])?)?$"
"""Empty lets the server choose (AIP-133)."""

_DEPTH = 3


def refined(schema: Schema, field: Field, method: Method, messages: Mapping[str, Message]) -> Schema:
    """The schema of a field at the top of a request; rules of the contract's own come before any convention."""
    if field.rules is not None:
        return schema
    request = messages[method.input]
    names = {each.name for each in request.fields}
    if field.name == "page_size" and "page_token" in names and "minimum" in schema:
        return schema | {"minimum": 0}  # AIP-158
    if field.kind is Kind.STRING and method.name.startswith("Create"):
        noun = _snake(method.name.removeprefix("Create"))
        if field.name == f"{noun}_id" and noun in names:
            return schema | {"pattern": RESOURCE_ID}  # AIP-122, AIP-133
    if field.type_name == f"{GOOGLE}FieldMask" and not field.repeated:
        paths = sorted(_paths_of_the_resource(request, messages))
        if paths:
            path = "|".join(paths)
            return schema | {"pattern": f"^([*]|({path})(,({path}))*)?$", "examples": [paths[0]]}  # AIP-134
    return schema


def _paths_of_the_resource(request: Message, messages: Mapping[str, Message]) -> Iterator[str]:
    """The paths that a mask can have where the request holds one message beside it."""
    resources = [
        each
        for each in request.fields
        if each.kind is Kind.MESSAGE and not each.repeated and not each.type_name.startswith(GOOGLE)
    ]
    if len(resources) == 1 and resources[0].type_name in messages:
        yield from _paths(messages[resources[0].type_name], messages, _DEPTH)


def _paths(message: Message, messages: Mapping[str, Message], depth: int) -> Iterator[str]:
    for field in message.fields:
        name = _camel(field.name)
        if _snake(name) != field.name:  # JSON cannot name it in a mask
            continue
        inside = messages.get(field.type_name) if not field.repeated and field.map_key is None else None
        if depth > 1 and inside is not None and inside.fields and not field.type_name.startswith(GOOGLE):
            below = "|".join(sorted(_paths(inside, messages, depth - 1)))
            yield f"{name}([.]({below}))?" if below else name
        else:
            yield name


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda match: f"_{match[1]}", name).lower()
