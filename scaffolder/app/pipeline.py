"""The stages in their order: contract → plan → render. `new` and `generate` differ only in what they do around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scaffolder import resources
from scaffolder.artifact import Artifact
from scaffolder.project import Project

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract

Scope = Literal["client", "server"]


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
    layout = Layout.read(templates)
    views = ProjectViews(
        contract, project.name, project.package, project.handlers_dir, project.features, protoc.emit_python
    )
    whole = plan(views, layout, scope="server")
    planned = whole if scope == "server" else plan(views, layout, scope=scope)
    safety.check_artifacts([item.path for item in planned])
    return Output(render(planned, templates), frozenset(item.path for item in whole))


def sources(contract: Contract, roots: Sequence[Path]) -> dict[str, bytes | str]:
    """Every file of the contract by import name: its contents, or the package that it came out of."""
    return {
        file.name: Path(file.source).read_bytes() if is_own(file.source, roots) else file.provider
        for file in contract.files
    }


def is_own(source: str, roots: Sequence[Path]) -> bool:
    """Whether a contract's file was found in `roots` rather than in an installed package."""
    return bool(source) and any(Path(root).absolute() in Path(source).absolute().parents for root in roots)
