"""JSON names that protoc lets pass and protobuf's descriptor pool does not: the module would not be importable.

To the pool a JSON name must not be the name of a oneof, or of a field before it; protoc compares fields alone. In
proto2, where protoc has but a warning for two fields of one JSON name, the pool refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffolder.contract.source_info import SourceInfo, key
from scaffolder.diagnostics import Diagnostic

_MESSAGE, _NESTED, _FIELD = 4, 3, 2  # numbers of descriptor.proto
_ALLOW = 1  # FeatureSet.JsonFormat
_HINT = "rename one of the two, or give the field another json_name"


def json_name_problems(file: Any, info: SourceInfo) -> Iterator[Diagnostic]:
    """What the pool refuses in a FileDescriptorProto, each at its field."""
    strict = file.syntax in ("proto3", "editions")
    strict = _strict(file.options.features, strict) if file.HasField("options") else strict
    for index, message in enumerate(file.message_type):
        yield from _of_message(message, key(_MESSAGE, index), info, strict)


def _strict(features: Any, inherited: bool) -> bool:
    """Whether JSON is `ALLOW`, as in proto3, rather than `LEGACY_BEST_EFFORT`, as in proto2."""
    return bool(features.json_format == _ALLOW) if features.json_format else inherited


def _of_message(message: Any, path: bytes, info: SourceInfo, strict: bool) -> Iterator[Diagnostic]:
    lenient = False
    if message.HasField("options"):
        strict = _strict(message.options.features, strict)
        lenient = message.options.deprecated_legacy_json_field_conflicts or message.options.map_entry
    if not lenient:
        yield from _of_fields(message, path, info, strict)
    for index, nested in enumerate(message.nested_type):
        yield from _of_message(nested, path + key(_NESTED, index), info, strict)


def _of_fields(message: Any, path: bytes, info: SourceInfo, strict: bool) -> Iterator[Diagnostic]:
    """The pool's own order: a field comes after all oneofs, and after the fields above it."""
    names = {oneof.name: "oneof" for oneof in message.oneof_decl}
    taken: dict[str, str] = {}
    for index, field in enumerate(message.field):
        name, json = field.name, field.json_name
        names[name] = "field"
        found = ""
        if strict and json != name and json in names:
            found = f'the name of the {names[json]} "{json}"'
        elif json in taken:
            found = f'that of field "{taken[json]}"'
        taken.setdefault(json, name)
        if found:
            text = f'The JSON name of field "{name}" ("{json}") is also {found}; Python cannot load that.'
            yield Diagnostic("json-name", text, _HINT, info.location(path + key(_FIELD, index)))
