"""Query parameters: every field of the request that neither the path nor the body holds (google/api/http.proto)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.targets.openapi import wellknown
from scaffolder.targets.openapi.conventions import refined
from scaffolder.targets.openapi.presence import Use, at_least, described, is_required
from scaffolder.targets.openapi.schemas import Schemas
from scaffolder.targets.openapi.wellknown import GOOGLE

Path = tuple[Field, ...]

MOST = 500
"""Where nested messages lead to more parameters than this, the deepest are left out."""


def leaves(request: Message, messages: Mapping[str, Message], bound: frozenset[str]) -> list[Path]:
    """The paths of the fields that a query can hold, `bound` (dotted) left out; a message that holds itself is not
    entered a second time.
    """
    found = list(_leaves(request, messages, bound, (), (request.full_name,)))
    return sorted(found, key=len)[:MOST] if len(found) > MOST else found


def parameters(
    paths: list[Path], schemas: Schemas, method: Method, messages: Mapping[str, Message]
) -> list[dict[str, Any]]:
    """A parameter for each path, named as JSON names the fields."""
    partial = is_partial(messages[method.input])
    found = []
    for path in paths:
        parameter = _parameter(path, schemas, is_partial=partial)
        if len(path) == 1:
            parameter["schema"] = refined(parameter["schema"], path[0], method, messages)
        found.append(parameter)
    return found


def is_partial(request: Message) -> bool:
    """Whether a request names in a field mask what it is about (AIP-134)."""
    return any(field.type_name == f"{GOOGLE}FieldMask" for field in request.fields)


def _leaves(
    message: Message,
    messages: Mapping[str, Message],
    bound: frozenset[str],
    above: Path,
    inside: tuple[str, ...],
) -> Iterator[Path]:
    for field in message.fields:
        path = (*above, field)
        if dotted(path) in bound or field.map_key is not None:
            continue
        is_message = field.kind in (Kind.MESSAGE, Kind.GROUP)
        if not is_message or field.type_name in wellknown.TEXT:
            yield path
        elif not (
            field.repeated or field.type_name in inside or wellknown.message(field.type_name, is_input=True)
        ):
            below = messages[field.type_name]
            yield from _leaves(below, messages, bound, path, (*inside, field.type_name))


def dotted(path: Path) -> str:
    """The path in proto names."""
    return ".".join(field.name for field in path)


def _parameter(path: Path, schemas: Schemas, *, is_partial: bool) -> dict[str, Any]:
    field = path[-1]
    use = Use.PATCH if is_partial and len(path) > 1 else Use.INPUT
    found: dict[str, Any] = {"name": ".".join(each.json_name for each in path), "in": "query"}
    if text := described(field):
        found["description"] = text
    # What is required inside a message is not where the message is not.
    if all(is_required(each, use) for each in path):
        found["required"] = True
    if field.deprecated:
        found["deprecated"] = True
    schema = schemas.in_url(field)
    if field.repeated:
        found |= {"style": "form", "explode": True}
    # The server takes "?name=" for an empty text.
    if found.get("required") and field.kind in (Kind.STRING, Kind.BYTES) and not field.has_presence:
        schema = at_least("minItems" if field.repeated else "minLength", schema)
    return found | {"schema": schema}
