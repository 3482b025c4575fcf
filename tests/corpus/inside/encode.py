"""A request as HTTP by the specification alone: google/api/http.proto over protobuf's own json_format.

A message that its binding can carry (`constrain`) is written in one of the ways that the specification leaves open,
by chance: proto names or JSON names, enums by name or by number, defaults or none.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as Field

from ..descriptors import Rule
from . import url_template
from .constrain import ONE_TEXT


@dataclass(frozen=True, slots=True)
class HttpCall:
    """`target` is path and query as they stand in the request line; `body` is None for none."""

    verb: str
    target: str
    body: bytes | None
    content_type: str = "application/json"


def encode(message: Any, rule: Rule, rng: random.Random, pool: Any) -> HttpCall:
    template = url_template.parse(rule.path)
    path = url_template.expand(template, {name: _at(message, name) for name in template.variables})
    style = _style(rng, pool)
    if rule.body == "*":
        inner = json_format.MessageToDict(message, **style)
        if rng.random() < 0.5:  # the path says it; a client may say it once more, or not
            for name in template.variables:
                _drop(inner, message.DESCRIPTOR, name.split("."))
        return HttpCall(rule.verb, path, json.dumps(inner, ensure_ascii=rng.random() < 0.5).encode())
    left_out = {*template.variables, rule.body}
    pairs = list(_pairs(message, (), left_out, preserve=rng.random() < 0.5))
    if len({name for name, _ in pairs}) == len(pairs):  # the values of one name have an order
        rng.shuffle(pairs)
    space = rng.choice(("%20", "+"))
    query = "&".join(f"{quote(name)}={quote(text, safe='').replace('%20', space)}" for name, text in pairs)
    body = json.dumps(_body(message, rule.body, style)).encode() if rule.body else None
    return HttpCall(rule.verb, f"{path}?{query}" if query else path, body)


def _style(rng: random.Random, pool: Any) -> dict[str, Any]:
    return {
        "preserving_proto_field_name": rng.random() < 0.5,
        "use_integers_for_enums": rng.random() < 0.5,
        "always_print_fields_with_no_presence": rng.random() < 0.2,
        "descriptor_pool": pool,
    }


def _body(message: Any, name: str, style: dict[str, Any]) -> Any:
    field = message.DESCRIPTOR.fields_by_name[name]
    shown = name if style["preserving_proto_field_name"] else field.json_name
    found = json_format.MessageToDict(message, **style)
    if shown not in found:  # a scalar or list without presence, at its default
        found = json_format.MessageToDict(message, **style | {"always_print_fields_with_no_presence": True})
    return found[shown]


def _drop(found: Any, descriptor: Any, names: list[str]) -> None:
    field = descriptor.fields_by_name[names[0]]
    for shown in (field.name, field.json_name):
        if shown in found:
            if len(names) > 1:
                _drop(found[shown], field.message_type, names[1:])
            else:
                del found[shown]


def _pairs(
    message: Any, above: tuple[Field, ...], left_out: set[str], *, preserve: bool
) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        path = (*above, field)
        if ".".join(each.name for each in path) in left_out:
            continue
        if field.message_type is not None and field.message_type.full_name not in ONE_TEXT:
            yield from _pairs(value, path, left_out, preserve=preserve)
            continue
        shown = ".".join(each.name if preserve else each.json_name for each in path)
        for item in value if field.is_repeated else [value]:
            yield shown, _text(field, item)


def _at(message: Any, name: str) -> str:
    *above, last = name.split(".")
    for parent in above:
        message = getattr(message, parent)
    return _text(message.DESCRIPTOR.fields_by_name[last], getattr(message, last))


def _text(field: Field, value: Any) -> str:
    if field.message_type is not None:
        value = json_format.MessageToDict(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return str(value) if known is None else str(known.name)
    if isinstance(value, float):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(value), repr(value))
    return str(value)
