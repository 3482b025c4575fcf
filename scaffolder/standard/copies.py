"""Messages that repeat what another one holds: a reply with a resource's fields, a nested copy of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffolder.contract.model import Contract, Enum, Field, Kind, Message
from scaffolder.standard.fields import RefusedError, same_type
from scaffolder.standard.model import Pairs, Resource
from scaffolder.standard.resources import in_request
from scaffolder.standard.words import a


@dataclass(slots=True)
class Copies:
    """Which fields hold the same, though each message may have a type of its own for it."""

    contract: Contract
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def alike(self, one: Field, other: Field) -> bool:
        """Whether what one field holds can be written as what the other holds, as `same_type`, or as its copy."""
        if same_type(one, other):
            return True
        if one.map_key and one.map_value and other.map_key and other.map_value:
            return same_type(one.map_key, other.map_key) and self.alike(one.map_value, other.map_value)
        if one.map_key or other.map_key or (one.kind, one.repeated) != (other.kind, other.repeated):
            return False
        return one.kind in (Kind.MESSAGE, Kind.ENUM) and self._twins(one.type_name, other.type_name)

    def pairs(self, message: Message, resource: Resource, whose: str = "the response's") -> Pairs:
        """The fields of a message, which all are the resource's, the identity among them: (its own, the resource's).

        A `RefusedError` names the first that is not, as a field of `whose`, and knows them all.
        """
        identity, name = in_request(message, resource), resource.message.name
        if identity is None:
            raise RefusedError(f"{message.name} has no {resource.identity.name}, which names {a(name)}")
        own = {each.name: each for each in resource.message.fields}
        found, wrong = [], {}
        for each in message.fields:
            other = resource.identity if each is identity else own.get(each.name)
            why = self._differs(each, other, message, resource) if other else "is nothing that a store knows"
            if other and not why:
                found.append((each.name, other.name))
            else:
                wrong[each.name] = f"{whose} field {each.name} {why}"
        if wrong:
            raise RefusedError(next(iter(wrong.values())), [*wrong])
        return tuple(found)

    def _differs(self, each: Field, other: Field, message: Message, resource: Resource) -> str:
        """Why a field cannot show what the resource's holds, `""` where it can."""
        name = resource.message.name
        if not self.alike(each, other):
            return f"has another type than that of {a(name)}"
        if _oneof(each, message) != _oneof(other, resource.message):
            return f"has other alternatives in its oneof than that of {a(name)}"
        if ("INPUT_ONLY" in other.behaviors) != ("INPUT_ONLY" in each.behaviors):
            return (
                f"is INPUT_ONLY in {message.name if 'INPUT_ONLY' in each.behaviors else name} alone (AIP-203)"
            )
        return ""

    def _twins(self, one: str, other: str) -> bool:
        """Whether two messages, or two enums, of the project's own contracts have just the same in them."""
        key = (one, other)
        if key not in self._known:
            before = {*self._known}
            self._known[key] = True  # where they hold themselves
            if not self._same(one, other):
                # What was found alike meanwhile may be so by that assumption alone.
                for each in self._known.keys() - before:
                    if self._known[each]:
                        del self._known[each]
                self._known[key] = False
        return self._known[key]

    def _same(self, one: str, other: str) -> bool:
        messages, enums = self.contract.messages, self.contract.enums
        if one in enums and other in enums:
            return _values(enums[one]) == _values(enums[other])
        if one not in messages or other not in messages:
            return False
        first, second = messages[one], messages[other]
        if any(self.contract.by_name[each.file].provider for each in (first, second)):
            return False
        left, right = _by_name(first), _by_name(second)
        return left.keys() == right.keys() and all(
            self.alike(each, right[name])
            and _manner(each) == _manner(right[name])
            and _oneof(each, first) == _oneof(right[name], second)
            for name, each in left.items()
        )


def _values(enum: Enum) -> set[tuple[str, int]]:
    return {(value.name, value.number) for value in enum.values}


def _by_name(message: Message) -> Mapping[str, Field]:
    return {each.name: each for each in message.fields}


def _manner(each: Field) -> tuple[bool, bool, str]:
    """How a field is there: whether it may be unset, whether it is shown, what it is unset."""
    return each.has_presence, "INPUT_ONLY" in each.behaviors, each.default


def _oneof(each: Field, message: Message) -> set[str]:
    """What a field is an alternative to, itself included; nothing where it stands alone."""
    return {other.name for other in message.fields if each.oneof and other.oneof == each.oneof}
