"""What users do to a module, each edit with the text that has to stand afterwards."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from hypothesis import strategies as st

Function = ast.FunctionDef | ast.AsyncFunctionDef


Value = TypeVar("Value")


class Draw(Protocol):
    """`draw` of a strategy, or of a test's data."""

    def __call__(self, strategy: st.SearchStrategy[Value], label: object = ...) -> Value: ...


@dataclass
class Edited:
    """A module on its way through edits. `spans` are to stand verbatim, `deleted` not to come back."""

    text: str
    unit: str
    spans: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    count: int = 0

    def lines(self) -> list[str]:
        return self.text.split("\n")

    def number(self) -> int:
        self.count += 1
        return self.count

    def put(self, line: int, block: list[str], indent: str = "") -> None:
        """Puts lines above a line, counted from 1; their steps of indentation are those of the file."""
        new = []
        for item in block:
            bare = item.lstrip(" ")
            new.append((indent + self.unit * ((len(item) - len(bare)) // 4) + bare) if bare else "")
        lines = self.lines()
        self.text = "\n".join([*lines[: line - 1], *new, *lines[line - 1 :]])

    def remember(self, *spans: str) -> None:
        self.spans += spans


def functions(text: str) -> list[tuple[str, Function]]:
    """The functions and methods of a module, with their paths."""
    found: list[tuple[str, Function]] = []
    for node in ast.parse(text).body:
        if isinstance(node, Function):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{item.name}", item) for item in node.body if isinstance(item, Function)]
    return found


def top(node: ast.stmt) -> int:
    """The line on which a statement begins, its decorators counted."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def indent(edited: Edited, line: int) -> str:
    text = edited.lines()[line - 1]
    return text[: len(text) - len(text.lstrip())]


def _function(draw: Draw, edited: Edited) -> tuple[str, Function] | None:
    found = functions(edited.text)
    return draw(st.sampled_from(found)) if found else None


def _class(draw: Draw, edited: Edited) -> ast.ClassDef | None:
    found = [node for node in ast.parse(edited.text).body if isinstance(node, ast.ClassDef)]
    return draw(st.sampled_from(found)) if found else None


def body_line(draw: Draw, edited: Edited) -> None:
    if (found := _function(draw, edited)) is None:
        return
    n, body = edited.number(), found[1].body
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return
    first = body[1] if ast.get_docstring(found[1]) is not None else body[0]
    text = draw(st.sampled_from([
        f"mark_{n}()  # mine {n}", f"x = '{{{{ {n} }}}}'; y = 1", f"s_{n} = 'größe\u2028{n}'  # Ü\u2028 {n}",
        f'q_{n} = """a {n}"""', f"if (w_{n} := {n}): pass", f"z_{n} = 1 + \\\n  {n}",
    ]))  # fmt: skip
    edited.put(top(first), [text], indent(edited, top(first)))
    edited.remember(text)


def nested(draw: Draw, edited: Edited) -> None:
    if (found := _function(draw, edited)) is None:
        return
    n, last = edited.number(), found[1].body[-1]
    edited.put(
        top(last), [f"def inner_{n}() -> int:", f"    return {n}  # inner", ""], indent(edited, top(last))
    )
    edited.remember(f"def inner_{n}() -> int:", f"return {n}  # inner")


def comment_above(draw: Draw, edited: Edited) -> None:
    if (found := _function(draw, edited)) is None:
        return
    n = edited.number()
    edited.put(top(found[1]), [f"# about {n}: größe"], indent(edited, top(found[1])))
    edited.remember(f"# about {n}: größe")


def decorator(draw: Draw, edited: Edited) -> None:
    if (found := _function(draw, edited)) is None:
        return
    n = edited.number()
    edited.put(top(found[1]), [f"@decorated_{n}(lambda x: x)"], indent(edited, top(found[1])))
    edited.remember(f"@decorated_{n}(lambda x: x)")


def base_class(draw: Draw, edited: Edited) -> None:
    if (found := _class(draw, edited)) is None or found.body[0].lineno == found.lineno:
        return
    n, lines = edited.number(), edited.lines()
    line = lines[found.lineno - 1]
    lines[found.lineno - 1] = (
        line.replace("(", f"(Mixin{n}, ", 1) if "(" in line else line.replace(":", f"(Mixin{n}):", 1)
    )
    edited.text = "\n".join(lines)
    edited.remember(f"Mixin{n}")


def member(draw: Draw, edited: Edited) -> None:
    """A definition of the user's between the members of a class."""
    if (found := _class(draw, edited)) is None or not found.body:
        return
    n = edited.number()
    block = draw(st.sampled_from([
        [f"def _helper_{n}(self) -> int:", f"    return {n}", ""],
        ["@property", f"def prop_{n}(self) -> int:", f"    return {n}", "", f"@prop_{n}.setter",
         f"def prop_{n}(self, value: int) -> None:", f"    self.x = {n}", ""],
        [f"if FLAG_{n}:", f"    def cond_{n}(self) -> None: ...", "else:", f"    other_{n} = None", ""],
        [f"async def agen_{n}(self):", "    async for x in self:", f"        yield x, {n}", ""],
        [f"# loose {n}", ""],
        [f"own_{n}: int = {n}  # own", ""],
        ["@overload", f"def over_{n}(self, a: int) -> int: ...", "@overload", f"def over_{n}(self, a: str) -> str: ...",
         f"def over_{n}(self, a): return {n}", ""],
        [f"class Inner{n}:", f"    x = {n}", ""],
        [f"match_{n} = 1; other_{n} = 2", ""],
    ]))  # fmt: skip
    at = draw(st.sampled_from(found.body))
    if at is found.body[0] and isinstance(at, ast.Expr):
        return
    edited.put(_above_comments(edited, top(at)), block, indent(edited, top(at)))
    edited.remember(*(line.strip() for line in block if line))


def _above_comments(edited: Edited, line: int) -> int:
    while line > 1 and edited.lines()[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def function(draw: Draw, edited: Edited) -> None:
    """A definition of the user's own at the top level."""
    n = edited.number()
    found = [node for node in ast.parse(edited.text).body if isinstance(node, Function | ast.ClassDef)]
    block = draw(st.sampled_from([
        [f"def helper_{n}() -> int:", f"    return {n}", "", ""],
        [f"CONSTANT_{n} = {n}  # own", "", ""],
        [f"if sys_{n}:", f"    def maybe_{n}(): ...", "", ""],
        [f"# a loose remark {n}", "", ""],
        [f"def text_{n}():", f'    """Doc {n}.', "", "# no comment", f'def no_{n}():', '"""', "", ""],
        [f"class Own{n}: x = {n}", ""],
    ]))  # fmt: skip
    if found:
        edited.put(_above_comments(edited, top(draw(st.sampled_from(found)))), block)
    else:
        edited.text += (
            "\n\n" + "\n".join(line.replace("    ", edited.unit) for line in block).rstrip("\n") + "\n"
        )
    edited.remember(*(line.strip() for line in block if line))


def imports(draw: Draw, edited: Edited) -> None:
    n, lines = edited.number(), edited.lines()
    tree = ast.parse(edited.text)
    found = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    later = [node for node in found if getattr(node, "module", "") != "__future__"]
    if not later:
        return
    text = draw(st.sampled_from([
        f"import own_{n}", f"from own_{n} import a_{n}, b_{n} as c_{n}  # noqa: own", f"import own.sub_{n}",
        f"from own_{n} import (\n    d_{n}  # last\n)", f"from own_{n} import e_{n}, \\\n    f_{n}",
        f"if TYPE_CHECKING:\n    from own_{n} import g_{n}", f"from own_{n} import *",
        f"try:\n    import own_{n}\nexcept ImportError:\n    own_{n} = None",
    ]))  # fmt: skip
    at = draw(st.sampled_from(later))
    edited.text = "\n".join([*lines[: at.lineno - 1], text, *lines[at.lineno - 1 :]])
    edited.remember(text)


def name_in_import(draw: Draw, edited: Edited) -> None:
    """The user imports one more name from a module that the tool imports from."""
    tree = ast.parse(edited.text)
    found = [
        node for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("shop")
    ]  # fmt: skip
    if not found:
        return
    n, at, lines = edited.number(), draw(st.sampled_from(found)), edited.lines()
    alias = draw(st.sampled_from(at.names))
    line = lines[alias.lineno - 1]
    new = f"own_{n} as mine_{n}"
    lines[alias.lineno - 1] = line[: alias.col_offset] + new + ", " + line[alias.col_offset :]
    edited.text = "\n".join(lines)
    edited.remember(new)


def reverse_imports(draw: Draw, edited: Edited) -> None:
    """Another order, as isort of other settings would make."""
    lines = edited.lines()
    found = [
        i
        for i, line in enumerate(lines)
        if line.startswith(("from shop", "import shop")) and "(" not in line and "\\" not in line
    ]
    for index, line in zip(found, [lines[i] for i in reversed(found)], strict=True):
        lines[index] = line
    edited.text = "\n".join(lines)


def entry(draw: Draw, edited: Edited) -> None:
    """An entry of the user's in a display."""
    n, lines = edited.number(), edited.lines()
    found = [
        i
        for i, line in enumerate(lines)
        if re.match(r"\s+(bind_\w+\(.*\),?|[\"']\w+[\"']: [\"'].*[\"'],)$", line)
    ]
    if not found:
        return
    at = draw(st.sampled_from(found))
    indentation = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    new = f"own_{n}(),  # own {n}" if "bind" in lines[at] else f'"own_{n}": "x",  # own {n}'
    lines.insert(at + draw(st.integers(0, 1)), indentation + new)
    edited.text = "\n".join(lines)
    edited.remember(new)


def all_names(draw: Draw, edited: Edited) -> None:
    n = edited.number()
    if "__all__" in edited.text:
        if "__all__ = []" in edited.text:
            edited.text = edited.text.replace("__all__ = []", f"__all__ = ['own_{n}']")
        else:
            edited.text = edited.text.replace("__all__ = [", f"__all__ = ['own_{n}', ", 1)
        edited.remember(f"'own_{n}'")
    else:
        edited.text += f"\n__all__ = ['own_{n}']\n"
        edited.remember(f"'own_{n}'")


def documentation(draw: Draw, edited: Edited) -> None:
    found = [item for item in functions(edited.text) if ast.get_docstring(item[1]) and "text_" not in item[0]]
    found = [item for item in found if "Mine" not in (ast.get_docstring(item[1]) or "")]
    if not found:
        return
    n, (_, node) = edited.number(), draw(st.sampled_from(found))
    lines, at = edited.lines(), node.body[0].lineno - 1
    lines[at] = lines[at].replace('"""', f'"""Mine {n}. ', 1)
    edited.text = "\n".join(lines)
    edited.remember(f'"""Mine {n}. ')


def deletion(draw: Draw, edited: Edited) -> None:
    """A generated definition goes."""
    tree = ast.parse(edited.text)
    found = [(node.name, node) for node in tree.body if isinstance(node, Function)]
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef) and len(owner.body) > 1:
            found += [
                (f"{owner.name}.{node.name}", node) for node in owner.body if isinstance(node, Function)
            ]
    if not found:
        return
    name, node = draw(st.sampled_from(found))
    lines = edited.lines()
    gone = lines[top(node) - 1 : node.end_lineno]
    if any(span.split("\n")[0] in line for span in edited.spans for line in gone):
        return
    del lines[top(node) - 1 : node.end_lineno]
    edited.text = "\n".join(lines)
    edited.deleted.add(name)


def future(draw: Draw, edited: Edited, names: list[str]) -> None:
    """The user writes, in some form, what the tool will generate only now."""
    there = {path for path, _ in functions(edited.text)}
    names = [name for name in names if name not in there]
    if not names:
        return
    n, path = edited.number(), draw(st.sampled_from(names))
    owner, _, name = path.rpartition(".")
    block = draw(st.sampled_from([
        [f"def {name}(self, mine_{n}): return {n}", ""],
        [f"{name} = mine_{n}", ""],
        [f"if mine_{n}:", f"    def {name}(self): return {n}", ""],
    ]))  # fmt: skip
    if not owner:
        edited.text = edited.text.rstrip("\n") + "\n\n\n" + "\n".join(
            line.replace("    ", edited.unit) for line in block[:-1]) + "\n"  # fmt: skip
    else:
        node = next(
            (node for node in ast.parse(edited.text).body if getattr(node, "name", "") == owner), None
        )
        if node is None or not isinstance(node, ast.ClassDef):
            return
        last = node.body[-1]
        if top(last) == node.lineno:
            return
        edited.put((last.end_lineno or 0) + 1, ["", *block[:-1]], indent(edited, top(last)))
    edited.remember(*(line.strip() for line in block if line))
    edited.written.add(path)


def swapped(draw: Draw, edited: Edited) -> None:
    """Two methods change places."""
    owner = _class(draw, edited)
    methods = [node for node in owner.body if isinstance(node, Function)] if owner else []
    if len(methods) < 2:
        return
    first, second = methods[-2], methods[-1]
    lines = edited.lines()
    a = lines[top(first) - 1 : first.end_lineno]
    b = lines[top(second) - 1 : second.end_lineno]
    between = lines[first.end_lineno : top(second) - 1]
    lines[top(first) - 1 : second.end_lineno] = [*b, *between, *a]
    edited.text = "\n".join(lines)


EDITS: list[Callable[[Draw, Edited], None]] = [
    body_line, nested, comment_above, decorator, base_class, member, function, imports, name_in_import,
    reverse_imports, entry, all_names, documentation, deletion, swapped,
]  # fmt: skip
