"""Sample values of fields, written three ways: for the domain, for a message, and as JSON for judging rules."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scaffolder.contract.model import Contract, Enum, Field, Kind, Message
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.domain_names import enum_members
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.types import known

_SCALARS: dict[Kind, tuple[str, str, Any]] = {
    Kind.STRING: ('"sample"', '"sample"', "sample"),
    Kind.BYTES: ('b"sample"', 'b"sample"', "c2FtcGxl"),
    Kind.BOOL: ("True", "True", True),
    Kind.DOUBLE: ("1.5", "1.5", 1.5),
    Kind.FLOAT: ("1.5", "1.5", 1.5),
}
"""By kind, what is no integer."""


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

_COMMON: dict[str, tuple[str, str, Any]] = {
    "Money": (
        'Money("EUR", Decimal("1.5"))',
        '(currency_code="EUR", units=1, nanos=500_000_000)',
        {"currencyCode": "EUR", "units": "1", "nanos": 500_000_000},
    ),
    "Decimal": ('Decimal("1.5")', '(value="1.5")', {"value": "1.5"}),
    "datetime.time": ("datetime.time(9, 30)", "(hours=9, minutes=30)", {"hours": 9, "minutes": 30}),
}
"""By annotation, what has no scalar's or well-known type's form."""

SOME_ID = "123e4567-e89b-42d3-a456-426614174000"
"""An id as the service makes them."""


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
            key, value = self._element(field.map_key, inside), self._value(field, inside)
            if not key or not value:
                return None
            domain, message = f"{{{key.domain}: {value.domain}}}", f"{{{key.message}: {value.message}}}"
            return Sample(domain, message, {str(key.json).lower(): value.json})
        element = self._value(field, inside)
        if element and field.repeated:
            return Sample(f"[{element.domain}]", f"[{element.message}]", [element.json])
        return element

    def _value(self, field: Field, inside: tuple[str, ...]) -> Sample | None:
        """A field's value, or one in its list or map."""
        if self._domain.is_uuid(field):
            return Sample(f'UUID("{SOME_ID}")', f'"{SOME_ID}"', SOME_ID)
        return self._element(field.map_value or field, inside)

    def _element(self, field: Field, inside: tuple[str, ...]) -> Sample | None:
        if field.type_name:
            return self._typed(field.type_name, inside)
        if field.kind in _SCALARS:
            return Sample(*_SCALARS[field.kind])
        return Sample("1", "1", 1)

    def _typed(self, name: str, inside: tuple[str, ...]) -> Sample | None:
        if name in _WELL_KNOWN:
            domain, call = _WELL_KNOWN[name]
            return Sample(
                domain, f"{self._imports.type_of(self._contract.messages[name])}{call}", _JSON.get(name, 1)
            )
        if enum := self._contract.enums.get(name):
            return self._enum(enum)
        if value := known(self._contract, name):
            return self._common(value.annotation, name)
        return self._message(name, inside)

    def _common(self, annotation: str, type_name: str) -> Sample | None:
        """Money, a decimal, a time of day."""
        if annotation not in _COMMON:
            return None
        domain, call, json = _COMMON[annotation]
        return Sample(domain, f"{self._imports.type_of(self._contract.messages[type_name])}{call}", json)

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
