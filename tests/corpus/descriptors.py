"""A contract as protoc describes it: the truth that generated projects are compared with.

Nothing of the tool is used here. Messages live in a descriptor pool of their own, as in a program by strangers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


@dataclass(frozen=True, slots=True)
class Rule:
    """One HTTP binding (google/api/http.proto): `body` is "", "*" or a field's name, `response_body` "" or one."""

    verb: str
    path: str
    body: str
    response_body: str

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


@dataclass(frozen=True, slots=True)
class Rpc:
    """`request` and `response` are full names of messages; `rules` has the additional bindings last."""

    service: str
    name: str
    request: str
    response: str
    client_streaming: bool
    server_streaming: bool
    rules: tuple[Rule, ...]

    @property
    def path(self) -> str:
        """As gRPC has it on the wire."""
        return f"/{self.service}/{self.name}"

    @property
    def full_name(self) -> str:
        return f"{self.service}.{self.name}"


class Contract:
    """The services of some proto packages, and the messages of everything they import."""

    def __init__(self, descriptor_set: Path, packages: Collection[str]) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set.read_bytes()).file
        self.pool = descriptor_pool.DescriptorPool()
        for file in files:
            self.pool.Add(file)
        own = [file for file in files if file.package in packages]
        self.services = tuple(_within(file, service.name) for file in own for service in file.service)
        self.rpcs = tuple(rpc for file in own for rpc in _rpcs(file))
        self.messages = tuple(_within(file, message.name) for file in own for message in file.message_type)

    def message(self, name: str) -> type[Any]:
        """The class of a message by its full name."""
        found: type[Any] = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
        return found


def _within(file: descriptor_pb2.FileDescriptorProto, name: str) -> str:
    return f"{file.package}.{name}" if file.package else name


def _rpcs(file: descriptor_pb2.FileDescriptorProto) -> Iterator[Rpc]:
    for service in file.service:
        for method in service.method:
            rule = method.options.Extensions[annotations_pb2.http]
            yield Rpc(
                _within(file, service.name),
                method.name,
                method.input_type.removeprefix("."),
                method.output_type.removeprefix("."),
                method.client_streaming,
                method.server_streaming,
                tuple(
                    _rule(each) for each in (rule, *rule.additional_bindings) if each.WhichOneof("pattern")
                ),
            )


def _rule(rule: Any) -> Rule:
    kind = rule.WhichOneof("pattern")
    verb, path = (
        (rule.custom.kind, rule.custom.path) if kind == "custom" else (kind.upper(), getattr(rule, kind))
    )
    return Rule(verb, path, rule.body, rule.response_body)
