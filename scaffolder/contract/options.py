"""The custom options that the model knows, decoded by googleapis-common-protos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Options:
    """The extensions of a descriptor set's options.

    Their modules are imported only where a contract uses them. protobuf decodes an extension only if it is known
    when the message is parsed, so this comes before the descriptor set is.
    """

    def __init__(self, descriptor_set: bytes) -> None:
        self._http: Any = None
        self._behavior: Any = None
        self._behavior_names: Mapping[int, str] = {}
        self._resource: Any = None
        if b"google/api/annotations.proto" in descriptor_set:
            from google.api import annotations_pb2

            self._http = annotations_pb2.http
        if b"google/api/field_behavior.proto" in descriptor_set:
            from google.api import field_behavior_pb2

            self._behavior = field_behavior_pb2.field_behavior
            self._behavior_names = {number: name for name, number in field_behavior_pb2.FieldBehavior.items()}
        if b"google/api/resource.proto" in descriptor_set:
            from google.api import resource_pb2

            self._resource = resource_pb2.resource

    def http(self, method_options: Any) -> Any:
        """The google.api.HttpRule of a method, None where it has none."""
        if self._http is None or not method_options.HasExtension(self._http):
            return None
        return method_options.Extensions[self._http]

    def behaviors(self, field_options: Any) -> frozenset[str]:
        """The names of a field's google.api.field_behavior; a number that is not known has no name."""
        if self._behavior is None:
            return frozenset()
        names = self._behavior_names
        return frozenset(names[n] for n in field_options.Extensions[self._behavior] if n in names)

    def resource(self, message_options: Any) -> tuple[str, tuple[str, ...]]:
        """The type and the patterns of a message's google.api.resource, empty where it has none."""
        if self._resource is None or not message_options.HasExtension(self._resource):
            return "", ()
        resource = message_options.Extensions[self._resource]
        return resource.type, tuple(resource.pattern)
