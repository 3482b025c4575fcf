"""Valid messages out of their descriptors: every field filled, the simple rules of buf.validate kept."""

from __future__ import annotations

import random
import re
import string
import uuid
from collections.abc import Callable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from .model import REQUIRED, Subject

Fd = FieldDescriptor
_INTEGERS = {
    Fd.TYPE_INT32: (-(2**31), 2**31 - 1),
    Fd.TYPE_SINT32: (-(2**31), 2**31 - 1),
    Fd.TYPE_SFIXED32: (-(2**31), 2**31 - 1),
    Fd.TYPE_INT64: (-(2**63), 2**63 - 1),
    Fd.TYPE_SINT64: (-(2**63), 2**63 - 1),
    Fd.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
    Fd.TYPE_UINT32: (0, 2**32 - 1),
    Fd.TYPE_FIXED32: (0, 2**32 - 1),
    Fd.TYPE_UINT64: (0, 2**64 - 1),
    Fd.TYPE_FIXED64: (0, 2**64 - 1),
}
_RULES = {getattr(Fd, name): name[5:].lower() for name in dir(Fd) if name.startswith("TYPE_")}
"""The names of buf.validate's rules, by type."""

INTEGER_TYPES = frozenset(_INTEGERS)
FLOAT_TYPES = frozenset({Fd.TYPE_DOUBLE, Fd.TYPE_FLOAT})
_WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty", "knoll"]
_UNKNOWN = {"google.protobuf.Any", "google.protobuf.FieldMask", "google.protobuf.Value"}
_DEPTH = 3


