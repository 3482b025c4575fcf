"""Messages and enums whose names are no Python: their stubs, and gRPC's modules, call them with an underscore behind.

protoc makes the classes themselves without naming them in Python code, so only what names them has to be told another
name, and the module of messages gets that name as well.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto


def safe_name(name: str, *, is_top: bool) -> str:
    """What Python code calls a message or an enum: `class_`. At the top of a file, DESCRIPTOR is the file's own."""
    return f"{name}_" if keyword.iskeyword(name) or (is_top and name == "DESCRIPTOR") else name


def safe_path(local: str) -> str:
    """`safe_name` of every part of a name below its package: `Outer.None` → `Outer.None_`."""
    parts = local.split(".")
    return ".".join(safe_name(part, is_top=not index) for index, part in enumerate(parts))


def rename_types(files: Sequence[FileDescriptorProto]) -> bool:
    """Gives the messages and enums of descriptors their safe names, wherever they are used; whether there were any."""
    names: dict[str, str] = {}
    for file in files:
        scope = f".{file.package}" if file.package else ""
        for item in (*file.message_type, *file.enum_type):
            _collect(item, scope, scope, True, names)
    if all(old == new for old, new in names.items()):
        return False
    for file in files:
        for item in (*file.message_type, *file.enum_type):
            _rename(item, True)
        for message in _messages(file.message_type):
            _refer((*message.field, *message.extension), names)
        _refer(file.extension, names)
        for method in (method for service in file.service for method in service.method):
            method.input_type = names.get(method.input_type, method.input_type)
            method.output_type = names.get(method.output_type, method.output_type)
    return True


def aliases(file: FileDescriptorProto) -> str:
    """Statements that give the module of a file's messages the safe names of its classes, `""` where it needs none."""
    lines = []
    items: list[Any] = [*file.message_type, *file.enum_type]
    for item in items:
        safe = safe_name(item.name, is_top=True)
        if safe != item.name:
            lines.append(f"{safe} = _globals['{item.name}']")
    for message in file.message_type:
        lines += _nested_aliases(message, safe_name(message.name, is_top=True))
    return "".join(f"{line}\n" for line in lines)


_NUMBER = re.compile(r"( *\w+_FIELD_NUMBER): _builtins\.int\n")
_WRAPPED = frozenset({"DESCRIPTOR", "Name", "Value", "items", "keys", "mro", "values"})
_WRAPPER = re.compile(r"^( *)class _\w+EnumTypeWrapper\(.*\):.*\n(?:\1 .*\n|\n)*", re.M)
_VALUE = re.compile(r" *(\w+): [\w.]+\.ValueType  # -?\d+\n")
_REEXPORT = re.compile(r"^from [\w.]+ import (\w+) as \1(?:  #.*)?\n", re.M)
_EXTENSION = re.compile(r"^ *(\w+): _extension_dict\..*\n", re.M)
_FILE = "DESCRIPTOR: _descriptor.FileDescriptor\n"


def mend_stub(text: str) -> str:
    """A stub of mypy-protobuf's without what it says twice, or against what its base classes say.

    Fields that differ in case alone share the name of a number; values of an enum called like what an enum has anyway
    (`keys`, `mro`) are not the enum's attributes at run time either; a value DESCRIPTOR takes the place of the file's;
    neither a public import nor an annotation can name what is called by a keyword.
    """
    if "_FIELD_NUMBER" in text:
        text = _without_repeated_numbers(text)
    text = _WRAPPER.sub(lambda wrapper: _VALUE.sub(_kept_value, wrapper[0]), text)
    for named in (_REEXPORT, _EXTENSION):
        text = named.sub(lambda line: "" if keyword.iskeyword(line[1]) else line[0], text)
    if re.search(r"^DESCRIPTOR: [\w.]+\.ValueType", text, re.M):
        text = text.replace(f"\n{_FILE}", "\n", 1)
    return text


def _kept_value(value: re.Match[str]) -> str:
    return "" if value[1] in _WRAPPED else value[0]


def _without_repeated_numbers(text: str) -> str:
    lines = []
    run: set[str] = set()
    for line in text.splitlines(keepends=True):
        number = _NUMBER.fullmatch(line)
        if number and number[1] in run:
            continue
        run = run | {number[1]} if number else set()
        lines.append(line)
    return "".join(lines)


def _nested_aliases(message: Any, owner: str) -> Iterator[str]:
    for item in (*message.nested_type, *message.enum_type):
        safe = safe_name(item.name, is_top=False)
        if safe != item.name:
            yield f"{owner}.{safe} = getattr({owner}, '{item.name}')"
    for nested in message.nested_type:
        yield from _nested_aliases(nested, f"{owner}.{safe_name(nested.name, is_top=False)}")


def _collect(item: Any, scope: str, safe_scope: str, is_top: bool, names: dict[str, str]) -> None:
    old, new = f"{scope}.{item.name}", f"{safe_scope}.{safe_name(item.name, is_top=is_top)}"
    names[old] = new
    for nested in _nested(item):
        _collect(nested, old, new, False, names)


def _rename(item: Any, is_top: bool) -> None:
    item.name = safe_name(item.name, is_top=is_top)
    for nested in _nested(item):
        _rename(nested, False)


def _nested(item: Any) -> Sequence[Any]:
    return (*item.nested_type, *item.enum_type) if hasattr(item, "nested_type") else ()


def _messages(messages: Any) -> Iterator[Any]:
    for message in messages:
        yield message
        yield from _messages(message.nested_type)


def _refer(fields: Sequence[Any], names: dict[str, str]) -> None:
    for field in fields:
        if field.type_name in names:
            field.type_name = names[field.type_name]
        if field.extendee in names:
            field.extendee = names[field.extendee]
