"""Adds to a YAML mapping by text, so that every other byte (comments, order, line ends) stays."""

from __future__ import annotations

import re

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

_PLAIN = re.compile(r"[A-Za-z_./][\w./+@-]*\Z", re.ASCII)
_NOT_TEXT = re.compile(r"(?:true|false|yes|no|on|off|null|y|n|\.inf|\.nan|~)\Z", re.IGNORECASE)


def scalar(value: str) -> str:
    """`value` as a YAML scalar that is read back as the same text."""
    plain = _PLAIN.match(value) and not _NOT_TEXT.match(value) and not re.match(r"[\d.]+\Z", value)
    return value if plain else '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    """For a double-quoted scalar (YAML 1.1, section 5.6)."""
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def append_to_sequence(text: str, key: str, value: str) -> str:
    """`text` with `value` as one more entry of the list `key`, which is added where it is missing."""
    newline = _newline(text)
    node = _value(text, key)
    if node is None:
        return f"{_ended(text, newline)}{key}:{newline}  - {scalar(value)}{newline}"
    if not isinstance(node, SequenceNode):  # `contracts:` with nothing behind it
        return _insert_line(text, node.start_mark.index, f"  - {scalar(value)}", newline)
    if not node.value:  # `contracts: []`
        return f"{text[: node.start_mark.index]}[{scalar(value)}]{text[node.end_mark.index :]}"
    end = node.value[-1].end_mark.index
    if node.flow_style:
        return f"{text[:end]}, {scalar(value)}{text[end:]}"
    return _insert_line(text, end, f"{' ' * node.start_mark.column}- {scalar(value)}", newline)


def set_scalar(text: str, key: str, value: str) -> str:
    """`text` with `value` as the value of `key`, which is added where it is missing."""
    node = _value(text, key)
    if node is None:
        newline = _newline(text)
        return f"{_ended(text, newline)}{key}: {scalar(value)}{newline}"
    start, end = node.start_mark.index, node.end_mark.index
    space = "" if text[start - 1 : start] == " " else " "
    return f"{text[:start]}{space}{scalar(value)}{text[end:]}"


def set_entry(text: str, key: str, name: str, value: str, comment: str = "") -> str:
    """`text` with `name: value` in the mapping `key`; where that is missing it is added, with a comment above it."""
    newline, line = _newline(text), f"{scalar(name)}: {scalar(value)}"
    node = _value(text, key)
    if node is None:
        head = f"{newline}# {comment}{newline}" if comment else ""
        return f"{_ended(text, newline)}{head}{key}:{newline}  {line}{newline}"
    if not isinstance(node, MappingNode):  # `names:` with nothing behind it
        return _insert_line(text, node.start_mark.index, f"  {line}", newline)
    for known, held in node.value:
        if known.value == name:
            return f"{text[: held.start_mark.index]}{scalar(value)}{text[held.end_mark.index :]}"
    if not node.value:  # `names: {}`
        return f"{text[: node.start_mark.index]}{{{line}}}{text[node.end_mark.index :]}"
    end = node.value[-1][1].end_mark.index
    if node.flow_style:
        return f"{text[:end]}, {line}{text[end:]}"
    return _insert_line(text, end, f"{' ' * node.start_mark.column}{line}", newline)


def rename_entry(text: str, key: str, name: str, new: str) -> str:
    """`text` with the entry `name` of the mapping `key` called `new`."""
    node = _value(text, key)
    for known, _ in node.value if isinstance(node, MappingNode) else ():
        if known.value == name:
            return f"{text[: known.start_mark.index]}{scalar(new)}{text[known.end_mark.index :]}"
    return text


def remove_entry(text: str, key: str, name: str) -> str:
    """`text` without the entry `name` of the block mapping `key`, with the line that it stood on."""
    node = _value(text, key)
    for known, value in node.value if isinstance(node, MappingNode) and not node.flow_style else ():
        if known.value == name:
            start = text.rfind("\n", 0, known.start_mark.index) + 1
            end = text.find("\n", value.end_mark.index)
            return text[:start] + (text[end + 1 :] if end >= 0 else "")
    return text


def _value(text: str, key: str) -> Node | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, MappingNode):
        return None
    return next((value for name, value in root.value if name.value == key), None)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _insert_line(text: str, index: int, line: str, newline: str) -> str:
    """`text` with `line` after the line that holds `index`, whatever comment ends that line."""
    end = text.find("\n", index)
    if end < 0:
        return f"{text}{newline}{line}{newline}"
    return f"{text[: end + 1]}{line}{newline}{text[end + 1 :]}"