class Builder:
    """Makes messages of one contract; `rng` decides what they hold."""

    def __init__(self, subject: Subject, rng: random.Random) -> None:
        self._subject = subject
        self._rng = rng

    def full(self) -> Any:
        """A resource with every field set that a client may set."""
        return self._message(self._subject.resource, 0)

    def minimal(self) -> Any:
        """A resource with what is REQUIRED alone, and what no two may have alike: of the empty there can be one."""
        message = self._subject.contract.message_class(self._subject.resource)()
        for field in (*self._subject.fields(REQUIRED), *self._subject.unique()):
            self.fill(message, field)
        return message

    def fill(self, message: Any, field: FieldDescriptor, depth: int = 0) -> None:
        """Gives a field a new value."""
        message.ClearField(field.name)
        if _is_map(field):
            assert field.message_type is not None
            key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
            for _ in range(2):
                made = self._scalar(key)
                container = getattr(message, field.name)
                if value.message_type is None:
                    container[made] = self._scalar(value)
                else:
                    container[made].CopyFrom(self._message(value.message_type, depth + 1))
        elif field.is_repeated:
            container = getattr(message, field.name)
            for _ in range(max(2, self._rules(field, "repeated").get("min_items", 0))):
                if field.message_type is None:
                    container.append(self._scalar(field, item=True))
                else:
                    container.add().CopyFrom(self._message(field.message_type, depth + 1))
        elif field.message_type is not None:
            getattr(message, field.name).CopyFrom(self._message(field.message_type, depth + 1))
        else:
            setattr(message, field.name, self._scalar(field))

    def other(self, message: Any, field: FieldDescriptor) -> Any:
        """A copy of the message in which that field has another value."""
        changed = type(message)()
        changed.CopyFrom(message)
        for _ in range(20):
            self.fill(changed, field)
            if getattr(changed, field.name) != getattr(message, field.name):
                return changed
        raise AssertionError(f"no second value for {field.full_name}")

    def varies(self, field: FieldDescriptor) -> bool:
        """Whether two values can be made for a field: not of a message in which all would have to exist."""
        if field.message_type is None:
            return True
        message = self._subject.contract.message_class(self._subject.resource)()
        self.fill(message, field)
        try:
            self.other(message, field)
        except AssertionError:
            return False
        return True

    def text(self, field: FieldDescriptor) -> str:
        """A text that a string field takes."""
        return str(self._scalar(field))

    def _message(self, descriptor: Descriptor, depth: int) -> Any:
        message = self._subject.contract.message_class(descriptor)()
        if known := _KNOWN.get(descriptor.full_name):
            known(message, self._rng)
            return message
        chosen = {oneof.name: self._rng.choice(oneof.fields).name for oneof in descriptor.oneofs}
        for field in descriptor.fields:
            oneof = field.containing_oneof
            if oneof is not None and chosen[oneof.name] != field.name:
                continue
            if self._subject.is_writable(field) and self._is_made(field, depth):
                self.fill(message, field, depth)
        return message

    def _is_made(self, field: FieldDescriptor, depth: int) -> bool:
        if self._subject.contract.extension(field, "google.api.resource_reference") is not None:
            return False  # it would have to exist
        message = field.message_type
        if message is None:
            return True
        return depth < _DEPTH and message.full_name not in _UNKNOWN

    def _rules(self, field: FieldDescriptor, kind: str, *, item: bool = False) -> dict[str, Any]:
        rules = self._subject.contract.extension(field, "buf.validate.field")
        if item and rules is not None:
            rules = rules.repeated.items
        if rules is None or kind not in rules.DESCRIPTOR.fields_by_name:
            return {}
        return {found.name: value for found, value in getattr(rules, kind).ListFields()}

    def _format(self, field: FieldDescriptor) -> dict[str, Any]:
        """The rule that says what google.api.field_info's format says (AIP-202)."""
        info = self._subject.contract.extension(field, "google.api.field_info")
        return {_FORMATS[info.format]: True} if info is not None and info.format in _FORMATS else {}

    def _scalar(self, field: FieldDescriptor, *, item: bool = False) -> Any:
        kind = field.type
        if kind == Fd.TYPE_STRING:
            return self._string({**self._format(field), **self._rules(field, "string", item=item)})
        if kind == Fd.TYPE_BYTES:
            return self._rng.randbytes(8)
        if kind == Fd.TYPE_BOOL:
            return True
        if field.enum_type is not None:
            numbers = [value.number for value in field.enum_type.values if value.number]
            return self._rng.choice(numbers or [0])
        rules = self._rules(field, _RULES[kind], item=item)
        if "in" in rules:
            return self._rng.choice(list(rules["in"]))
        step = 1 if kind in _INTEGERS else 0.25
        low = rules.get("gte", rules["gt"] + step if "gt" in rules else 1)
        high = rules.get("lte", rules["lt"] - step if "lt" in rules else max(low, 0) + 1000)
        return rules.get("const", low + step * self._rng.randint(0, int(min(high - low, 1000) / step)))

    def _string(self, rules: dict[str, Any]) -> str:
        if "const" in rules or "in" in rules:
            return str(rules.get("const") or self._rng.choice(list(rules["in"])))
        token = f"{self._rng.getrandbits(32):08x}"
        for name, form in _FORMS.items():
            if rules.get(name):
                return form.format(token=token, uuid=uuid.UUID(int=self._rng.getrandbits(128), version=4))
        if "pattern" in rules:
            return from_pattern(rules["pattern"], self._rng)
        middle = rules.get("contains", "")
        text = f"{rules.get('prefix', '')}{self._rng.choice(_WORDS)}-{token}{middle}{rules.get('suffix', '')}"
        least = rules.get("len", rules.get("min_len", 0))
        most = rules.get("len", rules.get("max_len", max(len(text), least)))
        return text.ljust(least, "x")[-most:] if rules.get("suffix") else text.ljust(least, "x")[:most]


_FORMS = {
    "email": "{token}@example.com",
    "hostname": "{token}.example.com",
    "uri": "https://example.com/{token}",
    "uri_ref": "/{token}",
    "address": "{token}.example.com",
    "uuid": "{uuid}",
    "tuuid": "{uuid.hex}",
    "ip": "192.0.2.7",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
}


