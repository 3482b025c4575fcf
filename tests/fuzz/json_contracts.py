"""Random contracts: a file of messages in a pool of its own, of every syntax, with every kind of field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor_pb2 import FeatureSet, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import Message

KNOWN_FILES = (
    *(any_pb2, duration_pb2, empty_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2),
    descriptor_pb2,
)
KNOWN_TYPES = (
    *("Any", "Duration", "Empty", "FieldMask", "ListValue", "Struct", "Timestamp", "Value"),
    *("BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value", "Int64Value", "StringValue"),
    *("UInt32Value", "UInt64Value"),
)
# Among them words of Python, and of the code that the kit writes.
FIELD_NAMES = (
    *("id", "title", "order_id", "x_1", "_lead", "trail_", "fooBar", "FOO", "a__b", "from", "None", "class"),
    *(
        "self",
        "message",
        "value",
        "found",
        "has",
        "which",
        "key",
        "item",
        "isfinite",
        "names_1",
        "str",
        "data",
    ),
    *("seconds", "paths", "fields", "kind", "type", "oneof_0", "a1b2", "CamelCase", "not_set", "write"),
)
JSON_NAMES = ("ID", "a-b", "$ref", "ü", "@kind", "with space", '"quoted"', "from", "x.y", "[odd]", "😀", "0")
SCALARS = tuple(
    number
    for name, number in FieldDescriptorProto.Type.items()
    if name not in ("TYPE_GROUP", "TYPE_MESSAGE", "TYPE_ENUM")
)
KEYS = tuple(
    getattr(FieldDescriptorProto, f"TYPE_{name}")
    for name in (
        *("INT32", "INT64", "UINT32", "UINT64", "SINT32", "SINT64", "FIXED32", "FIXED64"),
        *("SFIXED32", "SFIXED64", "BOOL", "STRING"),
    )
)
OPTIONAL, REPEATED = FieldDescriptorProto.LABEL_OPTIONAL, FieldDescriptorProto.LABEL_REPEATED
PROTO2, PROTO3, EDITIONS = "proto2", "proto3", "editions"


@dataclass(frozen=True, slots=True)
class Contract:
    """The classes of a file's top messages, and the file for whoever wants to see it."""

    file: FileDescriptorProto
    kinds: Sequence[type[Message]]


def contract(random: Random) -> Contract:
    """A file that the pool accepts. What it refuses, names that collide for instance, is thrown away."""
    while True:
        file = _File(random).build()
        pool = descriptor_pool.DescriptorPool()
        for module in KNOWN_FILES:
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        try:
            pool.Add(file)
        except TypeError:
            continue
        names = [message.name for message in file.message_type]
        return Contract(
            file, [message_factory.GetMessageClass(pool.FindMessageTypeByName(f"fuzz.{n}")) for n in names]
        )


