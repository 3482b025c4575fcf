"""Brings the merge of definitions, that of lines, and the rules for bytes together: one file in, one file out."""

from __future__ import annotations

import tokenize
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

from scaffolder.app.marking import with_incoming, with_markers
from scaffolder.artifact import WHOLE, Conflict, Detail, Did
from scaffolder.merge.reasons import IN_PLACE
from scaffolder.merge.result import Choices, Merged, whole_conflict
from scaffolder.merge.source import decode
from scaffolder.workspace.baseline import conflict_path
from scaffolder.workspace.changeset import FileMerge, Wishes
from scaffolder.workspace.lock import Lock

UNREADABLE = "is no text in its encoding, so it was left alone"
MARKED = "holds conflict markers, so it was left alone"


@dataclass(slots=True)
class Merger:
    """Merges the files of one run. `substitute` gives a text the new names of what was renamed."""

    root: Path
    lock: Lock
    wishes: Wishes
    substitute: Callable[[str, str], str] | None = None
    pinned: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __call__(self, path: str, base: bytes | None, current: bytes, incoming: bytes) -> FileMerge:
        if base == incoming and not self._asked(path) and self.substitute is None:
            return FileMerge(current, incoming)
        source = decode(current, _encoding(path, current))
        was = decode(base, _encoding(path, base)) if base is not None else None
        wanted = decode(incoming)
        if source is None or wanted is None or (base is not None and was is None):
            return self._bytes(path, base, current, incoming)
        text = was.text if was else None
        told: tuple[Detail, ...] = ()
        if self.substitute is not None:
            text, renamed, told = self._under_new_names(path, text, source.text, wanted.text)
            source = replace(source, text=renamed)
        merged = self._merged(path, text, source.text, wanted.text)
        try:
            content = (
                current
                if merged.text == source.text and self.substitute is None
                else source.encode(merged.text)
            )
        except UnicodeEncodeError as error:
            reason = f"the file's encoding, {source.encoding}, has no {error.object[error.start]!r}"
            merged = whole_conflict(text, source.text, wanted.text, reason, self._choices(path))
            content = current
        return FileMerge(content, merged.base.encode(), (*told, *merged.details), merged.conflicts)

    def _under_new_names(
        self, path: str, base: str | None, current: str, incoming: str
    ) -> tuple[str | None, str, tuple[Detail, ...]]:
        """Base and current with what was renamed in them; both as they are, and why, where one of them cannot be."""
        before = None if base is None else self._renamed(path, base, incoming)
        now = self._renamed(path, current, incoming)
        problem = _spoiled(path, base or "", before or "") or _spoiled(path, current, now)
        if not problem:
            return before, now, ()
        reason = f"the new names were not put in: {problem}"
        return base, current, (Detail(Did.KEPT, WHOLE, 1, reason),) if now != current else ()

    def _renamed(self, path: str, text: str, incoming: str) -> str:
        """The text under the new names; what the tool had added under one of them already gives way."""
        from scaffolder.targets.python.merging.twins import without_twins

        assert self.substitute is not None
        substituted = self.substitute(path, text)
        return text if substituted == text else without_twins(substituted, incoming)

    def _asked(self, path: str) -> bool:
        return self.wishes.restores(path) or bool(self.pinned.get(path))

    def _choices(self, path: str) -> Choices:
        return Choices(
            settled=lambda conflict: self._settled(path, conflict),
            restore=self.wishes.restored(path),
            prune=self.wishes.prune,
            pinned=frozenset(self.pinned.get(path, ())),
        )

    def _settled(self, path: str, conflict: Conflict) -> bool:
        """A conflict that was told before ends when the user changes their side, or deletes what shows it."""
        told = self.lock.conflicts.get(f"{path}::{conflict.name}")
        if told is None or told.incoming != conflict.incoming_mark:
            return False
        return told.current != conflict.current_mark or not (self.root / conflict_path(path)).exists()

    def _merged(self, path: str, base: str | None, current: str, incoming: str) -> Merged:
        from scaffolder.merge.lines import has_markers

        if WHOLE in self._choices(path).restore and current != incoming:
            return _in_place_of_yours(incoming)
        if has_markers(current):
            if base == incoming:
                return Merged(current, incoming)
            return whole_conflict(base, current, incoming, MARKED)
        return (self._python if path.endswith(".py") else self._lines)(path, base, current, incoming)

    def _python(self, path: str, base: str | None, current: str, incoming: str) -> Merged:
        from scaffolder.merge.outline import NotParsedError
        from scaffolder.targets.python.merging.merge import merge_python

        try:
            merged = merge_python(base, current, incoming, self._choices(path))
        except NotParsedError as error:
            if base == incoming:
                return Merged(current, incoming)
            reason = f"line {error.line} cannot be read ({error.message}), so the file was left alone"
            return whole_conflict(base, current, incoming, reason)
        return with_markers(merged) if self.wishes.markers and merged.conflicts else merged

    def _lines(self, path: str, base: str | None, current: str, incoming: str) -> Merged:
        from scaffolder.merge.formats import problem
        from scaffolder.merge.lines import merge_lines

        choices = self._choices(path)
        if "*" in choices.restore and current != incoming:
            return _in_place_of_yours(incoming)
        taken: list[Detail] = []
        if choices.restore:
            current, taken = _taken(merge_lines(base, current, incoming, choices), choices, current)
        merged = merge_lines(base, current, incoming, choices, markers=self.wishes.markers)
        merged = replace(merged, details=(*taken, *merged.details))
        if self.wishes.markers and merged.conflicts:
            return merged
        found = problem(path, merged.text)
        if found is None or problem(path, current) is not None:
            return merged
        return whole_conflict(base, current, incoming, f"the result would be invalid: {found}", choices)

    def _bytes(self, path: str, base: bytes | None, current: bytes, incoming: bytes) -> FileMerge:
        """What is no text is one piece."""
        if base == current:
            return FileMerge(incoming, incoming, (Detail(Did.UPDATED, WHOLE, 1),))
        if incoming in (base, current):
            return FileMerge(current, incoming)
        sides = [(side or b"").decode(errors="replace") for side in (base, current, incoming)]
        merged = whole_conflict(sides[0], sides[1], sides[2], UNREADABLE, self._choices(path))
        kept = incoming if not merged.conflicts else base or b""
        return FileMerge(current, kept, merged.details, merged.conflicts)


