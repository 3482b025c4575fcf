"""Requests over HTTP, made from messages by google.api.http: the path expanded, the body, the rest as a query."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from .model import Rpc

_VARIABLE = re.compile(r"\{([A-Za-z0-9_.]+)(?:=([^}]*))?\}")
_AS_TEXT = {
    "google.protobuf.FieldMask",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
}


class InexpressibleError(Exception):
    """A request that the HTTP binding has no place for."""


def http_request(rpc: Rpc, request: Any) -> tuple[str, str, bytes | None]:
    """Verb, path with query, and JSON body of a call."""
    assert rpc.binding is not None
    used: set[str] = set()
    path = _VARIABLE.sub(lambda match: _expanded(match, request, used), rpc.binding.template)
    body = None
    if rpc.binding.body == "*":
        document = _json(request)
        for variable in used - {name for name in used if "." in name}:
            document.pop(request.DESCRIPTOR.fields_by_name[variable].json_name, None)
        return rpc.binding.verb, path, json.dumps(document).encode()
    if rpc.binding.body:
        # An absent message is an absent body: `{}` would be an empty one.
        name = rpc.binding.body
        present = not request.DESCRIPTOR.fields_by_name[name].has_presence or request.HasField(name)
        body = json.dumps(_json(getattr(request, name))).encode() if present else b""
        used.add(name)
    query = "&".join(
        f"{name}={quote(value, safe='')}" for name, value in _query(request, "", used | {rpc.binding.body})
    )
    return rpc.binding.verb, f"{path}?{query}" if query else path, body


def _json(message: Any) -> dict[str, Any]:
    document: dict[str, Any] = json_format.MessageToDict(message)
    return document


def _expanded(match: re.Match[str], request: Any, used: set[str]) -> str:
    value = request
    for name in match[1].split("."):
        value = getattr(value, name)
    text = str(value)
    segments = (match[2] or "*").split("/")
    given = text.split("/")
    fits = len(segments) == len(given) or segments[-1] == "**"
    if (
        not fits
        or not all(given)
        or any(s not in ("*", "**", g) for s, g in zip(segments, given, strict=False))
    ):
        raise InexpressibleError(f"{text!r} does not fit {match[0]}")
    used.add(match[1])
    return "/".join(quote(each, safe="") for each in given)


def _query(message: Any, prefix: str, used: set[str]) -> list[tuple[str, str]]:
    """The fields that neither the path nor the body holds, as parameters."""
    found: list[tuple[str, str]] = []
    for descriptor, value in message.ListFields():
        name = prefix + descriptor.name
        if name in used:
            continue
        parameter = prefix + descriptor.json_name
        if descriptor.message_type is None:
            values = value if descriptor.is_repeated else [value]
            found += [(parameter, _scalar(descriptor, each)) for each in values]
        elif descriptor.is_repeated:
            raise InexpressibleError(f"{name} is no query parameter")
        elif descriptor.message_type.full_name in _AS_TEXT:
            try:
                text = value.ToJsonString()
            except ValueError as error:  # a mask whose paths have no form in camelCase
                raise InexpressibleError(str(error)) from error
            found.append((parameter, text))
        else:
            found += _query(value, f"{name}.", used)
    return found


def _scalar(descriptor: FieldDescriptor, value: Any) -> str:
    if descriptor.enum_type is not None:
        named = descriptor.enum_type.values_by_number.get(value)
        return str(value) if named is None else str(named.name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
