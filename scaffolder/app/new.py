"""A new project from contracts, or from the built-in sample: everything in memory, then one rename."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import migrations
from scaffolder.app.assembly import assemble, bases_of, entries_of, lock_artifact, place
from scaffolder.app.report import Report
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, fail
from scaffolder.project import ALL_FEATURES, FEATURES, Project
from scaffolder.project.names import validate_project_name
from scaffolder.suggest import hint
from scaffolder.workspace import inputs, placement, safety
from scaffolder.workspace.disk import write_file

API = "api"


@dataclass(frozen=True, slots=True)
class Request:
    """What `scaffold new` was asked for.

    `protos` are files or folders, `include` the folders that their imports are searched in; no protos stands for
    the sample. `output` is the folder that the project's own folder is made in.
    """

    name: str
    protos: Sequence[str] = ()
    include: Sequence[str] = ()
    features: Sequence[str] = FEATURES
    output: Path = Path()

    @property
    def target(self) -> Path:
        return Path.cwd() / self.output / self.name


@dataclass(frozen=True, slots=True)
class Draft:
    """A project's files and its baseline, complete in memory, and what is doubtful about its contracts."""

    files: list[Artifact]
    bases: list[Artifact]
    warnings: tuple[Diagnostic, ...]


def new(request: Request, *, dry_run: bool = False) -> Report:
    """Makes the project, or raises a `ScaffoldError` and leaves nothing behind."""
    package = validate_project_name(request.name)
    features = parse_features(request.features)
    placement.check_free(request.target)
    project = Project(request.target, request.name, package, features=features)
    draft = _from_contracts(request, project) if request.protos else _from_sample(project)
    return place(project.root, draft.files, draft.bases, draft.warnings, dry_run=dry_run)


def parse_features(names: Sequence[str]) -> tuple[str, ...]:
    """The features by their names, in the tool's order; `none` alone stands for no feature."""
    if list(names) == ["none"]:
        return ()
    for name in names:
        if name not in ALL_FEATURES:
            raise fail("feature", f"there is no feature `{name}`", hint(name, (*ALL_FEATURES, "none")))
    return tuple(feature for feature in ALL_FEATURES if feature in names)


def _from_contracts(request: Request, project: Project) -> Draft:
    """The files of a project for the contracts that were given, with these and their own imports copied."""
    from scaffolder.contract.protoc import locate

    include = [Path(folder).absolute() for folder in request.include]
    located = locate([Path(path) for path in request.protos], include)
    names = [name for _, name in located]
    roots = list(dict.fromkeys([*include, *(root for root, _ in located)]))
    return _files(replace(project, contracts=tuple(names)), roots)


def _from_sample(project: Project) -> Draft:
    from scaffolder.app.resource import render_contract, sample_name

    name = sample_name(project.package)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        write_file(Path(folder, name), render_contract(name))
        return _files(replace(project, contracts=(name,)), [Path(folder)])


def _files(project: Project, roots: Sequence[Path]) -> Draft:
    """Every file of the project; `roots` are where its contracts are now."""
    output = assemble(project, roots)
    settings = projects.render(output.project).encode()
    copies = [
        Artifact(f"{API}/{name}", Ownership.YOURS, content)
        for name, content in output.sources.items()
        if isinstance(content, bytes)
    ]
    files = [Artifact(projects.FILE, Ownership.YOURS, settings), *copies, *output.generated]
    safety.check_artifacts([item.path for item in files])
    recorded = inputs.record(
        settings,
        project.proto_paths,
        output.sources,
        "server",
        revisions=migrations.revisions_in(output.generated),
    )
    lock = lock_artifact(entries_of(output.generated), recorded, output)
    return Draft([*files, lock], bases_of(output.generated), output.warnings)