class _File:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.syntax = random.choice((PROTO2, PROTO3, EDITIONS))
        self.file = FileDescriptorProto(name="fuzz.proto", package="fuzz", syntax=self.syntax)
        self.file.dependency.extend(module.DESCRIPTOR.name for module in KNOWN_FILES)
        self.names = [f"M{number}" for number in range(random.randint(1, 4))]
        self.closed = self.syntax == PROTO2

    def build(self) -> FileDescriptorProto:
        if self.syntax == EDITIONS:
            self.file.edition = descriptor_pb2.EDITION_2023
            self._features(self.file.options.features)
        for name in ("E0", "E1"):
            self._enum(name)
        for name in self.names:
            self._message(self.file.message_type.add(name=name))
        if self.syntax != PROTO3:
            self._extensions()
        return self.file

    def _features(self, features: FeatureSet) -> None:
        pick = self.random.choice
        features.field_presence = pick((FeatureSet.EXPLICIT, FeatureSet.IMPLICIT))
        features.enum_type = pick((FeatureSet.OPEN, FeatureSet.CLOSED))
        features.utf8_validation = pick((FeatureSet.VERIFY, FeatureSet.NONE))
        features.message_encoding = pick((FeatureSet.LENGTH_PREFIXED, FeatureSet.DELIMITED))
        features.json_format = pick((FeatureSet.ALLOW, FeatureSet.LEGACY_BEST_EFFORT))
        self.closed = features.enum_type == FeatureSet.CLOSED

    def _enum(self, name: str) -> None:
        enum = self.file.enum_type.add(name=name)
        numbers = [0, *self.random.sample((-1, 1, 2, 7, 2147483647, -2147483648), self.random.randint(0, 4))]
        for index, number in enumerate(numbers):
            enum.value.add(name=f"{name}_V{index}", number=number)
        if self.random.random() < 0.4:
            enum.options.allow_alias = True
            enum.value.add(name=f"{name}_alias", number=self.random.choice(numbers))

    def _message(self, message: Any) -> None:
        random = self.random
        names = random.sample(FIELD_NAMES, random.randint(0, 9))
        numbers = random.sample(range(1, 60), len(names))
        oneofs: dict[str, int] = {}
        for name, number in zip(names, numbers, strict=True):
            field = message.field.add(name=name, number=number, label=OPTIONAL)
            if random.random() < 0.15:
                field.json_name = random.choice(JSON_NAMES)
            self._type(message, field)
            self._cardinality(message, field, oneofs)
        for field in message.field:  # behind the real ones, as protoc has them
            if field.proto3_optional:
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_opt_{field.number}")
        if self.syntax != PROTO3 and random.random() < 0.6:
            message.extension_range.add(start=100, end=200)

    def _type(self, message: Any, field: FieldDescriptorProto) -> None:
        random, chance = self.random, self.random.random()
        if chance < 0.5:
            field.type = random.choice(SCALARS)
        elif chance < 0.6:
            field.type, field.type_name = (
                FieldDescriptorProto.TYPE_ENUM,
                f".fuzz.{random.choice(('E0', 'E1'))}",
            )
        elif chance < 0.63:
            field.type, field.type_name = FieldDescriptorProto.TYPE_ENUM, ".google.protobuf.NullValue"
        elif chance < 0.67 and self.syntax == PROTO2:
            self._group(message, field)
        elif chance < 0.8:
            field.type, field.type_name = (
                FieldDescriptorProto.TYPE_MESSAGE,
                f".fuzz.{random.choice(self.names)}",
            )
        else:
            known = random.choice(KNOWN_TYPES)
            field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".google.protobuf.{known}"

    def _group(self, message: Any, field: FieldDescriptorProto) -> None:
        group = message.nested_type.add(name=f"Group{field.number}")
        group.field.add(name="inner", number=1, label=OPTIONAL, type=self.random.choice(SCALARS))
        field.type, field.type_name = FieldDescriptorProto.TYPE_GROUP, f".fuzz.{message.name}.{group.name}"

    def _cardinality(self, message: Any, field: FieldDescriptorProto, oneofs: dict[str, int]) -> None:
        random, chance = self.random, self.random.random()
        if chance < 0.2:
            field.label = REPEATED
        elif chance < 0.35 and field.type != FieldDescriptorProto.TYPE_GROUP:
            self._map(message, field)
        elif chance < 0.55:
            name = random.choice(("pick", "other"))
            if name not in oneofs:
                oneofs[name] = len(message.oneof_decl)
                message.oneof_decl.add(name=name)
            field.oneof_index = oneofs[name]
        elif chance < 0.7 and self.syntax == PROTO3:
            field.proto3_optional = True
        elif chance < 0.65 and self.syntax == PROTO2 and field.type != FieldDescriptorProto.TYPE_MESSAGE:
            field.label = FieldDescriptorProto.LABEL_REQUIRED
        elif chance < 0.7 and self.syntax == EDITIONS and field.type in SCALARS:
            field.options.features.field_presence = random.choice(
                (FeatureSet.EXPLICIT, FeatureSet.IMPLICIT, FeatureSet.LEGACY_REQUIRED)
            )

    def _map(self, message: Any, field: FieldDescriptorProto) -> None:
        # The name that descriptors ask for: MapEntry of the field's, in camel case.
        camel = "".join(part[:1].upper() + part[1:] for part in field.name.split("_"))
        entry = message.nested_type.add(name=f"{camel}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=OPTIONAL, type=self.random.choice(KEYS))
        entry.field.add(name="value", number=2, label=OPTIONAL, type=field.type, type_name=field.type_name)
        if not field.type_name:
            entry.field[1].ClearField("type_name")
        field.type, field.label = FieldDescriptorProto.TYPE_MESSAGE, REPEATED
        field.type_name = f".fuzz.{message.name}.{entry.name}"

    def _extensions(self) -> None:
        for message in self.file.message_type:
            if message.extension_range:
                for number in self.random.sample(range(100, 199), 2):
                    field = self.file.extension.add(
                        name=f"ext{message.name}_{number}",
                        number=number,
                        label=self.random.choice((OPTIONAL, REPEATED)),
                        extendee=f".fuzz.{message.name}",
                    )
                    while not field.type or field.type == FieldDescriptorProto.TYPE_GROUP:
                        self._type(message, field)


def fields_of(kind: type[Message]) -> Iterator[Any]:
    """The fields of a class with its extensions."""
    descriptor: Any = kind.DESCRIPTOR
    yield from descriptor.fields
    if descriptor.is_extendable:
        yield from descriptor.file.pool.FindAllExtensions(descriptor)
