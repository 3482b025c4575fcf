"""`scaffold new --template`: a skeleton that cookiecutter renders, lifted into the same changeset as our own.

cookiecutter works in a temporary folder, so that whatever it or a hook does, the target is written at once or not
at all. If the result holds a scaffold.yaml, its contracts are generated into it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app import migrations, nouns
from scaffolder.app.assembly import Assembly, assemble, bases_of, entries_of, lock_artifact, place
from scaffolder.app.report import Report
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.project.names import validate_project_name
from scaffolder.workspace import inputs, placement, safety
from scaffolder.workspace import lock as locks

SKIPPED = frozenset([".git"])
ANSWERS = f"{locks.FOLDER}/template.json"


@dataclass(frozen=True, slots=True)
class TemplateRequest:
    """What `scaffold new --template` was asked for.

    `source` is a folder, a git or hg URL, a zip file or URL, or an abbreviation of the user's cookiecutter
    configuration; `extra` answers the template's questions; `replay` takes the last answers again.
    """

    name: str
    source: str
    checkout: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    replay: bool = False
    no_input: bool = False
    output: Path = Path()

    @property
    def target(self) -> Path:
        return Path.cwd() / self.output / self.name


def new_from_template(request: TemplateRequest, *, dry_run: bool = False) -> Report:
    """Makes the project, or raises a `ScaffoldError` and leaves nothing behind."""
    validate_project_name(request.name)
    placement.check_free(request.target)
    if request.replay and (request.extra or request.no_input):
        hint = "leave out --no-input and --extra: a replay answers every question already"
        raise fail("template-options", "--replay cannot be combined with other answers", hint)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        rendered = run_cookiecutter(request, Path(folder))
        lifted = [*lift(rendered), _answers(request, folder)]
        generated, recorded, output = _generated(rendered, request, lifted)
    files = [*(_settled(item, output) for item in lifted), *generated]
    safety.check_artifacts([item.path for item in files])
    entries = entries_of(lifted, origin=locks.TEMPLATE) | entries_of(generated)
    bases = bases_of([*lifted, *generated])
    files.append(lock_artifact(entries, recorded, output))
    return place(request.target, files, bases, dry_run=dry_run)


def run_cookiecutter(request: TemplateRequest, folder: Path) -> Path:
    """cookiecutter's output folder; its own errors become diagnostics."""
    from cookiecutter.exceptions import CookiecutterException
    from cookiecutter.main import cookiecutter
    from jinja2 import TemplateError

    extra = None if request.replay else {"project_name": request.name, **request.extra}
    try:
        rendered = cookiecutter(
            request.source,
            checkout=request.checkout or None,
            no_input=request.no_input,
            extra_context=extra,
            replay=request.replay,
            output_dir=str(folder),
        )
    except (CookiecutterException, TemplateError) as error:
        raise fail("template", _message(error), _hint(error), Location(request.source)) from error
    except EOFError as error:
        raise fail(
            "no-answer", "the template asks a question and the input has ended", "--no-input"
        ) from error
    except (OSError, ValueError) as error:
        raise fail("template", str(error), "", Location(request.source)) from error
    return Path(rendered)


def _message(error: Exception) -> str:
    """cookiecutter's text in one line, without what the user never named: its folders, the whole context."""
    name = type(error).__name__
    if name == "RepositoryNotFound":
        return "there is no cookiecutter template here"
    if name == "UndefinedVariableInTemplate":
        cause = getattr(error, "error", None)
        return f"{getattr(error, 'message', name)}: {getattr(cause, 'message', cause)}"
    text = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
    place = getattr(error, "filename", None) or getattr(error, "name", None)
    line = f"{place}:{getattr(error, 'lineno', 0)}: " if place else ""
    return f"{line}{text or name}"


def _hint(error: Exception) -> str:
    hints = {
        "RepositoryNotFound": "a folder or repository with a cookiecutter.json, or a zip of one",
        "RepositoryCloneFailed": "check the address, your access to it, and --checkout",
        "FailedHookException": "the template's own hook refused; its message is above",
        "UndefinedVariableInTemplate": "the template uses a variable that its cookiecutter.json lacks",
    }
    return hints.get(type(error).__name__, "")


def lift(folder: Path) -> list[Artifact]:
    """Every file below `folder`, theirs to edit. A link to a file inside becomes that file."""
    found = []
    inside = os.path.realpath(folder)
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if not os.path.realpath(path).startswith(os.path.join(inside, "")) or not path.is_file():
                message = "the template makes a link that leads out of the project, or is no plain file"
                raise fail("unsafe-path", message, "mend the template", Location(relative))
            executable = os.access(path, os.X_OK) and os.name != "nt"
            found.append(Artifact(relative, Ownership.MERGED, path.read_bytes(), executable))
    return found


def _generated(
    rendered: Path, request: TemplateRequest, lifted: Sequence[Artifact]
) -> tuple[list[Artifact], dict[str, str], Assembly | None]:
    """What the contracts of the template's scaffold.yaml generate besides its own files, from what, and all of it."""
    own = {item.path: item.content for item in lifted}
    if projects.FILE not in own:
        return [], {}, None
    try:
        project = projects.read(rendered)
        if not project.contracts:
            return [], {}, None
        output = assemble(replace(project, root=request.target), project.roots)
    except ScaffoldError as error:
        raise ScaffoldError([_relocated(item, rendered) for item in error.diagnostics]) from error
    # A file that the template brings is the template's, but what belongs to the machine cannot be brought.
    wanted = [
        item for item in output.generated if item.path not in own or item.ownership is Ownership.MACHINE
    ]
    config = next(_settled(item, output) for item in lifted if item.path == projects.FILE)
    recorded = inputs.record(
        config.content,
        project.proto_paths,
        output.sources,
        "server",
        revisions=migrations.revisions_in(output.generated),
    )
    return wanted, recorded, output


def _settled(item: Artifact, output: Assembly | None) -> Artifact:
    """scaffold.yaml with the nouns that its contracts made necessary, any other file as it is."""
    if item.path != projects.FILE or output is None:
        return item
    return replace(item, content=nouns.recorded(item.content.decode(), output.project).encode())


def _answers(request: TemplateRequest, folder: str) -> Artifact:
    """The template and what it was answered, for a later upgrade.

    cookiecutter keeps the answers of each run for `--replay`; ours are those with our folder in them.
    """
    from cookiecutter.config import get_user_config

    answers: dict[str, object] = {}
    for path in Path(get_user_config()["replay_dir"]).glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            context = json.loads(path.read_text(encoding="utf-8"))["cookiecutter"]
            if context["_output_dir"] == os.path.abspath(folder):
                answers = {name: value for name, value in context.items() if not name.startswith("_")}
    content = {"template": _source(request), "checkout": request.checkout, "answers": answers}
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return Artifact(ANSWERS, Ownership.MACHINE, text.encode())


def _source(request: TemplateRequest) -> str:
    """Where the template is, seen from the project if it was given as seen from the working directory."""
    if os.path.isabs(request.source) or not Path(request.source).exists():
        return request.source
    with contextlib.suppress(ValueError):  # on Windows: another drive
        return Path(os.path.relpath(request.source, request.target)).as_posix()
    return os.path.abspath(request.source)


def _relocated(diagnostic: Diagnostic, folder: Path) -> Diagnostic:
    """The same, its place given as a path in the template's output."""
    if diagnostic.location is None:
        return diagnostic
    path = diagnostic.location.path.removeprefix(f"{shown(folder)}/")
    return replace(diagnostic, location=replace(diagnostic.location, path=path))
