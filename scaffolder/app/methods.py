"""What RPCs are taken for by scaffold.yaml: checked against the contract, and followed where that is renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffolder import project as projects
from scaffolder.app.settings import Settings
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.paths import shown
from scaffolder.project import FILE, Project

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.standard import Problem
    from scaffolder.targets.python.renames.spec import Rename

KEY = "methods"


def settled(settings: Settings, contract: Contract, renames: Sequence[Rename]) -> Settings:
    """The settings with the new names of RPCs and messages; a `ScaffoldError` with every line in vain."""
    project, text = settings.project, settings.after.decode()
    if not project.methods:
        return settings
    text = _renamed(text, project, contract, renames)
    project = projects.parse(text, project.root) if text.encode() != settings.after else project
    check(project, contract, text)
    return replace(settings, project=project, after=text.encode())


def check(project: Project, contract: Contract, text: str = "") -> None:
    """Raises a `ScaffoldError` with every line that the contract contradicts, at its place in scaffold.yaml.

    `text` is that file where it is not the one on the disk.
    """
    if not project.methods:
        return
    from scaffolder.targets.python.recognition import standard_of

    problems = standard_of(contract, project.methods).problems
    if problems:
        text = text or (project.root / FILE).read_text(encoding="utf-8-sig")
        raise ScaffoldError(sorted(_located(problems, project, text), key=lambda item: str(item.location)))


def before(project: Project, renames: Iterable[Rename]) -> Mapping[str, str]:
    """What scaffold.yaml said of RPCs by the names of before the renames."""
    from scaffolder.targets.python.renames.spec import backward

    known = tuple(renames)
    return {backward(rpc, known): _with_message(said, known) for rpc, said in project.methods.items()}


def _with_message(said: str, renames: Sequence[Rename]) -> str:
    from scaffolder.targets.python.renames.spec import backward

    verb, _, message = said.partition(" ")
    return f"{verb} {backward(message.strip(), renames)}" if message else said


def _located(problems: Iterable[Problem], project: Project, text: str) -> Iterable[Diagnostic]:
    from scaffolder.project.reader import place_of_entry

    for problem in problems:
        place = place_of_entry(text, shown(project.root / FILE), KEY, problem.rpc, value=problem.on_value)
        yield Diagnostic("method", problem.message, problem.hint, place)


def _renamed(text: str, project: Project, contract: Contract, renames: Sequence[Rename]) -> str:
    """scaffold.yaml with the new names of RPCs and messages; a line whose RPC is there stays."""
    from scaffolder.project.yaml_splice import rename_entry, set_entry
    from scaffolder.targets.python.renames.spec import forward

    rpcs = {method.full_name for service in contract.services for method in service.methods}
    for rpc, said in project.methods.items():
        verb, _, message = said.partition(" ")
        now = forward(message.strip(), renames) if message else ""
        if now != message.strip() and now in contract.messages:
            text = set_entry(text, KEY, rpc, f"{verb} {now}")
        new = forward(rpc, renames)
        if rpc not in rpcs and new in rpcs and new not in project.methods:
            text = rename_entry(text, KEY, rpc, new)
    return text
