"""What a service says about itself: its descriptors, by reflection or out of a descriptor set, and their options."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, ServiceDescriptor
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

_INFRASTRUCTURE = ("grpc.reflection.", "grpc.health.", "grpc.channelz.")


class Contract:
    """Files in a pool of their own, so that nothing that is installed beside the suite can get in their way.

    Options are read with the pool's own classes, which know the extensions that the files import.
    """

    def __init__(self, files: list[descriptor_pb2.FileDescriptorProto]) -> None:
        self.pool = descriptor_pool.DescriptorPool()
        self.services: list[ServiceDescriptor] = []
        self._options: dict[tuple[Any, str], Any] = {}
        for file in _dependencies_first(files):
            self.pool.Add(file)
            found = self.pool.FindFileByName(file.name)
            self.services += [
                service
                for service in found.services_by_name.values()
                if not service.full_name.startswith(_INFRASTRUCTURE)
            ]
        self._extensions = {
            each.full_name: each
            for file in files
            for each in self.pool.FindFileByName(file.name).extensions_by_name.values()
        }

    @classmethod
    def from_set(cls, content: bytes) -> Contract:
        """From a serialized FileDescriptorSet that holds the imports too (`protoc --include_imports`)."""
        return cls(list(descriptor_pb2.FileDescriptorSet.FromString(content).file))

    @classmethod
    def from_reflection(cls, target: str) -> Contract:
        """From the reflection service at HOST:PORT."""
        with grpc.insecure_channel(target) as channel:
            database = ProtoReflectionDescriptorDatabase(channel)
            files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
            waiting = [
                database.FindFileContainingSymbol(name)
                for name in database.get_services()
                if not name.startswith(_INFRASTRUCTURE)
            ]
            while waiting:
                file = waiting.pop()
                if file.name not in files:
                    files[file.name] = file
                    waiting += [database.FindFileByName(name) for name in file.dependency]
        return cls(list(files.values()))

    def message_class(self, descriptor: Descriptor) -> Any:
        """The class of a message of this pool."""
        return message_factory.GetMessageClass(descriptor)

    def extension(self, descriptor: Any, name: str) -> Any:
        """The option `name` of an element; None where it is not set, or no file knows it."""
        key = (descriptor, name)
        if key not in self._options:  # checks ask for the same thousands of times
            self._options[key] = self._read(descriptor, name)
        return self._options[key]

    def _read(self, descriptor: Any, name: str) -> Any:
        extension = self._extensions.get(name)
        if extension is None:
            return None
        own = descriptor.GetOptions()
        kind = self.message_class(self.pool.FindMessageTypeByName(own.DESCRIPTOR.full_name))
        options = kind.FromString(own.SerializeToString())
        if extension.is_repeated:
            return list(options.Extensions[extension]) or None
        return options.Extensions[extension] if options.HasExtension(extension) else None


def _dependencies_first(
    files: list[descriptor_pb2.FileDescriptorProto],
) -> list[descriptor_pb2.FileDescriptorProto]:
    by_name = {file.name: file for file in files}
    ordered: dict[str, descriptor_pb2.FileDescriptorProto] = {}

    def add(file: descriptor_pb2.FileDescriptorProto) -> None:
        if file.name not in ordered:
            for name in file.dependency:
                add(by_name[name])
            ordered[file.name] = file

    for file in files:
        add(file)
    return list(ordered.values())
