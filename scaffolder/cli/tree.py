"""A folder as a drawing, what the machine owns folded away."""

from __future__ import annotations

import sys
from collections.abc import Iterable

# Folders whose contents nobody has to read to find their way.
FOLDED = frozenset(["gen", "kit", ".scaffold"])

_LINES = ("├── ", "└── ", "│   ", "    ")
_ASCII = ("|-- ", "`-- ", "|   ", "    ")

Tree = dict[str, "Tree"]


def draw(name: str, paths: Iterable[str]) -> str:
    """The tree of `paths`, files before folders, in the characters that stdout has."""
    root: Tree = {}
    for path in paths:
        node = root
        for part in path.split("/"):
            node = node.setdefault(part, {})
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "".join(_LINES).encode(encoding)
        lines = _LINES
    except UnicodeEncodeError:
        lines = _ASCII
    return "\n".join([f"{name}/", *_branches(root, "", lines)])


def _branches(node: Tree, indent: str, lines: tuple[str, str, str, str]) -> Iterable[str]:
    tee, corner, bar, gap = lines
    entries = sorted(node.items(), key=lambda item: (bool(item[1]), item[0]))
    for position, (name, below) in enumerate(entries):
        last = position == len(entries) - 1
        label = name if not below else f"{name}/"
        if below and name in FOLDED:
            count = _files(below)
            label += f"  ({count} {'file' if count == 1 else 'files'}, the machine's)"
        yield f"{indent}{corner if last else tee}{label}"
        if name not in FOLDED:
            yield from _branches(below, indent + (gap if last else bar), lines)


def _files(node: Tree) -> int:
    return sum(_files(below) if below else 1 for below in node.values())
