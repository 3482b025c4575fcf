"""A filter's tree against the types of a resource's fields: from what is written to what is meant."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .fields import KINDS, Field, FieldType, fields_of, key_text, map_key, unknown
from .lexing import KEYWORDS, fail
from .literals import ORDERED, Wrong, constant, takes
from .nodes import PRESENT, And, Compare, Has, Node, Not, Or, Pattern
from .syntax import Expression, Literal, Restriction, Value


def check(expression: Expression, fields: Mapping[str, Field], hidden: Collection[str] = ()) -> Node:
    """The filter with its meaning; the `fields` are the resource's, `hidden` the paths that no filter may name.

    | written | meant |
    |---|---|
    | `title = "Emma"`, `title:"Emma"` | equal, case matters; `title:` is no search for words |
    | `title = "Em*"`, `"*ma"`, `"*mm*"`, `"E*a"` | starts with, ends with, contains, both; `"*"` is any text, or none |
    | `title != x` | not equal, also where it is not set |
    | `pages < 5` | text by code point, numbers, timestamps, durations, dates |
    | `binding = PAPERBACK` | an enum by name, a boolean as true or false: `=` and `!=` only |
    | `isbn:*`, `isbn != null` | it is set; a field that does not know whether it was set has more than its default |
    | `author.family_name = x` | of a message; nothing is equal in a message that is not set |
    | `author:*`, `author:family_name` | the message is set; the field in it is |
    | `tags:"x"`, `tags:*` | the list has that element; it has any |
    | `authors.family_name:"x"` | a message in the list has that in its field |
    | `labels:key`, `labels.key:*` | the map has the key |
    | `labels.key = v` | it has the key, with that value |

    Raises InvalidArgumentError with the column, for an unknown field, a comparator that its type has not, a constant
    of another type, and for constants without a field, since no search in all fields is offered.
    """
    match expression:
        case And(parts):
            return And(tuple(check(part, fields, hidden) for part in parts))
        case Or(parts):
            return Or(tuple(check(part, fields, hidden) for part in parts))
        case Not(part):
            return Not(check(part, fields, hidden))
        case Literal(value):
            raise _lonely(value, fields)
        case Restriction(path):
            _refuse_hidden(expression, hidden)
            return _Check(expression, fields).node(path)


def _lonely(value: Value, fields: Mapping[str, Field]) -> Exception:
    if value.text.upper() in KEYWORDS and not value.quoted:
        return fail(f"{value.text.upper()} is written in capitals", value.column)
    example = f"{value.text} = …" if value.text in fields else f"field = {value}"
    return fail(
        f"{value.text[:50]!r} stands alone; there is no search in all fields, compare one: {example[:80]}",
        value.column,
    )


def _refuse_hidden(written: Restriction, hidden: Collection[str]) -> None:
    for each in hidden:
        parts = tuple(each.split("."))
        if written.path[: len(parts)] == parts or (
            written.comparator == ":" and (*written.path, written.value.text)[: len(parts)] == parts
        ):
            raise fail(f"{each} cannot be asked for, it is never shown", written.column)


@dataclass(frozen=True, slots=True)
class _Check:
    """One comparison on its way from the resource's fields to the value."""

    written: Restriction
    fields: Mapping[str, Field]

    def node(self, path: tuple[str, ...]) -> Node:
        return self._inside(self.fields, (), path, False)

    def _inside(
        self, fields: Mapping[str, Field], done: tuple[str, ...], rest: tuple[str, ...], unset: bool
    ) -> Node:
        """Of a message: `done` leads to it from the last list, `unset` says that it need not be there."""
        name, *others = rest
        if name not in fields:
            raise self._fail(unknown(name, list(fields)))
        return self._at(fields[name].holds, (*done, name), tuple(others), unset)

    def _at(self, holds: FieldType, done: tuple[str, ...], rest: tuple[str, ...], unset: bool) -> Node:
        """Of the value at `done`, into which the `rest` leads on."""
        if holds.kind is list:
            return self._list(holds, done, rest)
        if not rest:
            return self._end(holds, done, unset)
        if holds.is_message:
            return self._inside(fields_of(holds.kind), done, rest, True)
        if holds.kind is dict and holds.element is not None:
            return self._at(_entry(holds.element), (*done, self._key(holds, rest[0])), rest[1:], True)
        if holds.kind is object:
            return self._at(holds, (*done, rest[0]), rest[1:], True)
        shown = _dotted(self.written.path[: -len(rest)])
        kind = KINDS.get(holds.kind, takes(holds.kind))
        raise fail(f"{shown} is {kind} and has no field {rest[0][:50]!r}", self.written.column)

    def _list(self, holds: FieldType, done: tuple[str, ...], rest: tuple[str, ...]) -> Node:
        if self.written.comparator != ":":
            raise self._fail(
                f"leads to a list, ask for an element by ':', {_dotted(self.written.path)}:value"
            )
        if not rest and self._is_star:
            return Compare(done, ":", PRESENT, list)
        if rest and rest[0].isdecimal():
            raise self._fail("an element of a list has no number here")
        element = holds.element or FieldType(object)
        if not rest and (element.is_message or element.is_many):
            raise self._fail(f"is a list of messages, name a field: {_dotted(self.written.path)}.field:value")
        return Has(done, self._at(element, (), rest, False) if rest else self._scalar(element, ()))

    def _key(self, holds: FieldType, text: str) -> str:
        try:
            return key_text(map_key(text, holds.key))
        except ValueError as error:
            raise self._fail(f"{error}, not {text[:50]!r}") from error

    def _end(self, holds: FieldType, done: tuple[str, ...], unset: bool) -> Node:
        """Of the value that the path leads to."""
        if self.written.comparator == ":" and self._is_star:
            return _presence(holds, done, unset)
        if self._is_null:
            return self._null(holds, done)
        if holds.is_message or holds.kind in (dict, object):
            return self._member(holds, done)
        return self._scalar(holds, done)

    def _member(self, holds: FieldType, done: tuple[str, ...]) -> Node:
        """A field or key that a message or map has, by ':'."""
        value = self.written.value
        if holds.kind is object:
            raise self._fail("has no type to be compared by; ask whether it is there by ':*'")
        if self.written.comparator != ":":
            kind = KINDS.get(holds.kind, "a message")
            raise self._fail(f"is {kind} and cannot be compared; ':' asks what it has")
        if len(value.pieces) > 1:
            raise self._fail("takes a name behind ':', without wildcards")
        if holds.element is not None:
            return Compare((*done, self._key(holds, value.text)), ":", PRESENT, holds.element.kind)
        fields = fields_of(holds.kind)
        if value.text not in fields:
            raise self._fail(unknown(value.text, list(fields)))
        return _presence(fields[value.text].holds, (*done, value.text), True)

    def _null(self, holds: FieldType, done: tuple[str, ...]) -> Node:
        if not holds.nullable:
            raise self._fail("always has a value; put null in quotes if you mean the text")
        there = Compare(done, ":", PRESENT, holds.kind)
        return there if self.written.comparator == "!=" else Not(there)

    def _scalar(self, holds: FieldType, done: tuple[str, ...]) -> Node:
        op = "=" if self.written.comparator == ":" else self.written.comparator
        if op not in ("=", "!=") and holds.kind not in ORDERED and holds.kind is not bytes:
            raise self._fail(f"takes {takes(holds.kind)}, and is compared by = and != only")
        try:
            value = constant(self.written.value, holds.kind)
        except Wrong as error:
            shown = str(self.written.value)[:60]
            raise fail(
                f"{_dotted(self.written.path)} takes {error}, not {shown}", self.written.value.column
            ) from error
        if not isinstance(value, Pattern):
            return Compare(done, op, value, holds.kind)
        if op not in ("=", "!="):
            raise self._fail("takes wildcards with = and != only; write \\* in quotes for an asterisk")
        alike = Compare(done, "like", value, holds.kind)
        return alike if op == "=" else Not(alike)

    @property
    def _is_star(self) -> bool:
        return self.written.value.pieces == ("", "")

    @property
    def _is_null(self) -> bool:
        value = self.written.value
        return value.text == "null" and not value.quoted and self.written.comparator in ("=", "!=")

    def _fail(self, description: str) -> Exception:
        shown = _dotted(self.written.path)
        return fail(
            description if description.startswith("there") else f"{shown} {description}", self.written.column
        )


def _entry(holds: FieldType) -> FieldType:
    """The type of what a map has for a key, which it may not have."""
    return FieldType(holds.kind, True, holds.element, holds.key)


def _presence(holds: FieldType, path: tuple[str, ...], unset: bool) -> Node:
    """That something is there; without presence of its own that is more than the default (AIP-160, "Has operator")."""
    there = Compare(path, ":", PRESENT, holds.kind)
    if holds.nullable or holds.is_many or holds.is_message or holds.kind is object:
        return there
    default = _default(holds.kind)
    if default is None:
        return there
    more = Compare(path, "!=", default, holds.kind)
    return And((there, more)) if unset else more


def _default(kind: type[Any]) -> Any:
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    return kind() if kind in (str, bool, int, float, bytes) else None


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)[:100]
