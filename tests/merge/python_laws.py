"""What must hold of every merge of Python modules, whatever went in."""

from __future__ import annotations

import ast
from collections import Counter

from scaffolder.merge.outline import Node, Outline, same_part, same_piece
from scaffolder.merge.result import Choices, Conflict, Detail, Did, Merged
from scaffolder.targets.python.merging.import_items import items_of
from scaffolder.targets.python.merging.merge import merge_python
from scaffolder.targets.python.merging.outline import outline

CHANGED = (Did.ADDED, Did.UPDATED, Did.REMOVED, Did.RESTORED)
STAYED = (Did.KEPT, Did.CONFLICT)


def flat(whole: Outline | None) -> dict[str, Node]:
    """Every definition by its path, classes and their members."""
    found: dict[str, Node] = {}

    def visit(node: Node, path: str) -> None:
        if node.kind != "import":
            found[path + node.name] = node
        for child in node.children:
            visit(child, f"{path}{node.name}.")

    for node in whole.nodes if whole else ():
        visit(node, "")
    return found


def whole_file(merged: Merged) -> bool:
    return any(conflict.name == "the file" for conflict in merged.conflicts)


def assert_sound(base: str | None, current: str, incoming: str, merged: Merged) -> None:
    """All laws that need no knowledge of how the texts came about."""
    compile(merged.text, "result", "exec", dont_inherit=True)
    if whole_file(merged):
        assert merged.text == current
        return
    assert_no_second_definition(current, merged)
    assert_idempotent(incoming, merged)
    if current != base:  # an untouched file becomes what is generated, in its order
        assert_rest_stands(current, merged)
    if base is not None:
        assert_accounted(base, current, incoming, merged)
        assert_base(base, incoming, merged)
    assert_lines(merged)
    assert_imports(current, base, incoming, merged)


