"""Where in which template an error arose, as a diagnostic."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.suggest import hint

_MEND = "mend the template"
_NAMES = "`builtin/PATH` is a template of the tool, `user/PATH` one below .scaffold/templates"


def failure(
    error: Exception, path: Path, folders: Iterable[Path | None], view: Mapping[str, object]
) -> Diagnostic:
    """The diagnostic for `error`, raised while the template at `path` was rendered with `view`.

    Jinja gives the frames of its tracebacks the templates' own files and lines; the innermost one that is below one
    of `folders` is the place.
    """
    if isinstance(error, TemplateSyntaxError):
        place = Location(shown(error.filename or path), error.lineno)
        return Diagnostic("template", f"cannot be read: {error.message}", _MEND, place)
    found = _frame(error, [os.path.join(folder, "") for folder in folders if folder is not None])
    place = Location(shown(found[0]), found[1]) if found else Location(shown(path))
    message, advice = _words(error, view, nested=found is not None)
    return Diagnostic("template", message, advice, place)


def _words(error: Exception, view: Mapping[str, object], *, nested: bool) -> tuple[str, str]:
    """What is wrong, and what to try; `nested` where the error arose inside a template."""
    match error:
        case TemplateNotFound() if nested:
            return f"names `{error.name}`, which is not there", _NAMES
        case TemplateNotFound():
            return "is not there", "reinstall the tool, or mend the path that names it"
        case UndefinedError():
            return f"failed: {error}", _known(str(error), view)
        case SecurityError():
            return f"failed: {error}", "a template only places what its view holds"
        case UnicodeDecodeError():
            return f"is, or includes, no UTF-8: {error.reason}", "save it as UTF-8"
    return f"failed: {type(error).__name__}: {error}", _MEND


def _frame(error: Exception, folders: list[str]) -> tuple[str, int] | None:
    found, trace = None, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(tuple(folders)):
            found = file, trace.tb_lineno
        trace = trace.tb_next
    return found


def _known(message: str, view: Mapping[str, object]) -> str:
    """What a template may use in place of a name that there is not."""
    name = re.fullmatch(r"'(\w+)' is undefined", message)
    return hint(name[1], view) if name and view else "a template may use only what its view holds"
