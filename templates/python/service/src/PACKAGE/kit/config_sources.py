"""Where settings come from, and the place of each value: YAML file, environment, secrets directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """`lines` counts from 1; `problems` holds sentences about the file itself."""

    path: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Variable:
    """A value from the environment or, `secret`, from a file; `place` names it in messages."""

    value: str
    place: str
    secret: bool


def read_variables(prefix: str, secrets_dir: Path) -> dict[str, Variable]:
    """All that start with `prefix`, by upper-case name; environment before secrets. May raise OSError."""
    found = {}
    for file in sorted(secrets_dir.iterdir()) if secrets_dir.is_dir() else ():
        if file.name.upper().startswith(prefix) and file.is_file():
            text = file.read_text(encoding="utf-8").strip()
            found[file.name.upper()] = Variable(text, str(file), secret=True)
    for name, value in os.environ.items():
        if name.upper().startswith(prefix):
            found[name.upper()] = Variable(value, f"environment variable {name}", secret=False)
    return found


def read_yaml(path: Path | None) -> YamlFile:
    """Reads a file that must exist; without a path, nothing."""
    if path is None:
        return YamlFile()
    try:
        return _parse(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return YamlFile(path, problems=[f"{path}: cannot be read: {reason}"])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        return YamlFile(path, problems=[f"{place}: {getattr(error, 'problem', None) or 'not YAML'}"])


def _parse(path: Path, text: str) -> YamlFile:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()
    if node is None or values is None:  # empty, or comments only
        return YamlFile(path)
    if not isinstance(values, dict):
        return YamlFile(path, problems=[f"{path}:1: must be a mapping of settings"])
    lines: dict[KeyPath, int] = {}
    problems = []
    for key, line in _keys(node, ()):
        if key in lines:
            problems.append(f"{path}:{line}: {'.'.join(key)}: already set on line {lines[key]}")
        lines[key] = line
    # An empty section ("grpc:" and nothing below) means its defaults.
    return YamlFile(
        path, {str(key): value for key, value in values.items() if value is not None}, lines, problems
    )


def _keys(node: yaml.Node, above: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            path = (*above, str(key.value))
            yield path, key.start_mark.line + 1
            yield from _keys(value, path)
