"""A descriptor written back as a .proto file, for packages that carry their contract only as a descriptor.

Knows what the contracts of these packages use: proto3 messages, nested ones, enums, services.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf import descriptor_pb2

SCALARS = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in descriptor_pb2.FieldDescriptorProto.Type.items()
}
REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED


def proto_text(file: Any) -> str:
    """The text of a file descriptor's contract."""
    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    lines = ['syntax = "proto3";', f"package {proto.package};"]
    lines += [f'import "{name}";' for name in proto.dependency]
    for field, value in proto.options.ListFields():
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        lines.append(f"option {field.name} = {shown};")
    for enum in proto.enum_type:
        lines += _enum(enum)
    for message in proto.message_type:
        lines += _message(message)
    for service in proto.service:
        lines += _service(service)
    return "\n".join(lines) + "\n"


def _message(message: descriptor_pb2.DescriptorProto) -> Iterator[str]:
    yield f"message {message.name} {{"
    for enum in message.enum_type:
        yield from _enum(enum)
    entries = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
    for nested in message.nested_type:
        if nested.name not in entries:
            yield from _message(nested)
    for field in message.field:
        entry = entries.get(field.type_name.rpartition(".")[2])
        if entry:
            key, value = (_type(part) for part in entry.field)
            yield f"map<{key}, {value}> {field.name} = {field.number};"
        else:
            repeated = "repeated " if field.label == REPEATED else ""
            yield f"{repeated}{_type(field)} {field.name} = {field.number};"
    yield "}"


def _type(field: descriptor_pb2.FieldDescriptorProto) -> str:
    return field.type_name or SCALARS[field.type]


def _enum(enum: descriptor_pb2.EnumDescriptorProto) -> Iterator[str]:
    yield f"enum {enum.name} {{"
    yield from (f"{value.name} = {value.number};" for value in enum.value)
    yield "}"


def _service(service: descriptor_pb2.ServiceDescriptorProto) -> Iterator[str]:
    yield f"service {service.name} {{"
    for method in service.method:
        request = ("stream " if method.client_streaming else "") + method.input_type
        response = ("stream " if method.server_streaming else "") + method.output_type
        yield f"rpc {method.name}({request}) returns ({response});"
    yield "}"
