"""JSON values into messages: a reader for each type, made of closures at its first use.

A reader follows the document's order, because the order decides: of null and a oneof's members for instance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import EncodeError, Message
from google.protobuf.message_factory import GetMessageClass

from .fault import Fault, is_encodable, shown
from .known import KNOWN, MAX_DEPTH, Reader, check_depth
from .scalars import reader_of
from .setters import Readers, Setter, setter_of
from .types import ANY, descriptor_of, is_wrapper, type_of

_EXTENSION = re.compile(r"\[[a-zA-Z0-9._]*\]$")  # "$" also stands before a last newline, as in json_format


def readers(*, ignore_unknown: bool) -> Readers:
    """The readers by class: `readers(ignore_unknown=False)[Item](value, message, 1)`; they raise Fault."""
    return _LENIENT if ignore_unknown else _STRICT


@cache
def field_setter(descriptor: Descriptor, name: str, *, ignore_unknown: bool) -> Setter:
    """The setter of one field, by its proto name."""
    kind, field = GetMessageClass(descriptor), descriptor.fields_by_name[name]
    return setter_of(kind, field, readers(ignore_unknown=ignore_unknown))


class _Fields:
    """The setters of a type's fields by the names that they have in JSON."""

    def __init__(self, kind: type[Message], others: Readers) -> None:
        self.kind = kind
        self.descriptor = descriptor_of(kind)
        self.readers = others
        fields = list(self.descriptor.fields)
        made = {field.name: setter_of(kind, field, others) for field in fields}
        self.by_json_name = {field.json_name: made[field.name] for field in fields}
        self.by_name = {field.name: (made[field.name], field.json_name) for field in fields}
        self.names = {field.json_name: field.name for field in fields}
        meant = {field.name: field for field in fields} | {field.json_name: field for field in fields}
        self.oneofs = {
            name: field.containing_oneof.name
            for name, field in meant.items()
            if field.containing_oneof is not None
        }

    def other(self, name: str, given: Mapping[str, Any]) -> Setter:
        """The setter for what is not a JSON name: a proto name, "[an.extension]"; one that ignores the value."""
        if name in self.by_name:
            setter, json_name = self.by_name[name]
            if json_name in given and self.by_json_name[json_name] is setter:
                raise Fault(f"given twice, as {shown(json_name)} too")
            return setter
        extension = self._extension(name) if _EXTENSION.match(name) else None
        if extension is not None:
            return extension
        if not self.readers.ignore_unknown or not is_encodable(name):
            raise Fault(f"no such field in {self.descriptor.full_name}")
        return _ignore

    def _extension(self, name: str) -> Setter | None:
        """By the extension's full name, or that and a further part, which json_format takes too."""
        if not self.descriptor.is_extendable:
            raise Fault(f"{self.descriptor.full_name} has no extensions")
        for full_name in (name[1:-1], name[1:-1].rpartition(".")[0]):
            try:
                field = self.descriptor.file.pool.FindExtensionByName(full_name)
            except KeyError:
                continue
            if field.containing_type is not self.descriptor:
                raise Fault(f"an extension of another message than {self.descriptor.full_name}")
            return setter_of(self.kind, field, self.readers)
        return None


def _object(fields: _Fields) -> Reader:
    setters, oneofs = fields.by_json_name, fields.oneofs

    def read(value: Any, message: Any, depth: int) -> None:
        if depth > MAX_DEPTH or not isinstance(value, dict):
            check_depth(depth)
            raise Fault(f"expected an object, not {shown(value)}")
        if oneofs:
            _refuse_conflicts(oneofs, value)
        name = ""
        try:
            for name, item in value.items():
                (setters.get(name) or fields.other(name, value))(message, item, depth)
        except Fault as fault:
            fault.inside_field(fields.names.get(name, name))
            raise

    return read


def _refuse_conflicts(oneofs: Mapping[str, str], value: Mapping[str, Any]) -> None:
    """One member of a oneof may be given, beside those that are null."""
    seen = set()
    for name, item in value.items():
        oneof = oneofs.get(name)
        if oneof is not None and item is not None:
            if oneof in seen:
                raise Fault(f"another field of the oneof {oneof!r} is set already").inside_field(name)
            seen.add(oneof)


def _wrapper(descriptor: Descriptor) -> Reader:
    read_scalar = reader_of(descriptor.fields_by_name["value"])

    def read(value: Any, message: Any, depth: int) -> None:
        check_depth(depth)
        message.value = read_scalar(value)

    return read


def _read_any(others: Readers, value: Any, message: Any, depth: int) -> None:
    """An object with "@type" beside the packed message's fields, or its "value" where its JSON is no object."""
    check_depth(depth)
    if not isinstance(value, dict):
        raise Fault(f"expected an object, not {shown(value)}")
    if not value:
        return
    url = value.get("@type")
    if not isinstance(url, str):
        raise Fault('expected the type of the message as "@type"')
    try:
        kind = type_of(url)
    except KeyError as error:
        raise Fault(f"unknown message type: {shown(url)}").inside_field("@type") from error
    descriptor, packed = descriptor_of(kind), kind()
    if (wrapped := is_wrapper(descriptor)) or descriptor.full_name == ANY or descriptor.full_name in KNOWN:
        _read_packed(others[kind], value, packed, depth if wrapped else depth + 1)
    else:
        others[kind]({name: item for name, item in value.items() if name != "@type"}, packed, depth)
    try:
        message.value = kind.SerializeToString(packed)
    except EncodeError as error:
        raise Fault(f"required fields of {descriptor.full_name} are missing") from error
    message.type_url = url


def _read_packed(read: Reader, value: Mapping[str, Any], packed: Message, depth: int) -> None:
    if "value" not in value:
        raise Fault('expected "value", in which this type is given')
    try:
        read(value["value"], packed, depth)
    except Fault as fault:
        fault.inside_field("value")
        raise


def _ignore(message: Any, value: Any, depth: int) -> None:
    """What is unknown, whatever it is."""


def _make(kind: type[Message], others: Readers) -> Reader:
    descriptor = descriptor_of(kind)
    if descriptor.full_name in KNOWN:
        return KNOWN[descriptor.full_name][1]
    if descriptor.full_name == ANY:
        return partial(_read_any, others)
    if is_wrapper(descriptor):
        return _wrapper(descriptor)
    return _object(_Fields(kind, others))


_STRICT = Readers(_make, ignore_unknown=False)
_LENIENT = Readers(_make, ignore_unknown=True)
