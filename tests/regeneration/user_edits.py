"""What users do to their files, each edit with the text that must stand afterwards.

Every edit leaves a module that can be imported. What it writes holds its number as `mark_N`, so that it is found again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.merge.python_edits import functions, top

from .contract_machine import Picker

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Text:
    """A file in the user's editor, with line feeds alone. `spans` are to stand, `deleted` not to come back."""

    text: str
    number: int
    spans: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def mark(self) -> str:
        return f"mark_{self.number}"

    def put(self, line: int, block: list[str], indent: str = "", *, remember: bool = True) -> bool:
        """Puts lines above a line, counted from 1."""
        new = [indent + item if item else "" for item in block]
        lines = self.lines
        self.text = "\n".join([*lines[: line - 1], *new, *lines[line - 1 :]])
        if remember:
            self.spans.append("\n".join(new).strip("\n"))
        return True


Edit = Callable[[Text, Picker], bool]


def above(file: Text, line: int) -> int:
    """The line of the first of the comments that stand right above a line."""
    lines = file.lines
    while line > 1 and lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def indent_of(file: Text, line: int) -> str:
    text = file.lines[line - 1]
    return text[: len(text) - len(text.lstrip())]


def _function(file: Text, pick: Picker) -> Function | None:
    found = [node for _, node in functions(file.text) if node.body[0].lineno > node.lineno]
    return pick.one(found) if found else None


def _class(file: Text, pick: Picker) -> ast.ClassDef | None:
    found = [node for node in ast.parse(file.text).body if isinstance(node, ast.ClassDef)]
    found = [node for node in found if node.body[0].lineno > node.lineno]
    return pick.one(found) if found else None


def _bases(node: ast.ClassDef) -> str:
    return " ".join(ast.unparse(base) for base in node.bases)


def _definitions_start(file: Text) -> int:
    """The line of the first definition of a module; behind its end where it has none."""
    for node in ast.parse(file.text).body:
        if isinstance(node, Function | ast.ClassDef):
            return above(file, top(node))
    return len(file.lines)


def body_line(file: Text, pick: Picker) -> bool:
    node = _function(file, pick)
    if node is None:
        return False
    documented = ast.get_docstring(node) is not None
    statement = node.body[1] if documented and len(node.body) > 1 else node.body[0]
    if documented and len(node.body) == 1:
        return False
    mark = file.mark
    block = pick.one(
        [
            [f"{mark} = 1  # mine"],
            [f"# {mark}: größe \\n {{{{ }}}}"],
            [f'{mark} = """a', "  b {{ } \\n", f'"""  # {mark}'],
            [f"if {mark} := 0:", f"    raise ValueError({mark})"],
            [f"{mark} = (", "    1,", f"    2,  # {mark}", ")"],
        ]
    )
    if '"""a' in block[0]:
        start = top(statement)
        first, *rest = block
        lines = file.lines
        indent = indent_of(file, start)
        new = [indent + first, *rest]
        file.text = "\n".join([*lines[: start - 1], *new, *lines[start - 1 :]])
        file.spans.append("\n".join(new))
        return True
    return file.put(top(statement), block, indent_of(file, top(statement)))


def body_whole(file: Text, pick: Picker) -> bool:
    """The body is written anew, as one does with a stub."""
    node = _function(file, pick)
    if node is None or (ast.get_docstring(node) is not None and len(node.body) == 1):
        return False
    if (
        _is_generator(node)
        or node.name == "__init__"
        or any("mark_" in line for line in _lines_of(file, node))
    ):
        return False
    statement = node.body[1] if ast.get_docstring(node) is not None else node.body[0]
    indent, start = indent_of(file, top(statement)), top(statement)
    lines = file.lines
    del lines[start - 1 : node.end_lineno]
    file.text = "\n".join(lines)
    return file.put(
        start, [f"{file.mark} = {file.number}", f"raise NotImplementedError({file.mark})"], indent
    )


def _is_generator(node: Function) -> bool:
    return any(isinstance(item, ast.Yield) for item in ast.walk(node))


def _lines_of(file: Text, node: ast.stmt) -> list[str]:
    return file.lines[top(node) - 1 : node.end_lineno]


def nested(file: Text, pick: Picker) -> bool:
    node = _function(file, pick)
    if node is None or (ast.get_docstring(node) is not None and len(node.body) == 1):
        return False
    last = node.body[-1]
    block = [f"def {file.mark}() -> int:", f"    return {file.number}  # {file.mark}", ""]
    return file.put(top(last), block, indent_of(file, top(last)))


def comment_above(file: Text, pick: Picker) -> bool:
    node = _function(file, pick)
    if node is None:
        return False
    return file.put(top(node), [f"# about {file.mark}: größe"], indent_of(file, top(node)))


