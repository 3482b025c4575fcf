"""What the merge asks of Python's syntax tree: names, roles, and forms that no formatter changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Import = ast.Import | ast.ImportFrom


def first_line(statement: ast.stmt) -> int:
    """The line of a statement, or of its first decorator."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min(statement.lineno, decorators[0].lineno) if decorators else statement.lineno


def kind_of(statement: ast.stmt) -> str:
    if isinstance(statement, ast.ClassDef):
        return "class"
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return "function"
    if isinstance(statement, Import):
        return "import"
    return "value" if _target(statement) else "statement"


def name_of(statement: ast.stmt) -> str:
    """What tells a statement from its siblings: a definition's name, or how it begins."""
    if isinstance(statement, Definition):
        return _role(statement)
    if isinstance(statement, Import):
        return ast.unparse(statement)
    return _target(statement) or _head(statement)


def _target(statement: ast.stmt) -> str:
    """What an assignment assigns to, "" for any other statement."""
    if isinstance(statement, ast.Assign):
        return ", ".join(ast.unparse(target) for target in statement.targets)
    if isinstance(statement, ast.AnnAssign):
        return ast.unparse(statement.target)
    if isinstance(statement, ast.AugAssign):
        return f"{ast.unparse(statement.target)} +="
    alias = getattr(statement, "name", None)  # type X = …
    return ast.unparse(alias) if isinstance(alias, ast.AST) else ""


def _head(statement: ast.stmt) -> str:
    """What a statement that defines nothing is told by."""
    if isinstance(statement, ast.If | ast.While):
        return f"{type(statement).__name__.lower()} {ast.unparse(statement.test)}"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return f"{ast.unparse(statement.value.func)}(…)"
    return re.split(r"[\n:]", ast.unparse(statement), maxsplit=1)[0][:60]


def _role(definition: Definition) -> str:
    """The name, and what tells apart that which may stand side by side under it: overloads, accessors of a property."""
    for decorator in definition.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "getter", "deleter"):
            return f"{definition.name}.{decorator.attr}"
        if isinstance(decorator, ast.Attribute | ast.Name) and _last(decorator) == "overload":
            return f"{definition.name}@overload"
    return definition.name


def _last(name: ast.Attribute | ast.Name) -> str:
    return name.attr if isinstance(name, ast.Attribute) else name.id


def bound_names(statement: ast.stmt) -> Iterable[str]:
    """The names that exist in a scope because of a statement in it, those of its branches included."""
    if isinstance(statement, Definition):
        yield statement.name
    elif isinstance(statement, Import):
        plain = isinstance(statement, ast.Import)
        for alias in statement.names:
            yield alias.asname or (alias.name.split(".")[0] if plain else alias.name)
    else:
        yield from _bound_by_parts(statement)


def _bound_by_parts(statement: ast.AST) -> Iterable[str]:
    for field in ("targets", "target", "name", "items", "pattern"):
        for node in _listed(getattr(statement, field, None)):
            for item in ast.walk(node):
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
                    yield item.id
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in _listed(getattr(statement, field, None)):
            yield from bound_names(node) if isinstance(node, ast.stmt) else _bound_by_parts(node)


def _listed(value: object) -> list[ast.AST]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, ast.AST)]
    return [value] if isinstance(value, ast.AST) else []


def is_text(statement: ast.AST) -> bool:
    """Whether a statement is a string, as a docstring is."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def signature(statement: Definition) -> Hashable:
    """Of a definition what stands before its body, decorators apart."""
    parameters = tuple(dump(item) for item in getattr(statement, "type_params", []))
    if isinstance(statement, ast.ClassDef):
        parts = statement.bases, statement.keywords
        return statement.name, parameters, *(tuple(dump(item) for item in part) for part in parts)
    returns = dump(statement.returns) if statement.returns else ""
    return type(statement).__name__, statement.name, parameters, dump(statement.args), returns


def even(text: str) -> str:
    """A docstring without what formatters change of it."""
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def dump(node: ast.AST) -> str:
    """A node as text that no formatter changes: docstrings of definitions inside it are evened out meanwhile."""
    held = [(constant, constant.value) for constant in _docstrings(node)]
    for constant, text in held:
        constant.value = even(str(text))
    try:
        return ast.dump(node)
    finally:
        for constant, text in held:
            constant.value = text


def _docstrings(node: ast.AST) -> list[ast.Constant]:
    return [
        item.body[0].value
        for item in ast.walk(node)
        if isinstance(item, Definition)
        and isinstance(item.body[0], ast.Expr)
        and isinstance(item.body[0].value, ast.Constant)
        and isinstance(item.body[0].value.value, str)
    ]


def names_used(statements: Iterable[ast.AST]) -> tuple[frozenset[str], frozenset[str]]:
    """The names that code uses, and the words in its strings, docstrings apart."""
    docstrings: set[int] = set()
    names: set[str] = set()
    words: set[str] = set()
    for node in (item for statement in statements for item in ast.walk(statement)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.add(id(node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words.update(re.findall(r"\w+", node.value))
    return frozenset(names), frozenset(words)
