"""Imports merge as a set: missing ones are added; one goes only if the tool wrote it and nothing uses it any more.

No import is sorted or renamed. A statement that is as the tool wrote it is replaced by what the tool writes now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.merge.edits import Edits
from scaffolder.merge.outline import Outline
from scaffolder.merge.source import plain
from scaffolder.targets.python.merging.import_edits import ImportEdits
from scaffolder.targets.python.merging.import_items import Item, Uses, items_of

COMMENTED = "no longer generated or used, but it has a comment of yours"


@dataclass(frozen=True, slots=True)
class ImportChanges:
    """What was added and removed, what would go but for a comment, and what means something else here already."""

    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    kept: tuple[Item, ...] = ()
    clashes: tuple[Item, ...] = ()


class ImportMerge:
    """The imports of one file, whose definitions are merged already: `draft` is it with them."""

    def __init__(self, base: Outline | None, current: Outline, draft: Outline, incoming: Outline) -> None:
        self.base, self.current, self.draft, self.incoming = base, current, draft, incoming
        self.base_items = items_of(base) if base else {}
        self.here, self.wanted = items_of(current), items_of(incoming)
        self.uses = Uses(draft)

    def apply(self, edits: Edits, base_edits: Edits) -> ImportChanges:
        """Adds the splices to those of the current text and of the next base."""
        if (taken := self._taken_whole(edits)) is not None:
            return taken
        if self.base is not None and self.base_items.keys() == self.wanted.keys():
            added = [item for item in self.wanted if item not in self.here and self._used_anew(item)]
            candidates: list[Item] = []
        else:
            added = [item for item in self.wanted if item not in self.here and self._is_missing(item)]
            candidates = [item for item in self.base_items if item in self.here and item not in self.wanted]
        own = ImportEdits(self.current, self.incoming, edits)
        replaced = {item.binds for item in added} | self._defined(candidates)
        free = [item for item in candidates if item.binds in replaced or not self.uses.name(item.binds)]
        removed = [item for item in free if own.movable(item) or not self._has_comment_of_users(item)]
        clashes = tuple(item for item in added if self._means_something_else(item, removed))
        own.change([item for item in added if item not in clashes], removed)
        self._advance(base_edits, added, [item for item in candidates if item not in removed])
        kept = tuple(item for item in free if item not in removed)
        return ImportChanges(tuple(added), tuple(removed), kept, clashes)

    def _taken_whole(self, edits: Edits) -> ImportChanges | None:
        """Takes the generated block of imports where the file's is as the tool wrote it, so that it is sorted alike."""
        blocks = [_block(side) for side in (self.base, self.current, self.incoming) if side is not None]
        if len(blocks) < 3 or None in blocks:
            return None
        before, now, after = [block for block in blocks if block is not None]
        texts = [
            plain(side.text[slice(*span)])
            for side, span in ((self.base, before), (self.current, now))
            if side
        ]
        text = self.incoming.text[slice(*after)]
        if texts[0] != texts[1] or texts[1] == text:
            return None
        added = [item for item in self.wanted if item not in self.here]
        removed = [item for item in self.here if item not in self.wanted]
        needless = [item for item in added if item.module != "__future__" and not self.uses.name(item.binds)]
        if needless or any(
            self.uses.name(item.binds) for item in removed if item.binds not in self._names(added)
        ):
            return None
        if any(self._means_something_else(item, removed) for item in added):
            return None
        edits.replace(*now, text)
        return ImportChanges(tuple(added), tuple(removed))

    def _names(self, items: list[Item]) -> set[str]:
        return {item.binds for item in items}

    def _defined(self, candidates: list[Item]) -> set[str]:
        """The names of imports that the tool now defines in the file itself."""
        names = {item.binds for item in candidates}
        kinds = ("function", "class", "value")
        return {
            name for node in self.draft.nodes if names and node.kind in kinds for name in names & node.binds
        }

    def _advance(self, base_edits: Edits, added: list[Item], retained: list[Item]) -> None:
        """The next base knows the tool's imports that the file still has, and none that nothing needed yet."""
        unneeded = [
            item
            for item in self.wanted
            if item not in self.base_items and item not in self.here and item not in added
        ]
        if (unneeded or retained) and not self._base_stands(base_edits, retained, unneeded):
            guide = self.base or self.incoming
            ImportEdits(self.incoming, guide, base_edits).change(retained, unneeded)

    def _base_stands(self, base_edits: Edits, retained: list[Item], unneeded: list[Item]) -> bool:
        """Takes the base's own block where it has the same imports, so that a second run finds what the first wrote."""
        if self.base is None or self.base_items.keys() != self.wanted.keys() - {*unneeded} | {*retained}:
            return False
        before, after = _block(self.base), _block(self.incoming)
        if before is None or after is None:
            return False
        base_edits.replace(*after, plain(self.base.text[slice(*before)]))
        return True

    def _is_missing(self, item: Item) -> bool:
        """What the user removed comes back only where something that was generated now needs it."""
        if item in self.base_items:
            return self._used_anew(item)
        if item.module == "__future__" or self.uses.name(item.binds):
            return True
        return not Uses(self.incoming).name(item.binds)  # imported for its own sake

    def _used_anew(self, item: Item) -> bool:
        """Whether code that was generated now is the first to use a name; the user's strings need no import."""
        return self.uses.name(item.binds, strings=False) and not Uses(self.current).name(
            item.binds, strings=False
        )

    def _has_comment_of_users(self, item: Item) -> bool:
        assert self.base is not None
        return self.here[item].piece.text != self.base_items[item].piece.text

    def _means_something_else(self, item: Item, removed: list[Item]) -> bool:
        if not item.alias and not item.module and any(self._is_sibling(item, other) for other in self.here):
            return False
        return any(self._rivals(item, removed))

    def _is_sibling(self, item: Item, other: Item) -> bool:
        """Whether two statements bind one package: `import a.b` and `import a.c`."""
        return not other.module and not other.alias and other.binds == item.binds

    def _rivals(self, item: Item, removed: list[Item]) -> Iterator[bool]:
        """Other things of an import's name on the module's own level; in a branch they are the user's affair."""
        for other in self.here:
            yield other.binds == item.binds and other not in removed
        for node in self.draft.nodes:
            if node.kind in ("function", "class", "value"):
                yield item.binds in node.binds


def _block(outline: Outline) -> tuple[int, int] | None:
    """The span of a module's imports, where nothing else stands among them."""
    indices = [index for index, node in enumerate(outline.nodes) if node.kind == "import"]
    if not indices or indices[-1] - indices[0] + 1 != len(indices):
        return None
    return outline.nodes[indices[0]].start, outline.nodes[indices[-1]].end
