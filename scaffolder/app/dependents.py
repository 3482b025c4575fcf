"""What would be removed although code that stays needs it: kept in a merged file, told of in one of the machine's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolder.app.marking import unmarked
from scaffolder.app.report import LEADS_NOWHERE
from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.targets.python.merging.inference import Inference
from scaffolder.targets.python.merging.members import class_members, member_uses
from scaffolder.targets.python.merging.references import (
    ROOTS,
    Reference,
    module_of,
    references,
    top_level_names,
)
from scaffolder.workspace.changeset import Change
from scaffolder.workspace.comparison import ORPHANED_EDITED
from scaffolder.workspace.inputs import read_bytes

FOLDERS = ("src", "tests", "clients")
DATABASE = ".kit.database."
"""What the last resource of a contract takes along, unless it is asked for."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Names that a changeset takes away, by module; "" among them is the module itself. `paths` are where they were,
    `moved` the new names of modules that moved. `members` are those of classes that stay, by module and class, and
    `methods` the ones among them, as `Class.member`, that can stay by themselves: a field that is no longer filled
    means nothing.
    """

    names: Mapping[str, frozenset[str]]
    paths: Mapping[str, str]
    mergeable: frozenset[str]
    moved: Mapping[str, str]
    members: Mapping[str, Mapping[str, frozenset[str]]]
    methods: Mapping[str, frozenset[str]]

    def __bool__(self) -> bool:
        return bool(self.names or self.members)

    def can_stay(self, reference: Reference) -> bool:
        """Whether what is used is of a merged file and a definition for itself."""
        module, name = reference.module, reference.name
        return module in self.mergeable and ("." not in name or name in self.methods.get(module, ()))


@dataclass(frozen=True, slots=True)
class Use:
    """A file that needs something that goes."""

    path: str
    reference: Reference


def gone(changes: Sequence[Change]) -> Gone:
    """What the changes take away of the project's own modules."""
    names: dict[str, frozenset[str]] = {}
    paths: dict[str, str] = {}
    mergeable: set[str] = set()
    members: dict[str, dict[str, frozenset[str]]] = {}
    methods: dict[str, frozenset[str]] = {}
    moved = {module_of(change.moved_from): module_of(change.path) for change in changes if change.moved_from}
    for change in changes:
        module = module_of(change.path)
        if not module or change.before is None or change.before == change.after:
            continue
        lost = _names(change.path, change.before) - _names(change.path, change.after or b"")
        lost |= frozenset([""]) if change.after is None else frozenset()
        if lost:
            names[module] = names.get(module, frozenset()) | lost
        fewer = _lost_members(change) if change.after is not None else {}
        if fewer:
            members[module] = {owner: frozenset(of) for owner, of in fewer.items()}
            methods[module] = frozenset(
                f"{owner}.{name}"
                for owner, of in fewer.items()
                for name, is_method in of.items()
                if is_method
            )
        if lost or fewer:
            paths[module] = change.path
            if change.owner is Ownership.MERGED and module not in moved:
                mergeable.add(module)
    return Gone(names, paths, frozenset(mergeable), moved, members, methods)


def _lost_members(change: Change) -> dict[str, dict[str, bool]]:
    """By class that stays, the members that it loses, true for methods."""
    before = class_members(unmarked(_text(change.before or b"")))
    after = class_members(unmarked(_text(change.after or b"")))
    lost = {
        owner: {name: kind for name, kind in of.items() if name not in after[owner]}
        for owner, of in before.items()
        if owner in after
    }
    return {owner: of for owner, of in lost.items() if of}


def _names(path: str, content: bytes) -> frozenset[str]:
    """What a module defines. The names of a ``_pb2.py`` are made at run time; the .pyi beside it spells them out."""
    return frozenset() if path.endswith("_pb2.py") else top_level_names(unmarked(_text(content)))


