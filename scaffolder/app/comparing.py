"""Generated files against the project: renames, merges, and what other files still need, in one changeset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.app import dependents, hints, methods, migrations, nouns, pipeline, turns
from scaffolder.app.contracts import load
from scaffolder.app.merging import Merger
from scaffolder.app.options import Request, wishes
from scaffolder.app.report import Prepared, Report
from scaffolder.app.settings import Settings
from scaffolder.app.upgrade import template_files
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic
from scaffolder.overlay import digest_of_overlay
from scaffolder.targets.python.migrations import snapshot
from scaffolder.targets.python.migrations.revision import FOLDER
from scaffolder.targets.python.migrations.state import Renames
from scaffolder.workspace import inputs
from scaffolder.workspace.changeset import Change, Changeset, FileMerge
from scaffolder.workspace.comparison import Comparison
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import Entry, Lock, digest

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.project import Project

Pins = Mapping[str, frozenset[str]]

MAX_ROUNDS = 8
"""A chain of names that need each other is followed this far; generated modules have two layers."""


def compared(settings: Settings, lock: Lock, warnings: tuple[Diagnostic, ...], request: Request) -> Prepared:
    """The changeset of a run, with the lock that it leaves."""
    contract = load(settings.project, settings.after if settings.change else None)
    renames = pipeline.renames(request.options.rename, contract) if request.options.rename else ()
    settings = methods.settled(settings, contract, renames)
    settings, unused = nouns.settled(settings, contract, lock, renames)
    project, root = settings.project, settings.project.root
    output = pipeline.generate(contract, project, request.scope)
    merger, rows = _merger(settings, lock, request, contract, output)
    hints.check_names(merger.wishes.restore, output.artifacts, lock)
    template = template_files(root) if request.upgrade else None
    changeset, doubts = _Run(settings, lock, output, merger, template).changeset()
    rpcs, said, migration = lock.rpcs, lock.methods, migrations.Migration()
    if request.scope == "server":
        models = migrations.read_models(project, output.artifacts, changeset.changes)
        migration = migrations.following(root, output.tables, rows, models, pipeline.render_revision)
        changeset = _migrated(root, lock, changeset, migration.artifacts)
        rpcs, said = pipeline.surface(contract), output.standard.said
        known = turns.Turns(project, contract, output.standard, renames, changeset.changes)
        doubts = (*doubts, *known.since(lock))
    renamed = hints.suggestions(lock, contract, request.options.rename, changeset.changes)
    lost = () if warnings else hints.lost(root, lock, changeset.changes)
    idle = _idle(project, merger, changeset.changes)
    told = (*warnings, *lost, *unused, *contract.warnings, *doubts, *migration.warnings, *renamed, *idle)
    changes = (*([settings.change] if settings.change else []), *changeset.changes)
    recorded = _recorded(settings, contract, request, migration.artifacts)
    kept = Lock(changeset.files, recorded, changeset.conflicts, rpcs, nouns.of(project, contract), said)
    return Prepared(Report(root, changes, told), changeset.bookkeeping, kept)


def _merger(
    settings: Settings, lock: Lock, request: Request, contract: Contract, output: pipeline.Output
) -> tuple[Merger, Renames]:
    """What merges the run's files, following what was renamed, and what was renamed in tables."""
    project, given = settings.project, request.options.rename
    moves = dict(settings.moved_handlers(sorted(output.expected)))
    merger = Merger(project.root, lock, wishes(request.options, project.root, output.expected, moves))
    if not given and not nouns.changed(project, contract, lock):
        return merger, Renames()
    before = nouns.before(settings, contract, lock)
    renaming = pipeline.renaming(given, contract, project, before)
    rows = pipeline.renamed_tables(given, contract, project, before, output.tables)
    asked = replace(merger.wishes, moves={**renaming.paths, **moves})
    return replace(merger, wishes=asked, substitute=renaming.substituted), rows


def _recorded(
    settings: Settings, contract: Contract, request: Request, made: Sequence[Artifact]
) -> Mapping[str, str]:
    """The inputs of the run, for the next one to see whether there is anything to do; `made` are its revisions."""
    project = settings.project
    return inputs.record(
        settings.after,
        project.proto_paths,
        pipeline.sources(contract, project.roots),
        request.scope,
        overlay=digest_of_overlay(project.root),
        revisions=inputs.revisions_of(project.root) | migrations.revisions_in(made),
    )


def _idle(project: Project, merger: Merger, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """What was asked for, or is configured, in vain."""
    yield from hints.idle(merger.wishes.restore, changes)
    yield from hints.abandoned(project, changes)
    yield from hints.unknown_settings(project, changes)
    yield from hints.tables_of_another(project, changes)


def _migrated(root: Path, lock: Lock, changeset: Changeset, artifacts: Sequence[Artifact]) -> Changeset:
    """The changeset with the next revision and the snapshot, which is ours whatever git made of it."""
    if not artifacts:
        return changeset
    was = read_bytes(f"{root}/{snapshot.FILE}")
    known = {snapshot.FILE: Entry(Ownership.MACHINE, digest(was))} if was is not None else {}
    written = Comparison(root, replace(lock, files=known), refuse_merge).compare(artifacts)
    files = {**changeset.files, **written.files}
    return replace(changeset, changes=(*changeset.changes, *written.changes), files=files)


def refuse_merge(path: str, base: bytes | None, current: bytes, incoming: bytes) -> FileMerge:
    """Neither a revision nor the snapshot is merged."""
    raise AssertionError(path)


@dataclass(frozen=True, slots=True)
class _Run:
    settings: Settings
    lock: Lock
    output: pipeline.Output
    merger: Merger
    template: Sequence[Artifact] | None = None

    def changeset(self) -> tuple[Changeset, tuple[Diagnostic, ...]]:
        """The changeset in which nothing is removed that code which stays needs, and what leads nowhere even so."""
        root = self.settings.project.root
        pinned: dict[str, frozenset[str]] = {}
        for _ in range(MAX_ROUNDS):
            changeset = self._compare(pinned)
            lost = dependents.gone(changeset.changes)
            if not lost:
                return changeset, ()
            found = list(dependents.uses(root, changeset.changes, lost))
            more = dependents.pins(found, lost)
            if all(names <= pinned.get(path, frozenset()) for path, names in more.items()):
                changeset = self._without(pinned, more) if more else changeset
                break
            pinned = {
                path: pinned.get(path, frozenset()) | more.get(path, frozenset()) for path in pinned | more
            }
        return changeset, dependents.dangling(root, found, lost, changeset.changes)

    def _without(self, pinned: Pins, vain: Pins) -> Changeset:
        """The changeset without the pins that held nothing: what is not edited is as generated then."""
        left = {path: names - vain.get(path, frozenset()) for path, names in pinned.items()}
        return self._compare({path: names for path, names in left.items() if names})

    def _compare(self, pinned: Mapping[str, frozenset[str]]) -> Changeset:
        merger = replace(self.merger, pinned=pinned)
        root = self.settings.project.root
        comparison = Comparison(root, self.lock, merger, merger.wishes, pinned, self.template)
        written = {path for path in self.lock.files if path == snapshot.FILE or path.startswith(f"{FOLDER}/")}
        return comparison.compare(self.output.artifacts, self.output.expected | written)
