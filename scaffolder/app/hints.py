"""What a run tells besides its changes: what looks renamed, what was asked for in vain, what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.app import pipeline
from scaffolder.app.report import LEADS_NOWHERE, LOCK
from scaffolder.artifact import WHOLE, Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import shown
from scaffolder.suggest import hint, nearest
from scaffolder.targets.python.merging.members import class_members
from scaffolder.targets.python.merging.references import definition_names
from scaffolder.targets.python.migrations import owned
from scaffolder.targets.python.renames import suggest
from scaffolder.targets.python.renames.suggest_types import type_suggestions
from scaffolder.workspace.changeset import Change
from scaffolder.workspace.comparison import ORPHANS
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import FILE, Lock

SETTINGS, SETTINGS_CLASS = "configs/config.yaml", "Config"

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract
    from scaffolder.project import Project


def check_names(restore: Mapping[str, frozenset[str]], artifacts: Sequence[Artifact], lock: Lock) -> None:
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


def idle(restore: Mapping[str, frozenset[str]], changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """What was to be restored, and had nothing missing."""
    for path, names in restore.items():
        if any(f"{item.path}/".startswith(f"{path}/") and item.before != item.after for item in changes):
            continue
        what = f"`{'`, `'.join(sorted(names))}`" if names else "all that is generated"
        advice = "PATH::NAME of a function, a method or a constant takes the generated one in place of yours"
        yield Diagnostic("restore", f"nothing to restore: {what} is there", advice, Location(path), "warning")


def abandoned(project: Project, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """A package of which nothing of the user's is left was renamed by hand: what follows it goes to the old place."""
    folder = f"src/{project.package}"
    own = [item for item in changes if item.owner is Ownership.MERGED and item.path.startswith(f"{folder}/")]
    if own and all(item.before is item.after is None for item in own):
        advice = "if you gave the package another name, set `name` in scaffold.yaml to it and run again"
        yield Diagnostic("package", "all that is yours in it is gone", advice, Location(folder), "warning")


def unknown_settings(project: Project, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """Sections of configs/config.yaml, which is the user's, that the settings lose: the service would not start."""
    config = next((item for item in changes if item.path == f"src/{project.package}/config.py"), None)
    if config is None or config.before is None or config.after is None:
        return
    before, after = (class_members(text.decode(errors="replace")) for text in (config.before, config.after))
    gone = before.get(SETTINGS_CLASS, {}).keys() - after.get(SETTINGS_CLASS, {}).keys()
    path = project.root / SETTINGS
    for number, line in enumerate((read_bytes(str(path)) or b"").decode(errors="replace").splitlines(), 1):
        name = line.partition(":")[0]
        if name in gone:
            message = f"`{name}` is no setting any more, and the service does not start with it"
            yield Diagnostic(LEADS_NOWHERE, message, "remove it", Location(shown(path), number), "error")


def tables_of_another(project: Project, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """Models that stay of a service that is gone, since the user edited them, whose tables another service has now."""
    folder = f"src/{project.package}/data/"
    modules = [item for item in changes if item.path.startswith(folder) and item.path.endswith(".py")]
    orphans = [item for item in modules if item.note in ORPHANS]
    live = [item for item in modules if item.note not in ORPHANS] if orphans else []
    owners = {table: item.path for item in live for table in _models(item)}
    for item in orphans:
        for table, model in _models(item).items():
            if owner := owners.get(table):
                message = f"the table `{table}` is in {owner} now, and both modules cannot be imported"
                place = Location(shown(project.root / item.path), model.line)
                advice = "move there what you wrote, and delete this file"
                yield Diagnostic(LEADS_NOWHERE, message, advice, place)


def _models(change: Change) -> Mapping[str, owned.Model]:
    """The models of a module as the run leaves it."""
    return owned.models((change.after or b"").decode("utf-8-sig", "replace"))


def lost(root: Path, lock: Lock, changes: Sequence[Change]) -> tuple[Diagnostic, ...]:
    """Says that the baseline is gone, where there is something that it should have known."""
    if not lock.lost or not any(change.before is not None for change in changes):
        return ()
    message = "is gone, so what you edited is not known: only what is missing was added"
    advice = "take .scaffold/ from git and run again"
    return (Diagnostic(LOCK, message, advice, Location(shown(root / FILE)), "warning"),)


def suggestions(
    lock: Lock, contract: Contract, given: Sequence[str], changes: Sequence[Change]
) -> Iterator[Diagnostic]:
    """What looks renamed since the last run. Nothing is guessed: the user says so, or it is another RPC."""
    if not lock.rpcs:
        return
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
    for item in (*suggest.suggestions(lock.rpcs, contract), *type_suggestions(modules)):
        message = f"{item.old} is gone and {item.new} is new: {item.why}"
        advice = f"if it was renamed, `scaffold generate --rename {item.old}={item.new}` moves what you wrote along"
        yield Diagnostic("rename", message, advice, None, "warning")


def _misspelt(lock: Lock, contract: Contract, given: Sequence[str]) -> Iterator[Diagnostic]:
    """Renames of what the last run did not know: nothing has followed, and the right name can still be given."""
    for item in suggest.strangers(pipeline.renames(given, contract), lock.rpcs):
        message = f"`{item.old}={item.new}`: the contract had no {item.old} at the last run"
        near = nearest(item.old, lock.rpcs.keys() - pipeline.surface(contract).keys())
        again = f"`scaffold generate --rename {near}={item.new}`" if near else "give the name that it had"
        yield Diagnostic("rename", message, f"{again}; it also works after the fact", None, "warning")
