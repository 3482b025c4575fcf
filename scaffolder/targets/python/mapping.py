"""The conversions between a service's messages and its domain types: finished lines for service/NOUN_mapping.py."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass, field

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.targets.python import types
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.types import ValueType


@dataclass(frozen=True, slots=True)
class Conversion:
    """One message's two functions: which of them is needed, and what stands in them.

    `reads` are the keyword arguments of the domain type, `writes` those of the message, `after` the statements for
    fields that a message's constructor cannot take. `hides` are the INPUT_ONLY fields, which no response has (AIP-203).
    `other` is what a message is called that is a copy of the domain type's own, and ``""`` of that one.
    """

    stem: str
    domain_class: str
    message_class: str
    needs_from: bool
    needs_to: bool
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    hides: list[str] = field(default_factory=list)
    other: str = ""

    @property
    def from_name(self) -> str:
        return f"{self.stem}_from_{self.other}" if self.other else f"{self.stem}_from"

    @property
    def to_name(self) -> str:
        return f"{self.stem}_to_{self.other}" if self.other else f"{self.stem}_to"


@dataclass(frozen=True, slots=True)
class Builder:
    """A function that makes a domain type of a request that repeats its fields.

    `paths` is the name of the function that says which of them a request sets, `""` where nobody asks; `pairs` are
    these fields: (the request's, the entity's).
    """

    name: str
    words: str
    domain_class: str
    message_class: str
    reads: list[str]
    paths: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)


def read_for(item: DomainField, own: Field) -> str:
    """The value of a request's field, for a field of an entity that may have presence where this has none."""
    given = item.field
    if given.has_presence and not own.has_presence:
        return read_one(item.value, given.name, _source(item))
    return f"{_read(item)} or None" if own.has_presence and not given.has_presence else _read(item)


def build(domain: Domain, imports: Imports, taken: list[str], given: list[str]) -> list[Conversion]:
    """The conversions of the messages that come in (`taken`), go out (`given`), and of all that they reach."""
    incoming, outgoing = domain.closure(taken), domain.closure(given)
    return [
        _conversion(domain, imports, message, message.full_name in incoming, message.full_name in outgoing)
        for message in domain.messages
        if message.full_name in incoming | outgoing
    ]


def _conversion(
    domain: Domain, imports: Imports, message: Message, needs_from: bool, needs_to: bool
) -> Conversion:
    found = Conversion(
        domain.function_of(message), domain.class_of(message), imports.type_of(message), needs_from, needs_to
    )
    return conversion(found, domain.fields_of(message))


def conversion(
    found: Conversion, fields: Iterable[DomainField], *, reads: bool = True, writes: bool = True
) -> Conversion:
    """The conversion with what stands in its functions, or in one of them."""
    for item in fields:
        if reads:
            found.reads.append(f"{item.attribute}={_read(item)}")
        if not writes:
            continue
        if "INPUT_ONLY" in item.field.behaviors:
            found.hides.append(item.field.name)
        elif _constructible(item):
            found.writes.append(f"{item.field.name}={_write(item)}")
        else:
            found.after.append(_assign(item))
    return found


def _read(item: DomainField) -> str:
    """The domain's value out of `message`."""
    name, value, source = item.field.name, item.value, _source(item)
    if item.key:
        return _read_all(value, f'each_of_map("{name}", {value.reader}, {source})', source, "dict")
    if item.field.repeated:
        return read_many(value, name, source)
    if value == types.UUID and "OUTPUT_ONLY" in item.field.behaviors:
        return f"uuid_or_none({source})"
    read = read_one(value, name, source)
    if item.field.has_presence:
        return f'{read} if message.HasField("{name}") else None'
    return f"{read} if {source} else None" if value.nullable else read


def read_one(value: ValueType, name: str, source: str) -> str:
    """The value of a message's field that is there, with its place in what is found wrong."""
    if value.reader and not value.names_field:
        return f'within("{name}", {value.reader}, {source})'
    return value.read(source, name)


def read_many(value: ValueType, name: str, source: str) -> str:
    """The values of a repeated field, with their places in what is found wrong."""
    return _read_all(value, f'each("{name}", {value.reader}, {source})', source, "list")


def _read_all(value: ValueType, each: str, source: str, container: str) -> str:
    """The values of a list or a map: one by one where one of them may be wrong, else all at once."""
    if value.reader:
        return each
    if not value.converts:
        return f"{container}({source})"
    if container == "list":
        return f"[{value.read('item')} for item in {source}]"
    return f"{{key: {value.read('item')} for key, item in {source}.items()}}"


def _source(item: DomainField) -> str:
    """A field of `message`."""
    name = item.field.name
    return f'getattr(message, "{name}")' if keyword.iskeyword(name) else f"message.{name}"


def _write(item: DomainField) -> str:
    """The message's value out of `value`, the domain's object."""
    source, value = f"value.{item.attribute}", item.value
    if value.to_message == "{value}":
        return source
    if item.key:
        return f"{{key: {value.write('item')} for key, item in {source}.items()}}"
    if item.field.repeated:
        return f"[{value.write('item')} for item in {source}]"
    if item.field.has_presence:
        return f"{value.write(source)} if {source} is not None else None"
    if value.nullable:
        return f'{value.write(source)} if {source} is not None else ""'
    return value.write(source)


def _constructible(item: DomainField) -> bool:
    """Whether the typed constructor takes the field: not by a keyword's name, and no None for a oneof's scalar."""
    if keyword.iskeyword(item.field.name) or item.field.name == "self":
        return False
    return not (item.field.oneof and item.field.has_presence)


def _assign(item: DomainField) -> str:
    """A statement that sets a field after construction."""
    name, source = item.field.name, f"value.{item.attribute}"
    is_name = not keyword.iskeyword(name)
    target = f"message.{name}" if is_name else f'getattr(message, "{name}")'
    if item.key and _is_message(item):
        return (
            f"for key, item in {source}.items():\n        {target}[key].CopyFrom({item.value.write('item')})"
        )
    if item.key or item.field.repeated:
        return f"{target}.{'update' if item.key else 'extend'}({_write(item)})"
    written = item.value.write(source)
    if item.value.nullable and not item.field.has_presence:
        written = _write(item)
    if _is_message(item):
        statement = f"{target}.CopyFrom({written})"
    else:
        statement = f"{target} = {written}" if is_name else f'setattr(message, "{name}", {written})'
    if item.field.has_presence:
        return f"if {source} is not None:\n        {statement}"
    return statement


def _is_message(item: DomainField) -> bool:
    element = item.field.map_value or item.field
    return element.kind in (Kind.MESSAGE, Kind.GROUP)


def crossing(methods: list[Method]) -> tuple[list[str], list[str]]:
    """The whole messages that the methods take and give."""
    taken = [m.input for m in methods if m.client_streaming or m.input != types.EMPTY]
    given = [m.output for m in methods if m.server_streaming or m.output != types.EMPTY]
    return taken, given