def _in_place_of_yours(incoming: str) -> Merged:
    return Merged(incoming, incoming, (Detail(Did.RESTORED, WHOLE, 1, IN_PLACE),))


def _taken(merged: Merged, choices: Choices, current: str) -> tuple[str, list[Detail]]:
    """The text with the tool's side of those conflicts in lines that the user asked to be as generated."""
    asked = [item for item in merged.conflicts if item.name in choices.restore]
    if not asked:
        return current, []
    told = [Detail(Did.RESTORED, item.name, item.line, IN_PLACE) for item in asked]
    return with_incoming(merged.text, asked), told


def _spoiled(path: str, text: str, renamed: str) -> str:
    """What is wrong with a text under its new names, so that it could not be merged; "" where nothing is."""
    from scaffolder.merge.lines import has_markers
    from scaffolder.merge.outline import NotParsedError
    from scaffolder.targets.python.merging.merge import defined_twice
    from scaffolder.targets.python.merging.outline import outline

    if has_markers(text):
        return MARKED
    if not path.endswith(".py"):
        return ""
    try:
        after = outline(renamed)
        name = "" if text == renamed else defined_twice(outline(text), after)
    except NotParsedError as error:
        return f"line {error.line} could not be read then ({error.message})"
    return f"`{name}` would be defined twice" if name else ""


def _encoding(path: str, content: bytes) -> str:
    """The encoding that a Python file declares (PEP 263), UTF-8 for all else; `undefined`, which decodes nothing, where
    Python itself would refuse the file.
    """
    if not path.endswith(".py"):
        return "utf-8"
    try:
        return tokenize.detect_encoding(BytesIO(content).readline)[0].removesuffix("-sig")
    except SyntaxError:
        return "undefined"
