"""Lists that tool and user both fill: registrations, dictionaries, `__all__`. Merged entry by entry.

Where all that the contract changed in a definition is entries of a display (list, tuple, set, dictionary), they are put
into the user's version of it, whatever else the user changed around it. What comes out is parsed and compared with what
was meant, so a display of an odd form becomes a conflict and never wrong code.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy

from scaffolder.merge.edits import Splice
from scaffolder.merge.reconcile import Triple
from scaffolder.targets.python.merging.display_edits import DisplayEdits
from scaffolder.targets.python.merging.entries import Display, Entry, entries
from scaffolder.targets.python.merging.pieces import PythonPiece


def reconcile(triple: Triple) -> list[Splice] | None:
    """Splices of the current text that carry the entries which the contract added and removed, or None."""
    base, current, incoming = triple.base, triple.current, triple.incoming
    if not all(isinstance(piece, PythonPiece) for piece in (base, current, incoming)):
        return None
    assert isinstance(base, PythonPiece)
    assert isinstance(current, PythonPiece)
    assert isinstance(incoming, PythonPiece)
    if _frame(base) != _frame(incoming) or _comments(base) != _comments(incoming):
        return None
    before, now, after = _displays(base), _displays(current), _displays(incoming)
    splices: list[Splice] = []
    expected: dict[str, Counter[str]] = {}
    for name, displays in after.items():
        for index, display in enumerate(displays):
            old = before[name][index]
            if ast.dump(display) == ast.dump(old):
                continue
            if len(now.get(name, ())) != len(displays):
                return None
            merged = _merged(
                triple_of(base, old), triple_of(current, now[name][index]), triple_of(incoming, display)
            )
            if merged is None:
                return None
            splices += merged[0]
            expected[f"{name}#{index}"] = merged[1]
    return splices if _as_meant(current, splices, expected) else None


Side = tuple[PythonPiece, Display, list[Entry]]


def triple_of(piece: PythonPiece, display: Display) -> Side:
    """One side of a display, with its entries."""
    return piece, display, entries(piece, display)


def _merged(base: Side, current: Side, incoming: Side) -> tuple[list[Splice], Counter[str]] | None:
    """The splices for one display, and its entries after them; None where both sides changed an entry."""
    if type(current[1]) is not type(incoming[1]):
        return None
    old, here, new = ({entry.key: entry for entry in side[2]} for side in (base, current, incoming))
    if any(len(keys) != len(side[2]) for keys, side in ((old, base), (here, current), (new, incoming))):
        return None
    if [key for key in old if key in new] != [key for key in new if key in old]:
        return None
    edits = DisplayEdits(current[0], current[1], current[2], incoming[0])
    added = [entry for entry in incoming[2] if entry.key not in old and entry.key not in here]
    if not _removals(edits, old, here, set(new), adds=bool(added)) or not _updates(edits, old, here, new):
        return None
    edits.add(added, list(new))
    return edits.splices() if edits.is_regular() else None


def _removals(
    edits: DisplayEdits, old: dict[str, Entry], here: dict[str, Entry], new: set[str], *, adds: bool
) -> bool:
    """Takes out what is no longer generated; false where the user changed it."""
    for key in [key for key in old if key not in new]:
        if key not in here:
            if adds or _replaced(key, list(old), list(here)):
                return False
        elif here[key].value != old[key].value:
            return False
        else:
            edits.remove(here[key])
    return True


def _updates(
    edits: DisplayEdits, old: dict[str, Entry], here: dict[str, Entry], new: dict[str, Entry]
) -> bool:
    """Brings in what changed under its key; false where the user changed or removed it too."""
    for key, entry in new.items():
        before = old[key].value if key in old else None
        if key in here and entry.value not in (here[key].value, before):
            if here[key].value != before:
                return False
            edits.update(here[key], entry)
        elif key in old and key not in here and entry.value != before:
            return False
    return True


def _replaced(key: str, old: Sequence[str], here: Sequence[str]) -> bool:
    """Whether something of the user's stands where an entry stood."""
    index = old.index(key)
    left = next((name for name in reversed(old[:index]) if name in here), None)
    right = next((name for name in old[index + 1 :] if name in here), None)
    between = here[here.index(left) + 1 if left else 0 : here.index(right) if right else len(here)]
    return any(name not in old for name in between)


def _as_meant(piece: PythonPiece, splices: Sequence[Splice], expected: dict[str, Counter[str]]) -> bool:
    """Whether the spliced text has the entries that were meant, and all else of the piece, comments included."""
    text = piece.text
    for start, end, new in sorted(splices, key=lambda splice: splice[:2], reverse=True):
        text = text[:start] + new + text[end:]
    indented = piece.text[:1] in " \t" or piece.text.lstrip()[:1] == "#"
    prefix = "if 1:\n" if indented and piece.text.lstrip("\r\n")[:1] in " \t" else ""
    try:
        statements = ast.parse(prefix + text).body
    except SyntaxError:
        return False
    if prefix and isinstance(statements[0], ast.If):
        statements = statements[0].body
    spliced = PythonPiece(text, statements, 2 if prefix else 1)
    if Counter(comment for _, comment in spliced.comments) != Counter(
        comment for _, comment in piece.comments
    ):
        return False
    found = {
        f"{name}#{index}": Counter(entry.key + entry.value for entry in entries(spliced, display))
        for name, displays in _displays(spliced).items()
        for index, display in enumerate(displays)
    }
    return _frame(spliced) == _frame(piece) and all(
        found.get(name) == keys for name, keys in expected.items()
    )


def _displays(piece: PythonPiece) -> dict[str, list[Display]]:
    """The outermost displays of a piece by what they are called: a keyword, a target, a function."""
    found: dict[str, list[Display]] = {}
    for statement in piece.body:
        for name, display in _named(statement, ""):
            found.setdefault(name, []).append(display)
    return found


def _named(node: ast.AST, name: str) -> Iterator[tuple[str, Display]]:
    if _is_display(node):
        assert isinstance(node, Display)
        yield name, node
        return
    if isinstance(node, ast.Assign | ast.AnnAssign):
        name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
    for child in ast.iter_child_nodes(node):
        inner = name
        if isinstance(child, ast.keyword):
            inner = child.arg or name
        elif isinstance(node, ast.Call):
            inner = ast.unparse(node.func)
        elif isinstance(child, ast.Return):
            inner = "return"
        yield from _named(child, inner)


def _is_display(node: ast.AST) -> bool:
    """Whether a node is a display, and none that is assigned to, or that subscribes a type."""
    return isinstance(node, Display) and isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load)


class _Emptied(ast.NodeTransformer):
    """Takes the entries out of every display."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if _is_display(node):
            return ast.Name(type(node).__name__, ast.Load())
        return super().generic_visit(node)


def _frame(piece: PythonPiece) -> list[str]:
    """The last part of a piece without the entries of its displays."""
    return [ast.dump(_Emptied().visit(deepcopy(statement))) for statement in piece.body]


def _comments(piece: PythonPiece) -> list[str]:
    start = piece.parts[-1].start
    return [comment for number, comment in piece.comments if piece.line_starts[number - 1] >= start]
