"""`scaffold proto add`: a contract with the standard methods of a resource."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.contracts import append_contract
from scaffolder.app.report import Report
from scaffolder.app.resource import file_name, render_contract
from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import is_below, shown
from scaffolder.workspace import transaction
from scaffolder.workspace.changeset import Action, Change


def add(path: str, *, dry_run: bool = False) -> Report:
    """Writes the contract `path`, and lists it in scaffold.yaml if it is inside a project.

    `path` is relative to the working directory. An existing file is refused and left alone.
    """
    file = Path(os.path.abspath(path))
    place = Location(shown(file))
    if file.suffix != ".proto":
        raise fail(
            "not-a-contract", "a contract's name ends in .proto", f"{Path(path).with_suffix('.proto')}", place
        )
    if file.exists():
        raise fail("target-exists", "is there already and was not touched", "choose another name", place)
    try:
        root = projects.find(file.parent)
    except ScaffoldError:
        report = _alone(file)
    else:
        report = _in_project(file, root)
    if not dry_run:
        transaction.apply(report.root, report.different, None)
    return replace(report, dry_run=dry_run, warnings=_doubts(file))


def _doubts(file: Path) -> tuple[Diagnostic, ...]:
    """A warning about a file name that linters do not accept; no comment in the file could tell them otherwise."""
    usual = file_name(file.name)
    if usual == file.name:
        return ()
    message = f"`scaffold lint` wants the names of files in lower_snake_case: {usual}"
    hint = "rename it now, before something imports it"
    return (Diagnostic("contract-name", message, hint, Location(shown(file)), "warning"),)


def _in_project(file: Path, root: Path) -> Report:
    project = projects.read(root)
    for folder in project.roots:
        if is_below(file, Path(os.path.normpath(folder))):
            name = file.relative_to(os.path.normpath(folder)).as_posix()
            break
    else:
        hint = f"scaffold proto add {project.proto_paths[0]}/order/v1/order.proto"
        message = f"is in none of the project's proto paths ({', '.join(project.proto_paths)})"
        raise fail("contract-outside", message, hint, Location(shown(file)))
    before = (root / projects.FILE).read_bytes()
    after = append_contract(before.decode(), project, name).encode()
    action = Action.KEEP if after == before else Action.UPDATE
    config = Change(projects.FILE, action, Ownership.YOURS, before, after)
    return Report(root, (_created(file, root, name), config))


def _alone(file: Path) -> Report:
    """Outside a project the working directory is the root; a leading `api/` is a folder and no package."""
    root = Path.cwd() if is_below(file, Path.cwd()) else file.parent
    name = file.relative_to(root).as_posix().removeprefix("api/")
    return Report(root, (_created(file, root, name),))


def _created(file: Path, root: Path, name: str) -> Change:
    path = file.relative_to(root).as_posix()
    return Change(path, Action.CREATE, Ownership.YOURS, after=render_contract(name))
