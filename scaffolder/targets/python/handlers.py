"""Where the handlers of a project are: read from its sources, since they are the user's to move about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffolder.contract.model import Method, Service
from scaffolder.standard.words import fold
from scaffolder.targets.python.merging.classes import Function
from scaffolder.targets.python.names import noun as plain
from scaffolder.targets.python.nouns import stem_of


@dataclass(frozen=True, slots=True)
class HandlerClass:
    """A class in the handlers' folder: where each name that it derives from is imported from, and its methods."""

    file: str
    line: int
    bases: dict[str, str]
    methods: dict[str, int]


@dataclass(frozen=True, slots=True)
class Handlers:
    """All classes of the handlers' folder."""

    classes: tuple[HandlerClass, ...]

    def place(self, service: Service, method: Method, noun: str = "") -> tuple[str, int]:
        """File, relative to the project, and line of the handler of `method`; `("", 0)` where there is none.

        `noun` is the service's where that is not its own.
        """
        known = (f"{service.name}Base", f"{stem_of(noun or plain(service.name), service.name)}ServiceBase")
        candidates = [found for found in self.classes if any(base in known for base in found.bases)]
        folder = service.full_name.rpartition(".")[0]
        own = [found for found in candidates if any(folder in module for module in found.bases.values())]
        for found in own or candidates:
            for name, line in found.methods.items():
                if fold(name) == fold(method.name):
                    return found.file, line
        return "", 0


def find_handlers(root: Path, folder: str) -> Handlers:
    """Reads every module below `folder`; one that does not parse has no handlers."""
    found: list[HandlerClass] = []
    for path in sorted((root / folder).rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        found += _classes(tree, path.relative_to(root).as_posix())
    return Handlers(tuple(found))


def _classes(tree: ast.Module, file: str) -> Iterator[HandlerClass]:
    imported = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [ast.unparse(base).rpartition(".") for base in node.bases]
            bases = {name: imported.get(head or name, "") for head, _, name in names}
            functions = (  # no handler is called like __init__, though an RPC may be
                item for item in node.body if isinstance(item, Function) and not item.name.startswith("__")
            )
            yield HandlerClass(file, node.lineno, bases, {item.name: item.lineno for item in functions})
