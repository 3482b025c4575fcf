"""Texts of a contract as Python that is valid whatever they say: docstrings, comment lines, literals."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 110
"""The generated projects' line length, in columns."""


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.expandtabs(4).splitlines():
        cleaned = "".join(c for c in line if c.isprintable()).rstrip()
        lines += _wrap_line(cleaned, width) if len(cleaned) > width else [cleaned]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _wrap_line(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]


def docstring(text: str, indent: int, fallback: str = "") -> str:
    """A docstring of the text, indented by `indent` columns, without a final newline; `""` for no text at all."""
    pad = " " * indent
    lines = _wrapped(text or fallback, WIDTH - indent - 6)
    if not lines:
        return ""
    closing = lines[-1].endswith('"')
    if closing:
        lines[-1] = lines[-1][:-1]
    escaped = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in lines]
    if closing:
        escaped[-1] += '\\"'
    if len(escaped) == 1:
        return f'{pad}"""{escaped[0]}"""'
    body = "\n".join(f"{pad}{line}".rstrip() for line in escaped[1:])
    return f'{pad}"""{escaped[0]}\n{body}\n{pad}"""'


_PRAGMA = re.compile(r"((?:^|#)\s*)(fmt|isort|mypy|pylint|pyright|ruff|type|yapf)(?=:)")


def comment(text: str, indent: int) -> str:
    """Comment lines of the text, indented by `indent` columns and ending in a newline; `""` for no text.

    What a linter or type checker would take for an order to itself (`type: ignore`) gets a space before its colon.
    """
    pad = " " * indent
    lines = _wrapped(text, WIDTH - indent - 2)
    harmless = (_PRAGMA.sub(r"\1\2 ", line) for line in lines)
    return "".join(f"{pad}# {line}".rstrip() + "\n" for line in harmless)


def summary(text: str) -> str:
    """The first sentence or line, for tables."""
    first = text.strip().split("\n\n")[0].replace("\n", " ")
    head, stop, _ = first.partition(". ")
    return head + stop.strip() if stop else first


def literal(value: object) -> str:
    """The literal of a text, or the display of a list or a dict of such, in the quotes that ruff would choose."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(literal, value))}]"
    plain = repr(value)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain


def literals(values: Iterable[str]) -> str:
    """The arguments of a call: `"name", "title"`."""
    return ", ".join(map(literal, values))
