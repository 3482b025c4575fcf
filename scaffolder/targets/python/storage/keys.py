"""What the JSON of a table holds: the keys of all messages that its columns reach, so that a change of them is seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffolder.contract.model import Enum, Message
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.domain_names import enum_members
from scaffolder.targets.python.storage.columns import is_json
from scaffolder.targets.python.storage.tables import Column, Key


def keys_of(domain: Domain, fields: Iterable[tuple[DomainField, Column]]) -> tuple[Key, ...]:
    """The keys of a table with these columns, each message behind the field that reaches it first."""
    return tuple(_Keys(domain).of(fields))


class _Keys:
    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.messages = {each.full_name: each for each in domain.messages}
        self.enums = {each.full_name: each for each in domain.enums}

    def of(self, fields: Iterable[tuple[DomainField, Column]]) -> Iterator[Key]:
        pending: list[str] = []
        for field, column in fields:
            if is_json(field):
                yield self._key("", column.name, field)
                pending.append(self._type(field))
        seen: set[str] = set()
        while pending:
            name = pending.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name in self.messages:
                yield from self._message(self.messages[name], pending)
            elif name in self.enums:
                yield from _members(self.enums[name])

    def _message(self, message: Message, pending: list[str]) -> Iterator[Key]:
        for field in self.domain.fields_of(message):
            yield self._key(message.full_name, field.attribute, field)
            pending.append(self._type(field))

    def _key(self, owner: str, name: str, field: DomainField) -> Key:
        type_ = self._type(field)
        kind = "message" if type_ in self.messages else "enum" if type_ in self.enums else ""
        container = "map" if field.key else "list" if field.field.repeated else ""
        return Key(owner, name, type_, kind, container, nullable=field.annotation.endswith(" | None"))

    def _type(self, field: DomainField) -> str:
        name = (field.field.map_value or field.field).type_name
        return name if name in self.messages or name in self.enums else field.value.annotation


def _members(enum: Enum) -> Iterator[Key]:
    for number, name in {number: name for name, number, _ in reversed(enum_members(enum))}.items():
        yield Key(enum.full_name, str(number), name, "member")