def trailing_comment(file: Text, pick: Picker) -> bool:
    node = _function(file, pick)
    if node is None:
        return False
    last = node.body[-1]
    return file.put((last.end_lineno or 0) + 1, [f"# after {file.mark}"], indent_of(file, top(last)))


def decorator(file: Text, pick: Picker) -> bool:
    found = [item for item in ast.parse(file.text).body if isinstance(item, Function | ast.ClassDef)]
    node: ast.stmt | None = _function(file, pick)
    if node is None or pick.chance(4):
        node = pick.one(found) if found else None
    if node is None:
        return False
    file.put(top(node), [f"@{file.mark}"], indent_of(file, top(node)), remember=False)
    file.spans.append(f"@{file.mark}\n")
    block = [f"def {file.mark}(wrapped):", f"    return wrapped  # {file.mark}", "", ""]
    return file.put(_definitions_start(file), block)


def base_class(file: Text, pick: Picker) -> bool:
    node = _class(file, pick)
    if node is None or re.search("Protocol|Enum|Base$|Model", _bases(node)) or "Protocol" in _bases(node):
        return False
    lines = file.lines
    line = lines[node.lineno - 1]
    mixin = f"Mixin_{file.mark}"
    head = f"class {node.name}"
    if f"{head}(" not in line and f"{head}:" not in line:
        return False
    lines[node.lineno - 1] = (
        line.replace(f"{head}(", f"{head}({mixin}, ", 1)
        if f"{head}(" in line
        else line.replace(f"{head}:", f"{head}({mixin}):", 1)
    )
    file.text = "\n".join(lines)
    return file.put(
        _definitions_start(file), [f"class {mixin}:", f"    __slots__ = ()  # {file.mark}", "", ""]
    )


def member(file: Text, pick: Picker) -> bool:
    """A definition of the user's between the members of a class."""
    node = _class(file, pick)
    if node is None or re.search("Enum", _bases(node)):
        return False
    mark, n = file.mark, file.number
    block = pick.one(
        [
            [f"def {mark}(self) -> int:", f"    return {n}  # {mark}", ""],
            [
                "@property",
                f"def {mark}(self) -> int:",
                f"    return {n}",
                "",
                f"@{mark}.setter",
                f"def {mark}(self, value: int) -> None:",
                f"    print({n}, value)",
                "",
            ],
            [f"if {n} > 0:", "", f"    def {mark}(self) -> None: ...", "", "else:", f"    {mark} = None", ""],
            [f"async def {mark}(self):", f"    for {mark}_x in range({n}):", f"        yield {mark}_x", ""],
            [f"# loose {mark}", ""],
            [
                f"@typing_{mark}.overload",
                f"def {mark}(self, a: int) -> int: ...",
                f"@typing_{mark}.overload",
                f"def {mark}(self, a: str) -> str: ...",
                f"def {mark}(self, a):",
                f"    return {n}",
                "",
            ],
            [f"class Inner_{mark}:", f"    x = {n}", ""],
        ]
    )
    at = pick.one(node.body)
    if at is node.body[0] and isinstance(at, ast.Expr):
        return False
    line = above(file, top(at))
    file.put(line, block, indent_of(file, top(at)))
    if any("typing_" in item for item in block):
        _import(file, f"import typing as typing_{mark}", pick)
    return True


def attribute(file: Text, pick: Picker) -> bool:
    node = _class(file, pick)
    if (
        node is None
        or re.search("Enum|Protocol|Base$", _bases(node))
        or not any("dataclass" in ast.unparse(d) for d in node.decorator_list)
    ):
        return False
    last = node.body[-1]
    indent = indent_of(file, top(last))
    return file.put((last.end_lineno or 0) + 1, [f"{file.mark}: int = {file.number}  # own"], indent)


def container_property(file: Text, pick: Picker) -> bool:
    """In wiring.py, beside the generated ones."""
    owner = next(
        (n for n in ast.parse(file.text).body if isinstance(n, ast.ClassDef) and n.name == "Container"), None
    )
    if owner is None or "cached_property" not in file.text:
        return False
    at = pick.one([item for item in owner.body if isinstance(item, Function)])
    block = ["@cached_property", f"def {file.mark}(self) -> str:", f'    return "{file.mark}"', ""]
    return file.put(above(file, top(at)), block, indent_of(file, top(at)))


