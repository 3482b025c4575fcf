"""Descriptor sets and the custom options in them, decoded apart from everything else in this process.

protobuf decodes an option by its number, with whatever extensions its pool knows. The default pool knows those of
every module that was imported, and numbers do clash: 1151 is mypy-protobuf's casttype and google.cloud's
operation_response_field. Hence a pool of our own, with the options that the model knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Options:
    """The options of a descriptor set that the model knows; their modules are imported only where it uses them."""

    def __init__(self, descriptor_set: bytes) -> None:
        pool = _pool(*_modules(descriptor_set))
        self.parse = _parser(pool)
        self._http = _extension(pool, "google.api.http")
        self._behavior = _extension(pool, "google.api.field_behavior")
        self._resource = _extension(pool, "google.api.resource")

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

    def resource(self, message_options: Any) -> tuple[str, tuple[str, ...]]:
        """The type and the patterns of a message's google.api.resource, empty where it has none."""
        if self._resource is None or not message_options.HasExtension(self._resource):
            return "", ()
        resource = message_options.Extensions[self._resource]
        return resource.type, tuple(resource.pattern)


@cache
def plain_parser() -> Callable[[bytes], Any]:
    """Decodes a FileDescriptorSet and leaves every custom option as it is."""
    return _parser(_pool())


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
    return modules


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
