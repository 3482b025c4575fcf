"""Planned files become text: Jinja, then one pass of ruff over all Python of the run. Reads templates, writes nothing.

Templates only place finished strings. A variable that is missing is an error, and an error in a template is a
diagnostic with the template's path and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder import overlay as overlays
from scaffolder.artifact import Artifact, Planned
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.paths import shown
from scaffolder.render.format import format_python

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIX = ".j2"


def render(planned: Iterable[Planned], templates: Path, overlay: Path | None = None) -> list[Artifact]:
    """The artifacts of `planned`, in order; `templates` is the folder that the template names are relative to.

    `overlay` is the folder of the user's templates, which names that begin with `user/` are relative to. Raises a
    `ScaffoldError` with every template that fails.
    """
    renderer = Renderer(templates, overlay)
    artifacts: list[Artifact] = []
    failures: list[Diagnostic] = []
    to_format: dict[int, Planned] = {}
    for item in planned:
        try:
            content = renderer.content(item)
        except ScaffoldError as error:
            failures += error.diagnostics
            continue
        if item.path.endswith(".py") and item.template.endswith(SUFFIX):
            to_format[len(artifacts)] = item
        artifacts.append(Artifact(item.path, item.ownership, content, item.executable))
    if failures:
        raise ScaffoldError(dict.fromkeys(failures))
    formatted = _formatted(
        {item.path: artifacts[index].content for index, item in to_format.items()},
        renderer,
        to_format.values(),
    )
    for index, item in to_format.items():
        artifacts[index] = replace(artifacts[index], content=formatted[item.path])
    return artifacts


class Renderer:
    """Renders single templates; Jinja is imported when the first one is."""

    def __init__(self, templates: Path, overlay: Path | None = None) -> None:
        self.templates = templates
        self.overlay = overlay
        self._environment: Environment | None = None

    def content(self, item: Planned) -> bytes:
        """The bytes of one planned file, not yet formatted."""
        if item.content is not None:
            return item.content
        if not item.template.endswith(SUFFIX):
            return overlays.read(self.path(item.template))
        return self.text(item.template, item.view).encode()

    def text(self, template: str, view: Mapping[str, object]) -> str:
        """The text of one template; a `ScaffoldError` with code `template` if it fails, whatever the reason."""
        try:
            return self._jinja().get_template(template).render(view)
        except ScaffoldError:
            raise
        except Exception as error:
            from scaffolder.render.failure import failure

            folders = (self.templates, self.overlay)
            raise ScaffoldError([failure(error, self.path(template), folders, view)]) from error

    def path(self, template: str) -> Path:
        """The file that `Planned.template` names."""
        if self.overlay is not None and template.startswith(overlays.USER):
            return self.overlay / template.removeprefix(overlays.USER)
        return self.templates / template

    def _jinja(self) -> Environment:
        if self._environment is None:
            from scaffolder.render import environment

            own = frozenset(overlays.files(self.overlay)) if self.overlay else frozenset[str]()
            self._environment = environment.make(environment.Loader(self.templates, self.overlay, own))
        return self._environment


def _formatted(
    files: Mapping[str, bytes], renderer: Renderer, planned: Iterable[Planned]
) -> dict[str, bytes]:
    """The files, formatted. One that is no Python is the fault of its template; whose that is, the hint tells."""
    try:
        return format_python(files)
    except ScaffoldError as error:
        own = {
            item.path: shown(renderer.path(item.template))
            for item in planned
            if item.template.startswith(overlays.USER)
        }
        found = [
            replace(each, hint=f"mend your template {own[each.location.path]}")
            if each.location and each.location.path in own
            else each
            for each in error.diagnostics
        ]
        raise ScaffoldError(found) from error
