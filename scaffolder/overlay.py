"""The user's own templates: files below `.scaffold/templates` in a project, which shadow those of the tool.

A file there is named as its built-in counterpart below `templates/python/service`, and what counts is the output: with
or without `.j2`, `X` and `X.j2` both stand for the output X, and whichever is there shadows whichever is built in. With
`.j2` it is a Jinja template (Python of it is formatted), without it is copied byte for byte. A file without
counterpart is one more generated file, with the owner that the first matching rule of the layout gives it. Only
`_include/` makes no output: what is in it is there to be included.

In a template, `builtin/PATH` names the tool's own file, `user/PATH` the user's, and PATH alone the user's if there
is one, else the tool's: `{% extends "builtin/Dockerfile.j2" %}`, `{% include "builtin/.gitignore" %}`.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import is_plain_relative, shown

FOLDER = ".scaffold/templates"
LAYOUT = "python/service"
"""The layout that they shadow, below the tool's templates."""

BUILTIN, USER = "builtin/", "user/"
PARTIALS = "_include/"

CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".git"})
"""Folders that tools leave beside templates."""

# What editors and file managers leave there, unasked.
_LITTER = ("*~", "*.sw[a-p]", ".#*", "#*#", "*.orig", "*.rej", ".DS_Store", "Thumbs.db", "desktop.ini")


def files(folder: Path) -> list[str]:
    """The names of all templates in `folder`, which is `FOLDER` of a project, sorted; none where it is not there.

    What editors leave is left out. Raises a `ScaffoldError` naming every link that leads out of the project and
    everything else that is no file to read.
    """
    if not os.path.lexists(folder):
        return []
    found: list[str] = []
    problems: list[Diagnostic] = []
    _Walk(os.path.realpath(folder.parent.parent), found, problems).folder(str(folder), "", ())
    if problems:
        raise ScaffoldError(problems)
    return sorted(found)


def digest_of_overlay(root: Path) -> str:
    """A hash of all templates in the project `root`, by name and content; "" where there are none."""
    folder = root / FOLDER
    names = files(folder)
    if not names:
        return ""
    from hashlib import sha256

    digest = sha256()
    for name in names:
        digest.update(b"%s\0%s" % (name.encode(), sha256(read(folder / name)).digest()))
    return digest.hexdigest()


def read(path: Path) -> bytes:
    """The content of a template; a `ScaffoldError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ScaffoldError([problem(path, f"cannot be read: {error.strerror}")]) from error


def problem(path: Path | str, message: str, hint: str = "") -> Diagnostic:
    """The diagnostic of a template as a whole."""
    return Diagnostic("template", message, hint, Location(shown(path)))


class _Walk:
    """Goes through the folder; `inside` is the real path of the project, which no link may lead out of."""

    def __init__(self, inside: str, found: list[str], problems: list[Diagnostic]) -> None:
        self.inside = inside
        self.found = found
        self.problems = problems

    def folder(self, path: str, prefix: str, above: tuple[str, ...]) -> None:
        """Everything in the folder `path`; `above` are the real paths of the folders that led here."""
        real = os.path.realpath(path)
        if not self._is_inside(path, real):
            return
        if real in above:
            self.problems.append(problem(path, "leads back to a folder that it is in", "remove the link"))
            return
        try:
            with os.scandir(path) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(problem(path, f"is no folder that can be read: {error.strerror}"))
            return
        for entry in listed:
            if entry.is_dir():
                if entry.name not in CACHES:
                    self.folder(entry.path, f"{prefix}{entry.name}/", (*above, real))
            elif not any(fnmatchcase(entry.name, pattern) for pattern in _LITTER):
                self._file(entry, prefix + entry.name)

    def _file(self, entry: os.DirEntry[str], name: str) -> None:
        if entry.is_symlink() and not self._is_inside(entry.path, os.path.realpath(entry.path)):
            return
        if not entry.is_file():
            self.problems.append(problem(entry.path, "is no file that can be read", "remove it"))
        elif (
            not is_plain_relative(name) or not name.isprintable()
        ):  # surrogates of bytes that are no UTF-8 included
            place = Location(shown(os.path.dirname(entry.path)))
            message = f"holds {entry.name!a}, a name that not every system can have"
            self.problems.append(Diagnostic("template", message, "rename it", place))
        else:
            self.found.append(name)

    def _is_inside(self, path: str, real: str) -> bool:
        inside = real == self.inside or real.startswith(os.path.join(self.inside, ""))
        if not inside:
            hint = "put a copy in its place"
            self.problems.append(problem(path, "leads out of the project through a link", hint))
        return inside
