"""What services are called in files: settled once, recorded in scaffold.yaml, followed where somebody changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffolder import project as projects
from scaffolder.app.settings import Settings
from scaffolder.diagnostics import Diagnostic, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.project import FILE, NAMES_COMMENT, Project
from scaffolder.suggest import nearest
from scaffolder.targets.python import nouns
from scaffolder.targets.python.names import noun
from scaffolder.targets.python.renames.spec import Rename, forward
from scaffolder.workspace.lock import Lock

if TYPE_CHECKING:
    from scaffolder.contract.model import Contract

KEY = "names"


def named(project: Project, contract: Contract) -> Project:
    """A new project with a noun for every service that cannot have its own."""
    text = projects.render(project)
    problems = list(_problems(project, contract, {}, text))
    if problems:
        raise ScaffoldError(problems)
    more = nouns.settle(contract, project.contracts, project.names, {})
    return replace(project, names={**project.names, **more})


def settled(
    settings: Settings, contract: Contract, lock: Lock, renames: Sequence[Rename] = ()
) -> tuple[Settings, tuple[Diagnostic, ...]]:
    """The settings with a noun for every service that cannot have its own, and a warning for each line in vain.

    What was chosen is in scaffold.yaml's new text. Raises a `ScaffoldError` with every noun there that cannot be.
    """
    project, text = settings.project, settings.after.decode()
    known = {forward(name, renames): word for name, word in last(lock).items()}
    text = _renamed(text, project, contract, renames)
    project = projects.parse(text, project.root) if text.encode() != settings.after else project
    problems = list(_problems(project, contract, known, text))
    if problems:
        raise ScaffoldError(problems)
    more = nouns.settle(contract, project.contracts, project.names, known)
    text = _recorded(text, project, more)
    project = replace(project, names={**project.names, **more})
    return replace(settings, project=project, after=text.encode()), tuple(_idle(project, contract, text))


def recorded(text: str, project: Project) -> str:
    """A scaffold.yaml with the nouns of a project that it does not have yet."""
    was = projects.parse(text, project.root)
    more = {name: word for name, word in project.names.items() if was.names.get(name) != word}
    return _recorded(text, was, more)


def last(lock: Lock) -> Mapping[str, str]:
    """The nouns of the last run, by the services' full names; every one is its own in the lock of an older version."""
    services = {rpc.rpartition(".")[0] for rpc in lock.rpcs}
    return lock.nouns or {name: noun(name.rpartition(".")[2]) for name in sorted(services)}


def of(project: Project, contract: Contract) -> dict[str, str]:
    """Every service's noun, by its full name."""
    return {s.full_name: project.names.get(s.full_name) or noun(s.name) for s in contract.services}


def before(settings: Settings, contract: Contract, lock: Lock) -> dict[str, str]:
    """The nouns of the last run, by the full names of then.

    A line of scaffold.yaml that no service has any more tells of one that was renamed before the last run.
    """
    services = {service.full_name for service in contract.services}
    gone = {name: word for name, word in settings.was.names.items() if name not in services}
    return {**gone, **last(lock)}


def changed(project: Project, contract: Contract, lock: Lock) -> bool:
    """Whether a service that was there at the last run is called otherwise now."""
    known = last(lock)
    return any(known.get(name, word) != word for name, word in of(project, contract).items())


def _renamed(text: str, project: Project, contract: Contract, renames: Sequence[Rename]) -> str:
    """scaffold.yaml with the new names of services; a noun that only told the old name apart is chosen again."""
    from scaffolder.project.yaml_splice import remove_entry, rename_entry

    services = {service.full_name for service in contract.services}
    for name, word in project.names.items():
        new = forward(name, renames)
        if name in services or new not in services:
            continue
        if word in nouns.derived(name) or new in project.names:
            text = remove_entry(text, KEY, name)
        else:
            text = rename_entry(text, KEY, name, new)
    return text


def _recorded(text: str, project: Project, more: Mapping[str, str]) -> str:
    """scaffold.yaml with the nouns that were chosen; parsed again, so that it says what it should."""
    from scaffolder.project.reader import place_of_entry
    from scaffolder.project.yaml_splice import set_entry

    added = text
    for name, word in more.items():
        added = set_entry(added, KEY, name, word, NAMES_COMMENT)
    if more and projects.parse(added, project.root).names != {**project.names, **more}:
        place = place_of_entry(text, shown(project.root / FILE), KEY, "")
        lines = "".join(f"\n  {name}: {word}" for name, word in more.items())
        raise fail("config", f"`{KEY}` cannot be added to here", f"add by hand{lines}", place)
    return added


def _problems(
    project: Project, contract: Contract, known: Mapping[str, str], text: str
) -> Iterator[Diagnostic]:
    from scaffolder.project.reader import place_of_entry

    path = shown(project.root / FILE)
    for name, word in project.names.items():
        if problem := nouns.problem(word):
            place = place_of_entry(text, path, KEY, name, value=True)
            yield Diagnostic(
                "config", f"the noun `{word}` of {name} {problem}", "order_v2, for example", place
            )
    for clash in nouns.clashes(contract, project.names, known):
        place = place_of_entry(text, path, KEY, clash.service, value=True)
        message = f"the noun `{clash.noun}` of {clash.service} would name what {clash.other} is called by"
        hint = f"choose another one, or give {clash.other} one of its own in `{KEY}`"
        yield Diagnostic("config", message, hint, place)
    told = {clash.service for clash in nouns.clashes(contract, project.names, known)}
    for clash in nouns.inherited(project.names, known):
        if clash.service not in told:
            place = place_of_entry(text, path, KEY, clash.service, value=True)
            message = f"`{clash.noun}` is what {clash.other} was called until now, and its files are there"
            hint = f"run once without this line, so that the files of {clash.other} move or go; then add it"
            yield Diagnostic("config", message, hint, place)


def _idle(project: Project, contract: Contract, text: str) -> Iterator[Diagnostic]:
    from scaffolder.project.reader import place_of_entry

    services = [service.full_name for service in contract.services]
    for name in project.names:
        if name not in services:
            near = nearest(name, services)
            hint = (
                f"did you mean `{near}`?" if near else "take the line out, or leave it for when it comes back"
            )
            place = place_of_entry(text, shown(project.root / FILE), KEY, name)
            yield Diagnostic("config", f"there is no service {name}", hint, place, "warning")
