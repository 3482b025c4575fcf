"""The merge of Python modules: definitions, then imports, then the proof that the result is sound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from scaffolder.merge.definitions import DefinitionMerge
from scaffolder.merge.outline import Node, NotParsedError, Outline
from scaffolder.merge.result import NO_CHOICES, Choices, Detail, Did, Merged, whole_conflict
from scaffolder.merge.source import plain
from scaffolder.targets.python.merging.chunks import Known
from scaffolder.targets.python.merging.displays import reconcile
from scaffolder.targets.python.merging.import_items import Uses, items_of
from scaffolder.targets.python.merging.imports import COMMENTED, ImportChanges, ImportMerge
from scaffolder.targets.python.merging.outline import outline


def merge_python(base: str | None, current: str, incoming: str, choices: Choices = NO_CHOICES) -> Merged:
    """Merges a module by definition. `base` is None where it is lost: then only what is missing is added.

    Raises a `NotParsedError` if `current` is no Python that this interpreter knows. Never returns a text that does
    not parse or that defines a name twice: what would is a conflict of the whole file.
    """
    if base is not None and plain(base) == incoming and not choices.restore:
        return Merged(current, incoming)
    if base is not None and base == current and not choices.pinned and not choices.restore:
        return _untouched(base, incoming)
    return _Merge(base, current, incoming, choices).run()


class _Merge:
    """The merge of one edited file. Definitions that several sides have are parsed once."""

    def __init__(self, base: str | None, current: str, incoming: str, choices: Choices) -> None:
        self.known: Known = {}
        self.choices = choices
        self.texts = base, current, incoming
        self.here = outline(current, self.known)
        self.wanted = outline(incoming, self.known)
        self.before = self._outline_or_none(base)

    def run(self) -> Merged:
        merge, draft = self._definitions()
        if draft is None:
            return self._refused("the result would not be Python")
        imports = ImportMerge(self.before, self.here, draft, self.wanted).apply(merge.edits, merge.base_edits)
        text, base = merge.edits.apply(), merge.base_edits.apply()
        result = draft if text == draft.text else self._outline_or_none(text)
        if result is None or (base != self.wanted.text and self._outline_or_none(base) is None):
            return self._refused("the result would not be Python")
        if imports.clashes:
            clash = imports.clashes[0]
            return self._refused(f"`{clash.binds}` means something else in this file than `{clash}`")
        if name := defined_twice(self.here, result):
            return self._refused(f"`{name}` would be defined twice")
        details, conflicts = merge.account.located(merge.edits)
        lines = _lines(result, {item.name for item in details if item.line})
        details = tuple(replace(item, line=lines.get(item.name, item.line)) for item in details)
        conflicts = tuple(replace(item, line=lines.get(item.name, item.line)) for item in conflicts)
        return Merged(text, base, (*_import_details(imports, result), *details), conflicts)

    def _definitions(self) -> tuple[DefinitionMerge, Outline | None]:
        """The definitions merged, with those kept that are no longer generated but that what stays still uses."""
        kept: frozenset[str] = frozenset()
        generated = {name for node in self.wanted.nodes for name in node.binds}
        while True:
            merge = DefinitionMerge(
                self.before, self.here, self.wanted, self.choices, reconcile=reconcile, kept=kept
            )
            merge.run()
            draft = self._outline_or_none(merge.edits.apply())
            if draft is None:
                return merge, None
            uses = Uses(draft)
            used = {
                node.name
                for node in merge.removed
                if any(name not in generated and uses.name(name, strings=False) for name in node.binds)
            }
            if not used:
                return merge, draft
            kept |= used

    def _outline_or_none(self, text: str | None) -> Outline | None:
        """None for a text that does not parse: a base that git merged is as good as none."""
        if text is None:
            return None
        try:
            return outline(text, self.known)
        except NotParsedError:
            return None

    def _refused(self, reason: str) -> Merged:
        return whole_conflict(*self.texts, reason, self.choices)


def _untouched(base: str, incoming: str) -> Merged:
    """Nobody edited the file: it becomes what is generated; the details come from the same comparison."""
    known: Known = {}
    before, after = outline(base, known), outline(incoming, known)
    merge = DefinitionMerge(before, before, after, NO_CHOICES, reconcile=reconcile)
    merge.run()
    details, _ = merge.account.located(merge.edits)
    details = tuple(item for item in details if item.did in (Did.ADDED, Did.UPDATED, Did.REMOVED))
    lines = _lines(after, {item.name for item in details})
    located = [replace(item, line=lines.get(item.name, 0)) for item in details]
    old, new = items_of(before), items_of(after)
    imports = ImportChanges(
        tuple(item for item in new if item not in old), tuple(item for item in old if item not in new)
    )
    text = incoming.replace("\n", before.newline)
    return Merged(text, incoming, (*_import_details(imports, after), *located))


def _import_details(imports: ImportChanges, result: Outline) -> list[Detail]:
    """What became of the imports, with the lines of their statements."""
    places = {
        item: result.line(node.start + node.piece.parts[-1].start) for item, node in items_of(result).items()
    }
    return [
        *(Detail(Did.ADDED, str(item), places.get(item, 0)) for item in imports.added),
        *(Detail(Did.REMOVED, str(item)) for item in imports.removed),
        *(Detail(Did.KEPT, str(item), places.get(item, 0), COMMENTED) for item in imports.kept),
    ]


def _lines(whole: Outline, names: set[str]) -> dict[str, int]:
    """The lines on which definitions begin, by their paths."""
    return (
        {name: whole.line(node.start) for name, node in whole.definitions() if name in names} if names else {}
    )


def defined_twice(before: Outline, after: Outline) -> str:
    """A name that a scope would define more often than it did, if there is one."""
    had = _counts(before.nodes, "")
    for name, count in _counts(after.nodes, "").items():
        if count > max(1, had[name]):
            return name
    return ""


def _counts(nodes: list[Node], path: str) -> Counter[str]:
    """How often each scope defines each name, the accessors of a property counted apart."""
    found: Counter[str] = Counter()
    for node in nodes:
        name = node.name.partition("#")[0]
        if node.kind in ("function", "class") and not name.endswith("@overload"):
            found[path + name] += 1
            if node.children:
                found.update(_counts(node.children, f"{path}{name}."))
    return found
