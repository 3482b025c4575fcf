"""What a descriptor says that matters in JSON."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, cast

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

ANY: Final = "google.protobuf.Any"
VALUE: Final = "google.protobuf.Value"
NULL_VALUE: Final = "google.protobuf.NullValue"


def descriptor_of(kind: type[Message]) -> Descriptor:
    """The class' descriptor. An instance may have a field that is called DESCRIPTOR."""
    return cast(Descriptor, kind.DESCRIPTOR)


def value_type(field: FieldDescriptor) -> Descriptor:
    """The type of a field that is a message, or of a map's entries."""
    assert field.message_type is not None
    return field.message_type


def is_map(field: FieldDescriptor) -> bool:
    """Whether it is a map, which is a repeated message of key and value to the descriptor."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def is_wrapper(descriptor: Descriptor) -> bool:
    """Whether it is one of Int64Value, StringValue and so on, whose JSON is that of their value."""
    return descriptor.file.name == "google/protobuf/wrappers.proto"


def is_null(field: FieldDescriptor) -> bool:
    """Whether it is NullValue, whose one value is JSON's null."""
    return field.enum_type is not None and field.enum_type.full_name == NULL_VALUE


def checks_utf8(field: FieldDescriptor) -> bool:
    """Whether a string is always UTF-8; where not, one that came over the wire may be `bytes` in Python."""
    file: FileDescriptor = cast(Any, field).file
    return _is_proto3(file)


def custom_name(value: EnumValueDescriptor) -> str:
    """The name that the option `pb.enumvalue.json` gives a value; "" where the program does not have that option."""
    try:
        option: Any = descriptor_pool.Default().FindExtensionByName("pb.enumvalue.json")
    except KeyError:
        return ""
    options = value.GetOptions()
    return str(options.Extensions[option].string) if options.HasExtension(option) else ""


def type_of(url: str) -> type[Message]:
    """The class for an Any's type URL, or for its last part alone; KeyError where the program has none."""
    name = url.rpartition("/")[2]
    if not name.isascii():
        raise KeyError(name)
    return GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))


@cache
def _is_proto3(file: FileDescriptor) -> bool:
    copy = FileDescriptorProto()
    file.CopyToProto(copy)
    return copy.syntax == "proto3"