def helper(file: Text, pick: Picker) -> bool:
    """A definition of the user's own at the top level."""
    mark, n = file.mark, file.number
    found = [node for node in ast.parse(file.text).body if isinstance(node, Function | ast.ClassDef)]
    block = pick.one(
        [
            [f"def {mark}() -> int:", f"    return {n}  # {mark}", "", ""],
            [f"CONSTANT_{mark} = {n}  # own", "", ""],
            [f"if {n} > 0:", "", f"    def {mark}(): ...", "", ""],
            [f"# a loose remark {mark}", "", ""],
            [
                f"def {mark}():",
                f'    """Doc {mark}.',
                "",
                "# no comment",
                f"def no_{mark}():",
                '    """',
                "",
                "",
            ],
            [f"class Own_{mark}:", f"    x = {n}  # {mark}", "", ""],
        ]
    )
    if not found:
        file.text = file.text.rstrip("\n") + "\n\n\n" + "\n".join(block).strip("\n") + "\n"
        file.spans.append("\n".join(block).strip("\n"))
        return True
    if pick.chance(4):
        last = found[-1]
        block = ["", "", *block[:-2]]
        return file.put((last.end_lineno or 0) + 1, block)
    return file.put(above(file, top(pick.one(found))), block)


def _import(file: Text, text: str, pick: Picker) -> bool:
    found = [node for node in ast.parse(file.text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    later = [node for node in found if getattr(node, "module", "") != "__future__"]
    line = pick.one(later).lineno if later else _definitions_start(file)
    file.put(line, text.split("\n"))
    return True


def imports(file: Text, pick: Picker) -> bool:
    mark = file.mark
    text = pick.one(
        [
            f"import json as {mark}",
            f"from json import dumps as {mark}, loads as {mark}_b  # noqa: own",
            f"from json import (\n    dumps as {mark},  # last\n)",
            f"from json import dumps as {mark}, \\\n    loads as {mark}_b",
            f"from typing import TYPE_CHECKING as {mark}\n\nif {mark}:\n    from json import nothing_{mark}",
            f"try:\n    import json as {mark}\nexcept ImportError:\n    {mark} = None",
        ]
    )
    return _import(file, text, pick)


def name_in_import(file: Text, pick: Picker) -> bool:
    """The user imports one more name from a module that the tool imports from."""
    found = [
        node
        for node in ast.parse(file.text).body
        if isinstance(node, ast.ImportFrom)
        and node.module != "__future__"
        and "mark_" not in ast.unparse(node)
    ]
    if not found:
        return False
    at = pick.one(found)
    lines, alias = file.lines, at.names[0]
    line, new = lines[alias.lineno - 1], f"{alias.name} as {file.mark}"
    at_column = len(line.encode()[: alias.col_offset].decode())
    lines[alias.lineno - 1] = f"{line[:at_column]}{new}, {line[at_column:]}"
    file.text = "\n".join(lines)
    file.spans.append(f" as {file.mark}")
    return True


def all_names(file: Text, pick: Picker) -> bool:
    if "__all__" in file.text:
        return False
    names = [node.name for node in ast.parse(file.text).body if isinstance(node, Function | ast.ClassDef)]
    if not names:
        return False
    file.text = file.text.rstrip("\n") + "\n\n\n"
    name = f"ALL_{file.mark}"
    file.text += f'{name} = 1\n__all__ = ["{name}"]\n'
    file.spans.append(f'__all__ = ["{name}"]')
    return True


def entry(file: Text, pick: Picker) -> bool:
    """An entry of the user's in a list of the tool's, or a comment behind one."""
    lines = file.lines
    found = [i for i, line in enumerate(lines) if re.match(r"\s+bind_\w+\(.*\),$", line)]
    if not found:
        return False
    at = pick.one(found)
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    if pick.chance(3):
        lines[at] += f"  # {file.mark}"
        file.text = "\n".join(lines)
        file.spans.append(f"# {file.mark}")
        return True
    return file.put(at + 1 + pick.below(2), [f"*([] if {file.number} else []),  # {file.mark}"], indent)


def documentation(file: Text, pick: Picker) -> bool:
    found = [
        node
        for _, node in functions(file.text)
        if ast.get_docstring(node) and "mark_" not in ast.unparse(node)
    ]
    if not found:
        return False
    node = pick.one(found)
    lines, at = file.lines, node.body[0].lineno - 1
    if '"""' not in lines[at]:
        return False
    lines[at] = lines[at].replace('"""', f'"""Mine {file.mark}. ', 1)
    file.text = "\n".join(lines)
    file.spans.append(f'"""Mine {file.mark}. ')
    return True


def signature(file: Text, pick: Picker) -> bool:
    """One more parameter, with a default."""
    found = [
        node
        for _, node in functions(file.text)
        if node.body[0].lineno > node.lineno
        and not node.args.kwonlyargs
        and not node.args.defaults
        and node.args.args
    ]
    found = [node for node in found if not node.decorator_list]
    if not found:
        return False
    node = pick.one(found)
    last = node.args.args[-1]
    lines, line = file.lines, (last.end_lineno or 1) - 1
    column = len(lines[line].encode()[: last.end_col_offset].decode())
    new = f", {file.mark}: int = {file.number}"
    lines[line] = lines[line][:column] + new + lines[line][column:]
    file.text = "\n".join(lines)
    file.spans.append(new)
    return True


def deletion(file: Text, pick: Picker) -> bool:
    """A generated definition goes."""
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.parse(file.text).body:
        if isinstance(node, Function | ast.ClassDef):
            found.append((node.name, node))
        if isinstance(node, ast.ClassDef):
            held = [item for item in node.body if isinstance(item, Function)]
            found += [(f"{node.name}.{item.name}", item) for item in held if len(node.body) > 1]
    found = [item for item in found if not any("mark_" in line for line in _lines_of(file, item[1]))]
    if not found:
        return False
    name, gone = pick.one(found)
    lines = file.lines
    del lines[top(gone) - 1 : gone.end_lineno]
    file.text = "\n".join(lines)
    file.deleted.append(name)
    return True


def swapped(file: Text, pick: Picker) -> bool:
    """Two methods change places."""
    owner = _class(file, pick)
    methods = [node for node in owner.body if isinstance(node, Function)] if owner else []
    if len(methods) < 2 or any(
        "mark_" in line for line in file.lines[top(methods[-2]) - 3 : methods[-1].end_lineno]
    ):
        return False
    left, right = methods[-2], methods[-1]
    lines = file.lines
    one, two = lines[top(left) - 1 : left.end_lineno], lines[top(right) - 1 : right.end_lineno]
    between = lines[left.end_lineno : top(right) - 1]
    lines[top(left) - 1 : right.end_lineno] = [*two, *between, *one]
    file.text = "\n".join(lines)
    return True


def future(file: Text, pick: Picker) -> bool:
    """The user writes, in some form, what the tool may generate only later."""
    owner = _class(file, pick)
    if owner is None or not re.search("UseCase|Service|Test", owner.name):
        return False
    verb, noun = (
        pick.one(("place", "find", "cancel", "watch", "get", "list")),
        pick.one(("order", "item", "parcel")),
    )
    name = f"{verb}_{noun}"
    if re.search(rf"\b{name}\b", file.text):
        return False
    block = pick.one(
        [
            ["", f"async def {name}(self, {file.mark}, context=None):", f"    return {file.mark}"],
            ["", f"{name} = {file.number}  # {file.mark}"],
            ["", f"if {file.number}:  # {file.mark}", f"    def {name}(self, {file.mark}): ..."],
        ]
    )
    last = owner.body[-1]
    return file.put((last.end_lineno or 0) + 1, block, indent_of(file, top(last)))


def wrapped(file: Text, pick: Picker) -> bool:
    """A generated function is wrapped, by assignment, behind its definition."""
    found = [node for node in ast.parse(file.text).body if isinstance(node, Function)]
    if not found:
        return False
    node = pick.one(found)
    return file.put((node.end_lineno or 0) + 1, ["", "", f"{node.name} = {node.name}  # {file.mark}"])


PYTHON: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        body_line, body_whole, nested, comment_above, trailing_comment, decorator, base_class, member, attribute,
        container_property, helper, imports, name_in_import, all_names, entry, documentation, signature,
        deletion, swapped, future, wrapped,
    )
}  # fmt: skip


