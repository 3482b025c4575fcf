"""The files that protoc writes, as modules of a package of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from scaffolder.contract.model import Contract, Enum, File
from scaffolder.targets.python.modules import (
    OWN_STUBS,
    rewrite_enums,
    rewrite_imports,
    rewrite_keywords,
    safe_stem,
    stem,
)

_PACKAGE = "\0"  # which stands in no text of protoc's: a contract that holds one is refused


@dataclass(frozen=True)
class Emitted:
    """What protoc makes of a contract; `emit` makes it of a descriptor set and the names of files."""

    contract: Contract
    emit: Callable[[bytes, list[str]], dict[str, str]] = field(repr=False)

    @cached_property
    def texts(self) -> dict[str, str]:
        """As protoc writes them, by its own paths."""
        names = [file.name for file in self.contract.files if not file.provider]
        return self.emit(self.contract.descriptor_set, names)

    def below(self, package: str) -> dict[str, str]:
        """Modules and stubs by path below a package, with imports that work from there, and the packages' own files."""
        found = {path: text.replace(_PACKAGE, package) for path, text in self._moved.items()}
        return found | {f"{folder}/__init__.py".lstrip("/"): "" for folder in _folders(found)}

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Modules and stubs with imports that work from the package whose name replaces `_PACKAGE`."""
        files = {stem(file.name): file for file in self.contract.files if not file.provider}
        found = {}
        for path, text in self.texts.items():
            owner = files[path.rpartition("_pb2")[0]]
            needs = self._needs(owner)
            moved = rewrite_imports(text, needs, _PACKAGE)
            if "_pb2_grpc.py" in path:
                moved = rewrite_keywords(moved, owner.services)
            safe = safe_stem(owner.name) + path.removeprefix(stem(owner.name))
            found[safe] = rewrite_enums(moved, self._enums(needs)) if path.endswith(".pyi") else moved
        return found

    def _enums(self, files: list[File]) -> list[tuple[Enum, str]]:
        """The enums of the files whose own stubs have no `ValueType`, with their packages."""
        packages = {file.name: file.package for file in files if file.provider in OWN_STUBS}
        return [(e, packages[e.file]) for e in self.contract.enums.values() if e.file in packages]

    def _needs(self, file: File) -> list[File]:
        """The file and all it depends on, since stubs name types through public imports as well."""
        found: dict[str, File] = {}
        pending = [file.name]
        while pending:
            name = pending.pop()
            if name not in found and name in self.contract.by_name:
                found[name] = self.contract.by_name[name]
                pending += found[name].dependencies
        return list(found.values())


def _folders(paths: Iterable[str]) -> set[str]:
    """Every folder that holds one of the paths, the root (`""`) included."""
    found = {""}
    for path in paths:
        found |= {"" if str(p) == "." else str(p) for p in PurePosixPath(path).parents}
    return found
