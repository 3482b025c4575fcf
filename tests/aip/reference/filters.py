"""AIP-160's filters over messages in memory: a recursive descent parser whose result is a predicate."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor import FieldDescriptor as Fd

Predicate = Callable[[Any], bool]

MAX_DEPTH = 60
_TOKEN = re.compile(
    r"""\s*(?:(?P<op><=|>=|!=|=|<|>|:)|(?P<mark>[().,])|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<word>-?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?s?|-?[^\s()<>=!:.,"'\\;`#\[\]{}]+))""",
    re.DOTALL,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FilterError(ValueError):
    """A filter that is none."""


Token = tuple[str, str]


def tokens(text: str) -> Iterator[Token]:
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterError(f"unexpected {text[position:].strip()[0]!r}")
        kind = str(match.lastgroup)
        value = match[kind]
        if kind == "word" and value.startswith("-") and not value[1:2].isdigit():
            yield "minus", "-"  # glued to what it negates
            position = match.start("word") + 1
            continue
        yield kind, re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL) if kind == "text" else value
        position = match.end()


class Filters:
    """Compiles filters on one kind of message. What a method does is what a mutant may break."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._tokens: list[Token] = []
        self._depth = 0

    def compile(self, text: str) -> Predicate:
        """A predicate of resources; raises FilterError."""
        self._tokens = list(tokens(text))[::-1]
        self._depth = 0
        if not self._tokens:
            return lambda resource: True
        made = self.expression()
        if self._tokens:
            raise FilterError(f"unexpected {self._tokens[-1][1]!r}")
        return made

    def expression(self) -> Predicate:
        parts = [self.sequence()]
        while self._take("word", "AND"):
            parts.append(self.sequence())
        return self.conjunction(parts)

    def conjunction(self, parts: list[Predicate]) -> Predicate:
        return lambda resource: all(part(resource) for part in parts)

    def sequence(self) -> Predicate:
        parts = [self.factor()]
        while self._tokens and self._tokens[-1] not in (("mark", ")"), ("word", "AND"), ("word", "OR")):
            parts.append(self.factor())
        return self.juxtaposed(parts)

    def juxtaposed(self, parts: list[Predicate]) -> Predicate:
        return lambda resource: all(part(resource) for part in parts)

    def factor(self) -> Predicate:
        parts = [self.term()]
        while self._take("word", "OR"):
            parts.append(self.term())
        return self.disjunction(parts)

    def disjunction(self, parts: list[Predicate]) -> Predicate:
        return lambda resource: any(part(resource) for part in parts)

    def term(self) -> Predicate:
        if self._take("minus", "-") or self._take("word", "NOT"):
            self._depth += 1
            return self.negation(self._deeper(self.simple))
        return self.simple()

    def negation(self, part: Predicate) -> Predicate:
        return lambda resource: not part(resource)

    def simple(self) -> Predicate:
        if self._take("mark", "("):
            self._depth += 1
            inner = self._deeper(self.expression)
            if not self._take("mark", ")"):
                raise FilterError("a parenthesis is not closed")
            return inner
        return self.restriction()

    def _deeper(self, parse: Callable[[], Predicate]) -> Predicate:
        if self._depth > MAX_DEPTH:
            raise FilterError(f"nested more than {MAX_DEPTH} deep")
        made = parse()
        self._depth -= 1
        return made

    def restriction(self) -> Predicate:
        kind, value = self._next()
        if kind not in ("word", "text"):
            raise FilterError(f"unexpected {value!r}")
        path = [value]
        while self._take("mark", "."):
            path.append(self._operand())
        if self._tokens and self._tokens[-1][0] == "op":
            comparison = self._next()[1]
            return self.comparison(path, comparison, self._argument())
        if self._tokens and self._tokens[-1] == ("mark", "("):
            raise FilterError(f"no function is called {value!r}")
        raise FilterError("a literal alone is not supported")

    def _argument(self) -> str:
        if self._take("minus", "-"):
            return "-" + self._operand()
        value = self._operand()
        while self._tokens and self._tokens[-1] == ("mark", "."):
            raise FilterError("fields stand on the left")
        return value

    def _operand(self) -> str:
        kind, value = self._next()
        if kind not in ("word", "text"):
            raise FilterError(f"unexpected {value!r}")
        return value

    def _next(self) -> Token:
        if not self._tokens:
            raise FilterError("unexpected end")
        return self._tokens.pop()

    def _take(self, kind: str, value: str) -> bool:
        if self._tokens and self._tokens[-1] == (kind, value):
            self._tokens.pop()
            return True
        return False

    # Meaning

    def comparison(self, path: list[str], comparison: str, argument: str) -> Predicate:
        steps, field = self.resolve(path, comparison)
        if comparison == ":":
            return self.has(steps, field, argument)
        if field is None or field.is_repeated or (field.message_type and not is_time(field)):
            raise FilterError(f"{'.'.join(path)!r} cannot be compared with {comparison}")
        test = self.test(field, comparison, argument)
        return lambda resource: any(test(value) for value in values(resource, steps))

    def resolve(self, path: list[str], comparison: str) -> tuple[list[str], Fd | None]:
        """The steps of a path and the field at its end; the value's field where it ends at a key of a map."""
        descriptor: Descriptor | None = self._descriptor
        field: Fd | None = None
        for place, name in enumerate(path):
            if is_map(field):
                assert field is not None and field.message_type is not None
                field = field.message_type.fields_by_name["value"]
                descriptor = field.message_type
                continue
            if field is not None and field.is_repeated and comparison != ":":
                raise FilterError(f"{'.'.join(path[:place])!r} is a list")
            found = descriptor.fields_by_name.get(name) if descriptor is not None else None
            if found is None:
                raise FilterError(f"{'.'.join(path)!r} is no field")
            field = found
            descriptor = None if is_time(found) else found.message_type
        return path, field

    def has(self, steps: list[str], field: Fd | None, argument: str) -> Predicate:
        assert field is not None
        if argument == "*":
            return lambda resource: any(is_there(value) for value in values(resource, steps))
        if is_map(field):
            return lambda resource: any(argument in value for value in values(resource, steps))
        if field.message_type is not None and not is_time(field):
            raise FilterError(f"{'.'.join(steps)!r} is a message")
        test = self.test(field, "=", argument)
        return lambda resource: any(test(value) for value in elements(resource, steps))

    def test(self, field: Fd, comparison: str, argument: str) -> Callable[[Any], bool]:
        """Whether a field's value compares with the argument."""
        if field.type == Fd.TYPE_STRING and "*" in argument and comparison in ("=", "!="):
            matches = self.wildcard(argument)
            return lambda value: matches(value) == (comparison == "=")
        wanted = self.typed(field, argument)
        if field.type in (Fd.TYPE_BOOL, Fd.TYPE_ENUM) and comparison not in ("=", "!="):
            raise FilterError(f"{comparison} does not compare a {field.name}")
        compare = _COMPARE[comparison]
        return lambda value: compare(comparable(value), wanted)

    def wildcard(self, pattern: str) -> Callable[[str], bool]:
        """Greedy from the left, so that no pattern takes long."""
        first, *middle, last = pattern.split("*")

        def matches(text: str) -> bool:
            if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
                return False
            position, end = len(first), len(text) - len(last)
            for part in middle:
                position = text.find(part, position, end)
                if position < 0:
                    return False
                position += len(part)
            return True

        return matches

    def typed(self, field: Fd, argument: str) -> Any:
        """The argument as a value that `comparable` values compare with."""
        try:
            if field.type == Fd.TYPE_STRING:
                return argument
            if field.type == Fd.TYPE_BOOL:
                return {"true": True, "false": False}[argument]
            if field.enum_type is not None:
                return field.enum_type.values_by_name[argument].number
            if field.message_type is not None and field.message_type.name == "Timestamp":
                return moment(argument)
            if field.message_type is not None:
                if not argument.endswith("s"):
                    raise FilterError(f"{argument!r} is no duration")
                return Decimal(argument[:-1])
            return Decimal(argument)
        except (KeyError, ValueError, InvalidOperation) as error:
            raise FilterError(f"{argument!r} is no value of {field.name}") from error


def moment(text: str) -> Decimal:
    """Seconds since 1970 of an RFC 3339 text."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise FilterError(f"{text!r} has no offset")
    return Decimal(round(parsed.timestamp() * 1_000_000)) / 1_000_000


def comparable(value: Any) -> Any:
    if hasattr(value, "seconds") and hasattr(value, "nanos"):
        return Decimal(value.seconds) + Decimal(value.nanos) / 1_000_000_000
    return Decimal(str(value)) if isinstance(value, float) else value


def values(resource: Any, steps: list[str]) -> Iterator[Any]:
    """What is at the path: nothing where something on the way is not set or not there."""
    if not steps:
        yield resource
        return
    first, rest = steps[0], steps[1:]
    if not hasattr(resource, "DESCRIPTOR"):  # a map, or a list of messages
        if hasattr(resource, "keys"):
            if first in resource:
                yield from values(resource[first], rest)
        else:
            for element in resource:
                yield from values(element, steps)
        return
    field = resource.DESCRIPTOR.fields_by_name[first]
    if field.has_presence and not resource.HasField(first):
        return
    yield from values(getattr(resource, first), rest)


def elements(resource: Any, steps: list[str]) -> Iterator[Any]:
    for value in values(resource, steps):
        if isinstance(value, (str, bytes, int, float)) or hasattr(value, "DESCRIPTOR"):
            yield value
        else:
            yield from value


def is_there(value: Any) -> bool:
    return True if hasattr(value, "DESCRIPTOR") else bool(value)


def is_map(field: Fd | None) -> bool:
    return bool(field is not None and field.message_type and field.message_type.GetOptions().map_entry)


def is_time(field: Fd) -> bool:
    return field.message_type is not None and field.message_type.full_name in (
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
    )
