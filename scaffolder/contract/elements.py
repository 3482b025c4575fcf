"""The elements of one file: messages, fields, enums and services out of their descriptors.

`key` arguments are paths of SourceCodeInfo, as `source_info.key` builds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from scaffolder.contract.bindings import BindingReader
from scaffolder.contract.error_reader import ErrorReader
from scaffolder.contract.model import Enum, EnumValue, Field, Kind, Message, Method, Service
from scaffolder.contract.options import Options
from scaffolder.contract.source_info import SourceInfo, key, varint
from scaffolder.contract.storage_reader import StorageReader

# Numbers of descriptor.proto: the fields of FileDescriptorProto, …
PACKAGE, MESSAGE, ENUM, SERVICE, SYNTAX, EDITION = 2, 4, 5, 6, 12, 14
# … of DescriptorProto, EnumDescriptorProto and ServiceDescriptorProto, …
_FIELD, _NESTED, _NESTED_ENUM, _VALUE, _METHOD = 2, 3, 4, 2, 2
# … the values of Label and Type, …
_REQUIRED, _REPEATED, _TYPE_GROUP, _TYPE_MESSAGE = 2, 3, 10, 11
# … and of FeatureSet.FieldPresence.
_UNKNOWN, _IMPLICIT, _LEGACY_REQUIRED = 0, 2, 3

_KINDS = {kind.value: kind for kind in Kind}
_NONE: frozenset[str] = frozenset()


class ElementReader:
    """Reads the elements of `file`, a FileDescriptorProto."""

    def __init__(self, file: Any, info: SourceInfo, options: Options) -> None:
        self.info = info
        self.options = options
        self.errors = ErrorReader(info, options)
        self.storage = StorageReader(info, options)
        self.has_extensions = bool(file.extension)
        self._syntax = file.syntax or "proto2"
        self._presence = file.options.features.field_presence if self._syntax == "editions" else _UNKNOWN

    def file_comment(self) -> str:
        comments = (self.info.comment(key(number)) for number in (PACKAGE, SYNTAX, EDITION))
        return next(filter(None, comments), "")

    def messages(self, protos: Iterable[Any], scope: str, path: bytes) -> tuple[Message, ...]:
        """The messages of a scope, the entries of its maps left out."""
        return tuple(
            self._message(proto, _within(scope, proto.name), path + varint(index))
            for index, proto in enumerate(protos)
            if not (proto.HasField("options") and proto.options.map_entry)
        )

    def _message(self, proto: Any, full_name: str, path: bytes) -> Message:
        entries = {_within(full_name, n.name): n for n in proto.nested_type if n.options.map_entry}
        self.has_extensions = self.has_extensions or bool(proto.extension)
        oneofs = [oneof.name for oneof in proto.oneof_decl]
        below = path + key(_FIELD)
        fields = [
            self._field(field, below + varint(index), oneofs, entries)
            for index, field in enumerate(proto.field)
        ]
        used = {field.oneof for field in fields}
        resource_type, patterns, name_field = (
            self.options.resource(proto.options) if proto.HasField("options") else ("", (), "")
        )
        unique_together, index_on = self.storage.message(proto, fields, path)
        return Message(
            name=proto.name,
            full_name=full_name,
            file=self.info.name,
            fields=tuple(fields),
            oneofs=tuple(name for name in oneofs if name in used),
            messages=self.messages(proto.nested_type, full_name, path + key(_NESTED)),
            enums=self.enums(proto.enum_type, full_name, path + key(_NESTED_ENUM)),
            resource_type=resource_type,
            resource_patterns=patterns,
            rules=self.options.message_rules(proto) if self.options.has_rules else None,
            comment=self.info.comment(path),
            location=self.info.location(path),
            deprecated=proto.options.deprecated,
            resource_name_field=name_field,
            unique_together=unique_together,
            index_on=index_on,
        )

    def _field(self, proto: Any, path: bytes, oneofs: Sequence[str], entries: dict[str, Any]) -> Field:
        type_name = proto.type_name[1:]
        repeated = proto.label == _REPEATED
        entry = entries.get(type_name) if repeated else None
        in_oneof = proto.HasField("oneof_index") and not proto.proto3_optional
        behaviors, rules, deprecated, format, reference = _NONE, None, False, "", ("", False)
        if proto.HasField("options"):
            behaviors, deprecated = self.options.behaviors(proto.options), proto.options.deprecated
            rules = self.options.field_rules(proto.options)
            format, reference = self.options.format(proto.options), self.options.reference(proto.options)
        required = self._is_required(proto)
        field = Field(
            name=proto.name,
            number=proto.number,
            json_name=proto.json_name,
            kind=_KINDS[proto.type],
            type_name="" if entry else type_name,
            repeated=repeated and not entry,
            has_presence=not repeated and self._has_presence(proto),
            oneof=oneofs[proto.oneof_index] if in_oneof else "",
            map_key=self._field(entry.field[0], b"", (), {}) if entry else None,
            map_value=self._field(entry.field[1], b"", (), {}) if entry else None,
            # Without it no message can be sent, in either direction.
            behaviors=behaviors | {"REQUIRED"} if required else behaviors,
            rules=rules,
            deprecated=deprecated,
            comment=self.info.comment(path),
            location=self.info.location(path),
            required=required,
            default=proto.default_value,
            format=format,
            reference=reference[0],
            has_children=reference[1],
        )
        unique, index = self.storage.field(proto, field, path)
        return replace(field, unique=unique, index=index) if unique or index else field

    def _has_presence(self, proto: Any) -> bool:
        """The "Field Presence" rules of protobuf for a singular field, editions' features included."""
        if proto.type in (_TYPE_MESSAGE, _TYPE_GROUP) or proto.HasField("oneof_index"):
            return True
        if self._syntax != "editions":
            return bool(self._syntax == "proto2")
        return self._own_presence(proto) != _IMPLICIT

    def _is_required(self, proto: Any) -> bool:
        """Proto2's `required`, which editions call LEGACY_REQUIRED; a member of a oneof cannot be."""
        if self._syntax != "editions":
            return bool(proto.label == _REQUIRED)
        is_single = proto.label != _REPEATED and not proto.HasField("oneof_index")
        return is_single and self._own_presence(proto) == _LEGACY_REQUIRED

    def _own_presence(self, proto: Any) -> int:
        own = proto.options.features.field_presence if proto.HasField("options") else _UNKNOWN
        return int(own or self._presence)

    def enums(self, protos: Iterable[Any], scope: str, path: bytes) -> tuple[Enum, ...]:
        return tuple(
            self._enum(proto, _within(scope, proto.name), path + varint(index))
            for index, proto in enumerate(protos)
        )

    def _enum(self, proto: Any, full_name: str, path: bytes) -> Enum:
        values = path + key(_VALUE)
        return Enum(
            name=proto.name,
            full_name=full_name,
            file=self.info.name,
            values=tuple(
                EnumValue(value.name, value.number, self.info.comment(values + varint(index)))
                for index, value in enumerate(proto.value)
            ),
            errors=self.errors.read(proto, values),
            comment=self.info.comment(path),
            location=self.info.location(path),
            deprecated=proto.options.deprecated,
        )

    def service(self, proto: Any, scope: str, path: bytes, bindings: BindingReader) -> Service:
        full_name = _within(scope, proto.name)
        host, scopes = self.options.client(proto.options) if proto.HasField("options") else ("", ())
        return Service(
            name=proto.name,
            full_name=full_name,
            file=self.info.name,
            methods=tuple(
                self._method(method, full_name, path + key(_METHOD, index), bindings)
                for index, method in enumerate(proto.method)
            ),
            deprecated=proto.options.deprecated,
            comment=self.info.comment(path),
            location=self.info.location(path),
            host=host,
            scopes=scopes,
        )

    def _method(self, proto: Any, service: str, path: bytes, bindings: BindingReader) -> Method:
        full_name = _within(service, proto.name)
        return Method(
            name=proto.name,
            full_name=full_name,
            input=proto.input_type[1:],
            output=proto.output_type[1:],
            client_streaming=proto.client_streaming,
            server_streaming=proto.server_streaming,
            bindings=bindings.read(proto, full_name, path),
            deprecated=proto.options.deprecated,
            comment=self.info.comment(path),
            location=self.info.location(path),
        )


def _within(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
