"""What is said of a field beside its type: whether it has to be there, how one looks that is not set, its default."""

from __future__ import annotations

import base64
from enum import StrEnum
from itertools import combinations
from typing import Any

from scaffolder.contract.model import Field, Kind, Message
from scaffolder.targets.openapi import wellknown
from scaffolder.targets.openapi.constraints import needs_value
from scaffolder.targets.openapi.wellknown import Schema

_MOST_OF_ONEOF = 24
"""A oneof with more fields than this is described and not constrained: the pairs grow with the square."""


class Use(StrEnum):
    """What a schema describes; the value is the suffix of its name where a message has several uses."""

    OUTPUT = ""
    INPUT = "Input"
    PATCH = "Patch"


def is_required(field: Field, use: Use) -> bool:
    """Whether a message without this field is refused, or is not written.

    google.api.field_behavior's REQUIRED is about requests (AIP-203), and so are rules; proto2's label is about both.
    """
    if field.required or (use is not Use.OUTPUT and needs_value(field)):
        return True
    if use is not Use.INPUT or not _is_asked_for(field) or field.oneof:
        return False
    # A number that is not there is the number 0, which a contract cannot mean to refuse.
    is_container = field.repeated or field.map_key is not None
    return field.has_presence or is_container or field.kind in (Kind.STRING, Kind.BYTES)


def required_oneofs(message: Message) -> list[str]:
    """The oneofs of which a request has to have a field: those with a REQUIRED one."""
    return list(dict.fromkeys(each.oneof for each in message.fields if each.oneof and _is_asked_for(each)))


def _is_asked_for(field: Field) -> bool:
    return "REQUIRED" in field.behaviors and "OUTPUT_ONLY" not in field.behaviors


def nullable(schema: Schema) -> Schema:
    """The schema with null, which stands for a field that is not set."""
    if "enum" in schema:
        if None in schema["enum"]:
            return schema
        schema = schema | {"enum": [*schema["enum"], None]}
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return schema | {"type": [*types, "null"]} if "null" not in types else schema
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def described(field: Field) -> str:
    """The comment of a field with what its options say in words."""
    notes = [field.comment] if field.comment else []
    if field.oneof:
        notes.append(f"At most one field of the oneof `{field.oneof}` is set.")
    if "IMMUTABLE" in field.behaviors:
        notes.append("Immutable: cannot change once it is set.")
    return "\n\n".join(notes)


def filled(field: Field, schema: Schema) -> Schema:
    """A required field is there and, where a default cannot be told from no value, is not empty (AIP-203)."""
    if "REQUIRED" not in field.behaviors or field.has_presence:
        return schema
    if field.map_key is not None:
        return at_least("minProperties", schema)
    if field.repeated:
        return at_least("minItems", schema)
    return at_least("minLength", schema) if field.kind in (Kind.STRING, Kind.BYTES) else schema


def at_least(keyword: str, schema: Schema) -> Schema:
    """The schema with a lower bound of one, where it has none that is higher."""
    return schema | {keyword: max(1, schema.get(keyword, 1))}


def oneofs(message: Message, use: Use) -> Schema:
    """What a request may not hold: two fields of one oneof that are both set; what it must: one of some of them."""
    found: Schema = {}
    names = {field.name: field.json_name for field in message.fields}
    groups = [tuple(f.name for f in message.fields if f.oneof == oneof) for oneof in message.oneofs]
    rules = message.rules.oneofs if message.rules else ()
    excluding = list(dict.fromkeys([*groups, *(rule.fields for rule in rules)]))
    pairs = [
        _set(names[one], names[other])
        for group in excluding
        if len(group) <= _MOST_OF_ONEOF
        for one, other in combinations(group, 2)
    ]
    if pairs:
        found["not"] = {"anyOf": pairs}
    wanted = [rule.fields for rule in rules if rule.required]
    for oneof in required_oneofs(message) if use is Use.INPUT else ():
        wanted.append(tuple(field.name for field in message.fields if field.oneof == oneof))
    needed = [{"anyOf": [_set(names[name]) for name in group]} for group in dict.fromkeys(wanted)]
    return found | ({"allOf": needed} if needed else {})


def _set(*names: str) -> Schema:
    """Fields that are there and not null, which stands for a field that is not."""
    return {"required": [*names], "properties": {name: {"not": {"type": "null"}} for name in names}}


def default(field: Field) -> Any:
    """proto2's default in its JSON form."""
    text = field.default
    if field.kind is Kind.BOOL:
        return text == "true"
    if field.kind in wellknown.INTEGERS:
        return text if wellknown.INTEGERS[field.kind].endswith("64") else int(text)
    if field.kind in wellknown.FLOATS:
        return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(text) or float(text)
    if field.kind is Kind.BYTES:
        raw = text.encode("latin-1", "replace").decode("unicode_escape").encode("latin-1", "replace")
        return base64.b64encode(raw).decode()
    return text
