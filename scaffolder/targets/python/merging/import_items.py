"""Imported names as values: where each stands, and how a statement of them is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaffolder.merge.outline import Node, Outline
from scaffolder.targets.python.merging.pieces import CommentPiece, PythonPiece

LINE_LENGTH = 110


@dataclass(frozen=True, slots=True)
class Item:
    """One imported name: `module` with its leading dots is empty for a plain `import name`."""

    module: str
    name: str
    alias: str = ""

    @property
    def binds(self) -> str:
        return self.alias or (self.name if self.module else self.name.split(".")[0])

    @property
    def source(self) -> str:
        """The module that its statement names."""
        return self.module or self.name

    @property
    def text(self) -> str:
        """The name as it stands in a statement."""
        return f"{self.name} as {self.alias}" if self.alias else self.name

    def __str__(self) -> str:
        return f"from {self.module} import {self.text}" if self.module else f"import {self.text}"


def items_of(outline: Outline) -> dict[Item, Node]:
    """The imports of a module's own level, each with its first statement; not those in functions or branches."""
    found: dict[Item, Node] = {}
    for node in outline.nodes:
        for statement in statements_of(node):
            for item in items(statement):
                found.setdefault(item, node)
    return found


def statements_of(node: Node) -> list[ast.Import | ast.ImportFrom]:
    if node.kind not in ("import", "statements") or not isinstance(node.piece, PythonPiece):
        return []
    return [item for item in node.piece.statements if isinstance(item, ast.Import | ast.ImportFrom)]


def items(statement: ast.Import | ast.ImportFrom) -> list[Item]:
    if isinstance(statement, ast.Import):
        return [Item("", alias.name, alias.asname or "") for alias in statement.names]
    module = "." * statement.level + (statement.module or "")
    return [Item(module, alias.name, alias.asname or "") for alias in statement.names]


def early(nodes: Sequence[Node]) -> list[Node]:
    """What comes before the first function or class: an import there is in time for all that follows."""
    end = next((i for i, node in enumerate(nodes) if node.kind in ("function", "class")), len(nodes))
    return list(nodes[:end])


def rendered(module: str, names: Iterable[Item], unit: str = "    ") -> str:
    """A statement as ruff would write it."""
    texts = sorted({item.text for item in names}, key=order)
    if not module:
        return "".join(f"import {text}\n" for text in texts)
    line = f"from {module} import {', '.join(texts)}\n"
    if len(line) <= LINE_LENGTH + 1:
        return line
    return f"from {module} import (\n" + "".join(f"{unit}{name},\n" for name in texts) + ")\n"


def order(name: str) -> tuple[int, str, str]:
    """isort's order within a statement: constants, classes, the rest."""
    bare = name.partition(" ")[0]
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, bare if kind == 0 else bare.casefold(), bare


class Uses:
    """Which names the code of a module uses. Only definitions that hold a name as text are looked into."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline

    def name(self, name: str, *, strings: bool = True) -> bool:
        """Whether code uses a name, be it (with `strings`) in a string that is no docstring."""
        return any(self._in_node(node, name, strings) for node in self.outline.nodes if node.kind != "import")

    def _in_node(self, node: Node, name: str, strings: bool) -> bool:
        if self.outline.text.find(name, node.start, node.end) < 0:
            return False
        assert isinstance(node.piece, PythonPiece | CommentPiece)
        if name in node.piece.names or (strings and name in node.piece.words):
            return True
        return any(self._in_node(child, name, strings) for child in node.children)
