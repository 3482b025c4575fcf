"""Renames of a contract, followed into the user's files: which files moved, and what is called how in each now.

The order of a run: `spec.parse` → `before.before` (the contract under its old names) → the project is
planned and rendered for both → `renaming`. The base of a merge and the user's file then go through
`Renaming.substituted`, so that a three-way merge sees definitions under the names that come in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scaffolder.artifact import Ownership, Planned
from scaffolder.targets.python.renames.aligned import aligned
from scaffolder.targets.python.renames.text import Substitution, Words, substitute
from scaffolder.targets.python.renames.words import (
    ServiceWords,
    full_names,
    message_modules,
    service_words,
)
from scaffolder.targets.python.views import ProjectViews


@dataclass(frozen=True, slots=True)
class Generation:
    """A project under one set of names: its views, its plan, and the text of the plan's Python files by path.

    Only files that are merged need a text.
    """

    views: ProjectViews
    planned: Sequence[Planned]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Renaming:
    """`paths` are old project paths by new ones, of merged files that moved; `files` are by new project path."""

    paths: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Substitution] = field(default_factory=dict)

    def old_path(self, path: str) -> str:
        """Where the file at the new `path` was before."""
        return self.paths.get(path, path)

    def substituted(self, path: str, text: str) -> str:
        """The old text of the file that is now at `path`, under the new names."""
        return substitute(text, self.files[path]) if path in self.files else text


def renaming(old: Generation, new: Generation) -> Renaming:
    """What a rename does to the files of a project; both generations are of one contract, with old and new names."""
    pairs = _pairs(old, new)
    merged = [(a, b) for a, b in pairs if b.ownership is Ownership.MERGED]
    services = service_words(old.views, new.views)
    shared = _shared(old.views, new.views, pairs, services)
    nouns = {
        view["service"]["full_name"]: words
        for view, words in zip(old.views.nouns.values(), services, strict=True)
    }
    container = _container(old, new, merged)
    files = {
        b.path: _substitution(
            (old.texts.get(a.path, ""), new.texts.get(b.path, "")),
            replace(shared, module=_dotted(a.path)),
            nouns.get(_service(a), ServiceWords()),
            container,
        )
        for a, b in merged
        if b.path.endswith(".py")
    }
    return Renaming({b.path: a.path for a, b in merged if a.path != b.path}, files)


def _pairs(old: Generation, new: Generation) -> list[tuple[Planned, Planned]]:
    """Every file with what it was before: the same template, for the same service."""
    names = {
        b.full_name: a.full_name
        for a, b in zip(old.views.contract.services, new.views.contract.services, strict=True)
    }
    was = {(p.template, _top(p), _service(p)): p for p in old.planned if p.template}
    keys = ((p, (p.template, _top(p), names.get(_service(p), ""))) for p in new.planned if p.template)
    return [(was[key], p) for p, key in keys if key in was]


def _top(planned: Planned) -> str:
    """What tells the copies of one template apart: the service's and its client package's."""
    return planned.path.partition("/")[0]


def _service(planned: Planned) -> str:
    service = planned.view.get("service")
    return str(service["full_name"]) if isinstance(service, dict) else ""


def _shared(
    old: ProjectViews,
    new: ProjectViews,
    pairs: Sequence[tuple[Planned, Planned]],
    services: Sequence[ServiceWords],
) -> Substitution:
    """What holds in every file of the project: where modules are, and what they define."""
    modules, members = message_modules(old.contract, new.contract, f"{new.package}.gen")
    modules |= {_dotted(a.path): _dotted(b.path) for a, b in pairs if a.path != b.path and _is_module(a.path)}
    for words in services:
        for module, names in words.members.items():
            members.setdefault(module, {}).update(names)
    return Substitution(modules=modules, members=members, texts=full_names(old.contract, new.contract))


def _is_module(path: str) -> bool:
    return path.endswith(".py") and not path.startswith("clients/")


def _dotted(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").replace("/", ".")


def _container(old: Generation, new: Generation, merged: Sequence[tuple[Planned, Planned]]) -> dict[str, str]:
    """The container's properties, as `container.order_service` names them in any file."""
    wiring = f"src/{new.views.package}/wiring.py"
    path = next((b.path for _, b in merged if b.path == wiring), "")
    if path not in old.texts or path not in new.texts:
        return {}
    found = aligned(old.texts[path], new.texts[path]).get("Container", Words())
    return {f"container.{a}": b for a, b in found.attributes.items() if a != b}


def _substitution(
    texts: tuple[str, str], shared: Substitution, service: ServiceWords, container: Mapping[str, str]
) -> Substitution:
    """What to call things in one file; `texts` are what the tool writes under the old names and under the new."""
    scoped = aligned(*texts)
    own = {name: to for name, to in shared.members.get(shared.module, {}).items() if "." not in name}
    outside = scoped.get("", Words())
    rpcs, plain = _changed(service.rpcs), _changed(service.plain)
    stored = {f"{store}.{rpc}": rpc for store in service.stores for rpc in rpcs}
    whole = Words(_changed({**own, **outside.names}), {**container, **plain, **rpcs, **stored}, plain)
    scoped[""] = Words(
        attributes={key: to for key, to in outside.attributes.items() if "." in key}, strings=outside.strings
    )
    kept = {scope: _needed(words, whole) for scope, words in scoped.items()}
    kept = {scope: words for scope, words in kept.items() if words != Words()}
    return replace(shared, whole=whole, scoped=kept, fields=service.fields)


def _changed(names: Mapping[str, str]) -> dict[str, str]:
    return {a: b for a, b in names.items() if a != b}


def _needed(words: Words, whole: Words) -> Words:
    """The words of a definition that are called otherwise there than the whole file calls them."""
    alone = {a: b for a, b in words.attributes.items() if "." not in a and a != b}
    known = {**whole.attributes, **alone}
    behind = {
        key: to
        for key, to in words.attributes.items()
        if "." in key and known.get(key, known.get(last := key.rpartition(".")[2], last)) != to
    }
    return Words(
        {a: b for a, b in words.names.items() if whole.names.get(a, a) != b},
        alone | behind,
        _changed(words.arguments),
        words.strings,
    )
