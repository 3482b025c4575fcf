"""The next revision of a project: its models against the last one, in the run that changes the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.targets.python.migrations import owned, snapshot, words
from scaffolder.targets.python.migrations.diff import Plan, diff
from scaffolder.targets.python.migrations.history import History, history
from scaffolder.targets.python.migrations.revision import FOLDER, Revision, revision
from scaffolder.targets.python.migrations.rewriting import Lost
from scaffolder.targets.python.migrations.state import Renames, State
from scaffolder.workspace.baseline import base_path
from scaffolder.workspace.inputs import read_bytes

if TYPE_CHECKING:
    from scaffolder.project import Project
    from scaffolder.targets.python.storage.tables import Table
    from scaffolder.workspace.changeset import Change

Render = Callable[[Revision], Artifact]
DESTRUCTIVE, MAY_FAIL, YOURS, CODE = "destructive", "may-fail", "yours", "migrations"
BRANCHES = "branches"


@dataclass(frozen=True, slots=True)
class Migration:
    """`artifacts` are the revision and the snapshot, as far as there is something new in them."""

    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Models:
    """The models: as generated, as the run leaves them, and the paths of their modules.

    `removed` are columns, by table, that the tool had generated at the last run and the user took away.
    """

    generated: Mapping[str, owned.Model] = field(default_factory=dict)
    current: Mapping[str, owned.Model] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[tuple[str, str]] = frozenset()


def first(tables: Sequence[Table], render: Render) -> Migration:
    """The migration of a new project: everything is created."""
    plan = diff(State(), tables)
    return _written(plan, State(), History(), {}, render) if tables else Migration()


def following(
    root: Path, tables: Sequence[Table], renames: Renames, models: Models, render: Render
) -> Migration:
    """The migration of a run of a project that is there."""
    known, problems = read_history(root)
    text = _text(read_bytes(f"{root}/{snapshot.FILE}"))
    state, entries = State(), snapshot.Entries()
    if text is not None:
        try:
            state, entries = snapshot.parse(text)
        except snapshot.DamagedError as error:
            place = Location(shown(root / snapshot.FILE), error.line)
            hint = "take it from git; until then no revision is written"
            return Migration(warnings=(*problems, Diagnostic(CODE, str(error), hint, place, "warning")))
    elif not known.is_empty:
        return _taken_over(root, tables, known, problems, render)
    state, taken = owned.without(state, tables, models.removed)
    wanted, told = owned.respected(state.tables, tables, models.generated, models.current, renames)
    told = (*taken, *told)
    yours = tuple(_yours(root, told, models))
    plan = diff(state, wanted, renames, known.number)
    if any(problem.is_unread for problem in known.problems):
        if not plan.steps:
            return Migration(warnings=(*problems, *yours))
        hint = "mend the revision that cannot be read, and run again"
        waiting = Diagnostic(CODE, "no revision was written for what changed", hint, None, "warning")
        return Migration(warnings=(*problems, waiting, *yours))
    made = _written(plan, state, known, entries, render)
    lost = tuple(_lost(root, plan.lost, models))
    return Migration(made.artifacts, (*problems, *yours, *made.warnings, *lost))


def revisions_in(artifacts: Sequence[Artifact]) -> dict[str, bytes]:
    """The revisions among the files of a run."""
    return {item.path: item.content for item in artifacts if item.path.startswith(f"{FOLDER}/")}


def read_history(root: Path) -> tuple[History, tuple[Diagnostic, ...]]:
    """The revisions of a project, and what is wrong with their files."""
    files = {
        f"{FOLDER}/{path.name}": _text(read_bytes(str(path))) for path in sorted((root / FOLDER).glob("*.py"))
    }
    known = history(files)
    hint = "mend it, or remove it"
    problems = (
        Diagnostic(CODE, item.message, hint, Location(shown(root / item.path), item.line), "warning")
        for item in known.problems
    )
    return known, tuple(problems)


def _text(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _written(
    plan: Plan, before: State, known: History, entries: snapshot.Entries, render: Render
) -> Migration:
    content = snapshot.render(plan.state, entries, known.number).encode()
    kept = Artifact(snapshot.FILE, Ownership.MACHINE, content)
    if not plan.steps and len(known.heads) < 2:
        return Migration((kept,) if entries or plan.state.tables else ())
    made = revision(plan, before.tables, known.number, known.heads)
    return Migration((render(made), kept), (*_branches(known, made), *_risks(plan, made)))


def _taken_over(
    root: Path, tables: Sequence[Table], known: History, problems: tuple[Diagnostic, ...], render: Render
) -> Migration:
    """Revisions without a snapshot: whoever wrote them, they are taken for what makes today's tables."""
    state = State(tuple(tables))
    content = snapshot.render(state, snapshot.Entries(), f"{int(known.number) - 1:04}").encode()
    message = (
        "is made anew: the revisions that are there are taken for what makes the tables of today's models"
    )
    hint = "`alembic check` says whether they do, `alembic revision --autogenerate` writes what is missing"
    told = Diagnostic(CODE, message, hint, Location(shown(root / snapshot.FILE)), "warning")
    return Migration((Artifact(snapshot.FILE, Ownership.MACHINE, content),), (*problems, told))


