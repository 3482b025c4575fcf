"""Refuses paths before anything is written: out of the project, through a link, or two that are one file somewhere."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import WINDOWS_DEVICES, is_plain_relative, shown


def check_artifacts(paths: Sequence[str]) -> None:
    """Raises for paths that no project could hold, whatever is on the disk."""
    found = [*_unsafe(paths), *_collisions(paths), *_files_as_folders(paths)]
    if found:
        raise ScaffoldError(found)


def check_targets(root: Path, paths: Iterable[str]) -> None:
    """Raises where writing or deleting one of `paths` below `root` would touch something else, or cannot be done."""
    inside = os.path.realpath(root)
    listings: dict[Path, dict[str, set[str]]] = {}
    found: list[Diagnostic] = []
    for path in paths:
        found += _target(root, inside, path, listings)
    if found:
        raise ScaffoldError(found)


def _unsafe(paths: Sequence[str]) -> list[Diagnostic]:
    found = []
    for path in paths:
        stems = {part.split(".")[0].lower() for part in path.split("/")}
        if not is_plain_relative(path):
            found.append(Diagnostic("unsafe-path", f"`{path}` is not a path inside the project"))
        elif stems & WINDOWS_DEVICES:
            device = min(stems & WINDOWS_DEVICES)
            found.append(
                Diagnostic("unsafe-path", f"`{path}` cannot exist on Windows, where `{device}` is a device")
            )
    return found


def _collisions(paths: Sequence[str]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.get(_folded(path))
        if other is None:
            seen[_folded(path)] = path
            continue
        message = f"`{other}` and `{path}` are one file where letter case does not count"
        if other == path:
            message = f"`{path}` would be generated twice"
        found.append(Diagnostic("same-path", message, "rename one of the contracts or services"))
    return found


def _files_as_folders(paths: Sequence[str]) -> list[Diagnostic]:
    folders = {parent for path in paths for parent in _parents(path)}
    return [
        Diagnostic("same-path", f"`{path}` would be a file and a folder", "rename one of the contracts")
        for path in paths
        if path in folders
    ]


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _target(
    root: Path, inside: str, path: str, listings: dict[Path, dict[str, set[str]]]
) -> list[Diagnostic]:
    target = root / path
    place = Location(shown(target))
    real = os.path.realpath(target)
    if real != inside and not real.startswith(os.path.join(inside, "")):
        return [Diagnostic("unsafe-path", f"leads out of the project through a link, to {real}", "", place)]
    if target.is_dir():
        return [Diagnostic("not-a-file", "is a folder, and a file is generated there", "move it away", place)]
    folder = root
    for part in path.split("/"):
        alike = _entries(folder, listings).get(_folded(part), {part})
        if part not in alike:
            message = f"differs from `{min(alike)}`, which is there, in letter case only"
            return [Diagnostic("same-path", message, "rename the one that is there", place)]
        folder /= part
        if folder != target and folder.exists() and not folder.is_dir():
            return [
                Diagnostic(
                    "not-a-folder", "is a file, and a folder is needed there", "", Location(shown(folder))
                )
            ]
    return _unwritable(target)


def _entries(folder: Path, listings: dict[Path, dict[str, set[str]]]) -> dict[str, set[str]]:
    """The names in `folder` by how a disk sees them where letter case does not count."""
    if folder not in listings:
        names = listings.setdefault(folder, {})
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for name in os.listdir(folder):
                names.setdefault(_folded(name), set()).add(name)
    return listings[folder]


def _unwritable(target: Path) -> list[Diagnostic]:
    """A file that is read-only is so on purpose, even where a rename could replace it."""
    existing = target
    while not existing.exists():
        existing = existing.parent
    if target.exists() and not os.access(target, os.W_OK):
        return [Diagnostic("read-only", "is read-only", "make it writable", Location(shown(target)))]
    folder = existing if existing.is_dir() else existing.parent
    if not os.access(folder, os.W_OK):
        return [Diagnostic("read-only", "is a read-only folder", "make it writable", Location(shown(folder)))]
    return []
