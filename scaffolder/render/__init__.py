"""Planned files become text: Jinja, then one pass of ruff over all Python of the run. Reads templates, writes nothing.

Templates only place finished strings. A variable that is missing is an error, and an error in a template is a
diagnostic with the template's path and line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.artifact import Artifact, Planned
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import shown
from scaffolder.render.format import format_python

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIX = ".j2"


def render(planned: Iterable[Planned], templates: Path) -> list[Artifact]:
    """The artifacts of `planned`, in order; `templates` is the folder that the template names are relative to.

    Raises a `ScaffoldError` with every template that fails.
    """
    renderer = Renderer(templates)
    artifacts: list[Artifact] = []
    failures: list[Diagnostic] = []
    to_format: dict[int, str] = {}
    for item in planned:
        try:
            content = renderer.content(item)
        except ScaffoldError as error:
            failures += error.diagnostics
            continue
        if item.path.endswith(".py") and item.template.endswith(SUFFIX):
            to_format[len(artifacts)] = item.path
        artifacts.append(Artifact(item.path, item.ownership, content, item.executable))
    if failures:
        raise ScaffoldError(dict.fromkeys(failures))
    formatted = format_python({path: artifacts[index].content for index, path in to_format.items()})
    for index, path in to_format.items():
        artifacts[index] = replace(artifacts[index], content=formatted[path])
    return artifacts


class Renderer:
    """Renders single templates; Jinja is imported when the first one is."""

    def __init__(self, templates: Path) -> None:
        self.templates = templates
        self._environment: Environment | None = None

    def content(self, item: Planned) -> bytes:
        """The bytes of one planned file, not yet formatted."""
        if item.content is not None:
            return item.content
        if not item.template.endswith(SUFFIX):
            return self._verbatim(item.template)
        return self.text(item.template, item.view).encode()

    def text(self, template: str, view: Mapping[str, object]) -> str:
        """The text of one template; a `ScaffoldError` with code `template` if it fails, whatever the reason."""
        if self._environment is None:
            self._environment = _environment(self.templates)
        try:
            return self._environment.get_template(template).render(view)
        except Exception as error:
            raise ScaffoldError([_failure(error, template, self.templates)]) from error

    def _verbatim(self, template: str) -> bytes:
        try:
            return (self.templates / template).read_bytes()
        except OSError as error:
            place = Location(shown(self.templates / template))
            raise ScaffoldError(
                [Diagnostic("template", f"cannot be read: {error.strerror}", "", place)]
            ) from error


def _environment(templates: Path) -> Environment:
    import jinja2

    from scaffolder.render.template_cache import TemplateCache

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        bytecode_cache=TemplateCache.of_user(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
    )


def _failure(error: Exception, template: str, templates: Path) -> Diagnostic:
    """Where in which template `error` arose: Jinja gives the frames of its tracebacks the templates' own lines."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

    if isinstance(error, TemplateNotFound):
        place = Location(shown(templates / (error.name or template)))
        return Diagnostic(
            "template", "is not there", "reinstall the tool, or mend the path that names it", place
        )
    if isinstance(error, TemplateSyntaxError):
        place = Location(shown(error.filename or templates / template), error.lineno)
        return Diagnostic("template", f"cannot be read: {error.message}", "mend the template", place)
    path, line = templates / template, 0
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(os.path.join(templates, "")):
            path, line = Path(file), trace.tb_lineno
        trace = trace.tb_next
    what = str(error) if isinstance(error, UndefinedError) else f"{type(error).__name__}: {error}"
    hint = (
        "a template may use only what its view holds"
        if isinstance(error, UndefinedError)
        else "mend the template"
    )
    return Diagnostic("template", f"failed: {what}", hint, Location(shown(path), line))
