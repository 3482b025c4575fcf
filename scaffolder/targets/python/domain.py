"""The domain types of one service: dataclasses and enums for every message that crosses into biz/.

biz/ may not know protobuf, so each message of a request or response has a dataclass there, named as in the contract
(`Order.Item` is `OrderItem`), with a name that depends on the service's own contract alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from scaffolder.contract.model import Contract, Enum, Field, Message
from scaffolder.targets.python import types
from scaffolder.targets.python.domain_names import DomainNames, enum_members
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.names import BUILTIN_TYPES, identifier, safe
from scaffolder.targets.python.types import ValueType

RESERVED_ATTRIBUTES = frozenset({"builtins", "dataclasses", "datetime", "enum", "self"})
"""Names that a dataclass body must not rebind; a field of that name gets an underscore behind it."""

Known = Callable[[Contract, str], object]
"""Whether a message, by its full name, has a type of Python's."""


@dataclass(frozen=True, slots=True)
class DomainField:
    """A dataclass field: `attribute` in the domain, `field` in the contract, `value` the type of one element."""

    attribute: str
    field: Field
    value: ValueType
    annotation: str
    default: str
    key: str = ""


class Domain:
    """Names and types of all that the `roots` (full names of messages) reach, assigned once and alike every time.

    `package` is the service's own: a message of another package gets that package's name in front where two
    messages would be called alike. `reserved` are names that the module uses itself. `texts` are the names of fields
    that stay text though they are declared as UUIDs: identities, which are names, what refers to them, and the ids
    of requests. `keys` are the identities themselves, as (message, field): a resource has one whether or not the
    contract calls it optional. `called` are the names of messages whose own is one of a reply: see `DomainNames`.
    """

    def __init__(
        self,
        contract: Contract,
        roots: Iterable[str],
        package: str,
        reserved: Iterable[str],
        imports: Imports,
        *,
        texts: Collection[str] = (),
        keys: Collection[tuple[str, str]] = (),
        called: Mapping[str, str] | None = None,
    ) -> None:
        self._contract = contract
        self._imports = imports
        self._texts = texts
        self._keys = keys
        roots = list(roots)
        reached = closure(contract, roots)
        places = contract.places
        ordered = sorted(reached, key=lambda name: places.get(name, -1))
        self.messages = [contract.messages[name] for name in ordered if name in contract.messages]
        self.enums = [contract.enums[name] for name in ordered if name in contract.enums]
        self.imported = self._imported(roots)
        self._fallible = self._all_fallible()
        self._names = DomainNames(
            contract, package, self.enums, self.messages, {*reserved, *self.imported}, called=called or {}
        )
        self._types = frozenset(self._names.classes.values()) | self.imported

    def closure(self, roots: Iterable[str]) -> set[str]:
        """The full names of everything that the messages named reach."""
        return closure(self._contract, roots)

    def class_of(self, item: Message | Enum) -> str:
        """The class in biz/NOUN.py."""
        return self._names.classes[item.full_name]

    @property
    def names(self) -> Collection[str]:
        """The full names of all messages and enums that have a class."""
        return self._names.classes.keys()

    @property
    def class_names(self) -> list[str]:
        """Every class of biz/NOUN_types.py, sorted."""
        return sorted(self._names.classes.values())

    def function_of(self, message: Message) -> str:
        """The stem of the message's two conversions, `STEM_from` and `STEM_to`."""
        return self._names.functions[message.full_name]

    def value_of(self, type_name: str) -> ValueType:
        """The type of a message or an enum in the domain."""
        if value := types.known(self._contract, type_name):
            return self._writing(value, type_name)
        if type_name == types.EMPTY and type_name not in self._names.functions:
            return types.NOTHING
        if enum := self._contract.enums.get(type_name):
            return self._enum_type(enum)
        stem = self._names.functions[type_name]
        return ValueType(
            self._names.classes[type_name],
            f"{stem}_from({{value}})",
            f"{stem}_to({{value}})",
            reader=f"{stem}_from" if type_name in self._fallible else "",
        )

    def _writing(self, value: ValueType, type_name: str) -> ValueType:
        """The type with the class of its message where writing has to name it."""
        if "{message}" not in value.to_message:
            return value
        name = self._imports.type_of(self._contract.messages[type_name])
        return replace(value, to_message=value.to_message.replace("{message}", name))

    def _imported(self, roots: Iterable[str]) -> frozenset[str]:
        """The names of `types.IMPORTS` that annotations use."""
        fields = [self._known(field) for message in self.messages for field in message.fields]
        values = [*fields, *(types.known(self._contract, root) for root in roots)]
        found = {value.annotation for value in values if value}
        if "Money" in found:
            found.add("Decimal")  # which whoever makes some has to name
        return frozenset(found) & types.IMPORTS.keys()

    def _all_fallible(self) -> set[str]:
        """The messages that may hold a value which the domain has none for, in a field or further down."""
        found: set[str] = set()
        grows = True
        while grows:
            more = {
                message.full_name
                for message in self.messages
                if any(map(self._may_fail(found), message.fields))
            }
            grows, found = more != found, more
        return found

    def _may_fail(self, fallible: Collection[str]) -> Callable[[Field], bool]:
        def may_fail(field: Field) -> bool:
            name = (field.map_value or field).type_name
            value = self._known(field)
            return bool(value and value.reader) or name in self._contract.enums or name in fallible

        return may_fail

    def _known(self, field: Field) -> ValueType | None:
        """The type of Python's that a field's values have, None where they are scalars or of the contract's own."""
        if self.is_uuid(field):
            return types.UUID
        return types.known(self._contract, (field.map_value or field).type_name)

    def is_uuid(self, field: Field) -> bool:
        """Whether a field's values, or those in its list or map, are UUIDs in the domain."""
        return types.is_uuid(field) and not field.reference and field.name not in self._texts

    def fields_of(self, message: Message) -> list[DomainField]:
        """The fields of a message's dataclass."""
        taken: set[str] = set()
        found = []
        for field in message.fields:
            attribute = safe(_attribute(field.name), RESERVED_ATTRIBUTES | self._types | taken)
            taken.add(attribute)
            is_key = field.has_presence and (message.full_name, field.name) in self._keys
            found.append(self._field(attribute, replace(field, has_presence=False) if is_key else field))
        shadowed = taken & BUILTIN_TYPES
        return [_qualified(field, shadowed) for field in found] if shadowed else found

    def message_of(self, field: Field) -> Message | None:
        """The message in a field, or in each of its list, where it has a dataclass; None in a map."""
        return (
            None
            if field.map_key or field.type_name not in self._names.functions
            else self._contract.messages[field.type_name]
        )

    def field_of(self, field: Field) -> DomainField:
        """A field as one value of its own, outside of its message."""
        return self._field(safe(_attribute(field.name)), field)

    def _field(self, attribute: str, field: Field) -> DomainField:
        if field.map_key and field.map_value:
            value, key = self._element(field), types.scalar(field.map_key.kind)
            annotation = f"dict[{key.annotation}, {value.annotation}]"
            default = "dataclasses.field(default_factory=dict)"
            return DomainField(attribute, field, value, annotation, default, key.annotation)
        value = self._element(field)
        if field.repeated:
            annotation = f"list[{value.annotation}]"
            return DomainField(attribute, field, value, annotation, "dataclasses.field(default_factory=list)")
        if field.has_presence:
            return DomainField(
                attribute, field, value, f"{value.annotation} | None", self._default(field) or "None"
            )
        if value.nullable:
            return DomainField(attribute, field, value, f"{value.annotation} | None", "None")
        return DomainField(attribute, field, value, value.annotation, value.default)

    def _element(self, field: Field) -> ValueType:
        """The type of a field's value, or of one in its list or map."""
        if self.is_uuid(field):
            return types.UUID
        element = field.map_value or field
        return self.value_of(element.type_name) if element.type_name else types.scalar(element.kind)

    def _default(self, field: Field) -> str:
        """The expression of the default that proto2 declares, "" for none."""
        if not field.default:
            return ""
        if enum := self._contract.enums.get(field.type_name):
            names = {
                value.name: name for value, (name, *_) in zip(enum.values, enum_members(enum), strict=True)
            }
            return f"{self._names.classes[enum.full_name]}.{names[field.default]}"
        return types.default_of(field.kind, field.default)

    def _enum_type(self, enum: Enum) -> ValueType:
        name = self._names.classes[enum.full_name]
        first = enum_members(enum)[0][0]
        return ValueType(
            name,
            f"enum_of(biz.{name}, {{value}}, {{field}})",
            self._imports.enum_value(enum),
            f"{name}.{first}",
            reader=f"enum_from(biz.{name})",
        )


def _attribute(name: str) -> str:
    """A field's name without two underscores before it, which would be another name inside a class."""
    return identifier(name.lstrip("_") or "field") if name.startswith("__") else name


def _qualified(field: DomainField, shadowed: set[str]) -> DomainField:
    """The field with `builtins.` before every type that a sibling field's name hides in the class body."""
    hidden = re.compile(rf"(?<![\w.])({'|'.join(sorted(shadowed))})(?!\w)")
    # The default is an expression, where a keyword argument's name or a text must stay.
    default = re.sub(
        r"(?<=default_factory=)\w+", lambda found: hidden.sub(r"builtins.\1", found[0]), field.default
    )
    return replace(field, annotation=hidden.sub(r"builtins.\1", field.annotation), default=default)


def closure(contract: Contract, roots: Iterable[str], known: Known = types.known) -> set[str]:
    """The messages named, and all messages and enums that their fields reach, short of those that are `known`."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        name = pending.pop()
        if not name or name in found or known(contract, name):
            continue
        found.add(name)
        if message := contract.messages.get(name):
            pending += [(field.map_value or field).type_name for field in message.fields]
    return found
