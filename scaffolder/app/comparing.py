"""Generated files against the project: renames, merges, and what other files still need, in one changeset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffolder.app import dependents, pipeline
from scaffolder.app.contracts import load
from scaffolder.app.merging import Merger
from scaffolder.app.options import Request, wishes
from scaffolder.app.report import LOCK, Prepared, Report
from scaffolder.app.settings import Settings
from scaffolder.app.upgrade import template_files
from scaffolder.artifact import WHOLE, Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.overlay import digest_of_overlay
from scaffolder.paths import shown
from scaffolder.suggest import hint, nearest
from scaffolder.targets.python.references import definition_names
from scaffolder.workspace import inputs
from scaffolder.workspace.changeset import Change, Changeset
from scaffolder.workspace.comparison import Comparison
from scaffolder.workspace.lock import FILE, Lock

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.project import Project

Pins = Mapping[str, frozenset[str]]

MAX_ROUNDS = 8
"""A chain of names that need each other is followed this far; generated modules have two layers."""


def compared(settings: Settings, lock: Lock, warnings: tuple[Diagnostic, ...], request: Request) -> Prepared:
    """The changeset of a run, with the lock that it leaves."""
    project = settings.project
    contract = load(project, settings.after if settings.change else None)
    output = pipeline.generate(contract, project, request.scope)
    moves = dict(settings.moved_handlers(sorted(output.expected)))
    merger = Merger(project.root, lock, wishes(request.options, project.root, output.expected, moves))
    if request.options.rename:
        renaming = pipeline.renaming(request.options.rename, contract, project)
        asked = replace(merger.wishes, moves={**renaming.paths, **moves})
        merger = replace(merger, wishes=asked, substitute=renaming.substituted)
    _check_names(merger.wishes.restore, output.artifacts, lock)
    template = template_files(project.root) if request.upgrade else None
    changeset, doubts = _Run(settings, lock, output, merger, template).changeset()
    sources = pipeline.sources(contract, project.roots)
    overlay = digest_of_overlay(project.root)
    recorded = inputs.record(settings.after, project.proto_paths, sources, request.scope, overlay)
    changes = (*([settings.change] if settings.change else []), *changeset.changes)
    hints = _suggestions(lock, contract, request.options.rename, changeset.changes)
    lost = () if warnings else _lost(settings, lock, changeset.changes)
    idle = (*_idle(merger.wishes.restore, changeset.changes), *_abandoned(project, changeset.changes))
    told = (*warnings, *lost, *contract.warnings, *doubts, *hints, *idle)
    report = Report(project.root, changes, told)
    rpcs = pipeline.surface(contract) if request.scope == "server" else lock.rpcs
    return Prepared(
        report,
        changeset.bookkeeping,
        Lock(changeset.files, recorded, changeset.conflicts, rpcs),
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
            if not lost.names:
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


def _check_names(restore: Mapping[str, frozenset[str]], artifacts: Sequence[Artifact], lock: Lock) -> None:
    """Raises for a ``PATH::NAME`` of which nothing is generated and nothing is in conflict."""
    texts = {item.path: item.content for item in artifacts if item.path in restore}
    problems = []
    for path, names in restore.items():
        known = {*definition_names(path, texts.get(path, b"")), WHOLE}
        known |= {name.partition("::")[2] for name in lock.conflicts if name.startswith(f"{path}::")}
        problems += [
            Diagnostic(
                "restore", f"`{name}` is not generated in this file", hint(name, known), Location(path)
            )
            for name in sorted(names - known)
        ]
    if problems:
        raise ScaffoldError(problems)


def _idle(restore: Mapping[str, frozenset[str]], changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """What was to be restored, and had nothing missing."""
    for path, names in restore.items():
        if any(f"{item.path}/".startswith(f"{path}/") and item.before != item.after for item in changes):
            continue
        what = f"`{'`, `'.join(sorted(names))}`" if names else "all that is generated"
        hint = "PATH::NAME of a function, a method or a constant takes the generated one in place of yours"
        yield Diagnostic("restore", f"nothing to restore: {what} is there", hint, Location(path), "warning")


def _abandoned(project: Project, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """A package of which nothing of the user's is left was renamed by hand: what follows it goes to the old place."""
    folder = f"src/{project.package}"
    own = [item for item in changes if item.owner is Ownership.MERGED and item.path.startswith(f"{folder}/")]
    if own and all(item.before is item.after is None for item in own):
        hint = "if you gave the package another name, set `name` in scaffold.yaml to it and run again"
        yield Diagnostic("package", "all that is yours in it is gone", hint, Location(folder), "warning")


def _lost(settings: Settings, lock: Lock, changes: tuple[Change, ...]) -> tuple[Diagnostic, ...]:
    """Says that the baseline is gone, where there is something that it should have known."""
    if not lock.lost or not any(change.before is not None for change in changes):
        return ()
    message = "is gone, so what you edited is not known: only what is missing was added"
    hint = "take .scaffold/ from git and run again"
    return (Diagnostic(LOCK, message, hint, Location(shown(settings.project.root / FILE)), "warning"),)


def _suggestions(
    lock: Lock, contract: Contract, given: Sequence[str], changes: Sequence[Change]
) -> Iterator[Diagnostic]:
    """What looks renamed since the last run. Nothing is guessed: the user says so, or it is another RPC."""
    if not lock.rpcs:
        return
    from scaffolder.targets.python.renames.suggest import suggestions
    from scaffolder.targets.python.renames.suggest_types import type_suggestions

    if given:
        yield from _misspelt(lock, contract, given)
        return
    modules = [
        ((change.before or b"").decode(), (change.after or b"").decode())
        for change in changes
        if change.path.startswith("src/")
        and change.path.endswith("_pb2.py")
        and change.before != change.after
    ]
    for item in (*suggestions(lock.rpcs, contract), *type_suggestions(modules)):
        message = f"{item.old} is gone and {item.new} is new: {item.why}"
        hint = f"if it was renamed, `scaffold generate --rename {item.old}={item.new}` moves what you wrote along"
        yield Diagnostic("rename", message, hint, None, "warning")


def _misspelt(lock: Lock, contract: Contract, given: Sequence[str]) -> Iterator[Diagnostic]:
    """Renames of what the last run did not know: nothing has followed, and the right name can still be given."""
    from scaffolder.targets.python.renames import spec
    from scaffolder.targets.python.renames.suggest import strangers

    renames = spec.parse([item for item in given if not item.endswith(pipeline.PROTO)], contract)
    for item in strangers(renames, lock.rpcs):
        message = f"`{item.old}={item.new}`: the contract had no {item.old} at the last run"
        near = nearest(item.old, lock.rpcs.keys() - pipeline.surface(contract).keys())
        again = f"`scaffold generate --rename {near}={item.new}`" if near else "give the name that it had"
        yield Diagnostic("rename", message, f"{again}; it also works after the fact", None, "warning")
