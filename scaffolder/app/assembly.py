"""What every new project is put together from, whether its skeleton is ours or a template's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import methods, migrations, nouns, pipeline
from scaffolder.app.report import Report
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, fail
from scaffolder.project import Project
from scaffolder.workspace import git, placement
from scaffolder.workspace import lock as locks
from scaffolder.workspace.baseline import base_path
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.disk import write_file
from scaffolder.workspace.lock import Entry, Lock


@dataclass(frozen=True, slots=True)
class Assembly:
    """The project with its services' nouns, its generated files, every contract by import name (its contents, or the
    package that brings it), and what is doubtful about them.
    """

    project: Project
    generated: Sequence[Artifact]
    sources: Mapping[str, bytes | str]
    rpcs: Mapping[str, str]
    nouns: Mapping[str, str]
    methods: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]


def assemble(project: Project, roots: Sequence[Path]) -> Assembly:
    """Generates everything for a project that is not on the disk yet; its contracts are found in `roots` now."""
    contract = pipeline.load(project.contracts, roots)
    methods.check(project, contract, projects.render(project))
    project = nouns.named(project, contract)
    sources = pipeline.sources(contract, roots)
    sources |= {name: _packaged(name) for name in project.contracts if isinstance(sources[name], str)}
    output = pipeline.generate(contract, project, "server")
    revision = migrations.first(output.tables, pipeline.render_revision)
    artifacts = [*output.artifacts, *revision.artifacts]
    rpcs, called = pipeline.surface(contract), nouns.of(project, contract)
    return Assembly(project, artifacts, sources, rpcs, called, output.standard.said, contract.warnings)


def entries_of(artifacts: Iterable[Artifact], origin: str = "") -> dict[str, Entry]:
    """The lock's entries for files that are about to be written."""
    return {item.path: Entry(item.ownership, locks.digest(item.content), origin) for item in artifacts}


def bases_of(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """The baseline of a new project."""
    return [
        Artifact(base_path(item.path), Ownership.MACHINE, item.content)
        for item in artifacts
        if item.ownership is Ownership.MERGED
    ]


def lock_artifact(
    entries: Mapping[str, Entry], recorded: Mapping[str, str], output: Assembly | None
) -> Artifact:
    """The lock of a new project; None for one that has no contracts yet."""
    lock = Lock(entries, recorded)
    if output:
        lock = replace(lock, rpcs=output.rpcs, nouns=output.nouns, methods=output.methods)
    return Artifact(locks.FILE, Ownership.MACHINE, locks.render(lock))


def place(
    target: Path,
    files: Sequence[Artifact],
    bases: Sequence[Artifact],
    warnings: tuple[Diagnostic, ...] = (),
    *,
    dry_run: bool = False,
) -> Report:
    """Writes a project that is complete in memory, with its first commit, at once."""
    if not dry_run:
        with placement.new_folder(target) as folder:
            for item in (*files, *bases):
                write_file(folder / item.path, item.content, executable=item.executable)
            if not git.is_inside_repository(target.parent):
                warnings += git.first_commit(folder)
    changes = [
        Change(item.path, Action.CREATE, item.ownership, None, item.content, item.executable)
        for item in files
    ]
    return Report(target, tuple(changes), warnings, dry_run=dry_run)


def _packaged(name: str) -> bytes:
    """A contract that was asked for and that an installed package holds."""
    from scaffolder.contract.wellknown import packaged_source

    source = packaged_source(name)
    if source is None:
        raise fail("contract-not-found", f"{name} is in no installed package", "name a file")
    return source.read_bytes()
