"""Which names of the project's own modules a file uses, so that none of them goes while something needs it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ROOTS = ("src/", "clients/python/src/", "")


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of `name` of `module` (the module itself where `name` is empty). `binding` means that it is looked up as
    soon as the file is imported.
    """

    module: str
    name: str
    line: int
    binding: bool


def module_of(path: str) -> str:
    """The dotted name under which a file of the project is imported, "" for what is no module."""
    if not path.endswith((".py", ".pyi")):
        return ""
    for root in ROOTS:
        if path.startswith(root):
            dotted = path.removeprefix(root).rpartition(".")[0].replace("/", ".")
            return dotted.removesuffix(".__init__")
    return ""


def top_level_names(text: str) -> frozenset[str]:
    """What a module defines on its own level, imports left out; nothing for what cannot be parsed."""
    from scaffolder.targets.python.merging.syntax import bound_names

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(
        name
        for statement in tree.body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        for name in bound_names(statement)
    )


def definition_names(path: str, content: bytes) -> frozenset[str]:
    """The definitions of a generated module as reports name them, `OrderService.get_order`; none of another file."""
    from scaffolder.merge.outline import NotParsedError
    from scaffolder.targets.python.merging.outline import outline

    if not path.endswith(".py"):
        return frozenset()
    try:
        return frozenset(name for name, _ in outline(content.decode()).definitions())
    except NotParsedError:
        return frozenset()


def references(path: str, text: str, gone: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    """The uses that a file makes of names that are gone: by module, the names ("" in them: the module is gone).

    In a file that cannot be parsed, half-written or with conflict markers, every word counts as a use.
    """
    if not any(module.rpartition(".")[2] in text for module in gone):
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        yield from _words(text, gone)
        return
    inside = _inside_functions(tree)
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module, name, alias in imported(node, package_of(path)):
                whole = f"{module}.{name}" if name else module
                aliases[alias] = whole
                if "" in gone.get(whole, ()):
                    yield Reference(whole, "", node.lineno, id(node) not in inside)
                elif name in gone.get(module, ()) or (name and "" in gone.get(module, ())):
                    yield Reference(module, name, node.lineno, id(node) not in inside)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            module = aliases.get(_dotted(node.value), "")
            if node.attr in gone.get(module, ()):
                yield Reference(module, node.attr, node.lineno, False)


def _words(text: str, gone: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.findall(r"\w+", line):
            lines.setdefault(word, number)
    for module, names in gone.items():
        last = module.rpartition(".")[2]
        if last in lines:
            yield from (
                Reference(module, name, lines[name or last], False)
                for name in names
                if (name or last) in lines
            )


def imported(node: ast.Import | ast.ImportFrom, package: list[str]) -> Iterator[tuple[str, str, str]]:
    """Module, name in it ("" for the module itself), and the name that it is bound to."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, "", alias.asname or alias.name) for alias in node.names)
        return
    base = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*base, *([node.module] if node.module else [])])
    yield from ((module, alias.name, alias.asname or alias.name) for alias in node.names)


def package_of(path: str) -> list[str]:
    """The package that relative imports of a file start from."""
    parts = module_of(path).split(".")
    return parts if path.endswith("__init__.py") else parts[:-1]


def _inside_functions(tree: ast.Module) -> set[int]:
    return {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""
