"""Which fields, values and messages look renamed: what protoc's old output still says, against the contract.

A field is told by its number and type, a message by its fields. Only text for a hint: nothing is ever guessed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scaffolder.targets.python.renames.suggest import Suggestion

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

_SERIALIZED = re.compile(r"AddSerializedFile\((b(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))\)")
MIN_FIELDS = 2
"""Messages with fewer fields are too much alike to be told apart by them."""


def type_suggestions(pairs: Iterable[tuple[str, str]]) -> list[Suggestion]:
    """What looks renamed between old and new texts of ``_pb2.py`` modules; "" for a side that is not there."""
    before: dict[str, DescriptorProto] = {}
    after: dict[str, DescriptorProto] = {}
    enums_before: dict[str, EnumDescriptorProto] = {}
    enums_after: dict[str, EnumDescriptorProto] = {}
    for old, new in pairs:
        for text, messages, enums in ((old, before, enums_before), (new, after, enums_after)):
            if (file := _descriptor(text)) is not None:
                _collect(file, messages, enums)
    found = {*_fields(before, after), *_values(enums_before, enums_after), *_messages(before, after)}
    return sorted(found, key=lambda item: (item.old, item.new))


def _descriptor(module: str) -> FileDescriptorProto | None:
    """The contract's file that protoc wrote into a module; None where it wrote none that we know how to read."""
    match = _SERIALIZED.search(module)
    if match is None:
        return None
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from google.protobuf.message import DecodeError

    try:
        return FileDescriptorProto.FromString(ast.literal_eval(match[1]))
    except (DecodeError, SyntaxError, ValueError):
        return None


def _collect(
    file: FileDescriptorProto,
    messages: dict[str, DescriptorProto],
    enums: dict[str, EnumDescriptorProto],
) -> None:
    pending = [(file.package, message) for message in file.message_type]
    enums |= {_joined(file.package, enum.name): enum for enum in file.enum_type}
    while pending:
        scope, message = pending.pop()
        if message.options.map_entry:
            continue
        name = _joined(scope, message.name)
        messages[name] = message
        enums |= {f"{name}.{enum.name}": enum for enum in message.enum_type}
        pending += [(name, nested) for nested in message.nested_type]


def _joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _fields(before: dict[str, DescriptorProto], after: dict[str, DescriptorProto]) -> Iterator[Suggestion]:
    for name in before.keys() & after.keys():
        old = {field.number: field for field in before[name].field}
        new = {field.number: field for field in after[name].field}
        names = {field.name for field in before[name].field} & {field.name for field in after[name].field}
        for number in old.keys() & new.keys():
            was, now = old[number], new[number]
            same = (was.type, was.label, was.type_name) == (now.type, now.label, now.type_name)
            if was.name != now.name and same and not {was.name, now.name} & names:
                why = f"field {number} has the same type"
                yield Suggestion(f"{name}.{was.name}", f"{name}.{now.name}", why)


def _values(
    before: dict[str, EnumDescriptorProto], after: dict[str, EnumDescriptorProto]
) -> Iterator[Suggestion]:
    for name in before.keys() & after.keys():
        old = {value.number: value.name for value in before[name].value}
        new = {value.number: value.name for value in after[name].value}
        for number in old.keys() & new.keys():
            if old[number] not in new.values() and new[number] not in old.values():
                yield Suggestion(f"{name}.{old[number]}", f"{name}.{new[number]}", f"both are {number}")


def _messages(before: dict[str, DescriptorProto], after: dict[str, DescriptorProto]) -> Iterator[Suggestion]:
    gone = {name: _shape(before[name], name) for name in before.keys() - after.keys()}
    came = {name: _shape(after[name], name) for name in after.keys() - before.keys()}
    for name, shape in gone.items():
        alike = [other for other, its in came.items() if its == shape and len(shape) >= MIN_FIELDS]
        if len(alike) == 1 and list(gone.values()).count(shape) == 1:
            yield _moved(name, alike[0]) or Suggestion(name, alike[0], "its fields are the same")


def _moved(old: str, new: str) -> Suggestion | None:
    """The rename of the whole package, where a message has its name in another one."""
    (before, _, name), (after, _, other) = old.rpartition("."), new.rpartition(".")
    return Suggestion(before, after, "their messages are the same") if name == other else None


def _shape(message: DescriptorProto, name: str) -> tuple[tuple[object, ...], ...]:
    """The fields of a message; a type that is the message itself, or inside it, is told by the rest of its name."""
    return tuple(
        (field.name, field.number, field.type, field.label, field.type_name.removeprefix(f".{name}"))
        for field in message.field
    )
