"""Jinja as the templates see it: where their names lead, and what they are told when a name leads nowhere.

Imported when the first template is rendered. With the user's templates, all run in Jinja's sandbox: they come with a
project, and to generate a project that one has cloned is not to run its code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from jinja2.loaders import split_template_path
from jinja2.sandbox import SandboxedEnvironment

from scaffolder import overlay as overlays
from scaffolder.render.template_cache import TemplateCache

SUFFIX = ".j2"


class Undefined(jinja2.StrictUndefined):
    """Raises when it is used, and says what there is in its place."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        known = self._undefined_obj
        if not isinstance(known, dict) or self._undefined_hint:
            return super()._undefined_message
        return f"there is no `{self._undefined_name}` here, only {', '.join(map(str, known)) or 'nothing'}"


class Loader(jinja2.BaseLoader):
    """The tool's templates, and the user's over them; `scaffolder.overlay` says which name leads where."""

    def __init__(self, templates: Path, overlay: Path | None, own: frozenset[str]) -> None:
        self.templates = templates
        self.overlay = overlay
        self.own = own

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The source, the path that errors name, and that it does not change in this process."""
        path = self.find(template)
        if path is None:
            raise jinja2.TemplateNotFound(template)
        source = path.read_text(encoding="utf-8")
        if path.suffix != SUFFIX:
            source = "{% raw %}" + source + "{%+ endraw %}"
        return source, str(path), lambda: True

    def find(self, template: str) -> Path | None:
        """The file that a name stands for, None where there is none or the name leads out of the folders."""
        try:
            name = "/".join(split_template_path(template))
        except jinja2.TemplateNotFound:
            return None
        layout = self.templates / overlays.LAYOUT
        if self.overlay is None:
            return _file(self.templates / name)
        if name.startswith(overlays.BUILTIN):
            return _file(layout / name.removeprefix(overlays.BUILTIN))
        own = name.removeprefix(overlays.USER).removeprefix(f"{overlays.LAYOUT}/")
        if own in self.own:
            return self.overlay / own
        return (
            None if name.startswith(overlays.USER) else _file(self.templates / name) or _file(layout / name)
        )


class _KeysFirst(jinja2.Environment):
    """`a.b` is the key of a view, and only where there is none an attribute. Jinja asks the other way round, which
    costs an exception for each of the hundred thousands of keys that a large project looks up.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class _Sandboxed(_KeysFirst, SandboxedEnvironment):
    """The same, for templates of a stranger: what a view holds is theirs to read, its attributes are not."""


def make(loader: Loader) -> jinja2.Environment:
    """The environment of one run."""
    sandboxed = bool(loader.own)
    return (_Sandboxed if sandboxed else _KeysFirst)(
        loader=loader,
        undefined=Undefined,
        bytecode_cache=TemplateCache.of_user(sandboxed=sandboxed),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
    )


def _file(path: Path) -> Path | None:
    return path if os.path.isfile(path) else None
