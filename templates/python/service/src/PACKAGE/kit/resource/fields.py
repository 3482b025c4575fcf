"""The fields of entities: their types, by the contract's names, and the values at paths."""

from __future__ import annotations

import dataclasses
import enum
import keyword
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidArgumentError


@dataclass(frozen=True, slots=True)
class FieldType:
    """What a field holds.

    `kind` is a scalar's type, an enum's class, a dataclass, list, dict, or object for what may be anything. `nullable`
    says that it can be None: it knows whether it was set. `element` is that of a list's or map's values, and `key` the
    type of a map's keys.
    """

    kind: type[Any]
    nullable: bool = False
    element: FieldType | None = None
    key: type[Any] = str

    @property
    def is_message(self) -> bool:
        """Whether it has fields of its own."""
        return dataclasses.is_dataclass(self.kind)

    @property
    def is_many(self) -> bool:
        """Whether it is a list or a map."""
        return self.kind in (list, dict)

    def is_set(self, value: Any) -> bool:
        """Whether a value is more than what the field has when nobody set it."""
        if self.nullable:
            return value is not None
        if issubclass(self.kind, enum.Enum):
            return value is not next(iter(self.kind))
        return bool(value)

    def is_missing(self, value: Any) -> bool:
        """Whether a required field has nothing; a number, a boolean or an enum without presence always has something.

        0 cannot be told from nothing there, as in `kit.required`.
        """
        if self.nullable:
            return value is None
        return self.kind in (str, bytes, list, dict) and not value


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its `name` in the contract, its `attribute` in the class that it is `of`, and what that holds."""

    name: str
    attribute: str
    holds: FieldType
    of: type[Any]

    def default(self) -> Any:
        """What it has when nobody set it."""
        found = next(each for each in dataclasses.fields(self.of) if each.name == self.attribute)
        if found.default is not dataclasses.MISSING:
            return found.default
        if found.default_factory is not dataclasses.MISSING:
            return found.default_factory()
        return None if self.holds.nullable or self.holds.is_message else self.holds.kind()


def fields_of(cls: type[Any]) -> Mapping[str, Field]:
    """The fields of a dataclass by the contract's names.

    An attribute has an underscore behind it where the name alone would be a keyword, or hide something of its module:
    ``from`` is `from_`. Fields that are called otherwise for another reason are the caller's to know.
    """
    if cls not in _KNOWN:
        _KNOWN[cls] = _fields(cls)
    return _KNOWN[cls]


_KNOWN: dict[Any, Mapping[str, Field]] = {}


def _fields(cls: type[Any]) -> Mapping[str, Field]:
    module = vars(sys.modules.get(cls.__module__, types))
    hints = typing.get_type_hints(cls)
    found = {}
    for each in dataclasses.fields(cls):
        plain = each.name.rstrip("_")
        reserved = keyword.iskeyword(plain) or plain == "self" or plain in module
        name = plain if plain != each.name and reserved else each.name
        found[name] = Field(name, each.name, _type_of(hints[each.name]), cls)
    return found


def entity_fields(cls: type[Any], attributes: Mapping[str, str]) -> Mapping[str, Field]:
    """The fields of a resource: called like their attributes, but for those that `attributes` pairs with theirs."""
    names = {attribute: name for name, attribute in attributes.items()}
    found = {}
    for each in fields_of(cls).values():
        name = names.get(each.attribute, each.attribute)
        found[name] = dataclasses.replace(each, name=name)
    return found


def _type_of(hint: Any) -> FieldType:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        rest = [each for each in arguments if each is not types.NoneType]
        inner = _type_of(rest[0]) if len(rest) == 1 else FieldType(object)
        return dataclasses.replace(inner, nullable=len(rest) < len(arguments))
    if origin is typing.Annotated:
        return _type_of(arguments[0])
    if origin is list:
        return FieldType(list, element=_type_of(arguments[0]))
    if origin is dict:
        return FieldType(dict, element=_type_of(arguments[1]), key=arguments[0])
    return FieldType(hint if isinstance(hint, type) and hint is not Any else object)


def attribute(entity: Any, name: str, attributes: Mapping[str, str] = {}) -> str:
    """The attribute of an entity's field, one of `attributes` where it is called otherwise."""
    if name in attributes:
        return attributes[name]
    found = fields_of(type(entity)).get(name)
    return name if found is None else found.attribute


def read(entity: Any, path: Sequence[str], attributes: Mapping[str, str] = {}) -> Any:
    """The value at a path of fields and of maps' keys; None where something on the way is not set.

    `attributes` are those of the entity's own fields that are called otherwise.
    """
    value = entity
    for place, name in enumerate(path):
        if value is None:
            return None
        if dataclasses.is_dataclass(value):
            value = getattr(value, attribute(value, name, {} if place else attributes))
        else:
            value = value.get(map_key(name, type(next(iter(value), "")))) if isinstance(value, dict) else None
    return value


def map_key(text: str, kind: type[Any]) -> Any:
    """The key of a map from its text; ValueError where it cannot be one."""
    if kind is bool:
        if text not in ("true", "false"):
            raise ValueError("has keys that are true or false")
        return text == "true"
    if kind is int:
        if not text.removeprefix("-").isdecimal() or len(text) > 20 or not text.isascii():
            raise ValueError("has keys that are whole numbers")
        return int(text)
    return text


def key_text(key: Any) -> str:
    """The text of a map's key, the inverse."""
    return str(key).lower() if isinstance(key, bool) else str(key)


KINDS: Mapping[type[Any], str] = {
    str: "a text",
    bytes: "bytes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a map",
    object: "a value of any type",
}


def unknown(name: str, among: Sequence[str]) -> str:
    """That there is no such field, and which one may have been meant."""
    import difflib  # only a faulty request needs it

    if "amount" in among and name in ("units", "nanos"):
        return f"there is no field {name!r} in an amount of money, which has currency_code and amount"
    close = difflib.get_close_matches(name, among, 1)
    return f"there is no field {name[:100]!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def invalid(field: str, description: str) -> InvalidArgumentError:
    """The error of one field of the request."""
    return InvalidArgumentError.field(field, description)
