"""Which field of a resource a check can work with: the first of a kind, by its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor import FieldDescriptor as Fd

from .messages import FLOAT_TYPES, INTEGER_TYPES
from .trial import Trial

_TYPES = {
    "text": frozenset({Fd.TYPE_STRING}),
    "integer": INTEGER_TYPES,
    "float": FLOAT_TYPES,
    "bool": frozenset({Fd.TYPE_BOOL}),
    "enum": frozenset({Fd.TYPE_ENUM}),
}
_MESSAGES = {"timestamp": "google.protobuf.Timestamp", "duration": "google.protobuf.Duration"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a client writes: its dotted path and descriptor."""

    path: str
    descriptor: Any  # a FieldDescriptor; whether it has a message's or an enum's type is what it was found by

    def __str__(self) -> str:
        return self.path


def find(t: Trial, kind: str, *, last: bool = False, presence: bool | None = None) -> Field:
    """A singular field of the kind, whose values nothing restricts; the last one of them, to have two."""
    found = [
        f
        for f in t.writable()
        if not f.is_repeated
        and _is(f, kind)
        and (presence is None or f.has_presence == presence)
        and not _is_restricted(t, f, kind)
    ]
    if not found:
        t.needs_field(f"{'optional ' if presence else ''}{kind} field to work with")
    return Field(found[-1 if last else 0].name, found[-1 if last else 0])


def free_text(t: Trial) -> str:
    """The first field for one text, which may be immutable, of no form that field_info names, and the same in many."""
    alone = {f.name for f in t.subject.unique()}
    fields = [
        f.name
        for f in t.writable(mutable=False)
        if f.type == Fd.TYPE_STRING and not f.is_repeated and not has_format(t, f) and f.name not in alone
    ]
    t.needs_field(*fields[:1] or ["field for text"])
    return fields[0]


def nested(t: Trial, kind: str) -> Field:
    """A singular field of the kind inside a singular message."""
    for outer in t.writable():
        if outer.message_type is not None and not outer.is_repeated and _is_plain(outer.message_type):
            for inner in outer.message_type.fields:
                if not inner.is_repeated and _is(inner, kind) and inner.containing_oneof is None:
                    return Field(f"{outer.name}.{inner.name}", inner)
    t.needs_field(f"{kind} field inside a message")
    raise AssertionError


def repeated(t: Trial, kind: str) -> Field:
    """A repeated field of the kind, or of messages that have one of it: then the path is theirs."""
    for outer in t.writable():
        if not outer.is_repeated or (outer.message_type and outer.message_type.GetOptions().map_entry):
            continue
        if _is(outer, kind):
            return Field(outer.name, outer)
        if kind == "message" and outer.message_type is not None and _is_plain(outer.message_type):
            for inner in outer.message_type.fields:
                if inner.type == Fd.TYPE_STRING and not inner.is_repeated:
                    return Field(f"{outer.name}.{inner.name}", outer)
    t.needs_field(f"repeated {kind} field")
    raise AssertionError


def text_map(t: Trial) -> Field:
    """A map of text to text."""
    for f in t.writable():
        if f.message_type is not None and f.message_type.GetOptions().map_entry:
            key, value = (f.message_type.fields_by_name[name] for name in ("key", "value"))
            if key.type == Fd.TYPE_STRING and value.type == Fd.TYPE_STRING:
                return Field(f.name, f)
    t.needs_field("map of text to text")
    raise AssertionError


def _is(f: Fd, kind: str) -> bool:
    if kind in _MESSAGES:
        return f.message_type is not None and f.message_type.full_name == _MESSAGES[kind]
    return kind in _TYPES and f.type in _TYPES[kind]


def _is_plain(message: Descriptor) -> bool:
    return not message.full_name.startswith("google.") and not message.GetOptions().map_entry


def has_format(t: Trial, f: Fd) -> bool:
    """Whether google.api.field_info says what the text is: a UUID, an address (AIP-202)."""
    info = t.subject.contract.extension(f, "google.api.field_info")
    return bool(info is not None and info.format)


def _is_restricted(t: Trial, f: Fd, kind: str) -> bool:
    """Whether the contract allows a text only some forms; numbers are tried with small positive values."""
    if kind == "text" and (has_format(t, f) or t.subject.contract.extension(f, "scaffold.unique")):
        return True
    rules = t.subject.contract.extension(f, "buf.validate.field")
    if rules is None:
        return False
    if kind == "text":
        return bool({r.name for r, _ in rules.string.ListFields()} - {"max_len", "min_len", "max_bytes"})
    if kind == "integer":
        return any(f.name in ("lt", "lte") and value < 1000 for f, value in rules.int32.ListFields())
    return rules.WhichOneof("type") is not None