def uses(root: Path, changes: Sequence[Change], lost: Gone) -> Iterator[Use]:
    """The uses of what is gone in the project as the changes leave it, the machine's own files left out."""
    after = {change.path: change for change in changes}
    project = _Project(root, after)
    inference = Inference(project.read)
    words = {word for of in lost.members.values() for owner, names in of.items() for word in (owner, *names)}
    for path in sorted({*_modules(root), *(path for path in after if path.endswith(".py"))}):
        change = after.get(path)
        if change is not None and (change.after is None or _is_machines(change)):
            continue
        text = project.text(path)
        for reference in references(path, text, lost.names):
            yield Use(path, reference)
        module = inference.module(module_of(path)) if any(word in text for word in words) else None
        if module is not None:
            for reference in member_uses(inference, module, lost.members):
                yield Use(path, reference)


@dataclass(frozen=True, slots=True)
class _Project:
    """The project's files as the changes leave them, `after` by path."""

    root: Path
    after: Mapping[str, Change]

    def text(self, path: str) -> str:
        change = self.after.get(path)
        content = change.after if change is not None else read_bytes(f"{self.root}/{path}")
        return _text(content or b"")

    def read(self, module: str) -> tuple[str, str] | None:
        """A module's path and text; of a module with a stub beside it, the stub's."""
        stem = module.replace(".", "/")
        for top in ROOTS:
            for end in (".pyi", ".py", "/__init__.pyi", "/__init__.py"):
                if text := self.text(path := f"{top}{stem}{end}"):
                    return path, text
        return None


def _is_machines(change: Change) -> bool:
    """Whether a file is as the machine makes it now; one that it makes no more and that was edited is not."""
    return change.owner is Ownership.MACHINE and change.note != ORPHANED_EDITED


def pins(found: Sequence[Use], lost: Gone) -> dict[str, frozenset[str]]:
    """By path of a merged file, the names that must stay ("" for the whole file)."""
    kept: dict[str, set[str]] = {}
    for use in found:
        module = use.reference.module
        if lost.can_stay(use.reference):
            whole = "" in lost.names.get(module, ())
            kept.setdefault(lost.paths[module], set()).add("" if whole else use.reference.name)
    return {path: frozenset(names) for path, names in kept.items()}


def dangling(
    root: Path, found: Sequence[Use], lost: Gone, changes: Sequence[Change]
) -> tuple[Diagnostic, ...]:
    """What leads nowhere now, and cannot be kept: it belongs to the machine, was renamed, or was to be pruned.

    An error where the file cannot be imported because of it, a warning where only a call would fail.
    """
    told: dict[tuple[str, str, str], Diagnostic] = {}
    for use in found:
        module, name = use.reference.module, use.reference.name
        what = f"`{module}.{name}`" if name else f"the module `{module}`"
        message = f"uses {what}, which the contract no longer has"
        homes = _homes(name, module, changes) if name else []
        hint = "change it, or use `--rename OLD=NEW` if it was renamed"
        if module in lost.moved:
            message, hint = f"uses `{module}`, which was renamed", f"it is `{lost.moved[module]}` now"
        elif lost.can_stay(use.reference):
            message, hint = f"uses {what}, which was renamed or pruned", "change it by hand"
        elif DATABASE in f"{module}.":
            hint = "with `database` among the features of scaffold.yaml it stays"
        elif homes:
            hint = f"it is in `{homes[0]}` now"
        elif not name and module.endswith("_pb2"):
            hint = "if its contract has another name now: `scaffold generate --rename OLD.proto=NEW.proto`"
        severity = "error" if use.reference.binding else "warning"
        place = Location(shown(root / use.path), use.reference.line)
        told.setdefault((use.path, module, name), Diagnostic(LEADS_NOWHERE, message, hint, place, severity))
    return tuple(told.values())


def _homes(name: str, module: str, changes: Sequence[Change]) -> list[str]:
    """Other generated modules of the same package that define a name now."""
    top = module.partition(".")[0]
    return sorted(
        module_of(change.path)
        for change in changes
        if change.path.endswith(".pyi")
        and change.after is not None
        and module_of(change.path).startswith(f"{top}.")
        and name in top_level_names(_text(change.after))
    )


def _modules(root: Path) -> Iterator[str]:
    for top in FOLDERS:
        for parent, folders, names in os.walk(root / top):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
            for name in names:
                if name.endswith(".py"):
                    yield Path(parent, name).relative_to(root).as_posix()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").removeprefix("\ufeff")
