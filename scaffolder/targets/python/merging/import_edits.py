"""Splices into the import statements of a file: names that come and go."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from scaffolder.merge.edits import Edits, Side, blank_lines_before, without
from scaffolder.merge.outline import Node, Outline
from scaffolder.merge.source import plain
from scaffolder.targets.python.merging.import_items import (
    Item,
    early,
    items,
    items_of,
    rendered,
    statements_of,
)
from scaffolder.targets.python.merging.import_statement import ImportStatement

Place = tuple[int, str, str, Side]
"""An offset, the blank line towards the statement that stands there, and towards the next one that will."""


class ImportEdits:
    """Adds splices to `edits` of the text of `here`; where a new statement goes, the imports of `guide` tell."""

    def __init__(self, here: Outline, guide: Outline, edits: Edits) -> None:
        self.here, self.guide, self.edits = here, guide, edits
        self.items = items_of(here)
        self.wanted = items_of(guide)
        self.coming: frozenset[Item] = frozenset()

    def change(self, added: Collection[Item], removed: Collection[Item]) -> None:
        """Makes the changes, one module after another."""
        self.coming = frozenset(added)
        for module in dict.fromkeys(item.module for item in (*removed, *added)):
            new = [item for item in added if item.module == module]
            gone = {item for item in removed if item.module == module}
            self._module(module, new, gone)

    def movable(self, item: Item) -> bool:
        """Whether an import can go without a comment of its statement, or one of several on a line, going too."""
        node = self.items[item]
        return node.kind == "import" and "#" not in _code(node)

    def _module(self, module: str, added: list[Item], removed: set[Item]) -> None:
        nodes = list(dict.fromkeys(node for item, node in self.items.items() if item.module == module))
        in_time = early(self.here.nodes)
        target = next((node for node in nodes if module and node in in_time and _is_open(node)), None)
        for node in nodes:
            gone = removed & set(items(statements_of(node)[0])) if node.kind == "import" else set()
            new = added if node is target else []
            if not gone and not new:
                continue
            if self._statement(node, new, gone):
                added = [] if node is target else added
        if added and module:
            self._new_statement(added, rendered(module, added, self.here.unit))
        elif not module:
            for item in added:
                self._new_statement([item], rendered("", [item]))

    def _statement(self, node: Node, new: Sequence[Item], gone: set[Item]) -> bool:
        """Names of one statement; whether the new ones are in it."""
        [statement] = statements_of(node)
        own = items(statement)
        left = [index for index, item in enumerate(own) if item not in gone]
        if not left and not new:
            self._drop(node)
            return True
        written = self._as_generated(own, node)
        if written and set(own) - gone | set(new) == set(items(statements_of(written)[0])):
            self._rewrite(node, written)
            return True
        if not left:
            self._drop(node)
            return False
        edit = ImportStatement(node, statement, left)
        for index in range(len(own)):
            if index not in left:
                self.edits.replace(*edit.removal(index), "")
        if not new or not edit.fits(new):
            return False
        for start, text in edit.insertions(new, [item.text for item in own]):
            self.edits.replace(start, start, text, Side.BEHIND)
        return True

    def _as_generated(self, own: Sequence[Item], node: Node) -> Node | None:
        """What the tool writes for a statement now, if the file has it as the tool would have written it."""
        written = self.wanted.get(next((item for item in own if item in self.wanted), own[0]))
        if written is None or plain(_code(node)) != rendered(own[0].module, own) or written.kind != "import":
            return None
        return written

    def _rewrite(self, node: Node, written: Node) -> None:
        start = node.start + node.piece.parts[-1].start
        self.edits.replace(start, node.end, _code(written))

    def _drop(self, node: Node) -> None:
        """A whole statement; the comments above it stay, and the blank lines unless it stood alone between them."""
        start, end = node.start + node.piece.parts[-1].start, node.end
        text = self.here.text
        below = text[end : text.find("\n", end) + 1 or len(text)]
        if start == node.start and not below.strip() and blank_lines_before(self.here, start):
            start, end = without(self.here, node, self.here.nodes)
        self.edits.replace(start, end, "")

    def _new_statement(self, added: Sequence[Item], text: str) -> None:
        """A statement of its own, where the tool has it."""
        if added[0].module == "__future__":
            self._first_of_all(text)
            return
        generated = [node for node in self.guide.nodes if node.kind == "import"]
        own = self.wanted.get(added[0])
        index = generated.index(own) if own in generated else 0
        places = [*self._behind(generated, index), *self._before(generated, index)]
        if places:  # one of its own section goes first
            offset, _, gap, side = min(places, key=lambda place: place[1])
            self.edits.insert(offset, text + gap if side is Side.BEFORE else gap + text, side)
            return
        self._among_the_first(text)

    def _behind(self, generated: Sequence[Node], index: int) -> Iterator[Place]:
        """The place behind the nearest elder statement that is there."""
        last: Node | None = None
        for elder in reversed(generated[:index]):
            found = self._counterpart(elder)
            last = elder if last is None and (found or self._comes(elder)) else last
            if found is not None:
                gap = self._gap(generated, last or elder, generated[index])
                yield found.end, self._gap(generated, elder, generated[index]), gap, Side.IMPORT
                return

    def _before(self, generated: Sequence[Node], index: int) -> Iterator[Place]:
        """The place before the nearest younger one."""
        following: Node | None = None
        for younger in generated[index + 1 :]:
            found = self._counterpart(younger)
            following = younger if following is None and (found or self._comes(younger)) else following
            if found is not None and not _is_future(found):
                gap = self._gap(generated, generated[index], following or younger)
                start = found.start + found.piece.parts[-1].start
                yield start, self._gap(generated, generated[index], younger), gap, Side.BEFORE
                return

    def _comes(self, node: Node) -> bool:
        """Whether a statement of the tool's is put in by the same change."""
        return not self.coming.isdisjoint(
            item for statement in statements_of(node) for item in items(statement)
        )

    def _gap(self, generated: Sequence[Node], above: Node, below: Node) -> str:
        """A blank line, where the tool has one between two statements."""
        between = generated[generated.index(above) + 1 : generated.index(below) + 1]
        return "\n" * any(blank_lines_before(self.guide, node.start) for node in between)

    def _counterpart(self, node: Node) -> Node | None:
        """The last statement of the same module in the file, if it comes in time."""
        sources = {item.source for statement in statements_of(node) for item in items(statement)}
        in_time = early(self.here.nodes)
        found = [at for item, at in self.items.items() if item.source in sources and at in in_time]
        return found[-1] if found else None

    def _first_of_all(self, text: str) -> None:
        """Behind comments and docstring, where alone Python takes a `__future__` import."""
        nodes = [node for node in self.here.nodes if node.kind != "comment"]
        if nodes and nodes[0].kind == "docstring":
            self.edits.insert(nodes[0].end, "\n" + text, Side.IMPORT)
        elif nodes:
            gap = "" if nodes[0].kind == "import" else "\n"
            self.edits.insert(nodes[0].start + nodes[0].piece.parts[0].end, text + gap, Side.BEFORE)
        else:
            self.edits.insert(len(self.here.text), text, Side.IMPORT)

    def _among_the_first(self, text: str) -> None:
        """Behind the imports that there are, else behind the docstring."""
        nodes = early(self.here.nodes)
        imports = [node for node in nodes if node.kind == "import"]
        if imports:
            self.edits.insert(imports[-1].end, text, Side.IMPORT)
        elif any(node.kind == "docstring" for node in nodes) or not self.here.nodes:
            docstring = next((node.end for node in nodes if node.kind == "docstring"), len(self.here.text))
            self.edits.insert(docstring, "\n" * bool(nodes) + text, Side.IMPORT)
        else:
            first = next((node for node in self.here.nodes if node.kind != "comment"), None)
            if first is None:
                self.edits.insert(self.here.nodes[-1].end, "\n" + text, Side.IMPORT)
                return
            is_script = first.start == 0 and self.here.text.startswith("#!")
            self.edits.insert(
                self.here.line_starts[1] if is_script else first.start, text + "\n", Side.BEFORE
            )


def _code(node: Node) -> str:
    """A statement without the comments above it."""
    return node.piece.text[node.piece.parts[-1].start :]


def _is_open(node: Node) -> bool:
    """Whether a statement can take in names."""
    return node.kind == "import" and all(
        isinstance(statement, ast.ImportFrom) and statement.names[0].name != "*"
        for statement in statements_of(node)
    )


def _is_future(node: Node) -> bool:
    return any(item.module == "__future__" for statement in statements_of(node) for item in items(statement))
