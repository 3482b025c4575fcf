"""What protoc and buf ask of a plugin, and what it answers: google/protobuf/compiler/plugin.proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

from scaffolder.contract import wellknown
from scaffolder.contract.options import plain_class

_OLDEST, _NEWEST = descriptor_pb2.EDITION_PROTO2, descriptor_pb2.EDITION_2024


@dataclass(frozen=True)
class PluginRequest:
    """A CodeGeneratorRequest: `names` are the files to generate, `descriptor_set` is a serialized FileDescriptorSet of
    them and of all they import, dependencies first; `imports` has what each file imports itself.
    """

    names: tuple[str, ...]
    parameter: str
    descriptor_set: bytes
    imports: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, content: bytes) -> PluginRequest:
        """Decodes a request. Custom options stay as they are, whatever options this process knows.

        Raises:
            google.protobuf.message.DecodeError: it is none.
        """
        request = plain_class("google.protobuf.compiler.CodeGeneratorRequest", plugin_pb2).FromString(content)
        descriptors = plain_class("google.protobuf.FileDescriptorSet")()
        for file in request.proto_file:
            descriptors.file.add().ParseFromString(file.SerializeToString())
        imports = {file.name: tuple(file.dependency) for file in request.proto_file}
        names = tuple(request.file_to_generate)
        return cls(names, request.parameter, descriptors.SerializeToString(), imports)

    @property
    def asked(self) -> tuple[str, ...]:
        """The files to generate but for those that another of them imports and an installed package has: buf's
        `include_imports` names them, though nobody wants a second copy.
        """
        imported = {each for name in self.names for each in self._closure(name) if each != name}
        return tuple(name for name in self.names if name not in imported or not wellknown.provider(name))

    @property
    def missing(self) -> tuple[str, ...]:
        """What the files import, but neither this request makes nor an installed package has, sorted."""
        needed = {each for name in self.asked for each in self._closure(name)}
        return tuple(sorted(each for each in needed - {*self.names} if not wellknown.provider(each)))

    def _closure(self, name: str) -> set[str]:
        found: set[str] = set()
        pending = [name]
        while pending:
            each = pending.pop()
            if each not in found:
                found.add(each)
                pending += self.imports.get(each, ())
        return found


def response(files: Iterable[tuple[str, str]] = (), error: str = "") -> bytes:
    """A serialized CodeGeneratorResponse with files (path, text), or with an error."""
    answer = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
        | plugin_pb2.CodeGeneratorResponse.FEATURE_SUPPORTS_EDITIONS,
        minimum_edition=_OLDEST,
        maximum_edition=_NEWEST,
    )
    if error:
        answer.error = error
    for path, text in files:
        answer.file.add(name=path, content=text)
    return answer.SerializeToString()