def line(file: Text, pick: Picker) -> bool:
    """A comment of the user's between the lines of a file that is not Python."""
    lines = file.lines
    at = pick.below(len(lines)) + 1
    if at > 1 and lines[at - 2].rstrip().endswith("\\"):
        return False
    return file.put(at, [f"# {file.mark}"])


def behind(file: Text, pick: Picker) -> bool:
    file.text = file.text.rstrip("\n") + f"\n# last {file.mark}\n"
    file.spans.append(f"# last {file.mark}")
    return True


def changed_line(file: Text, pick: Picker) -> bool:
    """A line of the tool's gets a remark."""
    found = [
        i
        for i, each in enumerate(file.lines)
        if each.strip() and "mark_" not in each and not each.endswith("\\")
    ]
    if not found:
        return False
    lines, at = file.lines, pick.one(found)
    lines[at] = f"{lines[at]}  # {file.mark}"
    file.text = "\n".join(lines)
    file.spans.append(lines[at])
    return True


def without_line(file: Text, pick: Picker) -> bool:
    found = [i for i, each in enumerate(file.lines) if each.strip() and "mark_" not in each]
    if not found:
        return False
    lines = file.lines
    del lines[pick.one(found)]
    file.text = "\n".join(lines)
    return True


PLAIN: dict[str, Edit] = {edit.__name__: edit for edit in (line, behind, changed_line, without_line)}
