"""How messages are stored, as the options of scaffold/storage.proto say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scaffolder.contract.model import Field, Kind
from scaffolder.contract.options import Options
from scaffolder.contract.source_info import SourceInfo, key
from scaffolder.diagnostics import Diagnostic
from scaffolder.suggest import hint

Groups = tuple[tuple[str, ...], ...]

_OPTIONS = 7  # DescriptorProto.options
_COLUMNS = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration"})
"""Messages that are one value in a database; others are documents, which nothing is looked up by."""


class StorageReader:
    """Reads the options of one file's fields and messages; what is wrong with them gathers in `problems`."""

    def __init__(self, info: SourceInfo, options: Options) -> None:
        self.problems: list[Diagnostic] = []
        self._info = info
        self._options = options.storage_options

    def field(self, proto: Any, field: Field, path: bytes) -> tuple[bool, bool]:
        """Whether `field`, read of a FieldDescriptorProto, is unique, and whether it is indexed."""
        if not self._options:
            return False, False
        unique, index = self._get(proto, "unique", False), self._get(proto, "index", False)
        if (unique or index) and (problem := _problem(field)):
            self._report(f"`{field.name}` {problem}, and can be neither unique nor indexed", "", path)
            return False, False
        return unique, index

    def message(self, proto: Any, fields: Sequence[Field], path: bytes) -> tuple[Groups, Groups]:
        """The groups of fields that are unique together, and those that are indexed together."""
        if not self._options or not proto.HasField("options"):
            return (), ()
        return tuple(self._groups(proto, name, fields, path) for name in ("unique_together", "index_on"))  # type: ignore[return-value]

    def _groups(self, proto: Any, option: str, fields: Sequence[Field], path: bytes) -> Groups:
        known = {field.name: field for field in fields}
        found = []
        for index, text in enumerate(self._get(proto, option, ())):
            place = self._info.below(path + key(_OPTIONS, self._options[option].number, index))
            names = tuple(name.strip() for name in text.split(","))
            problems = len(self.problems)
            for name in names:
                self._check(name, known, option, place)
            if len(set(names)) != len(names):
                self._report(f"`{option}` names a field twice: {text}", "", place)
            if len(self.problems) == problems:
                found.append(names)
        return tuple(found)

    def _check(self, name: str, known: dict[str, Field], option: str, place: bytes) -> None:
        if name not in known:
            what = f"`{option}` names `{name}`, which is no field of the message"
            self._report(what, hint(name, known), place)
        elif problem := _problem(known[name]):
            self._report(f"`{option}` names `{name}`, which {problem}", "", place)

    def _get(self, proto: Any, name: str, default: Any) -> Any:
        option = self._options.get(name)
        if option is None or not proto.HasField("options"):
            return default
        return proto.options.Extensions[option]

    def _report(self, message: str, hint_text: str, path: bytes) -> None:
        self.problems.append(Diagnostic("storage", message, hint_text, self._info.location(path)))


def _problem(field: Field) -> str:
    if field.map_key or field.repeated:
        return "holds several values"
    if field.kind in (Kind.MESSAGE, Kind.GROUP) and field.type_name not in _COLUMNS:
        return f"holds a {field.type_name}"
    return ""
