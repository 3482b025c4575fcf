"""Brings a project up to date with its contracts, or says what that would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.report import Report, edited_machine_files, edits
from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.project import Project
from scaffolder.workspace import inputs
from scaffolder.workspace import lock as locks
from scaffolder.workspace.changeset import Action, Change, compare
from scaffolder.workspace.lock import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from scaffolder.app.pipeline import Scope


def generate(
    root: Path,
    *,
    scope: Scope = "server",
    paths: Sequence[str] = (),
    handlers: str = "",
    dry_run: bool = False,
) -> Report:
    """Generates everything of `scope`; `paths` names contracts that scaffold.yaml may not list yet.

    All or nothing: raises a `ScaffoldError`, and has written nothing, if a file that the user edited would change.
    """
    report, lock = _prepare(root, scope, paths, handlers)
    if report.refused:
        raise ScaffoldError(report.refused)
    if lock is not None and not dry_run:
        from scaffolder.workspace import transaction

        transaction.apply(root, report.different, locks.render(lock))
    return replace(report, dry_run=dry_run)


def preview(root: Path) -> Report:
    """What `generate` would do, files that it would refuse to overwrite included."""
    report, _ = _prepare(root, "server", (), "")
    return replace(report, dry_run=True)


def _prepare(root: Path, scope: Scope, paths: Sequence[str], handlers: str) -> tuple[Report, Lock | None]:
    """The whole run but for the writing; no lock where nothing can have changed."""
    lock, warnings = locks.read(root)
    project, config = None, None
    if paths or handlers:
        project, config = _configured(root, paths, handlers)
    if config is None and inputs.unchanged(lock, root, scope):
        edited = inputs.edited_machine_files(lock, root)
        if edited is not None:
            return Report(root, warnings=warnings + edited_machine_files(root, edited)), None
    if project is None:
        project, config = _configured(root, paths, handlers)
    return _compared(project, config, lock, warnings, scope)


def _compared(
    project: Project, config: Change | None, lock: Lock, warnings: tuple[Diagnostic, ...], scope: Scope
) -> tuple[Report, Lock]:
    from scaffolder.app import pipeline
    from scaffolder.app.contracts import load

    root = project.root
    contract = load(project, config.after if config else None)
    output = pipeline.generate(contract, project, scope)
    changeset = compare(root, output.artifacts, lock, expected=output.expected)
    content = (config.after if config else None) or (root / projects.FILE).read_bytes()
    sources = pipeline.sources(contract, project.roots)
    changes = (*([config] if config else []), *changeset.changes)
    doubts = warnings + contract.warnings + edits(root, changes)
    report = Report(root, changes, doubts, changeset.refusals(root))
    return report, Lock(changeset.files, inputs.record(content, project.proto_paths, sources, scope))


def _configured(root: Path, paths: Sequence[str], handlers: str) -> tuple[Project, Change | None]:
    """The project with what the command line adds to it, and the change to scaffold.yaml that this makes."""
    before = (root / projects.FILE).read_bytes()
    project = projects.read(root)
    text = before.decode("utf-8")
    if paths:
        from scaffolder.app.contracts import add_contracts

        text = add_contracts(text, project, paths)
    if handlers:
        text = _with_handlers(text, project, handlers)
    if text.encode() != before:
        project = projects.parse(text, root)
    if not project.contracts:
        hint = "make one with `scaffold proto add api/order/v1/order.proto`, or name one: scaffold proto server PATH"
        raise fail("no-contracts", "lists no contracts", hint, Location(shown(root / projects.FILE)))
    if text.encode() == before:
        return project, None
    return project, Change(projects.FILE, Action.UPDATE, Ownership.YOURS, before, text.encode())


def _with_handlers(text: str, project: Project, handlers: str) -> str:
    from scaffolder.project.yaml_splice import set_scalar

    folder = handlers.replace("\\", "/").removeprefix("./").rstrip("/")
    problem = projects.handlers_problem(folder, project.package)
    if problem:
        raise fail("handlers", problem, f"-t src/{project.package}/service")
    return text if folder == project.handlers_dir else set_scalar(text, "handlers", folder)
