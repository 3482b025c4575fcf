"""How one field of a message is set from JSON: a closure for each field."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from .fault import Fault, shown
from .known import Reader
from .scalars import SKIP, key_reader_of, reader_of
from .types import VALUE, descriptor_of, is_map, is_null, value_type

Setter = Callable[[Any, Any, int], None]
"""(message, JSON value, the message's depth): sets the field, or clears it for null."""


class Readers(dict[type[Message], Reader]):
    """The readers of messages so far; what is missing is made. Two threads that miss at once make one twice."""

    def __init__(self, make: Callable[[type[Message], Readers], Reader], *, ignore_unknown: bool) -> None:
        super().__init__()
        self.make = make
        self.ignore_unknown = ignore_unknown

    def __missing__(self, kind: type[Message]) -> Reader:
        reader = self[kind] = self.make(kind, self)
        return reader


def setter_of(kind: type[Message], field: FieldDescriptor, readers: Readers) -> Setter:
    """The setter of a field of the class, or of an extension."""
    place = _Place(kind, field)
    if is_map(field):
        return _map_setter(place, field, readers)
    if field.message_type is not None:
        child = GetMessageClass(field.message_type)
        return (_messages_setter if field.is_repeated else _message_setter)(place, child, readers)
    read = reader_of(field, ignore_unknown=readers.ignore_unknown)
    if field.is_repeated:
        return _scalars_setter(place, read)
    if field.is_extension or field.enum_type is not None:
        return _scalar_setter(place, read, null=0 if is_null(field) else None)
    return _attribute_setter(
        place, field.name, read, str if field.type == FieldDescriptor.TYPE_STRING else None
    )


class _Place:
    """A field or an extension in any message of a class. What it does, it does by the class' methods: a message
    may have fields of their names, and an instance has only those then.
    """

    def __init__(self, kind: type[Message], field: FieldDescriptor) -> None:
        self.get: Callable[[Any], Any]
        self.clear: Callable[[Any], None]
        self.put: Callable[[Any, Any], None]
        name = field.name
        if field.is_extension:
            of: Any = kind
            self.get = lambda message: of.Extensions.__get__(message)[field]
            self.clear = lambda message: of.ClearExtension(message, field)
            self.put = lambda message, value: of.Extensions.__get__(message).__setitem__(field, value)
        else:
            self.get = attrgetter(name)
            self.clear = lambda message: kind.ClearField(message, name)
            self.put = lambda message, value: setattr(message, name, value)


def _attribute_setter(
    place: _Place, name: str, read: Callable[[Any], Any], plain: type[str] | None
) -> Setter:
    """`plain`: the type whose values need no more than to be ASCII, so that most strings are set without a call."""

    def put(message: Any, value: Any, depth: int) -> None:
        if type(value) is plain and value.isascii():
            setattr(message, name, value)
        elif value is None:
            place.clear(message)
        else:
            setattr(message, name, read(value))

    return put


def _scalar_setter(place: _Place, read: Callable[[Any], Any], null: int | None) -> Setter:
    """Of an enum or an extension; `null` is what JSON's null stands for, None where it clears the field."""

    def put(message: Any, value: Any, depth: int) -> None:
        found = null if value is None else read(value)
        if found is None:
            place.clear(message)
        elif found is not SKIP:
            place.put(message, found)

    return put


def _scalars_setter(place: _Place, read: Callable[[Any], Any]) -> Setter:
    def put(message: Any, value: Any, depth: int) -> None:
        place.clear(message)
        if value is None:
            return
        _check_array(value)
        found = []
        index = -1
        try:
            for item in value:
                index += 1
                scalar = read(item)
                if scalar is not SKIP:
                    found.append(scalar)
        except Fault as fault:
            fault.inside_item(index)
            raise
        place.get(message).extend(found)

    return put


def _message_setter(place: _Place, kind: type[Message], readers: Readers) -> Setter:
    null_is_value = descriptor_of(kind).full_name == VALUE
    read: Reader | None = None  # found at the first use: types may contain themselves

    def put(message: Any, value: Any, depth: int) -> None:
        nonlocal read
        if value is None and not null_is_value:
            place.clear(message)
            return
        if read is None:
            read = readers[kind]
        inner = place.get(message)
        kind.SetInParent(inner)
        read(value, inner, depth + 1)

    return put


def _messages_setter(place: _Place, kind: type[Message], readers: Readers) -> Setter:
    null_is_value = descriptor_of(kind).full_name == VALUE

    def put(message: Any, value: Any, depth: int) -> None:
        place.clear(message)
        if value is None:
            return
        _check_array(value)
        read, add = readers[kind], place.get(message).add
        index = -1
        try:
            for item in value:
                index += 1
                if item is None and not null_is_value:
                    raise Fault("null cannot be an item")
                read(item, add(), depth + 1)
        except Fault as fault:
            fault.inside_item(index)
            raise

    return put


def _map_setter(place: _Place, field: FieldDescriptor, readers: Readers) -> Setter:
    key_field, value_field = (value_type(field).fields_by_name[name] for name in ("key", "value"))
    put_item = (_scalar_item_setter if value_field.message_type is None else _message_item_setter)(
        key_field, value_field, readers
    )

    def put(message: Any, value: Any, depth: int) -> None:
        place.clear(message)
        if value is None:
            return
        if not isinstance(value, dict):
            raise Fault(f"expected an object, not {shown(value)}")
        found = place.get(message)
        key = ""
        try:
            for key, item in value.items():
                put_item(found, key, item, depth)
        except Fault as fault:
            fault.inside_key(key)
            raise

    return put


ItemSetter = Callable[[Any, str, Any, int], None]
"""(map, key in JSON, JSON value, depth). Keys that are equal as numbers ("1", "01") are one: the later value wins, a
message is merged.
"""


def _scalar_item_setter(key: FieldDescriptor, value: FieldDescriptor, readers: Readers) -> ItemSetter:
    read_key, read_key_only = key_reader_of(key), key_reader_of(key, any_size=True)
    read = reader_of(value, ignore_unknown=readers.ignore_unknown)

    def put(found: Any, name: str, item: Any, depth: int) -> None:
        value = read(item)
        if value is SKIP:
            read_key_only(name)  # json_format looks at a key's size when it sets the value
        else:
            found[read_key(name)] = value

    return put


def _message_item_setter(key: FieldDescriptor, value: FieldDescriptor, readers: Readers) -> ItemSetter:
    read_key, kind = key_reader_of(key), GetMessageClass(value_type(value))

    def put(found: Any, name: str, item: Any, depth: int) -> None:
        readers[kind](item, found[read_key(name)], depth + 1)

    return put


def _check_array(value: Any) -> None:
    if not isinstance(value, list | tuple):
        raise Fault(f"expected an array, not {shown(value)}")
