"""Making a random message one that an HTTP binding can carry (google/api/http.proto)."""

from __future__ import annotations

import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as Field

from ..descriptors import Rule
from . import url_template
from .random_messages import NOT_EMPTY, is_required

# Messages whose JSON form is one string, number or boolean.
ONE_TEXT = frozenset(
    f"google.protobuf.{name}"
    for name in (
        *("Timestamp", "Duration", "FieldMask", "BoolValue", "BytesValue", "DoubleValue", "FloatValue"),
        *("Int32Value", "Int64Value", "StringValue", "UInt32Value", "UInt64Value"),
    )
)


def constrain(message: Any, rule: Rule, rng: random.Random) -> None:
    """Gives path variables values that fit, and takes away what neither path, query nor body can carry."""
    template = url_template.parse(rule.path)
    for name, wanted in template.variables.items():
        _set_variable(message, name.split("."), wanted, rng)
    if rule.body == "*":
        return
    for field, value in message.ListFields():
        if field.name != rule.body:
            _prune(message, field, value, (field.name,), frozenset(template.variables))
    _complete(message, without=rule.body)
    if rule.body:  # what is absent from the body, and what is there but empty, are the same to some clients
        body = message.DESCRIPTOR.fields_by_name[rule.body]
        if body.message_type is not None and not body.is_repeated:
            getattr(message, rule.body).SetInParent()


def constrain_stream(messages: list[Any], rule: Rule, rng: random.Random) -> None:
    """The same for the messages of a stream, which share path and query and differ in what is their body."""
    first, *others = messages
    constrain(first, rule, rng)
    template = url_template.parse(rule.path)
    for message in others:
        if rule.body == "*":
            for name in template.variables:
                _copy_at(first, message, name.split("."))
        else:
            body = type(first)()
            body.CopyFrom(message)
            message.CopyFrom(first)
            message.ClearField(rule.body)
            message.MergeFrom(_only(body, rule.body))


def _copy_at(source: Any, target: Any, names: list[str]) -> None:
    for parent in names[:-1]:
        source, target = getattr(source, parent), getattr(target, parent)
    setattr(target, names[-1], getattr(source, names[-1]))


def _only(message: Any, name: str) -> Any:
    for field, _ in message.ListFields():
        if field.name != name:
            message.ClearField(field.name)
    return message


def _set_variable(message: Any, names: list[str], wanted: tuple[str, ...], rng: random.Random) -> None:
    for parent in names[:-1]:
        message = getattr(message, parent)
    field = message.DESCRIPTOR.fields_by_name[names[-1]]
    if field.message_type is not None:
        message.ClearField(field.name)
        getattr(message, field.name).value = url_template.example(wanted, rng)
    elif field.type == Field.TYPE_STRING:
        setattr(message, field.name, url_template.example(wanted, rng))
    elif field.type == Field.TYPE_BYTES:
        setattr(message, field.name, b"\xfb\xff")
    elif field.cpp_type == Field.CPPTYPE_BOOL:
        setattr(message, field.name, rng.random() < 0.5)
    elif field.enum_type is not None:
        setattr(message, field.name, rng.choice(field.enum_type.values).number)
    else:
        setattr(message, field.name, rng.randrange(2**31))


def _prune(message: Any, field: Field, value: Any, path: tuple[str, ...], kept: frozenset[str]) -> None:
    """Clears what no query parameter can name: maps, repeated messages, and messages that are there but empty."""
    if field.message_type is None or field.message_type.full_name in ONE_TEXT:
        return
    inside = field.message_type.full_name
    if field.is_repeated or inside.startswith("google.protobuf."):
        message.ClearField(field.name)
        return
    for below, found in value.ListFields():
        _prune(value, below, found, (*path, below.name), kept)
    if not value.ListFields() and not any(name.startswith(".".join(path) + ".") for name in kept):
        message.ClearField(field.name)


def _complete(message: Any, without: str = "") -> None:
    """Sets again what is REQUIRED and was taken away, to something that a query can name."""
    for field in message.DESCRIPTOR.fields:
        if field.name == without:
            continue
        value = getattr(message, field.name)
        if is_required(field) and not (message.HasField(field.name) if field.has_presence else value):
            _express(message, field)
        elif field.message_type is not None and not field.is_repeated and message.HasField(field.name):
            _complete(value)


def _express(message: Any, field: Field) -> None:
    if field.message_type is None:
        value = NOT_EMPTY.get(field.type, 1)
        if field.is_repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)
    elif not field.is_repeated:
        inner = getattr(message, field.name)
        inner.SetInParent()
        _complete(inner)
        if field.message_type.full_name not in ONE_TEXT:
            for below in sorted(field.message_type.fields, key=lambda each: each.message_type is not None):
                if not inner.ListFields():
                    _express(inner, below)
