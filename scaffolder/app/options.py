"""What a command line asks of a regeneration, and what that means for this project."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import is_below
from scaffolder.suggest import nearest
from scaffolder.workspace.changeset import Wishes

if TYPE_CHECKING:
    from scaffolder.app.pipeline import Scope

KEEP, MARKERS = "keep", "markers"


@dataclass(frozen=True, slots=True)
class Options:
    """`rename` are ``OLD=NEW`` by contract names; `restore` are paths, or ``PATH::DEFINITION``; `conflict` is `keep` or
    `markers`.
    """

    prune: bool = False
    restore: Sequence[str] = ()
    rename: Sequence[str] = ()
    conflict: str = KEEP

    @property
    def any(self) -> bool:
        """Whether anything is asked for that a project which is up to date may still need."""
        return bool(self.prune or self.restore or self.rename or self.conflict != KEEP)


@dataclass(frozen=True, slots=True)
class Request:
    """One regeneration; `paths` names contracts that scaffold.yaml may not list yet, `handlers` moves their folder,
    `upgrade` also renders the cookiecutter template again that the project came from.
    """

    root: Path
    scope: Scope = "server"
    paths: Sequence[str] = ()
    handlers: str = ""
    options: Options = Options()
    upgrade: bool = False


def wishes(options: Options, root: Path, generated: Collection[str], moves: Mapping[str, str]) -> Wishes:
    """The options in terms of this project's files; raises for a path that is not generated, or an unknown word."""
    if options.conflict not in (KEEP, MARKERS):
        raise fail("usage", f"--conflict {options.conflict}: there is no such way", f"{KEEP} or {MARKERS}")
    restore: dict[str, frozenset[str]] = {}
    problems: list[Diagnostic] = []
    for item in options.restore:
        given, _, name = item.partition("::")
        path = _relative(given, root)
        if path not in generated and not any(other.startswith(f"{path}/") for other in generated):
            problems.append(_unknown(given, path, generated))
            continue
        restore[path] = restore.get(path, frozenset()) | ({name} if name else frozenset())
    if problems:
        raise ScaffoldError(problems)
    return Wishes(restore, options.prune, moves, options.conflict == MARKERS)


def _relative(given: str, root: Path) -> str:
    """A path as the user gave it, from here or from the project, relative to the project."""
    plain = given.replace("\\", "/").rstrip("/")
    here = Path(os.path.abspath(plain))
    if is_below(here, root) and (os.path.isabs(plain) or Path.cwd() != root):
        return here.relative_to(root).as_posix()
    return os.path.normpath(plain).replace(os.sep, "/")


def _unknown(given: str, path: str, generated: Collection[str]) -> Diagnostic:
    match = nearest(path, generated)
    hint = f"did you mean `{match}`?" if match else "`scaffold generate -v` lists every generated file"
    return Diagnostic("restore", "nothing of this name is generated", hint, Location(given))
