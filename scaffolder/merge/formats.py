"""Whether a merged file that is not Python still says something to its readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import Node

_LINE_END = re.compile(r"\r\n|\r|\n")


def problem(path: str, text: str) -> str | None:
    """What keeps YAML, TOML or JSON (by the name in `path`) from being read, as `line 12: why`; None for the rest.

    A key that stands twice is a problem, a tag that only one program knows (`!Ref`) is none.
    """
    kind = path.rpartition(".")[2].lower()
    try:
        if kind in {"yaml", "yml"}:
            return _yaml(text)
        if kind == "toml":
            return _toml(text)
        if kind == "json":
            return _json(text)
    except RecursionError:
        return "line 1: nested too deeply"
    return None


def _yaml(text: str) -> str | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for document in yaml.compose_all(text, Loader=loader):
            if document is not None and (found := _unfit_key(document)) is not None:
                return found
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _at(mark.line + 1 if mark else 1, error.problem or error.context or "not YAML")
    except yaml.reader.ReaderError as error:
        # Its position counts bytes in libyaml, characters in Python; the first such character is the one.
        return _at(_line(text, text.find(chr(error.character))), error.reason)
    except UnicodeEncodeError as error:
        return _at(_line(text, error.start), "a character that no encoding can hold")
    return None


def _unfit_key(document: Node) -> str | None:
    """The first key that stands twice in its mapping, or is itself a mapping or list. `<<` may repeat."""
    from yaml import MappingNode, ScalarNode, SequenceNode

    todo: list[Node] = [document]
    seen: set[int] = set()
    found: list[tuple[int, str]] = []
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            todo += node.value
        if not isinstance(node, MappingNode):
            continue
        keys: set[tuple[str, str]] = set()
        for key, value in node.value:
            todo.append(value)
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                found.append((line, "a mapping or list stands where a key belongs"))
            elif (key.tag, key.value) in keys and key.value != "<<":
                found.append((line, f"the key {key.value!r} stands twice"))
            else:
                keys.add((key.tag, key.value))
    return _at(*min(found)) if found else None


def _toml(text: str) -> str | None:
    import tomllib

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = str(error)
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", why)
        line = int(place[1]) if place and place[1] else _line(text, len(text.rstrip()))
        return _at(line, why[: place.start()] if place else why)
    return None


def _json(text: str) -> str | None:
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _at(_line(text, error.pos), error.msg)
    objects: list[set[str]] = []
    for token in re.finditer(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}]', text):
        if token[0] == "{":
            objects.append(set())
        elif token[0] == "}":
            objects.pop()
        elif token[2]:
            key: str = json.loads(token[1])
            if key in objects[-1]:
                return _at(_line(text, token.start()), f"the key {key!r} stands twice")
            objects[-1].add(key)
    return None


def _line(text: str, position: int) -> int:
    return len(_LINE_END.findall(text, 0, position)) + 1


def _at(line: int, why: str) -> str:
    return f"line {line}: {' '.join(why.split())}"
