"""Conversions between a resource's types in biz/ and messages that repeat what it holds: `beer_to_get_beer_reply`.

Such a message is a reply or a request with the resource's fields, or a copy of what one of these holds: the Image that
is nested in CreateBeerReply, where the resource has one of its own. In the domain there is only the resource's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffolder.contract.model import Contract, Field, Message
from scaffolder.standard import Pairs
from scaffolder.targets.python import types
from scaffolder.targets.python.domain import Domain, DomainField
from scaffolder.targets.python.mapping import Conversion, conversion
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.names import identifier, snake
from scaffolder.targets.python.types import ValueType


class Copying:
    """Collects the conversions that are asked for; `taken` and `given` are the messages that these convert whole."""

    def __init__(self, contract: Contract, domain: Domain, imports: Imports) -> None:
        self._contract = contract
        self._domain = domain
        self._imports = imports
        self._found: dict[tuple[str, str], Conversion] = {}
        self._words: dict[str, str] = {}
        self.taken: list[str] = []
        self.given: list[str] = []

    @property
    def conversions(self) -> list[Conversion]:
        return [*self._found.values()]

    def writer(self, own: Message, copy: Message, shows: Pairs) -> str:
        """The name of the function that makes a copy of what the entity of `own` holds; see `StandardMethod.shows`."""
        return self._conversion(own, copy, shows, reads=False).to_name

    def read_as(self, own: DomainField, given: Field) -> DomainField:
        """A request's field `given` that is read as the entity's `own`."""
        return replace(own, field=given, value=self._value(own, given, reads=True))

    def _conversion(self, own: Message, copy: Message, shows: Pairs, *, reads: bool) -> Conversion:
        key = (own.full_name, copy.full_name)
        known = self._found.get(key)
        if known and (known.needs_from if reads else known.needs_to):
            return known
        found = known or Conversion(
            self._domain.function_of(own),
            self._domain.class_of(own),
            self._imports.type_of(copy),
            needs_from=False,
            needs_to=False,
            other=self._word(copy),
        )
        found = replace(found, needs_from=found.needs_from or reads, needs_to=found.needs_to or not reads)
        self._found[key] = found  # before its fields, of which one may hold the same
        fields = [*self._fields(own, copy, shows, reads=reads)]
        self._found[key] = conversion(self._found[key], fields, reads=reads, writes=not reads)
        return self._found[key]

    def _fields(self, own: Message, copy: Message, shows: Pairs, *, reads: bool) -> Iterator[DomainField]:
        """The entity's fields with the copy's in the place of their own, with presence where the entity's have it."""
        items = {each.field.name: each for each in self._domain.fields_of(own)}
        theirs = {each.name: each for each in copy.fields}
        for name, of in shows:
            item, given = items[of], theirs[name]
            found = replace(item, field=given, value=self._value(item, given, reads=reads))
            if not item.field.has_presence:
                found = replace(found, field=replace(given, has_presence=False))
            elif not given.has_presence:
                found = replace(found, value=_never_unset(found.value))
            yield found

    def _value(self, own: DomainField, given: Field, *, reads: bool) -> ValueType:
        """The type of the entity's field, of what the copy's field holds."""
        one, other = ((each.map_value or each).type_name for each in (own.field, given))
        if one == other:
            (self.taken if reads else self.given).append(one)
            return own.value
        if other in self._contract.enums:
            return replace(own.value, to_message=self._imports.enum_value(self._contract.enums[other]))
        if types.known(self._contract, other):
            return self._domain.value_of(other)
        message, copy = self._contract.messages[one], self._contract.messages[other]
        shows = tuple((each.name, each.name) for each in copy.fields)
        found = self._conversion(message, copy, shows, reads=reads)
        return ValueType(
            found.domain_class,
            f"{found.from_name}({{value}})",
            f"{found.to_name}({{value}})",
            reader=found.from_name if own.value.reader else "",
        )

    def _word(self, copy: Message) -> str:
        """What a copy is called in names of functions: `create_beer_reply_image` of CreateBeerReply.Image."""
        if copy.full_name not in self._words:
            package = self._contract.by_name[copy.file].package
            local = copy.full_name.removeprefix(package).strip(".").replace(".", "_")
            word = identifier(snake(local).strip("_")) or "message"
            while word in self._words.values():
                word += "_"
            self._words[copy.full_name] = word
        return self._words[copy.full_name]


def _never_unset(value: ValueType) -> ValueType:
    """A scalar or an enum that may be None in the domain, for which a message without presence has its zero value."""
    zero = types.DEFAULTS.get(value.annotation, "0")
    return replace(value, to_message=value.to_message.replace("{value}", f"{{value}} or {zero}"))
