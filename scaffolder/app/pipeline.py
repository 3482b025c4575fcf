"""The stages in their order: contract → plan → render. `new` and `generate` differ only in what they do around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scaffolder import overlay as overlays
from scaffolder import resources
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.project import Project
from scaffolder.suggest import hint

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.targets.python.renames.renaming import Generation, Renaming

Scope = Literal["client", "server"]
PROTO = ".proto"


@dataclass(frozen=True, slots=True)
class Output:
    """The generated files of a scope, and the paths that the whole project has (all of them for `server`)."""

    artifacts: Sequence[Artifact]
    expected: frozenset[str]


def load(names: Sequence[str], roots: Sequence[Path]) -> Contract:
    """The contracts `names`, searched in `roots`."""
    from scaffolder.contract import builder

    return builder.load(names, roots)


def generate(contract: Contract, project: Project, scope: Scope) -> Output:
    """Everything that `scope` generates, in memory."""
    from scaffolder.contract import protoc
    from scaffolder.plan import Layout, plan
    from scaffolder.render import render
    from scaffolder.targets.python.views import ProjectViews
    from scaffolder.workspace import safety

    templates = resources.templates_dir()
    overlay = project.root / overlays.FOLDER
    layout = Layout.read(templates, overlay)
    views = ProjectViews(
        contract, project.name, project.package, project.handlers_dir, project.features, protoc.emit_python
    )
    whole = plan(views, layout, scope="server")
    planned = whole if scope == "server" else plan(views, layout, scope=scope)
    safety.check_artifacts([item.path for item in planned])
    return Output(render(planned, templates, overlay), frozenset(item.path for item in whole))


def renaming(specs: Sequence[str], contract: Contract, project: Project) -> Renaming:
    """What ``OLD=NEW`` of `specs` means for the project's files; raises for what the contract contradicts."""
    from scaffolder.targets.python.renames import before, renaming, spec

    files = _renamed_files([item for item in specs if item.endswith(PROTO)], contract)
    renames = spec.parse([item for item in specs if not item.endswith(PROTO)], contract)
    old = _generation(before.before(contract, renames, files), project)
    return renaming.renaming(old, _generation(contract, project))


def _renamed_files(specs: Sequence[str], contract: Contract) -> dict[str, str]:
    """Old import names of contracts by their new ones, of ``order/v1/order.proto=sales/v1/order.proto``."""
    files: dict[str, str] = {}
    problems: list[Diagnostic] = []
    names = [file.name for file in contract.files]
    for spec in specs:
        old, _, new = spec.partition("=")
        if old in names or not old.endswith(PROTO):
            problems.append(
                Diagnostic("rename", f"`{spec}`: {old} is no contract that is gone", "OLD.proto=NEW.proto")
            )
        elif new not in names:
            problems.append(
                Diagnostic("rename", f"`{spec}`: {new} is not among the contracts", hint(new, names))
            )
        files[new] = old
    if problems:
        raise ScaffoldError(problems)
    return files


def _generation(contract: Contract, project: Project) -> Generation:
    """The files of the project that are merged, under one set of names."""
    from scaffolder.plan import Layout, plan
    from scaffolder.render import render
    from scaffolder.targets.python.renames.renaming import Generation
    from scaffolder.targets.python.views import ProjectViews

    templates = resources.templates_dir()
    overlay = project.root / overlays.FOLDER
    views = ProjectViews(
        contract, project.name, project.package, project.handlers_dir, project.features, lambda *_: {}
    )
    layout = Layout.read(templates, overlay)
    planned = [item for item in plan(views, layout) if item.ownership is Ownership.MERGED]
    texts = {item.path: item.content.decode() for item in render(planned, templates, overlay)}
    return Generation(views, planned, texts)


def surface(contract: Contract) -> dict[str, str]:
    """Every RPC of the contract with its signature."""
    from scaffolder.targets.python.renames import suggest

    return suggest.surface(contract)


def sources(contract: Contract, roots: Sequence[Path]) -> dict[str, bytes | str]:
    """Every file of the contract by import name: its contents, or the package that it came out of."""
    return {
        file.name: Path(file.source).read_bytes() if is_own(file.source, roots) else file.provider
        for file in contract.files
    }


def is_own(source: str, roots: Sequence[Path]) -> bool:
    """Whether a contract's file was found in `roots` rather than in an installed package."""
    return bool(source) and any(Path(root).absolute() in Path(source).absolute().parents for root in roots)