_FORMATS = {1: "uuid", 2: "ipv4", 3: "ipv6", 4: "ip"}  # google.api.FieldInfo.Format, by number


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type is not None and field.message_type.GetOptions().map_entry)


def _timestamp(message: Any, rng: random.Random) -> None:
    message.seconds = rng.randint(1_000_000_000, 1_600_000_000)
    message.nanos = rng.randrange(1_000_000) * 1000  # databases keep microseconds


def _duration(message: Any, rng: random.Random) -> None:
    message.seconds, message.nanos = rng.randint(1, 10_000_000), rng.randrange(1_000_000) * 1000


def _money(message: Any, rng: random.Random) -> None:
    message.currency_code, message.units = rng.choice(["EUR", "USD", "JPY"]), rng.randint(1, 10_000)
    message.nanos = rng.randrange(100) * 10_000_000


def _date(message: Any, rng: random.Random) -> None:
    message.year, message.month, message.day = rng.randint(1990, 2030), rng.randint(1, 12), rng.randint(1, 28)


def _time_of_day(message: Any, rng: random.Random) -> None:
    message.hours, message.minutes = rng.randint(0, 23), rng.randint(0, 59)


def _lat_lng(message: Any, rng: random.Random) -> None:
    message.latitude, message.longitude = rng.randint(-80, 80), rng.randint(-170, 170)


def _struct(message: Any, rng: random.Random) -> None:
    message.update({"word": rng.choice(_WORDS), "count": rng.randint(1, 99), "inner": {"is": True}})


_KNOWN: dict[str, Callable[[Any, random.Random], None]] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": _duration,
    "google.protobuf.Struct": _struct,
    "google.protobuf.ListValue": lambda message, rng: message.extend([1, "two", True]),
    "google.type.Money": _money,
    "google.type.Date": _date,
    "google.type.TimeOfDay": _time_of_day,
    "google.type.LatLng": _lat_lng,
}


def from_pattern(pattern: str, rng: random.Random) -> str:
    """A text that a simple regular expression matches: literals, classes, groups, alternatives, repetition."""
    text = "".join(_sampled(_parser.parse(pattern), rng))
    assert re.search(pattern, text), f"cannot make a text for the pattern {pattern!r}"
    return text


_CATEGORIES = {
    _constants.CATEGORY_DIGIT: string.digits,
    _constants.CATEGORY_WORD: string.ascii_letters + string.digits + "_",
    _constants.CATEGORY_SPACE: " ",
}


def _sampled(parsed: Any, rng: random.Random) -> Iterator[str]:
    for kind, value in parsed:
        if kind is _constants.LITERAL:
            yield chr(value)
        elif kind is _constants.ANY:
            yield rng.choice(string.ascii_lowercase)
        elif kind is _constants.IN:
            yield rng.choice(_members(value))
        elif kind is _constants.NOT_LITERAL:
            yield "x" if chr(value) != "x" else "y"
        elif kind is _constants.BRANCH:
            yield from _sampled(rng.choice(value[1]), rng)
        elif kind is _constants.SUBPATTERN:
            yield from _sampled(value[3], rng)
        elif kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            low, high, inner = value
            # Long rather than short, so that two texts are rarely the same.
            for _ in range(max(low, min(int(high), low + 12))):
                yield from _sampled(inner, rng)


def _members(items: Any) -> str:
    found = ""
    for kind, value in items:
        if kind is _constants.LITERAL:
            found += chr(value)
        elif kind is _constants.RANGE:
            found += "".join(map(chr, range(value[0], value[1] + 1)))
        elif kind is _constants.CATEGORY:
            found += _CATEGORIES.get(value, "")
        elif kind is _constants.NEGATE:
            return "".join(sorted(set(string.ascii_letters + string.digits) - set(_members(items[1:]))))
    return found
