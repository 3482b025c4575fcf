"""What must hold of every run, whatever the contract and the user did before it."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scaffolder.app.options import Request
from scaffolder.app.report import Report
from scaffolder.artifact import WHOLE, Artifact, Did, Ownership
from scaffolder.merge.result import Merged
from scaffolder.targets.python.merging.outline import outline
from scaffolder.workspace.baseline import CONFLICTS, REPLACED, base_path, conflict_path
from scaffolder.workspace.changeset import Action, Change
from scaffolder.workspace.lock import FILE, FOLDER, Lock, digest
from tests.merge import python_laws

State = dict[str, tuple[bytes, int, int]]
REMOVED_AS_ASKED = "edited by you, removed as asked"


def state(root: Path) -> State:
    """Content, mode and time of every file."""
    found: State = {}
    _collect(str(root), "", found)
    return found


def _collect(folder: str, prefix: str, found: State) -> None:
    with os.scandir(folder) as entries:
        for item in sorted(entries, key=lambda entry: entry.name):
            if item.name in (".git", "__pycache__", ".ruff_cache"):
                continue
            if item.is_dir(follow_symlinks=False):
                _collect(item.path, f"{prefix}{item.name}/", found)
                continue
            stat = item.stat(follow_symlinks=False)
            with open(item.path, "rb", buffering=0) as file:
                found[prefix + item.name] = (file.read(), stat.st_mode, stat.st_mtime_ns)


def parses(content: bytes) -> bool:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


@dataclass
class Run:
    """One run: the tree before and after it, what it said, and what a project made today would hold."""

    request: Request
    report: Report
    before: State
    after: State
    was: Lock
    now: Lock
    fresh: Mapping[str, Artifact] = field(default_factory=dict)

    def content(self, path: str) -> bytes | None:
        return self.after[path][0] if path in self.after else None

    def earlier(self, path: str) -> bytes | None:
        return self.before[path][0] if path in self.before else None

    @property
    def changed(self) -> set[str]:
        """The paths whose bytes are others than before, or that came or went."""
        paths = self.before.keys() | self.after.keys()
        return {path for path in paths if self.earlier(path) != self.content(path)}

    def every_law(self) -> None:
        self.the_report_is_what_happened()
        self.what_is_not_written_is_not_touched()
        self.only_own_files_go()
        self.what_parsed_parses()
        self.no_second_definition()
        self.conflicts_are_shown_and_known()
        self.machine_files_are_as_generated()
        self.line_ends_stay()
        self.every_difference_is_applied_or_told()

    def the_report_is_what_happened(self) -> None:
        told = {}
        for change in self.report.changes:
            assert change.path not in told or change.path == "scaffold.yaml", (
                f"{change.path} is told of twice"
            )
            told[change.path] = change
            assert change.before == self.earlier(change.path), (
                f"{change.path}: `before` is not what was there"
            )
            assert change.after == self.content(change.path), f"{change.path}: `after` is not what is there"
            if change.action in (Action.KEEP, Action.CONFLICT):
                assert change.before == change.after, f"{change.path}: kept, and changed"
            else:
                assert change.before != change.after, f"{change.path}: {change.action}, and the same"
        silent = {path for path in self.changed if not path.startswith(f"{FOLDER}/") and path not in told}
        assert not silent, f"changed, and not in the report: {sorted(silent)}"
        own = (f"{FOLDER}/base/", f"{CONFLICTS}/", f"{REPLACED}/")
        strange = {p for p in self.changed if p.startswith(f"{FOLDER}/") and not p.startswith(own)} - {
            FILE,
            *told,
        }
        assert not strange, f"changed in {FOLDER}: {sorted(strange)}"

    def what_is_not_written_is_not_touched(self) -> None:
        same = (self.before.keys() & self.after.keys()) - self.changed - {FILE}
        touched = [path for path in same if self.before[path] != self.after[path]]
        assert not touched, f"the same bytes, written again: {touched}"

    def only_own_files_go(self) -> None:
        """A file that went was in the lock with a matching hash, or moved, or stands in .scaffold/replaced."""
        moved = {change.moved_from for change in self.report.changes}
        kept = {content for path, (content, _, _) in self.after.items() if path.startswith(f"{REPLACED}/")}
        for path in self.before.keys() - self.after.keys():
            if path.startswith(f"{FOLDER}/") or path in moved:
                continue
            entry = self.was.files.get(path)
            assert entry is not None, f"{path} is gone, and was not in the lock"
            content = self.before[path][0]
            assert entry.knows(digest(content)) or (self.request.options.prune and content in kept), (
                f"{path} is gone, and was edited"
            )

    def what_parsed_parses(self) -> None:
        marked = self.request.options.conflict == "markers"
        for change in self.report.written:
            if not change.path.endswith(".py") or change.after is None or parses(change.after):
                continue
            moved = change.moved_from and not parses(self.earlier(change.moved_from) or b"")
            assert moved or (marked and change.conflicts), (
                f"{change.path} does not parse:\n{change.after.decode()}"
            )

    def no_second_definition(self) -> None:
        for change in self.report.written:
            if not change.path.endswith(".py") or change.after is None or not parses(change.after):
                continue
            if change.owner is not Ownership.MERGED or (
                change.path.startswith("src/") and "/kit/" in change.path
            ):
                continue
            was = change.before
            if change.moved_from:
                was = self.earlier(change.moved_from)
            had = python_laws.definitions(was.decode()) if was is not None and parses(was) else {}
            for name, count in python_laws.definitions(change.after.decode()).items():
                most = max(1, had.get(name, 0))
                assert count <= most, f"{change.path} defines {name} {count} times"

    def conflicts_are_shown_and_known(self) -> None:
        told = {change.path for change in self.report.conflicts}
        shown = {path for path in self.after if path.startswith(f"{CONFLICTS}/")}
        known = {name.partition("::")[0] for name in self.now.conflicts}
        assert shown == {conflict_path(path) for path in known}, f"conflicts of {known} are shown in {shown}"
        if self.request.scope == "client":  # what is left of the server's files is left
            known &= self.fresh.keys()
        assert known == told, f"the lock knows conflicts of {known}, the report of {told}"
        assert self.report.needs_attention or not told

    def machine_files_are_as_generated(self) -> None:
        told = {change.path for change in self.report.conflicts}
        kept = {content for path, (content, _, _) in self.after.items() if path.startswith(f"{REPLACED}/")}
        for path, artifact in self.fresh.items():
            if artifact.ownership is not Ownership.MACHINE or path in told:
                continue
            assert self.content(path) == artifact.content, f"{path} is not as generated"
            was = self.earlier(path)
            if was is None or was in (artifact.content, kept) or was in kept:
                continue
            entry = self.was.files.get(path)
            known = entry is not None and entry.knows(digest(was))
            assert known or was.replace(b"\r\n", b"\n") == artifact.content, f"{path} was edited, and is lost"

    def line_ends_stay(self) -> None:
        for change in self.report.written:
            if change.owner is not Ownership.MERGED or not change.before or not change.after:
                continue
            if (
                change.before.count(b"\n") == change.before.count(b"\r\n") > 0
                and change.path not in self.request.options.restore
            ):
                assert change.after.count(b"\n") == change.after.count(b"\r\n"), (
                    f"{change.path} has mixed line ends"
                )

    def every_difference_is_applied_or_told(self) -> None:
        options = self.request.options
        if options.prune or options.rename or options.restore or options.conflict != "keep":
            return
        for change in self.report.changes:
            artifact = self.fresh.get(change.path)
            base = self.before.get(base_path(change.path))
            if (
                artifact is None
                or change.owner is not Ownership.MERGED
                or base is None
                or change.before is None
            ):
                continue
            entry, then = self.was.files.get(change.path), self.after[base_path(change.path)][0]
            if entry is None or not entry.knows(digest(base[0])) or change.after is None:
                continue
            if not change.path.endswith(".py"):
                assert then == artifact.content or change.conflicts, (
                    f"{change.path}: the base is not what is generated"
                )
                silent = change.before == change.after and not change.details and base[0] != then
                stood = silent and _holds(change.after, base[0], artifact.content)
                assert not silent or stood, f"{change.path}: what changed is neither applied nor told"
                continue
            _accounted(change, base[0], artifact.content, then)


def _holds(current: bytes, base: bytes, incoming: bytes) -> bool:
    """Whether the lines that are new are there already, and those that go are gone."""
    held, old, new = (set(text.replace(b"\r\n", b"\n").split(b"\n")) for text in (current, base, incoming))
    return new - old <= held


def _accounted(change: Change, base: bytes, incoming: bytes, then: bytes) -> None:
    path, details, conflicts = change.path, change.details, change.conflicts
    current, after = change.before or b"", change.after or b""
    whole = any(item.name == WHOLE and item.did in (Did.KEPT, Did.CONFLICT) for item in details)
    if whole or not parses(current) or not parses(base):
        return
    if base == incoming:
        return
    texts = [content.decode().replace("\r\n", "\n") for content in (base, current, incoming, after, then)]
    merged = Merged(texts[3], texts[4], details, conflicts)
    try:
        python_laws.assert_accounted(texts[0], texts[1], texts[2], merged)
        python_laws.assert_base(texts[0], texts[2], merged)
        python_laws.assert_lines(merged)
        python_laws.assert_imports(texts[1], texts[0], texts[2], merged)
    except AssertionError as error:
        raise AssertionError(f"{path}: {error}\n{details}") from error


def names(content: bytes) -> set[str]:
    """The paths of all definitions of a module."""
    return set(python_laws.flat(outline(content.decode())))
