"""The project with what the command line adds to its scaffold.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolder import project as projects
from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Location, fail
from scaffolder.paths import shown
from scaffolder.project import Project
from scaffolder.workspace.changeset import Action, Change


@dataclass(frozen=True, slots=True)
class Settings:
    """`before` and `after` are the bytes of scaffold.yaml; `was` is the project before the command line changed it."""

    project: Project
    was: Project
    before: bytes
    after: bytes

    @property
    def change(self) -> Change | None:
        """The change to scaffold.yaml, if there is one."""
        if self.before == self.after:
            return None
        return Change(projects.FILE, Action.UPDATE, Ownership.YOURS, self.before, self.after)

    def moved_handlers(self, generated: Sequence[str]) -> Mapping[str, str]:
        """New paths of handlers with their old ones, where their folder is another now."""
        old, new = self.was.handlers_dir, self.project.handlers_dir
        if old == new:
            return {}
        return {
            path: f"{old}/{path.removeprefix(f'{new}/')}" for path in generated if path.startswith(f"{new}/")
        }


def configured(root: Path, paths: Sequence[str], handlers: str) -> Settings:
    """Reads scaffold.yaml and adds contracts and the handlers' folder; raises if no contract is left to generate."""
    before = (root / projects.FILE).read_bytes()
    was = project = projects.read(root)
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
    return Settings(project, was, before, text.encode())


def _with_handlers(text: str, project: Project, handlers: str) -> str:
    from scaffolder.project.yaml_splice import set_scalar

    folder = handlers.replace("\\", "/").removeprefix("./").rstrip("/")
    problem = projects.handlers_problem(folder, project.package)
    if problem:
        raise fail("handlers", problem, f"-t src/{project.package}/service")
    return text if folder == project.handlers_dir else set_scalar(text, "handlers", folder)
