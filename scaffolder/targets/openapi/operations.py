"""One operation: what a binding of an RPC takes and answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from scaffolder.contract.model import Binding, Contract, Field, Message, Method, Service
from scaffolder.targets.openapi import query
from scaffolder.targets.openapi.errors import Errors
from scaffolder.targets.openapi.paths import Parameter, Path
from scaffolder.targets.openapi.presence import Use, at_least, is_required, nullable, required_oneofs
from scaffolder.targets.openapi.schemas import Schemas

JSON = "application/json"
RAW = "google.api.HttpBody"


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding of an RPC, the n-th from 1."""

    service: Service
    method: Method
    binding: Binding
    number: int


class Operations:
    """Writes operations; what they refer to goes to `schemas` and `errors`."""

    def __init__(self, contract: Contract, schemas: Schemas, errors: Errors) -> None:
        self._messages = contract.messages
        self._schemas = schemas
        self._errors = errors

    def operation(self, bound: Bound, operation_id: str, tag: str, path: Path) -> dict[str, Any]:
        """The Operation Object; `path` has the names that its parameters really have."""
        method, binding = bound.method, bound.binding
        summary, description = _texts(method)
        found: dict[str, Any] = {"operationId": operation_id, "tags": [tag]}
        if summary:
            found["summary"] = summary
        if description:
            found["description"] = description
        if method.deprecated or bound.service.deprecated:
            found["deprecated"] = True
        request = self._messages[method.input]
        if parameters := [
            *(self._in_path(p, request) for p in path.parameters),
            *self._in_query(method, binding),
        ]:
            found["parameters"] = parameters
        if binding.body:
            found["requestBody"] = self._body(request, binding)
        found["responses"] = {"200": self._answer(method, binding)} | self._errors.responses(path)
        return found | {"x-grpc-method": method.full_name}

    def streaming(self, bound: Bound) -> dict[str, Any]:
        """What there is to say of an RPC that streams from the client, which no HTTP request can."""
        method = bound.method
        summary, description = _texts(method)
        found = {
            "verb": bound.binding.verb,
            "x-grpc-method": method.full_name,
            "summary": summary,
            "description": description,
            "send": {"schema": self._schemas.message(method.input, Use.INPUT), "stream": True},
            "receive": {
                "schema": self._schemas.message(method.output, Use.OUTPUT),
                "stream": method.server_streaming,
            },
        }
        return {key: value for key, value in found.items() if value != ""}

    def _in_path(self, parameter: Parameter, request: Message) -> dict[str, Any]:
        found: dict[str, Any] = {"name": parameter.name, "in": "path", "required": True}
        field = self._field(request, parameter.field) if parameter.field else None
        notes = [field.comment] if field and field.comment else []
        if field and parameter.name != parameter.field and not parameter.pattern:
            notes.append(f"The request's field `{parameter.field}`.")
        if parameter.pattern:
            notes.append(f"Part of the request's field `{parameter.field}`, which is `{parameter.pattern}`.")
        if parameter.is_deep:
            notes.append("May be several segments of the path; their slashes are then sent as they are.")
            found["x-multi-segment"] = True
        if notes:
            found["description"] = "\n\n".join(notes)
        whole = field is not None and not parameter.pattern
        schema = self._schemas.in_url(field) if whole and field else {"type": "string"}
        # An empty segment is another path.
        return found | {"schema": at_least("minLength", schema) if _is_text(schema) else schema}

    def _field(self, request: Message, path: str) -> Field:
        message, field = request, None
        for name in path.split("."):
            field = next(each for each in message.fields if each.name == name)
            message = self._messages.get(field.type_name, message)
        assert field is not None  # the contract's reader has checked the path
        return field

    def _in_query(self, method: Method, binding: Binding) -> list[dict[str, Any]]:
        if binding.body == "*":
            return []
        request = self._messages[method.input]
        bound = frozenset({v.name for v in binding.path.variables} | ({binding.body} - {""}))
        paths = query.leaves(request, self._messages, bound)
        return query.parameters(paths, self._schemas, method, self._messages)

    def _body(self, request: Message, binding: Binding) -> dict[str, Any]:
        within = Use.PATCH if query.is_partial(request) else Use.INPUT
        if self._is_raw(request, binding.body):
            return {
                "description": "The bytes, under their own type.",
                "required": False,
                "content": {"*/*": {}},
            }
        variables = [variable.field_path for variable in binding.path.variables]
        if binding.body == "*":
            bound = frozenset(path[0] for path in variables if len(path) == 1)
            schema = self._schemas.body(request, within, bound)
            rest = (field for field in request.fields if field.name not in bound)
            required = any(is_required(f, Use.INPUT) for f in rest) or bool(required_oneofs(request))
        else:
            field = self._field(request, binding.body)
            given = frozenset(path[1] for path in variables if len(path) == 2 and path[0] == binding.body)
            schema, required = self._field_body(field, within, given), is_required(field, Use.INPUT)
        return {"required": required, "content": {JSON: {"schema": schema}}}

    def _field_body(self, field: Field, within: Use, given: frozenset[str]) -> dict[str, Any]:
        required = is_required(field, Use.INPUT)
        if given and field.type_name in self._messages and not field.repeated:
            schema = self._schemas.without_required(self._messages[field.type_name], within, given)
        else:
            schema = self._schemas.value(field, within)
        return schema if required else nullable(schema)

    def _answer(self, method: Method, binding: Binding) -> dict[str, Any]:
        if self._is_raw(self._messages[method.output], binding.response_body):
            return {"description": "The bytes, as the service names their type.", "content": {"*/*": {}}}
        schema = self._schemas.message(method.output, Use.OUTPUT)
        if binding.response_body:
            field = self._field(self._messages[method.output], binding.response_body)
            schema = self._schemas.value(replace(field, behaviors=frozenset()), Use.OUTPUT)
            schema = nullable(schema) if field.has_presence else schema
        if not method.server_streaming:
            return {"description": "The answer.", "content": {JSON: {"schema": schema}}}
        item = self._item(schema)
        description = (
            "A stream: one object a line or event, with a `result` each; "
            "a failure after the first is the last one, with an `error`."
        )
        media = {"schema": item}
        return {
            "description": description,
            "content": {"application/x-ndjson": media, "text/event-stream": dict(media)},
        }

    def _is_raw(self, message: Message, name: str) -> bool:
        """Whether a body, the whole message or its field `name`, is sent as it is instead of as JSON."""
        if name in ("", "*"):
            return message.full_name == RAW
        field = self._field(message, name)
        return field.type_name == RAW and not field.repeated

    def _item(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "oneOf": [
                {"type": "object", "properties": {"result": schema}, "required": ["result"]},
                self._errors.envelope(),
            ]
        }


def _is_text(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "string" and "enum" not in schema


def _texts(method: Method) -> tuple[str, str]:
    """The first line or sentence of the comment, and the whole comment where it says more."""
    comment = method.comment.strip()
    first = comment.split("\n\n")[0].replace("\n", " ")
    summary = first.split(". ")[0].removesuffix(".")
    said = summary == first.removesuffix(".") and comment.replace("\n", " ") == first
    return summary, "" if said else comment
