"""The contract of the reference service, compiled, and its messages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor

from scaffolder.contract.protoc import compile_contract

PROTOS = Path(__file__).parents[1] / "protos"
LIBRARY = PROTOS / "aip" / "v1" / "library.proto"


@cache
def descriptor_set() -> bytes:
    """A serialized FileDescriptorSet with all imports. (The compiler brings buf/validate/validate.proto.)"""
    return compile_contract([str(LIBRARY.relative_to(PROTOS))], [PROTOS])


@cache
def pool() -> descriptor_pool.DescriptorPool:
    made = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor_set()).file:
        made.Add(file)
    return made


@cache
def message(name: str) -> Any:
    """The class of a message: `message("aip.v1.Book")`."""
    return message_factory.GetMessageClass(pool().FindMessageTypeByName(name))


def methods() -> dict[str, Any]:
    """Each method's descriptor by its path, ``/aip.v1.LibraryService/GetBook``."""
    file = pool().FindFileByName("aip/v1/library.proto")
    return {
        f"/{service.full_name}/{method.name}": method
        for service in file.services_by_name.values()
        for method in service.methods
    }


def option(descriptor: Any, name: str) -> Any:
    """What an extension of the options holds: a message, or a list."""
    own = descriptor.GetOptions()
    options = message(own.DESCRIPTOR.full_name).FromString(own.SerializeToString())
    return options.Extensions[pool().FindExtensionByName(name)]


def fields_that_are(kind: Any, behavior: int) -> list[FieldDescriptor]:
    """The fields of a message class with that google.api.field_behavior."""
    return [f for f in kind.DESCRIPTOR.fields if behavior in option(f, "google.api.field_behavior")]
