"""Modules and classes as the inference of types sees them, read from source."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffolder.targets.python.merging.references import imported, package_of
from scaffolder.targets.python.merging.syntax import bound_names

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of a module; `members` are the statements that define its own, by name."""

    module: Module
    name: str
    node: ast.ClassDef
    members: Mapping[str, ast.AST]


@dataclass(slots=True, eq=False)
class Module:
    """A parsed module: what its imports bind, by name in it, its classes, its other functions, and what it assigns."""

    name: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)


def members_of(node: ast.ClassDef) -> dict[str, ast.AST]:
    """The members that a class defines itself: methods, fields, and what its methods assign to `self`."""
    found: dict[str, ast.AST] = {}
    for statement in node.body:
        for name in bound_names(statement):
            found.setdefault(name, statement)
        if isinstance(statement, Function):
            for inner in ast.walk(statement):
                for target in _targets(inner):
                    if isinstance(target, ast.Attribute) and _is_self(target.value, statement):
                        found.setdefault(target.attr, inner)
    return found


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _is_self(node: ast.expr, function: Function) -> bool:
    first = (*function.args.posonlyargs, *function.args.args)[:1]
    return isinstance(node, ast.Name) and any(node.id == item.arg for item in first)


def parsed(name: str, path: str, text: str) -> Module | None:
    """A module, None for what cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    module = Module(name, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for home, what, alias in imported(node, package_of(path)):
                if "." in alias:  # import a.b
                    module.imports[alias.partition(".")[0]] = home.partition(".")[0]
                else:
                    module.imports[alias] = f"{home}.{what}" if what else home
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            members = members_of(statement)
            module.classes.setdefault(statement.name, Class(module, statement.name, statement, members))
        elif isinstance(statement, Function):
            module.functions.setdefault(statement.name, statement)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            module.constants.setdefault(statement.targets[0].id, statement.value)
    return module


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or a chain of attributes, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def expression(text: str) -> ast.expr | None:
    """The expression in a string, None where there is none."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None