def _branches(known: History, made: Revision) -> Iterator[Diagnostic]:
    """Several revisions that none followed: two branches wrote one each, and were merged."""
    if len(known.heads) < 2:
        return
    heads = " and ".join(sorted(known.places[head].rpartition("/")[2] for head in known.heads))
    message = f"this revision merges those of two branches, {heads}"
    hint = "read both: `alembic upgrade head` runs, one after the other, what a database lacks of them"
    if known.twice:
        message = f"{message}, which both make {', '.join(known.twice)}: the second fails"
        hint = "take it out of one of them, or that one away if it does nothing else, before you upgrade"
    yield Diagnostic(BRANCHES, message, hint, Location(made.path, 1), "warning")


def _risks(plan: Plan, made: Revision) -> Iterator[Diagnostic]:
    """What the revision leaves to be destroyed, and where it may fail."""
    place = Location(made.path, 1)
    for text in words.losses(plan.steps):
        hint = "`alembic -x destroy=yes upgrade head` drops it for good, when no running version needs it"
        yield Diagnostic(DESTRUCTIVE, text, hint, place, "warning")
    for text in words.doubts(plan.steps):
        hint = "look at the rows, or mend them in the revision before its check, which names them and changes nothing"
        yield Diagnostic(MAY_FAIL, f"the revision fails where {text}", hint, place, "warning")


def _yours(root: Path, told: Sequence[owned.Told], models: Models) -> Iterator[Diagnostic]:
    for item, path in owned.places(told, models.paths):
        place = Location(shown(root / path), item.line) if path else None
        message = f"{item.name} is yours, so no revision was written for what the contract changes in it"
        hint = "`alembic revision --autogenerate` compares your models with the database"
        yield Diagnostic(YOURS, message, hint, place, "warning")


def _lost(root: Path, lost: Sequence[Lost], models: Models) -> Iterator[Diagnostic]:
    """What goes from JSON, at the model's column: there may be no revision, for the rows are as they were."""
    for item in lost:
        path, model = models.paths.get(item.table, ""), models.current.get(item.table)
        line = model.columns.get(item.column, (model.line, ""))[0] if model else 0
        place = Location(shown(root / path), line) if path else None
        hint = "if it is needed, copy it in a revision of your own, or bring the field back"
        yield Diagnostic(DESTRUCTIVE, item.text, hint, place, "warning")


def read_models(project: Project, artifacts: Sequence[Artifact], changes: Sequence[Change]) -> Models:
    """The models below data/, as `artifacts` have them and as `changes` leave them."""
    root, folder = project.root, f"src/{project.package}/data/"
    generated: dict[str, owned.Model] = {}
    paths: dict[str, str] = {}
    for item in artifacts:
        if item.path.startswith(folder):
            found = owned.models(item.content.decode())
            generated |= found
            paths |= dict.fromkeys(found, item.path)
    after: dict[str, bytes | None] = {
        path.relative_to(root).as_posix(): read_bytes(str(path)) for path in (root / folder).rglob("*.py")
    }
    removed = {key for path, now in after.items() for key in _removed(root, path, now)}
    after |= {change.path: change.after for change in changes if change.path.startswith(folder)}
    current: dict[str, owned.Model] = {}
    for path, content in sorted(after.items()):
        found = owned.models(_text(content) or "")
        current |= found
        paths |= dict.fromkeys(found, path)
    return Models(generated, current, paths, frozenset(removed))


def _removed(root: Path, path: str, current: bytes | None) -> Iterator[tuple[str, str]]:
    """Columns of a module's baseline that the module has no more."""
    before = owned.models(_text(read_bytes(f"{root}/{base_path(path)}")) or "")
    now = owned.models(_text(current) or "")
    for table, model in before.items():
        if table in now:
            yield from ((table, column) for column in model.columns.keys() - now[table].columns.keys())
