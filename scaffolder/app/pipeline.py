"""The stages in their order: contract → plan → render. `new` and `generate` differ only in what they do around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scaffolder import overlay as overlays
from scaffolder import resources
from scaffolder.artifact import Artifact, Ownership, Planned
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.project import Project
from scaffolder.suggest import hint

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.standard import Standard
    from scaffolder.targets.python.migrations.revision import Revision
    from scaffolder.targets.python.migrations.state import Renames
    from scaffolder.targets.python.renames.renaming import Generation, Renaming
    from scaffolder.targets.python.renames.spec import Rename
    from scaffolder.targets.python.storage.tables import Table

Scope = Literal["client", "server"]
Emit = Callable[[bytes, list[str]], dict[str, str]]
"""What makes the modules of messages: of a descriptor set and the names of files in it, texts by path."""
PROTO = ".proto"


@dataclass(frozen=True, slots=True)
class Output:
    """The generated files of a scope, and the paths that the whole project has (all of them for `server`).

    `standard` is what the contract's RPCs were taken for, `tables` are those of the models.
    """

    artifacts: Sequence[Artifact]
    expected: frozenset[str]
    standard: Standard
    tables: tuple[Table, ...] = ()


def load(names: Sequence[str], roots: Sequence[Path]) -> Contract:
    """The contracts `names`, searched in `roots`."""
    from scaffolder.contract import builder

    return builder.load(names, roots)


def generate(contract: Contract, project: Project, scope: Scope) -> Output:
    """Everything that `scope` generates, in memory."""
    from scaffolder.contract import protoc
    from scaffolder.workspace import safety

    stage = _Stage(contract, project, protoc.emit_python, project.root / overlays.FOLDER)
    documents = stage.documents()
    whole = _with(documents, stage.plan("server"))
    planned = whole if scope == "server" else _with(documents, stage.plan(scope))
    safety.check_artifacts([item.path for item in planned])
    paths = frozenset(item.path for item in whole)
    return Output(stage.render(planned), paths, stage.views.standard, stage.views.tables)


def render_revision(made: Revision) -> Artifact:
    """The file of a migration's revision."""
    from scaffolder.render import render

    planned = Planned(made.path, Ownership.YOURS, "python/revision.py.j2", made.view)
    return render([planned], resources.templates_dir())[0]


def machine_part(contract: Contract, project: Project) -> Sequence[Artifact]:
    """What is never edited below the package of `project`: messages, stubs, clients, kit. No template is the user's."""
    from scaffolder.contract import protoc

    stage = _Stage(contract, project, protoc.emit_python, None)
    package = f"src/{project.package}/"
    planned = [
        item
        for item in _with(stage.documents(), stage.plan("client"))
        if item.ownership is Ownership.MACHINE and item.path.startswith(package)
    ]
    return stage.render(planned)


class _Stage:
    """Plan and render for one project; `emit` makes the messages' modules, `overlay` holds the user's templates."""

    def __init__(self, contract: Contract, project: Project, emit: Emit, overlay: Path | None) -> None:
        from scaffolder.plan import Layout
        from scaffolder.targets.python.views import ProjectViews

        self.project = project
        self.templates = resources.templates_dir()
        self.overlay = overlay
        self.layout = Layout.read(self.templates, self.overlay)
        self.views = ProjectViews(
            contract,
            project.name,
            project.package,
            project.handlers_dir,
            project.features,
            emit,
            project.names,
            project.methods,
        )

    def plan(self, scope: Scope) -> list[Planned]:
        from scaffolder.plan import plan

        return plan(self.views, self.layout, scope=scope)

    def documents(self) -> list[Planned]:
        """The OpenAPI document for people and for the service to serve; none where nothing is bound to HTTP."""
        from scaffolder.targets.openapi.text import files

        if "http" not in self.views.enabled:
            return []
        title = self.project.openapi.get("title") or self.views.project["project"]["title"]
        texts = files(self.views.contract, title, self.project.openapi)
        places = {"yaml": "openapi.yaml", "json": f"src/{self.project.package}/gen/openapi.json"}
        return [Planned(places[kind], Ownership.MACHINE, content=text) for kind, text in texts.items()]

    def render(self, planned: Sequence[Planned]) -> list[Artifact]:
        from scaffolder.render import render

        return render(planned, self.templates, self.overlay)


def _with(documents: Sequence[Planned], planned: Sequence[Planned]) -> list[Planned]:
    """Both, sorted by path. A file that the user has a template for is theirs."""
    paths = {item.path for item in planned}
    return sorted(
        [*planned, *(item for item in documents if item.path not in paths)], key=lambda item: item.path
    )


def renaming(
    specs: Sequence[str], contract: Contract, project: Project, nouns: Mapping[str, str]
) -> Renaming:
    """What ``OLD=NEW`` of `specs` means for the project's files; raises for what the contract contradicts.

    `nouns` are those of the last run, by the full names of then.
    """
    from scaffolder.targets.python.renames import renaming

    old = _generation(*_before(specs, contract, project, nouns))
    return renaming.renaming(old, _generation(contract, project))


def renamed_tables(
    specs: Sequence[str],
    contract: Contract,
    project: Project,
    nouns: Mapping[str, str],
    tables: Sequence[Table],
) -> Renames:
    """What ``OLD=NEW`` of `specs` means for the project's `tables`."""
    from scaffolder.targets.python.migrations.state import renames_between

    was = _Stage(*_before(specs, contract, project, nouns), lambda *_: {}, None).views.tables
    return renames_between(was, tables, renames(specs, contract))


def _before(
    specs: Sequence[str], contract: Contract, project: Project, nouns: Mapping[str, str]
) -> tuple[Contract, Project]:
    """The contract under its old names, and the project with the nouns of then."""
    from scaffolder.app import methods
    from scaffolder.targets.python.nouns import settle
    from scaffolder.targets.python.renames import before

    files = _renamed_files([item for item in specs if item.endswith(PROTO)], contract)
    renamed = renames(specs, contract)
    was = before.before(contract, renamed, files)
    # A service that was not there then must not have the noun of one that was.
    names = {**nouns, **settle(was, project.contracts, nouns, {})}
    return was, replace(project, names=names, methods=methods.before(project, renamed))


def renames(specs: Sequence[str], contract: Contract) -> tuple[Rename, ...]:
    """Those of `specs` that rename something in the contract, not one of its files."""
    from scaffolder.targets.python.renames import spec

    return spec.parse([item for item in specs if not item.endswith(PROTO)], contract)


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
    from scaffolder.targets.python.renames.renaming import Generation

    stage = _Stage(contract, project, lambda *_: {}, project.root / overlays.FOLDER)
    planned = [item for item in stage.plan("server") if item.ownership is Ownership.MERGED]
    texts = {item.path: item.content.decode() for item in stage.render(planned)}
    return Generation(stage.views, planned, texts)


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
