"""Which methods and fields of the project's own classes a file uses, by the types that annotations tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from scaffolder.targets.python.merging.classes import Class, Function, Module, dotted, members_of
from scaffolder.targets.python.merging.inference import Inference, Place
from scaffolder.targets.python.merging.references import Reference

Members = Mapping[str, Mapping[str, frozenset[str]]]
"""Names of members, by module and class."""


def class_members(text: str) -> dict[str, dict[str, bool]]:
    """By class of a module, the members that it defines itself: true for methods, false for fields."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return {
        statement.name: {name: isinstance(item, Function) for name, item in members_of(statement).items()}
        for statement in tree.body
        if isinstance(statement, ast.ClassDef)
    }


def member_uses(inference: Inference, module: Module, gone: Members) -> Iterator[Reference]:
    """The uses that a module makes of members that are gone, named `Class.member`.

    A class that is passed or returned where a protocol is expected uses of itself what the protocol asks for.
    """
    yield from _Uses(inference, gone).of(module)


class _Uses:
    def __init__(self, inference: Inference, gone: Members) -> None:
        self.inference, self.gone = inference, gone

    def of(self, module: Module) -> Iterator[Reference]:
        place = self.inference.with_assigned(module.tree.body, Place(module))
        yield from self._inside(module.tree, place, None)

    def _inside(self, node: ast.AST, place: Place, function: Function | None) -> Iterator[Reference]:
        """The uses below a node, which stands in a function or in none."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                own = place.module.classes.get(child.name)
                yield from self._inside(child, Place(place.module, own, place.variables), None)
            elif isinstance(child, Function):
                yield from self._inside(child, self.inference.within(child, place), child)
            else:
                yield from self._here(child, place, function)
                yield from self._inside(child, place, function)

    def _here(self, node: ast.AST, place: Place, function: Function | None) -> Iterator[Reference]:
        infer = self.inference
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = infer.type_of(node.value, place)
            if owner is not None:
                yield from self._lost(owner, node.attr, node.lineno)
        elif isinstance(node, ast.Call):
            called = infer.find(dotted(node.func), place.module)
            if isinstance(called, Class):
                yield from self._constructed(called, node, place)
        elif isinstance(node, ast.Return) and function is not None and node.value is not None:
            expected = infer.named(function.returns, place.module)
            yield from self._as_protocol(expected, node.value, place)

    def _constructed(self, called: Class, node: ast.Call, place: Place) -> Iterator[Reference]:
        """The uses of an instance's making: fields by keyword, and what its constructor expects of arguments."""
        for keyword in node.keywords:
            if keyword.arg and "__init__" not in called.members:
                yield from self._lost(called, keyword.arg, keyword.value.lineno)
        for item in self.inference.lineage(called):
            made = item.members.get("__init__")
            if isinstance(made, Function):
                parameters = [*made.args.posonlyargs, *made.args.args][1:]
                by_name = {p.arg: p for p in (*parameters, *made.args.kwonlyargs)}
                pairs = list(zip(parameters, node.args, strict=False))
                pairs += [(by_name[k.arg], k.value) for k in node.keywords if k.arg in by_name]
                for parameter, value in pairs:
                    expected = self.inference.named(parameter.annotation, item.module)
                    yield from self._as_protocol(expected, value, place)
                return

    def _as_protocol(self, expected: Class | None, value: ast.expr, place: Place) -> Iterator[Reference]:
        if expected is None or not any(dotted(base).endswith("Protocol") for base in expected.node.bases):
            return
        given = self.inference.type_of(value, place)
        if given is not None and given is not expected:
            for name in expected.members:
                yield from self._lost(given, name, value.lineno)

    def _lost(self, owner: Class, name: str, line: int) -> Iterator[Reference]:
        """The member, where the class has it no more and inherits none."""
        lineage = list(self.inference.lineage(owner))
        if any(name in item.members for item in lineage):
            return
        for item in lineage:
            if name in self.gone.get(item.module.name, {}).get(item.name, ()):
                yield Reference(item.module.name, f"{item.name}.{name}", line, False)
                return
