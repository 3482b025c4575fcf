"""Artifacts against the lock against the disk: what becomes of each file. Decides everything, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffolder.artifact import WHOLE, Artifact, Conflict, Detail, Did, Ownership
from scaffolder.workspace.baseline import base_path, conflict_path, read_base, replaced_path
from scaffolder.workspace.changeset import Action, Change, Changeset, FileMerge, Merge, Wishes
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import TEMPLATE, Entry, Lock, Open, digest
from scaffolder.workspace.proposals import proposal

EDITED = "edited by you"
DELETED = "deleted by you, stays deleted"
DELETED_CHANGED = "deleted by you, stays deleted; what is generated has changed"
RESTORED = "restored"
FOREIGN = "not listed in .scaffold/lock.json, so it counts as yours"
NO_BASE = "its baseline is lost, so only what is missing was added"
ORPHANED = "no longer generated, kept because it is yours"
ORPHANED_EDITED = "no longer generated, kept because it was edited"
NEEDED = "no longer generated, kept because your code uses it"
ORPHANS = frozenset({ORPHANED, ORPHANED_EDITED, NEEDED})
PRUNED = "no longer generated, pruned; your version is kept in {}"
GAVE_WAY = "your version is kept in {}"
REPLACED = "was edited; your version is kept in {}"


@dataclass(slots=True)
class Comparison:
    """The comparison of one run.

    `expected` names files that another scope generates: those are neither made nor deleted here. A file that came
    with a cookiecutter template stays the template's, even where we would generate one of its name. `pinned` are files
    that your code needs ("" among their names), whether they are generated or not. `template` are the files of
    the project's cookiecutter template, rendered anew.
    """

    root: Path
    lock: Lock
    merge: Merge
    wishes: Wishes = field(default_factory=Wishes)
    pinned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    template: Sequence[Artifact] | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    conflicts: dict[str, Open] = field(default_factory=dict)
    bookkeeping: dict[str, Change] = field(default_factory=dict)

    def compare(self, artifacts: Iterable[Artifact], expected: Collection[str] = ()) -> Changeset:
        """The changeset that brings the project to `artifacts`."""
        foreign = {path for path, entry in self.lock.files.items() if entry.origin}
        generated = {item.path: item for item in artifacts if item.path not in foreign}
        if self.template is not None:
            generated |= {item.path: item for item in self.template if item.path not in generated}
            foreign = set()
        self.entries = dict(self.lock.files)
        self.conflicts = {
            name: item
            for name, item in self.lock.conflicts.items()
            if (path := name.partition("::")[0]) not in generated and path in expected
        }
        changes = [self._generated(artifact) for artifact in generated.values()]
        moved = {change.moved_from for change in changes}
        for path in sorted(self.lock.files.keys() - generated.keys() - foreign - set(expected)):
            changes.append(self._moved(path) if path in moved else self._gone(path, self.lock.files[path]))
        self._forget_proposals()
        pending = tuple(item for item in self.bookkeeping.values() if item.before != item.after)
        return Changeset(tuple(changes), pending, self.entries, self.conflicts)

    def _generated(self, artifact: Artifact) -> Change:
        current = read_bytes(f"{self.root}/{artifact.path}")
        keep = Change(artifact.path, Action.KEEP, artifact.ownership, current, current, artifact.executable)
        entry = self.lock.files.get(artifact.path)
        known, old = artifact.path, self.wishes.moves.get(artifact.path, "")
        was = read_bytes(f"{self.root}/{old}") if old else None
        # Where the new file is there already, as the tool wrote it, the rename was said late.
        untouched = current is None or (entry is not None and entry.knows(digest(current)))
        if was is not None and untouched and (current is None or old in self.lock.files):
            return self._moving(artifact, keep, old, was)
        if artifact.ownership is Ownership.MACHINE:
            return self._machine(artifact, keep, entry)
        if entry is None and was is None and (entry := self.lock.files.get(old)) is not None:
            known = old  # the user deleted it there, or moved it here already
            self.entries[artifact.path] = entry
        if artifact.ownership is Ownership.YOURS:
            return self._yours(artifact, keep, entry)
        return self._merged(artifact, keep, entry, read_base(self.root, known, entry, current))

    def _machine(self, artifact: Artifact, keep: Change, entry: Entry | None) -> Change:
        """Rewritten whole. An edit is told of and kept aside; what is not the tool's is not touched."""
        current, content = keep.before, artifact.content
        foreign = current is not None and entry is None and current != content
        if foreign and not self.wishes.restores(artifact.path):
            return self._whole_conflict(keep, content, FOREIGN)
        self._advance(artifact, content)
        if current == content:
            return keep
        if current is None:
            return replace(keep, action=Action.CREATE, after=content)
        update = replace(keep, action=Action.UPDATE, after=content)
        if entry is not None and (entry.knows(digest(current)) or entry.others):
            return update
        if current.replace(b"\r\n", b"\n") == content:
            return update
        return replace(update, note=REPLACED.format(self._set_aside(artifact.path, current)))

    def _yours(self, artifact: Artifact, keep: Change, entry: Entry | None) -> Change:
        if keep.before is not None:
            self.entries[artifact.path] = entry or Entry(artifact.ownership, digest(artifact.content))
            return keep
        if entry is not None and not self.wishes.restores(artifact.path):
            return replace(keep, note=DELETED)
        self._advance(artifact, artifact.content)
        return replace(keep, action=Action.CREATE, after=artifact.content, note=RESTORED if entry else "")

    def _merged(self, artifact: Artifact, keep: Change, entry: Entry | None, base: bytes | None) -> Change:
        current, content = keep.before, artifact.content
        if current is None:
            self._keep_base(artifact, content)
            if entry is not None and not self.wishes.restores(artifact.path):
                return replace(keep, note=DELETED if base in (None, content) else DELETED_CHANGED)
            return replace(keep, action=Action.CREATE, after=content, note=RESTORED if entry else "")
        if base is None and current == content:
            base = content
        merged = self.merge(artifact.path, base, current, content)
        self._keep_base(artifact, merged.base)
        note = "" if base is not None else NO_BASE if entry or self.lock.lost else FOREIGN
        change = replace(
            keep, after=merged.content, details=merged.details, conflicts=merged.conflicts, note=note
        )
        self._propose(change)
        if merged.content != current:
            if self._gives_way(change):
                change = replace(change, note=GAVE_WAY.format(self._set_aside(change.path, current)))
            return replace(change, action=Action.UPDATE)
        if merged.conflicts:
            return replace(change, action=Action.CONFLICT)
        if merged.content == content or not note:
            return replace(change, note="" if merged.content == merged.base else EDITED)
        return change

    def _gives_way(self, change: Change) -> bool:
        """Whether something that the user wrote goes from a file, because they asked for it."""
        return any(item.did in (Did.RESTORED, Did.REMOVED) and item.reason for item in change.details)

    def _moving(self, artifact: Artifact, keep: Change, old: str, was: bytes) -> Change:
        """A file that has another path now: what the user made of it moves along."""
        entry = self.lock.files.get(old)
        base = read_base(self.root, old, entry, was)
        if artifact.ownership is not Ownership.MERGED:
            merged = FileMerge(
                was if artifact.ownership is Ownership.YOURS else artifact.content, artifact.content
            )
        else:
            merged = self.merge(artifact.path, base, was, artifact.content)
        self._keep_base(artifact, merged.base)
        change = replace(
            keep,
            action=Action.CREATE if keep.before is None else Action.UPDATE,
            after=merged.content,
            details=merged.details,
            conflicts=merged.conflicts,
            moved_from=old,
            note=f"moved from {old}",
        )
        self._propose(change)
        return change

    def _moved(self, path: str) -> Change:
        """The old path of a file that moved."""
        current = read_bytes(f"{self.root}/{path}")
        entry = self.entries.pop(path)
        self._book(base_path(path), None)
        return Change(path, Action.DELETE, entry.owner, current, None, note="moved")

    def _gone(self, path: str, entry: Entry) -> Change:
        """What becomes of a file that the lock lists and nobody generates any more."""
        current = read_bytes(f"{self.root}/{path}")
        keep = Change(path, Action.KEEP, entry.owner, current, current)
        if current is not None and entry.owner is Ownership.YOURS:
            return replace(keep, note=ORPHANED)
        if current is not None and "" in self.pinned.get(path, ()) and not self.wishes.prune:
            return replace(keep, note=NEEDED)
        if current is not None and not entry.knows(digest(current)):
            if not self.wishes.prune:
                return replace(keep, note=ORPHANED_EDITED)
            keep = replace(keep, note=PRUNED.format(self._set_aside(path, current)))
        del self.entries[path]
        self._book(base_path(path), None)
        return keep if current is None else replace(keep, action=Action.DELETE, after=None)

    def _advance(self, artifact: Artifact, written: bytes) -> None:
        known = self.lock.files.get(artifact.path)
        brought = any(artifact is item for item in self.template or ())
        origin = TEMPLATE if brought else known.origin if known else ""
        self.entries[artifact.path] = Entry(artifact.ownership, digest(written), origin)

    def _keep_base(self, artifact: Artifact, base: bytes) -> None:
        self._advance(artifact, base)
        if artifact.ownership is Ownership.MERGED:
            self._book(base_path(artifact.path), base)

    def _set_aside(self, path: str, content: bytes) -> str:
        kept = replaced_path(path, content)
        self._book(kept, content)
        return kept

    def _whole_conflict(self, keep: Change, content: bytes, note: str) -> Change:
        """A file of the user's in the place of one that is generated."""
        shown = Conflict(
            WHOLE,
            "",
            (keep.before or b"").decode(errors="replace"),
            content.decode(errors="replace"),
            1,
            note,
        )
        detail = Detail(Did.CONFLICT, WHOLE, 1, note)
        change = replace(keep, action=Action.CONFLICT, note=note, conflicts=(shown,), details=(detail,))
        self._propose(change)
        return change

    def _propose(self, change: Change) -> None:
        """Remembers the conflicts of a file, and shows them beside the lock."""
        if not change.conflicts:
            return
        if any(item.is_whole for item in change.conflicts):
            self.conflicts |= {
                name: item
                for name, item in self.lock.conflicts.items()
                if name.startswith(f"{change.path}::")
            }
        for item in change.conflicts:
            # Between markers the user's side stands unchanged; whatever they make of it settles the matter.
            marked = self.wishes.markers and not item.is_whole and change.after != change.before
            side = "" if marked else item.current_mark
            self.conflicts[f"{change.path}::{item.name}"] = Open(side, item.incoming_mark)
        self._book(change.proposal, proposal(change))

    def _forget_proposals(self) -> None:
        """A proposal whose conflict is settled goes."""
        left = {name.partition("::")[0] for name in self.conflicts}
        for path in {name.partition("::")[0] for name in self.lock.conflicts} - left:
            self._book(conflict_path(path), None)

    def _book(self, path: str, content: bytes | None) -> None:
        before = read_bytes(f"{self.root}/{path}")
        if content is None and before is None:
            self.bookkeeping.pop(path, None)
            return
        action = Action.DELETE if content is None else Action.UPDATE if before is not None else Action.CREATE
        self.bookkeeping[path] = Change(path, action, Ownership.MACHINE, before, content)
