"""The contract as immutable values, in protobuf's own names and knowing no output language.

Full names carry no leading dot (``order.v1.Order``). Every `comment` is the leading comment (or the trailing one
where there is none), dedented, without comment markers, ``""`` where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum as PyEnum
from functools import cached_property

from scaffolder.contract.http_rule import PathTemplate
from scaffolder.contract.rules import MessageRules, Rules
from scaffolder.diagnostics import Diagnostic, Location


class Kind(PyEnum):
    """A field's type, numbered as in descriptor.proto's FieldDescriptorProto.Type."""

    DOUBLE = 1
    FLOAT = 2
    INT64 = 3
    UINT64 = 4
    INT32 = 5
    FIXED64 = 6
    FIXED32 = 7
    BOOL = 8
    STRING = 9
    GROUP = 10
    MESSAGE = 11
    BYTES = 12
    UINT32 = 13
    ENUM = 14
    SFIXED32 = 15
    SFIXED64 = 16
    SINT32 = 17
    SINT64 = 18


@dataclass(frozen=True, slots=True)
class Field:
    """A message's field.

    `type_name` is the full name of the message or enum, ``""`` for a scalar. `oneof` is the name of the real oneof
    that holds it (never a synthetic one). `has_presence` is true where "not set" differs from the default.
    `map_key` and `map_value` are set for a map field only, which is then neither `repeated` nor a message.
    `behaviors` are the names of google.api.field_behavior (``REQUIRED``, ``OUTPUT_ONLY``, …); what proto2 or an edition
    requires is REQUIRED as well, as no message can be sent without it. `rules` are those of buf.validate, None where
    there are none; those of a map's keys and values and of repeated items are inside. `required` is proto2's label of
    that name, or LEGACY_REQUIRED, and `default` proto2's default value as written. `format` is the name of
    google.api.field_info's format (``UUID4``), `reference` the type of resource that google.api.resource_reference
    names, that of its children where `has_children` is true (``child_type``). `unique` and `index` are the options of
    scaffold/storage.proto.
    """

    name: str
    number: int
    json_name: str
    kind: Kind
    type_name: str = ""
    repeated: bool = False
    has_presence: bool = False
    oneof: str = ""
    map_key: Field | None = None
    map_value: Field | None = None
    behaviors: frozenset[str] = frozenset()
    rules: Rules | None = None
    deprecated: bool = False
    comment: str = ""
    location: Location | None = None
    required: bool = False
    default: str = ""
    format: str = ""
    reference: str = ""
    unique: bool = False
    index: bool = False
    has_children: bool = False


@dataclass(frozen=True, slots=True)
class EnumValue:
    name: str
    number: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ErrorReason:
    """A reason for a call to fail that an enum declares: `reason` is its value's name, as it travels.

    `code` is a name of google.rpc.Code, `http` the status that HTTP has for it. `domain` is whose word it is
    (google.rpc.ErrorInfo), ``""`` for the service's own.
    """

    reason: str
    code: str
    http: int
    domain: str = ""
    comment: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum; `errors` are the reasons that it declares, by an option of `scaffold.errors` or of Kratos."""

    name: str
    full_name: str
    file: str
    values: tuple[EnumValue, ...]
    errors: tuple[ErrorReason, ...] = ()
    comment: str = ""
    location: Location | None = None
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `messages` and `enums` are those nested in it, map entries left out.

    `resource_type`, `resource_patterns` and `resource_name_field` (``""`` for the usual ``name``) come from the
    google.api.resource option, `rules` from buf.validate, `unique_together` and `index_on` (lists of fields) from
    scaffold/storage.proto.
    """

    name: str
    full_name: str
    file: str
    fields: tuple[Field, ...] = ()
    oneofs: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()
    resource_type: str = ""
    resource_patterns: tuple[str, ...] = ()
    rules: MessageRules | None = None
    comment: str = ""
    location: Location | None = None
    deprecated: bool = False
    resource_name_field: str = ""
    unique_together: tuple[tuple[str, ...], ...] = ()
    index_on: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """One google.api.http binding (google/api/http.proto).

    `verb` is upper case (a custom kind as written). `body` is ``""`` for none, ``"*"`` for the whole request, or a
    field's name; `response_body` is ``""`` or a field's name.
    """

    verb: str
    path: PathTemplate
    body: str = ""
    response_body: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """An RPC; `input` and `output` are full names of messages. `bindings`: the main one first."""

    name: str
    full_name: str
    input: str
    output: str
    client_streaming: bool = False
    server_streaming: bool = False
    bindings: tuple[Binding, ...] = ()
    deprecated: bool = False
    comment: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """`host` and `scopes` are those of google.api.default_host and google.api.oauth_scopes."""

    name: str
    full_name: str
    file: str
    methods: tuple[Method, ...] = ()
    deprecated: bool = False
    comment: str = ""
    location: Location | None = None
    host: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A .proto file.

    `name` is how an import names it. `source` is the path on disk, ``""`` where it came out of a package.
    `provider` is the Python distribution whose wheel already holds the messages (``protobuf``,
    ``googleapis-common-protos``), ``""`` where they have to be generated. `requested` is true for the contracts of
    the run, false for what they import.
    """

    name: str
    package: str
    dependencies: tuple[str, ...] = ()
    public_dependencies: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()
    services: tuple[Service, ...] = ()
    has_extensions: bool = False
    requested: bool = False
    provider: str = ""
    source: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Contract:
    """All files of a run, dependencies first, and protoc's FileDescriptorSet that they were read from.

    `warnings` are what is doubtful about the requested files, though it stops nothing.
    """

    files: tuple[File, ...]
    descriptor_set: bytes = field(default=b"", repr=False)
    warnings: tuple[Diagnostic, ...] = ()

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """Every message by full name, nested ones included."""
        return {m.full_name: m for file in self.files for top in file.messages for m in walk(top)}

    @cached_property
    def enums(self) -> Mapping[str, Enum]:
        """Every enum by full name, nested ones included."""
        found = {e.full_name: e for file in self.files for e in file.enums}
        found.update({e.full_name: e for m in self.messages.values() for e in m.enums})
        return found

    @property
    def errors(self) -> tuple[Enum, ...]:
        """The enums that declare reasons for errors, of the files whose messages are generated."""
        own = {file.name for file in self.files if not file.provider}
        return tuple(enum for enum in self.enums.values() if enum.errors and enum.file in own)

    @cached_property
    def has_rules(self) -> bool:
        """Whether a message that is generated has rules of buf.validate."""
        own = {file.name for file in self.files if not file.provider}
        return any(
            message.rules or any(field.rules for field in message.fields)
            for message in self.messages.values()
            if message.file in own
        )

    @cached_property
    def has_required(self) -> bool:
        """Whether a message that is generated has a field that google.api.field_behavior calls REQUIRED."""
        own = {file.name for file in self.files if not file.provider}
        messages = (message for message in self.messages.values() if message.file in own)
        return any("REQUIRED" in field.behaviors for message in messages for field in message.fields)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of every message, and of every enum among the enums, by full name: the order they stand in."""
        return {name: index for names in (self.messages, self.enums) for index, name in enumerate(names)}

    @cached_property
    def by_name(self) -> Mapping[str, File]:
        """Every file by the name that imports use."""
        return {file.name: file for file in self.files}

    @property
    def requested(self) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.requested)

    @property
    def services(self) -> tuple[Service, ...]:
        """The services of the requested files, in the order of the files and of their declaration."""
        return tuple(service for file in self.requested for service in file.services)


def walk(message: Message) -> Iterator[Message]:
    """The message and every message nested in it, outermost first."""
    yield message
    for nested in message.messages:
        yield from walk(nested)
