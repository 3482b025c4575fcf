"""What every new project is put together from, whether its skeleton is ours or a template's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolder.app import pipeline
from scaffolder.app.report import Report
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, fail
from scaffolder.project import Project
from scaffolder.workspace import git, placement
from scaffolder.workspace import lock as locks
from scaffolder.workspace.changeset import Change
from scaffolder.workspace.lock import Entry, Lock
from scaffolder.workspace.transaction import write_file


@dataclass(frozen=True, slots=True)
class Assembly:
    """The generated files, every contract by import name (its contents, or the package that brings it), and what
    is doubtful about them.
    """

    generated: Sequence[Artifact]
    sources: Mapping[str, bytes | str]
    warnings: tuple[Diagnostic, ...]


def assemble(project: Project, roots: Sequence[Path]) -> Assembly:
    """Generates everything for a project that is not on the disk yet; its contracts are found in `roots` now."""
    contract = pipeline.load(project.contracts, roots)
    sources = pipeline.sources(contract, roots)
    sources |= {name: _packaged(name) for name in project.contracts if isinstance(sources[name], str)}
    return Assembly(pipeline.generate(contract, project, "server").artifacts, sources, contract.warnings)


def entries_of(artifacts: Iterable[Artifact], origin: str = "") -> dict[str, Entry]:
    """The lock's entries for files that are about to be written."""
    return {item.path: Entry(item.ownership, locks.digest(item.content), origin) for item in artifacts}


def lock_artifact(entries: Mapping[str, Entry], recorded: Mapping[str, str]) -> Artifact:
    """The lock of a new project."""
    return Artifact(locks.FILE, Ownership.MACHINE, locks.render(Lock(entries, recorded)))


def place(
    target: Path, changes: Sequence[Change], warnings: tuple[Diagnostic, ...] = (), *, dry_run: bool = False
) -> Report:
    """Writes a project that is complete in memory, with its first commit, at once."""
    if not dry_run:
        with placement.new_folder(target) as folder:
            for change in changes:
                write_file(folder / change.path, change.after or b"", executable=change.executable)
            if not git.is_inside_repository(target.parent):
                warnings += git.first_commit(folder)
    return Report(target, tuple(changes), warnings, dry_run=dry_run)


def _packaged(name: str) -> bytes:
    """A contract that was asked for and that an installed package holds."""
    from scaffolder.contract.wellknown import packaged_source

    source = packaged_source(name)
    if source is None:
        raise fail("contract-not-found", f"{name} is in no installed package", "name a file")
    return source.read_bytes()
