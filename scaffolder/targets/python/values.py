"""Sample values of fields, written three ways: for the domain, for a message, and as JSON for judging rules."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scaffolder.contract.model import Contract, Enum, Field, Kind, Message
from scaffolder.targets.python.domain import Domain, enum_members
from scaffolder.targets.python.modules import Imports

_FLOATS = frozenset({Kind.DOUBLE, Kind.FLOAT})


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as expressions of the domain's type and of the message's, and in proto3 JSON's form."""

    domain: str
    message: str
    json: Any


_WELL_KNOWN = {
    "google.protobuf.Timestamp": (
        "datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC)",
        "(seconds=1735776000)",
    ),
    "google.protobuf.Duration": ("datetime.timedelta(seconds=1)", "(seconds=1)"),
    "google.protobuf.StringValue": ('"sample"', '(value="sample")'),
    "google.protobuf.BytesValue": ('b"sample"', '(value=b"sample")'),
    "google.protobuf.BoolValue": ("True", "(value=True)"),
    **{
        f"google.protobuf.{name}Value": ("1", "(value=1)")
        for name in ("Int32", "Int64", "UInt32", "UInt64", "Float", "Double")
    },
}
_JSON = {
    "google.protobuf.Timestamp": "2025-01-02T00:00:00Z",
    "google.protobuf.Duration": "1s",
    "google.protobuf.StringValue": "sample",
    "google.protobuf.BytesValue": "c2FtcGxl",
    "google.protobuf.BoolValue": True,
}


class Samples:
    """Samples of a contract's types."""

    def __init__(self, contract: Contract, domain: Domain, imports: Imports) -> None:
        self._contract = contract
        self._domain = domain
        self._imports = imports

    def of_fields(self, message: Message, names: Iterable[str]) -> dict[str, Sample] | None:
        """Samples of some of a message's fields by name; None where one of them has none."""
        wanted = set(names)
        found = {f.name: self.of(f, (message.full_name,)) for f in message.fields if f.name in wanted}
        known = {name: sample for name, sample in found.items() if sample}
        return known if len(known) == len(found) else None

    def of(self, field: Field, inside: tuple[str, ...] = ()) -> Sample | None:
        """One value that is not the default; None where none can be made without more knowledge."""
        if keyword.iskeyword(field.name):
            return None
        if field.map_key and field.map_value:
            key, value = self._element(field.map_key, inside), self._element(field.map_value, inside)
            if not key or not value:
                return None
            texts = (f"{{{k}: {v}}}" for k, v in ((key.domain, value.domain), (key.message, value.message)))
            return Sample(*texts, {str(key.json).lower(): value.json})
        element = self._element(field, inside)
        if element and field.repeated:
            return Sample(f"[{element.domain}]", f"[{element.message}]", [element.json])
        return element

    def _element(self, field: Field, inside: tuple[str, ...]) -> Sample | None:
        if field.type_name in _WELL_KNOWN:
            domain, call = _WELL_KNOWN[field.type_name]
            name = self._imports.type_of(self._contract.messages[field.type_name])
            return Sample(domain, f"{name}{call}", _JSON.get(field.type_name, 1))
        if enum := self._contract.enums.get(field.type_name):
            return self._enum(enum)
        if field.type_name:
            return self._message(field.type_name, inside)
        if field.kind is Kind.STRING:
            return Sample('"sample"', '"sample"', "sample")
        if field.kind is Kind.BYTES:
            return Sample('b"sample"', 'b"sample"', "c2FtcGxl")
        if field.kind is Kind.BOOL:
            return Sample("True", "True", True)
        text = "1.5" if field.kind in _FLOATS else "1"
        return Sample(text, text, float(text) if field.kind in _FLOATS else 1)

    def _enum(self, enum: Enum) -> Sample | None:
        chosen = next(((name, number) for name, number, _ in enum_members(enum) if number), None)
        if chosen is None or enum.full_name not in self._domain.names:
            return None
        name, number = chosen
        return Sample(
            f"{self._domain.class_of(enum)}.{name}",
            self._imports.enum_value(enum).format(value=number),
            number,
        )

    def _message(self, name: str, inside: tuple[str, ...]) -> Sample | None:
        """A message with what it requires, or with nothing."""
        message = self._contract.messages.get(name)
        if message is None or name in inside or name not in self._domain.names:
            return None
        required = [
            f for f in message.fields if "REQUIRED" in f.behaviors and "OUTPUT_ONLY" not in f.behaviors
        ]
        found = {field.name: self.of(field, (*inside, name)) for field in required}
        known = {field: sample for field, sample in found.items() if sample}
        if len(known) != len(found):
            return None
        attributes = {each.field.name: each.attribute for each in self._domain.fields_of(message)}
        return Sample(
            f"{self._domain.class_of(message)}({arguments(known, attributes)})",
            f"{self._imports.type_of(message)}({messages(known)})",
            {field: sample.json for field, sample in known.items()},
        )


def arguments(samples: Mapping[str, Sample], attributes: Mapping[str, str]) -> str:
    """The keyword arguments of a domain type."""
    return ", ".join(f"{attributes[name]}={sample.domain}" for name, sample in samples.items())


def messages(samples: Mapping[str, Sample]) -> str:
    """The keyword arguments of a message."""
    return ", ".join(f"{name}={sample.message}" for name, sample in samples.items())
