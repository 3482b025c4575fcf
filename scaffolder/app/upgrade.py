"""`scaffold upgrade`: what this version of the tool, or of a cookiecutter template, makes, merged into the project.

The tool's own templates need nothing but a regeneration; a cookiecutter template is rendered again with the answers
that the project was made with, and its files merge like generated ones.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scaffolder.app.template import ANSWERS, TemplateRequest, lift, run_cookiecutter
from scaffolder.artifact import Artifact
from scaffolder.diagnostics import Location, fail
from scaffolder.paths import shown


def template_files(root: Path) -> Sequence[Artifact] | None:
    """The files of the cookiecutter template that the project came from, None where it came from none."""
    path = root / ANSWERS
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
        source, checkout, extra = answers["template"], answers["checkout"], answers["answers"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        message, hint = f"cannot be read: {error}", "take it from git"
        raise fail("template", message, hint, Location(shown(path))) from error
    here = root / source
    request = TemplateRequest(
        root.name, str(here) if here.exists() else source, checkout, extra, no_input=True
    )
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        return lift(run_cookiecutter(request, Path(folder)))
