"""Generated files against the project: renames, merges, and what other files still need, in one changeset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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
from scaffolder.workspace.changeset import Changeset, FileMerge
from scaffolder.workspace.comparison import Comparison
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import Entry, Lock, digest

Pins = Mapping[str, frozenset[str]]

MAX_ROUNDS = 8
"""A chain of names that need each other is followed this far; generated modules have two layers."""


def compared(settings: Settings, lock: Lock, warnings: tuple[Diagnostic, ...], request: Request) -> Prepared:
    """The changeset of a run, with the lock that it leaves."""
    contract = load(settings.project, settings.after if settings.change else None)
    renames = pipeline.renames(request.options.rename, contract) if request.options.rename else ()
    settings = methods.settled(settings, contract, renames)
    settings, unused = nouns.settled(settings, contract, lock, renames)
    project = settings.project
    output = pipeline.generate(contract, project, request.scope)
    moves = dict(settings.moved_handlers(sorted(output.expected)))
    merger = Merger(project.root, lock, wishes(request.options, project.root, output.expected, moves))
    rows = Renames()
    if request.options.rename or nouns.changed(project, contract, lock):
        before = nouns.before(settings, contract, lock)
        renaming = pipeline.renaming(request.options.rename, contract, project, before)
        rows = pipeline.renamed_tables(request.options.rename, contract, project, before, output.tables)
        asked = replace(merger.wishes, moves={**renaming.paths, **moves})
        merger = replace(merger, wishes=asked, substitute=renaming.substituted)
    hints.check_names(merger.wishes.restore, output.artifacts, lock)
    template = template_files(project.root) if request.upgrade else None
    changeset, doubts = _Run(settings, lock, output, merger, template).changeset()
    migration = migrations.Migration()
    if request.scope == "server":
        models = migrations.read_models(project, output.artifacts, changeset.changes)
        migration = migrations.following(project.root, output.tables, rows, models, pipeline.render_revision)
        changeset = _migrated(project.root, lock, changeset, migration.artifacts)
    sources = pipeline.sources(contract, project.roots)
    overlay = digest_of_overlay(project.root)
    revisions = inputs.revisions_of(project.root) | migrations.revisions_in(migration.artifacts)
    recorded = inputs.record(
        settings.after, project.proto_paths, sources, request.scope, overlay=overlay, revisions=revisions
    )
    changes = (*([settings.change] if settings.change else []), *changeset.changes)
    renamed = hints.suggestions(lock, contract, request.options.rename, changeset.changes)
    lost = () if warnings else hints.lost(project.root, lock, changeset.changes)
    idle = (
        *hints.idle(merger.wishes.restore, changeset.changes),
        *hints.abandoned(project, changeset.changes),
        *hints.unknown_settings(project, changeset.changes),
    )
    rpcs, said = lock.rpcs, lock.methods
    if request.scope == "server":
        rpcs, said = pipeline.surface(contract), turns.recorded(output.standard)
    if request.scope == "server" and output.standard is not None:
        known = turns.Turns(project, contract, output.standard, renames, changeset.changes)
        doubts = (*doubts, *known.since(lock))
    told = (*warnings, *lost, *unused, *contract.warnings, *doubts, *migration.warnings, *renamed, *idle)
    report = Report(project.root, changes, told)
    return Prepared(
        report,
        changeset.bookkeeping,
        Lock(changeset.files, recorded, changeset.conflicts, rpcs, nouns.of(project, contract), said),
    )


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
