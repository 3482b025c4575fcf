"""Every RPC of a project with its HTTP bindings and the place of its handler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import methods
from scaffolder.app.contracts import load
from scaffolder.contract.model import Binding


@dataclass(frozen=True, slots=True)
class Route:
    """One RPC, or one further binding of it; `verb` and `path` are empty where it has none.

    `file` is relative to the project and empty, with `line` 0, where no handler is written yet. `standard` is the
    standard method that the RPC is taken for (`get`) and `resource` the full name of its message; both are empty for a
    custom one. `reason` says in a sentence why.
    """

    rpc: str
    kind: str
    verb: str
    path: str
    file: str
    line: int
    standard: str = ""
    resource: str = ""
    reason: str = ""


_KINDS = {
    (False, False): "unary",
    (False, True): "server stream",
    (True, False): "client stream",
    (True, True): "both stream",
}


def routes(root: Path) -> list[Route]:
    """The routes in the order of the contracts."""
    from scaffolder.targets.python.handlers import find_handlers
    from scaffolder.targets.python.recognition import standard_of

    project = projects.read(root)
    contract = load(project)
    methods.check(project, contract)
    standard = standard_of(contract, project.methods)
    handlers = find_handlers(root, project.handlers_dir)
    found = []
    for service in contract.services:
        for method in service.methods:
            kind = _KINDS[method.client_streaming, method.server_streaming]
            file, line = handlers.place(service, method, project.names.get(service.full_name, ""))
            taken = standard.methods.get(method.full_name)
            known = (taken.verb, taken.resource.message.full_name) if taken else ("", "")
            reason = standard.reasons[method.full_name]
            bindings: tuple[Binding | None, ...] = method.bindings or (None,)
            for binding in bindings:
                verb, path = (binding.verb, str(binding.path)) if binding else ("", "")
                found.append(Route(method.full_name, kind, verb, path, file, line, *known, reason))
    return found
