"""A message's fields as text, as a URL holds them: addressed by dotted path, in the proto3 JSON notation.

Field paths take proto names and JSON names alike. Repeated fields take several texts. Maps, repeated messages
and messages whose JSON form is neither an object of fields nor one string cannot be written in a URL
(google/api/http.proto, "Special notes").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from .errors import InvalidArgumentError
from .field_text import is_opaque, is_text, json_value, kind, kinds, quoted, shown, text_of
from .protojson import codec

FieldPath = tuple[FieldDescriptor, ...]

_MAX_DEPTH = 100  # as deep as protobuf reads messages


class UnknownFieldError(InvalidArgumentError):
    """A field path that leads to no field."""


@lru_cache(maxsize=4096)
def resolve(descriptor: Descriptor, name: str) -> FieldPath:
    """The fields along a dotted path; UnknownFieldError, naming it, where there is none.

    Raises InvalidArgumentError for a path that goes on behind a repeated field or a map.
    """
    path: list[FieldDescriptor] = []
    inside: Descriptor | None = descriptor
    for part in name.split("."):
        if path and path[-1].is_repeated:
            raise InvalidArgumentError.field(
                shown(name), f"{path[-1].name} is {kinds(path[-1])}, not one message"
            )
        plain = part.partition("[")[0]  # map[key], as some gateways have it
        field = None if inside is None else _find(inside, part) or _find(inside, plain)
        if field is None:
            raise UnknownFieldError.field(shown(name), f"no such field in {descriptor.full_name}")
        if plain != part:
            raise InvalidArgumentError.field(
                shown(name), f"elements of {kinds(field)} cannot be given in a URL"
            )
        if len(path) == _MAX_DEPTH:
            raise InvalidArgumentError.field(shown(name), f"leads through more than {_MAX_DEPTH} messages")
        path.append(field)
        inside = None if is_opaque(field) else field.message_type
    return tuple(path)


def dotted(path: FieldPath) -> str:
    """The path in proto names, whatever it was written in."""
    return ".".join(field.name for field in path)


def assign(message: Message, path: FieldPath, name: str, texts: Sequence[str]) -> None:
    """Sets the field at `path` from texts; errors call it `name`, as the caller did."""
    field = path[-1]
    if not is_text(field):
        raise InvalidArgumentError.field(shown(name), f"{kinds(field)} cannot be given in a URL")
    if len(texts) > 1 and not field.is_repeated:
        raise InvalidArgumentError.field(shown(name), f"given {len(texts)} times, but it is not repeated")
    target = message
    for parent in path[:-1]:
        _refuse_second_of_oneof(target, parent, name)
        target = getattr(target, parent.name)
    _refuse_second_of_oneof(target, field, name)
    if field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated:
        setattr(target, field.name, texts[0])
        return
    try:
        values = [json_value(field, text) for text in texts]
        codec.merge_field(values if field.is_repeated else values[0], target, field.name)
    except (ValueError, InvalidArgumentError) as error:
        raise _not_a(field, name, ", ".join(texts)) from error


def texts_of(message: Message, path: FieldPath) -> list[str]:
    """The field's value or values as text, the inverse of `assign`.

    None where it, or a message that holds it, has presence and is not set. Raises InvalidArgumentError where
    a value has no such text.
    """
    target, field = message, path[-1]
    for parent in path[:-1]:
        if not target.HasField(parent.name):
            return []
        target = getattr(target, parent.name)
    if field.has_presence and not target.HasField(field.name):
        return []
    value = getattr(target, field.name)
    try:
        return [text_of(field, item) for item in (value if field.is_repeated else [value])]
    except ValueError as error:
        raise InvalidArgumentError.field(dotted(path), "cannot be written in a URL") from error


def set_leaves(message: Message, above: FieldPath = ()) -> Iterator[FieldPath]:
    """The paths of all fields that are set, descending into messages that hold any; one that is set and holds
    none is a leaf as well.
    """
    for field, value in message.ListFields():
        path = (*above, field)
        if is_text(field) or field.is_repeated or field.is_extension or is_opaque(field):
            yield path
        elif value.ListFields():
            yield from set_leaves(value, path)
        else:
            yield path


def query_name(path: FieldPath) -> str:
    """The name of a query parameter: JSON names, where they lead back to the fields."""
    return ".".join(
        field.json_name if "." not in field.json_name and _leads_back(field) else field.name for field in path
    )


def _leads_back(field: FieldDescriptor) -> bool:
    owner = field.containing_type
    return owner is not None and _find(owner, field.json_name) is field


def _find(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    field = descriptor.fields_by_name.get(name)
    if field is None:
        field = next((field for field in descriptor.fields if field.json_name == name), None)
    return field


def _refuse_second_of_oneof(message: Message, field: FieldDescriptor, name: str) -> None:
    oneof = field.containing_oneof
    if oneof is not None and message.WhichOneof(oneof.name) not in (None, field.name):
        raise InvalidArgumentError.field(
            shown(name), f"another field of the oneof {oneof.name!r} is set already"
        )


def _not_a(field: FieldDescriptor, name: str, text: str) -> InvalidArgumentError:
    told = f"{quoted(text)} is not a valid {kind(field)}"
    if kind(field) == "google.protobuf.FieldMask" and "_" in text:
        told += "; it has the names of JSON, as in pageCount"
    return InvalidArgumentError.field(shown(name), told)