def definitions(text: str) -> Counter[str]:
    """How often each scope defines a function or a class, accessors and overloads apart."""
    found: Counter[str] = Counter()

    def visit(body: list[ast.stmt], path: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                marks = "".join(ast.unparse(item) for item in node.decorator_list)
                if "overload" not in marks and ".setter" not in marks:
                    found[path + node.name] += 1
                if isinstance(node, ast.ClassDef):
                    visit(node.body, f"{path}{node.name}.")

    visit(ast.parse(text).body, "")
    return found


def assert_no_second_definition(current: str, merged: Merged) -> None:
    had = definitions(current)
    for name, count in definitions(merged.text).items():
        assert count <= max(1, had[name]), f"{name} twice"


def assert_idempotent(incoming: str, merged: Merged) -> None:
    again = merge_python(merged.base, merged.text, incoming)
    assert again.text == merged.text
    assert again.base == merged.base
    assert {item.name for item in again.conflicts} == {item.name for item in merged.conflicts}
    assert not [item for item in again.details if item.did in CHANGED], again.details


def assert_rest_stands(current: str, merged: Merged) -> None:
    """Lines outside of changed definitions and imports stand, byte for byte and in order."""
    whole = outline(current)
    names = {item.name for item in merged.details if item.did in CHANGED}
    gone: set[int] = set()
    for path, node in flat(whole).items():
        if path in names:
            last = node.end if Did.REMOVED in _dids(merged, path) else node.header_end
            gone |= set(range(whole.line(node.start), whole.line(last - 1) + 1))
    for node in whole.nodes:
        if node.kind == "import":
            gone |= set(range(whole.line(node.start), whole.line(node.end - 1) + 1))
    kept = [line for number, line in enumerate(_split(current), 1) if number not in gone and line.strip()]
    rest = list(_split(merged.text))
    position = 0
    for line in kept:
        while position < len(rest) and rest[position] != line and rest[position].rstrip("\r\n") != line:
            position += 1
        assert position < len(rest), f"lost or moved: {line!r}"
        position += 1


def _split(text: str) -> list[str]:
    found, begin = [], 0
    for index, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            found.append(text[begin : index + 1])
            begin = index + 1
    return [*found, text[begin:]] if begin < len(text) else found


def _dids(merged: Merged, name: str) -> set[Did]:
    return {item.did for item in merged.details if item.name == name}


def assert_accounted(base: str, current: str, incoming: str, merged: Merged) -> None:
    """Every difference from base to incoming is in the result, or has a detail that says why not."""
    before, after, result = flat(outline(base)), flat(outline(incoming)), flat(outline(merged.text))
    there = flat(outline(current))
    for path, node in after.items():
        was = before.get(path)
        if was is not None and same_piece(was.piece, node.piece):
            continue
        dids = _dids(merged, path)
        if dids & set(STAYED) or _dids(merged, path.rpartition(".")[0]) & set(STAYED):
            continue
        if path.rpartition(".")[2] in ("pass", "..."):
            continue
        owner = path.rpartition(".")[0]
        if owner in before and owner not in there:
            continue  # its class was deleted: told for the class
        assert path in result, f"{path} is neither there nor told of"
        now = result[path]
        if was is None or len(was.piece.parts) != len(node.piece.parts):
            assert same_piece(now.piece, node.piece), path
            continue
        for b, n, i in zip(was.piece.parts, now.piece.parts, node.piece.parts, strict=True):
            if not same_part(was.piece, b, node.piece, i) and i is not node.piece.parts[-1]:
                assert same_part(now.piece, n, node.piece, i), f"{path}: {i.label}"
    for path in before.keys() - after.keys():
        owners = {path[:i] for i, char in enumerate(path) if char == "."} | {path}
        if path in result:
            assert any(_dids(merged, owner) & set(STAYED) for owner in owners), f"{path} stays untold"


def assert_base(base: str, incoming: str, merged: Merged) -> None:
    """The next base is what is generated, but for what is in conflict or stays though it is gone."""
    before, after, found = flat(outline(base)), flat(outline(incoming)), flat(outline(merged.base))
    conflicts = {item.name for item in merged.conflicts}
    for path, node in after.items():
        owners = {path[:i] for i, char in enumerate(path) if char == "."} | {path}
        if path in conflicts:
            assert same_piece(found[path].piece, before[path].piece), path
        elif not owners & conflicts:
            assert path in found, path
            assert same_piece(found[path].piece, node.piece), path
    for path in found.keys() - after.keys():
        assert path in before, path


def assert_lines(merged: Merged) -> None:
    """The line of a detail is that on which its definition begins in the result."""
    whole = outline(merged.text)
    result = flat(whole)
    told: list[Detail | Conflict] = [*merged.details, *merged.conflicts]
    for item in told:
        if item.name in result and item.line and "order" not in item.reason:
            assert item.line == whole.line(result[item.name].start), item
    count = len(_split(merged.text))
    assert all(0 <= item.line <= max(count, 1) for item in merged.details)
    for item in merged.details:
        if item.did in (Did.ADDED, Did.UPDATED, Did.RESTORED, Did.CONFLICT):
            assert item.line, item


def assert_imports(current: str, base: str | None, incoming: str, merged: Merged) -> None:
    """No import of the user's goes, none stands twice, and what new code uses is imported."""
    here, result = items_of(outline(current)), items_of(outline(merged.text))
    tools = items_of(outline(base)) if base is not None else {}
    for item in here:
        assert item in result or item in tools, item
    wanted = {item.binds for item in items_of(outline(incoming))}
    bound = {item.binds for item in result} | {
        name for node in outline(merged.text).nodes for name in node.binds
    }
    used, used_before = _names(merged.text), _names(current)
    missing = {name for name in used & wanted if name not in bound}
    had = {item.binds for item in here}
    assert not {name for name in missing if name not in used_before or name in had}, missing


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def assert_settles(merged: Merged, incoming: str) -> None:
    """Once every conflict counts as settled, the next run has none and changes nothing."""
    settled = merge_python(merged.base, merged.text, incoming, Choices(settled=lambda _: True))
    assert settled.text == merged.text
    assert not settled.conflicts
