"""Contracts that a command line names, as scaffold.yaml lists them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder import project as projects
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import is_below, shown
from scaffolder.project import Project
from scaffolder.suggest import nearest

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract


def add_contracts(text: str, project: Project, paths: Sequence[str]) -> str:
    """scaffold.yaml's `text` with those of `paths` that it does not list yet.

    A path names a file or a folder on the disk, or a contract as an import names it.
    """
    for name in named(paths, project):
        text = append_contract(text, project, name)
    return text


def named(paths: Sequence[str], project: Project) -> list[str]:
    """The import names of the contracts that `paths` stand for, each once; every path that stands for none is told."""
    names: list[str] = []
    problems: list[Diagnostic] = []
    for path in paths:
        try:
            names += _import_names(path, project)
        except ScaffoldError as error:
            problems += error.diagnostics
    if problems:
        raise ScaffoldError(problems)
    return list(dict.fromkeys(names))


def _import_names(path: str, project: Project) -> list[str]:
    """The import names of the contracts that `path` stands for."""
    absolute = Path(os.path.abspath(path))
    if absolute.is_file():
        return [_relative(absolute, path, project)]
    if absolute.is_dir():
        found = [_relative(file, str(file), project) for file in sorted(_contracts_below(absolute))]
        if not found:
            raise fail(
                "no-contracts", "holds no .proto file", "name another folder", Location(shown(absolute))
            )
        return found
    if any((root / path).is_file() for root in project.roots):
        return [path.replace("\\", "/")]
    match = nearest(
        path,
        [*project.contracts, *(f"{root}/{c}" for root in project.proto_paths for c in project.contracts)],
    )
    hint = f"did you mean `{match}`?" if match else f"write it with `scaffold proto add {path}`"
    raise fail("contract-not-found", "there is no such contract", hint, Location(shown(path)))


def _relative(file: Path, path: str, project: Project) -> str:
    place = Location(shown(file))
    if file.suffix != ".proto":
        raise fail("not-a-contract", "a contract's name ends in .proto", "name a .proto file", place)
    for root in project.roots:
        folder = Path(os.path.normpath(root))
        if is_below(file, folder):
            return file.relative_to(folder).as_posix()
    folders = ", ".join(project.proto_paths)
    hint = f"move it below one of them, or add its folder to proto_paths in {projects.FILE}"
    raise fail("contract-outside", f"is in none of the project's proto paths ({folders})", hint, place)


def _contracts_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.proto") if path.is_file())


def load(project: Project, config: bytes | None = None) -> Contract:
    """The contract of a project; `config` is its scaffold.yaml where that is not the one on the disk.

    What cannot be found is reported where scaffold.yaml names it.
    """
    from scaffolder.app import pipeline

    refuse_missing(project, config)
    with in_terms_of_projects():
        return pipeline.load(project.contracts, project.roots)


def refuse_missing(project: Project, config: bytes | None = None) -> None:
    """Raises for every contract and folder that scaffold.yaml names and that does not exist, at its place there."""
    missing = [("contracts", name) for name in project.contracts if not _exists(name, project)]
    if not missing:
        missing = [
            ("proto_paths", path) for path in project.proto_paths if not (project.root / path).is_dir()
        ]
    if missing:
        text = (config or (project.root / projects.FILE).read_bytes()).decode()
        raise ScaffoldError([_missing(key, item, text, project) for key, item in missing])


@contextmanager
def in_terms_of_projects() -> Iterator[None]:
    """Rewords the errors of the stages for somebody who has a scaffold.yaml instead of flags."""
    try:
        yield
    except ScaffoldError as error:
        raise ScaffoldError([_in_terms_of_projects(item) for item in error.diagnostics]) from error


def _exists(name: str, project: Project) -> bool:
    if any((root / name).is_file() for root in project.roots):
        return True
    from scaffolder.contract.wellknown import packaged_source

    return packaged_source(name) is not None


def _missing(key: str, item: str, text: str, project: Project) -> Diagnostic:
    from scaffolder.project.reader import place_of

    place = place_of(text, shown(project.root / projects.FILE), key, item)
    if key == "proto_paths":
        return Diagnostic(
            "contract-not-found", f"there is no folder `{item}`", "make it, or take the line out", place
        )
    folders = ", ".join(project.proto_paths)
    hint = f"write it with `scaffold proto add {project.proto_paths[0]}/{item}`, or take the line out"
    return Diagnostic(
        "contract-not-found", f"`{item}` is in none of the proto paths ({folders})", hint, place
    )


def _in_terms_of_projects(diagnostic: Diagnostic) -> Diagnostic:
    """A project keeps its search path in scaffold.yaml, so a hint must not speak of a flag."""
    return replace(diagnostic, hint=diagnostic.hint.replace("with -I", f"to proto_paths in {projects.FILE}"))


def append_contract(text: str, project: Project, name: str) -> str:
    """scaffold.yaml's `text` with `name` among its contracts.

    The result is parsed again, so that whatever shape the file had, it says what it should.
    """
    from scaffolder.project.yaml_splice import append_to_sequence

    before = projects.parse(text, project.root).contracts
    if name in before:
        return text
    added = append_to_sequence(text, "contracts", name)
    if projects.parse(added, project.root).contracts != (*before, name):
        place = Location(shown(project.root / projects.FILE))
        raise fail(
            "config", f"`{name}` cannot be added to `contracts` here", "add it by hand and run again", place
        )
    return added
