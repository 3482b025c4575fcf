"""RPCs that turned: a standard method at the last run and a custom one now, the other way round, or another one.

The lock knows what each was taken for; one of before that did not is silent the first time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffolder.app import nouns
from scaffolder.diagnostics import Diagnostic
from scaffolder.standard import CUSTOM
from scaffolder.standard.names import may_be
from scaffolder.standard.words import fold
from scaffolder.targets.python.merging.classes import Function
from scaffolder.targets.python.renames.spec import Rename, backward, forward
from scaffolder.workspace.inputs import read_bytes

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract, Method, Service
    from scaffolder.project import Project
    from scaffolder.standard import Standard
    from scaffolder.workspace.changeset import Change
    from scaffolder.workspace.lock import Lock

CODE = "method-turned"


@dataclass(frozen=True, slots=True)
class Turns:
    """`standard` is what the contract's RPCs are taken for now, `changes` what becomes of the files."""

    project: Project
    contract: Contract
    standard: Standard
    renames: Sequence[Rename]
    changes: Sequence[Change]

    def since(self, lock: Lock) -> Iterator[Diagnostic]:
        """A warning for each RPC that turned, at its place; what scaffold.yaml says of one is no news."""
        now = self.standard.said
        for service in self.contract.services:
            for method in service.methods:
                was = self._under_new_names(lock.methods.get(backward(method.full_name, self.renames), ""))
                is_said = method.full_name in self.project.methods
                if was and not self._is_same(was, method) and not is_said:
                    yield self._told(service, method, (was, now[method.full_name]))

    def _is_same(self, was: str, method: Method) -> bool:
        """Whether an RPC does what it did: to the same resource too where that has another message now.

        So it is where a resource that only replies had one of, ListOrdersReply.Order or GetOrderReply, got its own.
        """
        found = self.standard.methods.get(method.full_name)
        verb, _, before = was.partition(" ")
        if found is None or found.verb != verb:
            return found is None and was == CUSTOM
        resource = found.resource
        package = self.contract.by_name[resource.message.file].package
        is_near = before.startswith(f"{package}.") or not package
        return before == resource.message.full_name or (is_near and may_be(before, resource.noun))

    def _under_new_names(self, said: str) -> str:
        verb, _, message = said.partition(" ")
        return f"{verb} {forward(message, self.renames)}" if message else said

    def _told(self, service: Service, method: Method, turn: tuple[str, str]) -> Diagnostic:
        was, now = turn
        why, _, way = self.standard.reasons[method.full_name].partition(": ")[2].partition("; `")
        stays = self._consequence(service, method, now)
        message = f"{method.full_name} was {_words(was)} and is {_words(now)} now: {why}{stays}"
        return Diagnostic(CODE, message, self._hint(method, was, now, way), method.location, "warning")

    def _hint(self, method: Method, was: str, now: str, way: str) -> str:
        """The line of scaffold.yaml that takes it back, if the messages are such that one does; `way` knows of one."""
        from scaffolder.targets.python.recognition import standard_of

        if now != CUSTOM:
            return f"`{method.full_name}: custom` under `methods:` in scaffold.yaml leaves it to you"
        line = {method.full_name: was}
        if method.full_name in standard_of(self.contract, {**self.project.methods, **line}).methods:
            return f"`{method.full_name}: {was}` under `methods:` in scaffold.yaml makes it one again"
        meant = f"`{method.full_name}: custom` under `methods:` in scaffold.yaml, if that is meant"
        change = f"`{way}" if way else "change the contract where that is in the way"
        return f"{change}; or say {meant}"

    def _consequence(self, service: Service, method: Method, now: str) -> str:
        """What the method of the use case does from now on."""
        noun = nouns.of(self.project, self.contract)[service.full_name]
        path = f"src/{self.project.package}/biz/{noun}.py"
        change = next((item for item in self.changes if item.path == path), None)
        before = change.before if change else read_bytes(f"{self.project.root}/{path}")
        after = change.after if change else before
        written, old = _function(after, method.name), _function(before, method.name)
        if written is None:
            return ""
        place = f"{path}:{written.lineno}"
        if _is_unwritten(written):
            return f"; it answers UNIMPLEMENTED until it is written ({place})"
        if old is not None and ast.dump(old) == ast.dump(written):
            return f"; what stands there stays, and goes on answering ({place})"
        return "" if now == CUSTOM else f"; its use case is generated ({place})"


def _words(said: str) -> str:
    verb, _, message = said.partition(" ")
    return f"{verb.replace('_', ' ')} of {message}" if message else said


def _function(content: bytes | None, rpc: str) -> Function | None:
    """The method of a class that is called like the RPC."""
    try:
        tree = ast.parse(content or b"")
    except (SyntaxError, ValueError, RecursionError):
        return None
    classes = (item for item in tree.body if isinstance(item, ast.ClassDef) and item.name.endswith("UseCase"))
    members = (item for owner in classes for item in owner.body if isinstance(item, Function))
    return next((item for item in members if fold(item.name) == fold(rpc)), None)


def _is_unwritten(function: Function) -> bool:
    raised = (item.exc for item in function.body if isinstance(item, ast.Raise) and item.exc is not None)
    return any("UnimplementedError" in ast.unparse(item) for item in raised)
