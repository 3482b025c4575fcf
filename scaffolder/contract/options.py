"""Descriptor sets and the custom options in them, decoded apart from everything else in this process.

protobuf decodes an option by its number, with whatever extensions its pool knows. The default pool knows those of
every module that was imported, and numbers do clash: 1151 is mypy-protobuf's casttype and google.cloud's
operation_response_field. Hence a pool of our own, with the options that the model knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

if TYPE_CHECKING:
    from scaffolder.contract.rules import MessageRules, Rules

VALIDATE = "buf/validate/validate.proto"
KRATOS = "errors/errors.proto"
SCAFFOLD = "scaffold/errors.proto"
STORAGE = "scaffold/storage.proto"


class Options:
    """The options of a descriptor set that the model knows; their modules are imported only where it uses them."""

    def __init__(self, descriptor_set: bytes) -> None:
        pool = _pool(*_modules(descriptor_set))
        _add_own(pool, descriptor_set)
        self.parse = _parser(pool)
        self._http = _extension(pool, "google.api.http")
        self._behavior = _extension(pool, "google.api.field_behavior")
        self._resource = _extension(pool, "google.api.resource")
        self._reference = _extension(pool, "google.api.resource_reference")
        self._info = _extension(pool, "google.api.field_info")
        self._host = _extension(pool, "google.api.default_host")
        self._scopes = _extension(pool, "google.api.oauth_scopes")
        self._field_rules = _extension(pool, "buf.validate.field")
        self._message_rules = _extension(pool, "buf.validate.message")
        self._oneof_rules = _extension(pool, "buf.validate.oneof")
        self.error_options = {
            name: found
            for name in (
                "errors.default_code",
                "errors.code",
                "errors.domain",
                "scaffold.errors",
                "scaffold.domain",
                "scaffold.status",
                "scaffold.http",
            )
            if (found := _extension(pool, name)) is not None
        }
        self.storage_options = {
            name: found
            for name in ("unique", "index", "unique_together", "index_on")
            if (found := _extension(pool, f"scaffold.{name}")) is not None
        }

    @property
    def has_rules(self) -> bool:
        """Whether any field, oneof or message may have rules of buf.validate."""
        return self._field_rules is not None

    def field_rules(self, field_options: Any) -> Rules | None:
        """The rules of buf.validate for a field's values."""
        if self._field_rules is None or not field_options.HasExtension(self._field_rules):
            return None
        from scaffolder.contract.rule_reader import field_rules

        return field_rules(field_options.Extensions[self._field_rules])

    def message_rules(self, proto: Any) -> MessageRules | None:
        """The rules of buf.validate for a message (a DescriptorProto) and for its oneofs."""
        if self._message_rules is None:
            return None
        from scaffolder.contract.rule_reader import message_rules

        own = proto.options.HasExtension(self._message_rules)
        oneofs = [
            (
                oneof.options.Extensions[self._oneof_rules],
                tuple(f.name for f in proto.field if _is_in(f, index)),
            )
            for index, oneof in enumerate(proto.oneof_decl)
            if oneof.options.HasExtension(self._oneof_rules)
        ]
        return message_rules(proto.options.Extensions[self._message_rules] if own else None, oneofs)

    def http(self, method_options: Any) -> Any:
        """The google.api.HttpRule of a method, None where it has none."""
        if self._http is None or not method_options.HasExtension(self._http):
            return None
        return method_options.Extensions[self._http]

    def behaviors(self, field_options: Any) -> frozenset[str]:
        """The names of a field's google.api.field_behavior; a number that is not known has no name."""
        if self._behavior is None:
            return frozenset()
        names = self._behavior.enum_type.values_by_number
        return frozenset(names[n].name for n in field_options.Extensions[self._behavior] if n in names)

    def resource(self, message_options: Any) -> tuple[str, tuple[str, ...], str]:
        """The type, the patterns and the name field of a message's google.api.resource, empty where it has none."""
        if self._resource is None or not message_options.HasExtension(self._resource):
            return "", (), ""
        resource = message_options.Extensions[self._resource]
        return resource.type, tuple(resource.pattern), resource.name_field

    def format(self, field_options: Any) -> str:
        """The name of a field's google.api.field_info.format, "" where it has none that is known."""
        if self._info is None or not field_options.HasExtension(self._info):
            return ""
        info = field_options.Extensions[self._info]
        value = info.DESCRIPTOR.fields_by_name["format"].enum_type.values_by_number.get(info.format)
        return str(value.name) if value is not None and value.number else ""

    def reference(self, field_options: Any) -> tuple[str, bool]:
        """The type, or else the child type, of a field's google.api.resource_reference; whether it is the latter."""
        if self._reference is None or not field_options.HasExtension(self._reference):
            return "", False
        reference = field_options.Extensions[self._reference]
        return reference.type or reference.child_type, not reference.type and bool(reference.child_type)

    def client(self, service_options: Any) -> tuple[str, tuple[str, ...]]:
        """A service's google.api.default_host and google.api.oauth_scopes, which separates them with commas."""
        if self._host is None or self._scopes is None:
            return "", ()
        scopes = service_options.Extensions[self._scopes].split(",")
        return service_options.Extensions[self._host], tuple(s.strip() for s in scopes if s.strip())


