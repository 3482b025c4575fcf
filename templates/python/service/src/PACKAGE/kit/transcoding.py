"""HTTP ↔ messages for unary calls: google.api.http (google/api/http.proto) over the proto3 JSON mapping.

A request message is filled from the body, then the path, then the query. What is malformed ends in
InvalidArgumentError naming the field; nothing that a client sends makes these functions raise anything else.

A body is JSON, or a RawBody where the binding has one (`raw_body`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from google.protobuf.message import Message

from . import field_text, fields, path
from .errors import InvalidArgumentError
from .protojson import codec
from .raw_body import RawBody
from .rpc import HttpBinding, Method

Res = TypeVar("Res", bound=Message)

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def parse_query(query: bytes) -> list[tuple[str, str]]:
    """The pairs of a raw query string, in order."""
    if not query:
        return []
    if _BAD_ESCAPE.search(query):
        raise InvalidArgumentError.field("query", "broken percent-encoding")
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:  # not ASCII, or escapes that are not UTF-8
        raise InvalidArgumentError.field("query", "not valid UTF-8") from error


def decode_request(
    method: Method[Any, Any],
    binding: HttpBinding,
    path_values: Mapping[str, str],
    query: Iterable[tuple[str, str]],
    body: bytes,
    *,
    ignore_unknown: bool = False,
) -> Message:
    """The request message. The body is ignored unless the binding has one; an empty body of JSON sets nothing.

    Fields and query parameters that the message does not have are an error, unless `ignore_unknown`.
    """
    message: Message = method.request()
    if isinstance(body, RawBody):
        body.put(message, binding.body)
    elif binding.body and body.strip():
        _merge_body(message, binding.body, body, ignore_unknown=ignore_unknown)
    for name, text in path_values.items():
        fields.assign(message, fields.resolve(message.DESCRIPTOR, name), name, [text])
    for parameter in _parameters(message, query, ignore_unknown=ignore_unknown):
        _refuse_bound_elsewhere(parameter, path_values, binding.body)
        fields.assign(message, parameter.path, parameter.name, parameter.texts)
    return message


@dataclass(frozen=True, slots=True)
class _Parameter:
    """All values that a query has for one field; `name` is how the first of them is called."""

    name: str
    path: fields.FieldPath
    texts: list[str]


def _parameters(
    message: Message, query: Iterable[tuple[str, str]], *, ignore_unknown: bool
) -> Iterable[_Parameter]:
    """The query by field: a field may be named in two ways, and both mean it."""
    found: dict[str, _Parameter] = {}
    for name, text in query:
        try:
            path = fields.resolve(message.DESCRIPTOR, name)
        except fields.UnknownFieldError:
            if ignore_unknown:
                continue
            raise
        found.setdefault(fields.dotted(path), _Parameter(name, path, [])).texts.append(text)
    return found.values()


def encode_response(binding: HttpBinding, message: Message) -> bytes:
    """The JSON text of the response, or of its one field that the binding names; compact, in UTF-8."""
    if not binding.response_body:
        return codec.encode(message)
    return codec.dump(codec.field_value(message, binding.response_body))


def encode_request(
    method: Method[Any, Any], binding: HttpBinding, message: Message, *, raw: bool = False
) -> tuple[str, str, list[tuple[str, str]], bytes | None]:
    """A client's verb, path, query pairs and body (None for none): JSON, or a RawBody if `raw`.

    Raises InvalidArgumentError where the message cannot be written this way: a path variable without a
    fitting value, a map or repeated message that would go to the query, more in an HttpBody than its bytes.
    """
    write = _raw_body if raw else _body
    template = path.compile(binding.path)
    bound = {bound.field for bound in template.bindings}
    values = {name: _single(message, name) for name in bound}
    expanded = template.expand(values)
    if binding.body == "*":
        rest = type(message)()
        rest.CopyFrom(message)
        for name in bound:
            _clear(rest, fields.resolve(message.DESCRIPTOR, name))
        return binding.verb, expanded, [], write(rest, "")
    query = [
        (fields.query_name(leaf), text)
        for leaf in fields.set_leaves(message)
        if not _in_url_or_body(leaf, bound, binding.body)
        for text in _query_texts(message, leaf)
    ]
    return binding.verb, expanded, query, write(message, binding.body) if binding.body else None


def decode_response(method: Method[Any, Res], binding: HttpBinding, value: Any) -> Res:
    """A client's view of a response's JSON value, or RawBody. Unknown fields, from a newer server, are ignored.

    ValueError where the value does not have the shape of the response.
    """
    message = method.response()
    try:
        if isinstance(value, RawBody):
            value.put(message, binding.response_body)
        elif binding.response_body:
            codec.merge_field(value, message, binding.response_body, ignore_unknown=True)
        else:
            codec.merge(value, message, ignore_unknown=True)
    except InvalidArgumentError as error:
        raise ValueError(f"not a JSON {message.DESCRIPTOR.full_name}: {error.message}") from error
    return message


def _merge_body(message: Message, name: str, body: bytes, *, ignore_unknown: bool) -> None:
    if name == "*":
        codec.decode(body, message, ignore_unknown=ignore_unknown)
    else:
        codec.merge_field(codec.parse(body), message, name, ignore_unknown=ignore_unknown)


def _body(message: Message, name: str) -> bytes:
    """The JSON text of a message, or of one of its fields."""
    try:
        if not name:
            return codec.encode(message)
        return codec.dump(codec.field_value(message, name))
    except ValueError as error:
        raise InvalidArgumentError(f"{name or 'body'}: {error}") from error


def _raw_body(message: Message, name: str) -> bytes:
    found: Any = getattr(message, name) if name else message
    if found.extensions:
        raise InvalidArgumentError.field("extensions", "have no place in a body that is only its bytes")
    try:
        return RawBody.of(message, name)
    except ValueError as error:
        raise InvalidArgumentError(str(error)) from error


def _refuse_bound_elsewhere(parameter: _Parameter, path_values: Mapping[str, str], body: str) -> None:
    if fields.dotted(parameter.path) in path_values:
        raise InvalidArgumentError.field(parameter.name, "already given in the path")
    if body in ("*", parameter.path[0].name):
        raise InvalidArgumentError.field(parameter.name, "belongs in the body, not in the query")


def _single(message: Message, name: str) -> str:
    texts = fields.texts_of(message, fields.resolve(message.DESCRIPTOR, name))
    return texts[0] if texts else ""


def _clear(message: Message, found: fields.FieldPath) -> None:
    for parent in found[:-1]:
        if not message.HasField(parent.name):
            return
        message = getattr(message, parent.name)
    message.ClearField(found[-1].name)


def _in_url_or_body(leaf: fields.FieldPath, bound: set[str], body: str) -> bool:
    name = fields.dotted(leaf)
    # An empty message is there for the server as soon as a variable of the path is in it.
    return leaf[0].name == body or name in bound or any(each.startswith(f"{name}.") for each in bound)


def _query_texts(message: Message, leaf: fields.FieldPath) -> list[str]:
    if not field_text.is_text(leaf[-1]):
        raise InvalidArgumentError.field(fields.dotted(leaf), "cannot be sent in a query")
    return fields.texts_of(message, leaf)
