"""Where a definition goes that is new in a file: next to the siblings that it was generated beside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scaffolder.merge.edits import Side, blank_lines_before, end_of_blank
from scaffolder.merge.outline import Node, Outline

IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Place:
    """An offset, and the blank lines before and behind what is put there."""

    offset: int
    before: str
    behind: str
    side: Side


@dataclass(frozen=True)
class Scope:
    """A container (the file, or a class) on all sides, and where a member of an empty one would go."""

    name: str
    depth: int
    base: Sequence[Node]
    current: Sequence[Node]
    incoming: Sequence[Node]
    current_end: int
    incoming_end: int

    def path(self, node: Node) -> str:
        return f"{self.name}.{node.name}" if self.name else node.name

    def inner(self, was: Node | None, now: Node, node: Node) -> Scope:
        members = was.children if was else [], now.children, node.children
        return Scope(self.path(node), self.depth + 1, *members, now.header_end, node.header_end)

    @cached_property
    def before(self) -> dict[str, Node]:
        return by_name(self.base)

    @cached_property
    def there(self) -> dict[str, Node]:
        return by_name(self.current)

    @cached_property
    def generated(self) -> dict[str, Node]:
        return by_name(self.incoming)

    @cached_property
    def binding(self) -> dict[str, list[Node]]:
        """What defines each name in the file, in any form."""
        found: dict[str, list[Node]] = {}
        for node in self.current:
            for name in node.binds:
                found.setdefault(name, []).append(node)
        return found

    def place_in_current(self, incoming: Outline, index: int) -> Place:
        """Where the generated member at `index` goes in the file."""
        return _place(
            incoming, self.incoming, index, present=self.current, there=self.there, end=self.current_end
        )

    def place_in_incoming(self, base: Outline, index: int) -> Place:
        """Where the base's member at `index` goes in what is generated now."""
        return _place(
            base, self.base, index, present=self.incoming, there=self.generated, end=self.incoming_end
        )


def by_name(nodes: Sequence[Node]) -> dict[str, Node]:
    return {node.name: node for node in nodes}


def bare(name: str) -> str:
    """The name without what tells apart overloads, the accessors of a property, and repetitions."""
    return re.split(r"[.@#]", name, maxsplit=1)[0] or name


def _place(
    source: Outline,
    siblings: Sequence[Node],
    index: int,
    *,
    present: Sequence[Node],
    there: Mapping[str, Node],
    end: int,
) -> Place:
    """Where among `present` (`there`: by name) the node at `index` among `siblings` of `source` belongs.

    Behind the nearest of its elder siblings that is there, else before the nearest of its younger ones, else behind
    what there is, else at `end`, in an empty container.
    """
    node = siblings[index]
    before = blank_lines_before(source, node.start)
    for position in range(index - 1, -1, -1):
        elder = siblings[position]
        found = there.get(elder.name)
        if found is None and elder.kind == IMPORT:
            found = next((item for item in reversed(_head(present)) if item.kind == IMPORT), None)
        if found is not None:
            return _behind(_last_of_its_name(present, found), before)
    for younger in siblings[index + 1 :]:
        if (found := there.get(younger.name)) is not None:
            blank = source.line(end_of_blank(source, node.end)) - source.line(node.end)
            return Place(_first_of_its_name(present, found).start, "", "\n" * blank, Side.BEFORE)
    if present:
        return _behind(present[-1], before)
    return Place(end, before, "", Side.BEHIND)


def _behind(node: Node, before: str) -> Place:
    """Under a comment that stands alone a blank line is needed, so that it does not lead what comes."""
    return Place(node.end, before or "\n" * (node.kind == "comment"), "", Side.BEHIND)


def _head(nodes: Sequence[Node]) -> list[Node]:
    """What comes before the first function or class: where imports take effect for all the rest."""
    found = []
    for node in nodes:
        if node.kind in ("function", "class"):
            break
        found.append(node)
    return found


def _last_of_its_name(nodes: Sequence[Node], node: Node) -> Node:
    """A property's setter stays under its getter."""
    for other in nodes[nodes.index(node) + 1 :]:
        if other.kind != node.kind or bare(other.name) != bare(node.name):
            break
        node = other
    return node


def _first_of_its_name(nodes: Sequence[Node], node: Node) -> Node:
    """Overloads stay above what they overload."""
    for other in reversed(nodes[: nodes.index(node)]):
        if other.kind != node.kind or bare(other.name) != bare(node.name):
            break
        node = other
    return node
