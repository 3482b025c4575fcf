"""What a contract may not be called for Python: every finding of a run at once, located."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffolder.contract.model import Contract, Enum, Field, File, Message, walk
from scaffolder.contract.safe_types import safe_path
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.targets.python.modules import safe_stem
from scaffolder.targets.python.names import snake

_STRANGE = re.compile(r"[^\w./-]", re.ASCII)

MESSAGE_ATTRIBUTES = frozenset(dir(object)) | {
    "ByteSize",
    "Clear",
    "ClearExtension",
    "ClearField",
    "CopyFrom",
    "DESCRIPTOR",
    "DiscardUnknownFields",
    "Extensions",
    "FindInitializationErrors",
    "FromString",
    "HasExtension",
    "HasField",
    "IsInitialized",
    "ListFields",
    "MergeFrom",
    "MergeFromString",
    "ParseFromString",
    "SerializePartialToString",
    "SerializeToString",
    "SetInParent",
    "UnknownFields",
    "WhichOneof",
    "__slots__",
    "__deepcopy__",
    "__getstate__",
    "__setstate__",
    "__unicode__",
}
"""What google.protobuf.message.Message has: its stub is refuted, and its runtime broken, by members of these names."""


def check(contract: Contract) -> list[Diagnostic]:
    """Diagnostics for names that cannot become Python modules or classes, empty where all can."""
    own = [file for file in contract.files if not file.provider]
    found = [finding for file in own for finding in _file_path(file)]
    found += [finding for file in own for finding in _type_names(file)]
    return [*found, *_same_module(contract)]


def _file_path(file: File) -> Iterator[Diagnostic]:
    """protoc writes a path into names of Python's as it is, but for dashes and dots."""
    strange = _STRANGE.search(file.name)
    if strange or file.name[0].isdigit():
        what = f"holds {strange[0]!r}" if strange else "begins with a digit"
        yield Diagnostic(
            "path-name",
            f"the path of {file.name} {what}, which protoc's Python cannot import",
            "rename it: letters, digits, dashes, dots and underscores, with a letter first",
            Location(file.source or file.name),
        )


def _same_module(contract: Contract) -> Iterator[Diagnostic]:
    """Files whose messages would share one module: dashes and underscores are one, and so is a disk's case."""
    first: dict[str, File] = {}
    for file in contract.files:
        if file.provider:
            continue
        other = first.setdefault(safe_stem(file.name).lower(), file)
        if other is not file:
            yield Diagnostic(
                "same-module",
                f"{other.name} and {file.name} would both become the module '{safe_stem(file.name)}_pb2'",
                "rename one of the files",
                Location(file.source or file.name),
            )


def _type_names(file: File) -> Iterator[Diagnostic]:
    """Names inside a message that would take the place of what protobuf's classes need themselves."""
    for message in (message for top in file.messages for message in walk(top)):
        inner: list[Message | Enum] = [*message.messages, *message.enums]
        yield from _same_type(message.full_name, inner)
        for item in (*message.fields, *inner):
            if item.name in MESSAGE_ATTRIBUTES:
                kind = "field" if isinstance(item, Field) else "type"
                yield Diagnostic(
                    "member-name",
                    f"the {kind} '{item.name}' of {message.full_name} is called like what protobuf's classes have",
                    f"rename it, for example to '{_other_name(item)}'",
                    item.location,
                )
        for enum, value in ((each, value) for each in message.enums for value in each.values):
            if value.name in MESSAGE_ATTRIBUTES:
                yield Diagnostic(
                    "member-name",
                    f"the enum value '{value.name}' in {message.full_name} is called like what protobuf's classes have",
                    f"rename it, for example to '{snake(enum.name).upper()}_{snake(value.name).strip('_').upper()}'",
                    enum.location,
                )
    yield from _same_type(file.package, [*file.messages, *file.enums])


def _same_type(scope: str, items: Sequence[Message | Enum]) -> Iterator[Diagnostic]:
    """Types that Python code could not tell apart: `class`, which it calls `class_`, beside a `class_`."""
    names = {item.name: item for item in items}
    for item in items:
        safe = safe_path(item.name)
        if safe != item.name and safe in names:
            yield Diagnostic(
                "type-name",
                f"'{item.name}' of {scope} is called '{safe}' in Python, as another type there is",
                f"rename one of them, for example '{item.name}' to '{item.name.capitalize()}Type'",
                item.location,
            )


def _other_name(item: Field | Message | Enum) -> str:
    """Another name for a member that the contract's own style would choose as well."""
    if not isinstance(item, Field):
        return f"{item.name}Type"
    plain = snake(item.name).strip("_")
    return plain if plain != item.name else f"{plain}_field"
