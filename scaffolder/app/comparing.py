"""Generated files against the project: renames, merges, and what other files still need, in one changeset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scaffolder.app import dependents, hints, nouns, pipeline
from scaffolder.app.contracts import load
from scaffolder.app.merging import Merger
from scaffolder.app.options import Request, wishes
from scaffolder.app.report import Prepared, Report
from scaffolder.app.settings import Settings
from scaffolder.app.upgrade import template_files
from scaffolder.artifact import Artifact
from scaffolder.diagnostics import Diagnostic
from scaffolder.overlay import digest_of_overlay
from scaffolder.workspace import inputs
from scaffolder.workspace.changeset import Changeset
from scaffolder.workspace.comparison import Comparison
from scaffolder.workspace.lock import Lock

Pins = Mapping[str, frozenset[str]]

MAX_ROUNDS = 8
"""A chain of names that need each other is followed this far; generated modules have two layers."""


def compared(settings: Settings, lock: Lock, warnings: tuple[Diagnostic, ...], request: Request) -> Prepared:
    """The changeset of a run, with the lock that it leaves."""
    contract = load(settings.project, settings.after if settings.change else None)
    renames = pipeline.renames(request.options.rename, contract) if request.options.rename else ()
    settings, unused = nouns.settled(settings, contract, lock, renames)
    project = settings.project
    output = pipeline.generate(contract, project, request.scope)
    moves = dict(settings.moved_handlers(sorted(output.expected)))
    merger = Merger(project.root, lock, wishes(request.options, project.root, output.expected, moves))
    if request.options.rename or nouns.changed(project, contract, lock):
        before = nouns.before(settings, contract, lock)
        renaming = pipeline.renaming(request.options.rename, contract, project, before)
        asked = replace(merger.wishes, moves={**renaming.paths, **moves})
        merger = replace(merger, wishes=asked, substitute=renaming.substituted)
    hints.check_names(merger.wishes.restore, output.artifacts, lock)
    template = template_files(project.root) if request.upgrade else None
    changeset, doubts = _Run(settings, lock, output, merger, template).changeset()
    sources = pipeline.sources(contract, project.roots)
    overlay = digest_of_overlay(project.root)
    recorded = inputs.record(settings.after, project.proto_paths, sources, request.scope, overlay)
    changes = (*([settings.change] if settings.change else []), *changeset.changes)
    renamed = hints.suggestions(lock, contract, request.options.rename, changeset.changes)
    lost = () if warnings else hints.lost(project.root, lock, changeset.changes)
    idle = (
        *hints.idle(merger.wishes.restore, changeset.changes),
        *hints.abandoned(project, changeset.changes),
    )
    told = (*warnings, *lost, *unused, *contract.warnings, *doubts, *renamed, *idle)
    report = Report(project.root, changes, told)
    rpcs = pipeline.surface(contract) if request.scope == "server" else lock.rpcs
    return Prepared(
        report,
        changeset.bookkeeping,
        Lock(changeset.files, recorded, changeset.conflicts, rpcs, nouns.of(project, contract)),
    )


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
        return comparison.compare(self.output.artifacts, self.output.expected)