@cache
def plain_parser() -> Callable[[bytes], Any]:
    """Decodes a FileDescriptorSet and leaves every custom option as it is."""
    return _parser(_pool())


@cache
def plain_class(name: str, *modules: ModuleType) -> Any:
    """The class of a message of `modules` (beside descriptor.proto), which leaves every custom option as it is."""
    return message_factory.GetMessageClass(_pool(*modules).FindMessageTypeByName(name))


def _modules(descriptor_set: bytes) -> list[ModuleType]:
    modules: list[ModuleType] = []
    if b"google/api/annotations.proto" in descriptor_set:
        from google.api import annotations_pb2, http_pb2

        modules += [http_pb2, annotations_pb2]
    if b"google/api/field_behavior.proto" in descriptor_set:
        from google.api import field_behavior_pb2

        modules.append(field_behavior_pb2)
    if b"google/api/resource.proto" in descriptor_set:
        from google.api import resource_pb2

        modules.append(resource_pb2)
    if b"google/api/field_info.proto" in descriptor_set:
        from google.api import field_info_pb2

        modules.append(field_info_pb2)
    if b"google/api/client.proto" in descriptor_set:
        from google.api import client_pb2, launch_stage_pb2
        from google.protobuf import duration_pb2

        modules += [launch_stage_pb2, duration_pb2, client_pb2]
    return modules


def _add_own(pool: descriptor_pool.DescriptorPool, descriptor_set: bytes) -> None:
    """Adds the files of options that the set itself brings, as it has them, with what they import."""
    wanted = [name for name in (VALIDATE, KRATOS, SCAFFOLD, STORAGE) if name.encode() in descriptor_set]
    if not wanted:
        return
    files = {file.name: file for file in plain_parser()(descriptor_set).file}
    added = {"google/protobuf/descriptor.proto"}

    def add(name: str) -> None:
        if name in added or name not in files:
            return
        added.add(name)
        for dependency in files[name].dependency:
            add(dependency)
        files[name].ClearField("source_code_info")
        pool.AddSerializedFile(files[name].SerializeToString())

    for name in wanted:
        add(name)


def _is_in(field: Any, oneof: int) -> bool:
    return bool(field.HasField("oneof_index") and field.oneof_index == oneof)


def _pool(*modules: ModuleType) -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    for module in (descriptor_pb2, *modules):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    return pool


def _parser(pool: descriptor_pool.DescriptorPool) -> Callable[[bytes], Any]:
    found = pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet")
    return message_factory.GetMessageClass(found).FromString


def _extension(pool: descriptor_pool.DescriptorPool, name: str) -> Any:
    try:
        return pool.FindExtensionByName(name)
    except KeyError:
        return None
