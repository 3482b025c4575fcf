"""Which of the project's own classes an expression is an instance of, as far as annotations and constructors tell.

It serves to find what uses a method or a field that goes. Where a type cannot be told there is none: better a use that
is not seen than one that is not there. A class and its instances count alike, for both have its members.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scaffolder.targets.python.merging.classes import (
    Class,
    Function,
    Module,
    dotted,
    expression,
    parsed,
)

MAX_DEPTH = 20
"""How many steps an expression, an import or a base is followed; classes may go round in circles."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: its module, the class around it, and the types of the variables there."""

    module: Module
    inside: Class | None = None
    variables: Mapping[str, Class | None] = field(default_factory=dict)


class Inference:
    """Types within one project; `read` gives a module's path and text by its dotted name, None for no module of it."""

    def __init__(self, read: Callable[[str], tuple[str, str] | None]) -> None:
        self._read = read
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """None for what is not the project's, or cannot be parsed."""
        if name not in self._modules:
            found = self._read(name)
            self._modules[name] = parsed(name, *found) if found else None
        return self._modules[name]

    def lineage(self, item: Class, depth: int = 0) -> Iterator[Class]:
        """A class and those that it inherits from, itself first."""
        yield item
        if depth < MAX_DEPTH:
            for base in item.node.bases:
                if found := self.named(base, item.module):
                    yield from self.lineage(found, depth + 1)

    def named(self, node: ast.AST | None, module: Module) -> Class | None:
        """The class that an annotation or a base names: `X`, `a.X`, `"X"`, `X | None`, `Generic[X]` as `Generic`."""
        match node:
            case ast.Name() | ast.Attribute():
                found = self.find(dotted(node), module)
                return found if isinstance(found, Class) else None
            case ast.Constant(value=str() as text):
                return self.named(expression(text), module)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self.named(left, module) or self.named(right, module)
            case ast.Subscript(value=value, slice=inner) if dotted(value).endswith("Optional"):
                return self.named(inner, module)
            case ast.Subscript(value=value):
                return self.named(value, module)
        return None

    def find(self, name: str, module: Module, depth: int = 0) -> Class | Function | None:
        """What a dotted name means in a module, be it imported."""
        first, _, rest = name.partition(".")
        if not rest and (own := module.classes.get(first) or module.functions.get(first)):
            return own
        if first not in module.imports or depth > MAX_DEPTH:
            return None
        whole = ".".join(filter(None, (module.imports[first], rest)))
        home, _, last = whole.rpartition(".")
        other = self.module(home) if home else None
        return self.find(last, other, depth + 1) if other else None

    def type_of(self, node: ast.AST | None, place: Place, depth: int = 0) -> Class | None:
        """The class of an expression's value, None where it cannot be told."""
        found = None
        match node:
            case _ if depth > MAX_DEPTH:
                pass
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                found = self.type_of(value, place, depth + 1)
            case ast.Name(id=name):
                known = name in place.variables
                found = place.variables[name] if known else self.named(node, place.module)
                if not known and not found:
                    found = self._constant(name, place.module, depth + 1)
            case ast.Call(func=ast.Name(id="super")) if place.inside:
                bases = (self.named(base, place.module) for base in place.inside.node.bases)
                found = next((base for base in bases if base), None)
            case ast.Call(func=function):
                found = self._result(function, place, depth + 1) or self._passed(node, place, depth + 1)
            case ast.Attribute(value=value, attr=name):
                owner = self.type_of(value, place, depth + 1)
                found = self._member(owner, name, depth + 1) if owner else self.named(node, place.module)
        return found

    def _result(self, function: ast.expr, place: Place, depth: int) -> Class | None:
        """The type of what a call gives: an instance of a class, or what a function says that it returns."""
        if isinstance(function, ast.Attribute) and (owner := self.type_of(function.value, place, depth)):
            return self._member(owner, function.attr, depth)
        if isinstance(function, ast.Name) and function.id in place.variables:
            return None
        called = self.find(dotted(function), place.module)
        if isinstance(called, Class) or called is None:
            return called
        home = self.find_home(dotted(function), place.module)
        return self.named(called.returns, home) if home else None

    def _constant(self, name: str, module: Module, depth: int) -> Class | None:
        """The type of what a module assigns: of `BOOK = Rules(…)`."""
        home = self.find_home(name, module)
        last = module.imports.get(name, name).rpartition(".")[2]
        value = home.constants.get(last) if home else None
        return self.type_of(value, Place(home), depth) if home and value else None

    def _passed(self, call: ast.Call, place: Place, depth: int) -> Class | None:
        """The type of the argument that a generic method gives back: `T` of `new(self, entity: T) -> T`."""
        if not isinstance(call.func, ast.Attribute):
            return None
        owner = self.type_of(call.func.value, place, depth)
        for item in self.lineage(owner) if owner else ():
            function = item.members.get(call.func.attr)
            if isinstance(function, Function) and isinstance(function.returns, ast.Name):
                given = zip(function.args.args[1:], call.args, strict=False)
                same = (v for p, v in given if p.annotation and dotted(p.annotation) == function.returns.id)
                return self.type_of(next(same, None), place, depth)
        return None

    def find_home(self, name: str, module: Module) -> Module | None:
        """The module in which the function stands that a name means."""
        first, _, rest = name.partition(".")
        if first not in module.imports:
            return module
        return self.module(".".join(filter(None, (module.imports[first], rest))).rpartition(".")[0])

    def _member(self, owner: Class, name: str, depth: int) -> Class | None:
        """The type of a member: of a field, of a property, of a method the type of its result."""
        for item in self.lineage(owner):
            match item.members.get(name):
                case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                    return self.named(function.returns, item.module)
                case ast.AnnAssign(annotation=annotation):
                    return self.named(annotation, item.module)
                case ast.Assign(value=value) as statement:
                    return self.type_of(value, self._around(statement, item, depth), depth + 1)
        return None

    def _around(self, statement: ast.stmt, item: Class, depth: int) -> Place:
        """The place of an assignment in a class: that of the method that it is in."""
        for function in item.node.body:
            if isinstance(function, Function) and any(inner is statement for inner in ast.walk(function)):
                return self.within(function, Place(item.module, item), depth + 1, parameters_only=True)
        return Place(item.module, item)

    def within(
        self, function: Function, outer: Place, depth: int = 0, *, parameters_only: bool = False
    ) -> Place:
        """The place that a function's body is. A variable of two types has none."""
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        variables = {
            **outer.variables,
            **{item.arg: self.named(item.annotation, outer.module) for item in every},
        }
        is_method = outer.inside is not None and function in outer.inside.node.body
        if is_method and every and every[0].annotation is None:
            variables[every[0].arg] = outer.inside
        place = Place(outer.module, outer.inside, variables)
        return place if parameters_only else self.with_assigned(function.body, place, depth)

    def with_assigned(self, body: list[ast.stmt], place: Place, depth: int = 0) -> Place:
        """The place with the variables that statements assign, and those that they open with `with`."""
        variables = dict(place.variables)
        own: dict[str, Class | None] = {}
        for name, value, annotation in (pair for statement in body for pair in _assigned(statement)):
            here = Place(place.module, place.inside, variables)
            found = (
                self.named(annotation, place.module) if annotation else self.type_of(value, here, depth + 1)
            )
            own[name] = variables[name] = found if name not in own or own[name] == found else None
        return Place(place.module, place.inside, variables)


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """Name, value and annotation of what a statement assigns, those in its branches included."""
    for node in _of_one_scope(statement):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value, None
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                yield name, value, annotation
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                yield name, value, None
            case ast.For(target=ast.Name(id=name)) | ast.AsyncFor(target=ast.Name(id=name)):
                yield name, None, None


def _of_one_scope(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _of_one_scope(child)
