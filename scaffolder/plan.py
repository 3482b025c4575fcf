"""Which files a project gets: the templates' layout times the contract's services, in a fixed order, without text.

The layout is the folder of templates itself: a template's path is its output's path. Upper-case tokens in it stand for
names (`PACKAGE`, `CLIENT`) or repeat the template (`NOUN` for each service, `GENSERVICE` for each service below gen/).
`service.yaml` beside it says who owns a file and when it is there.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from scaffolder.artifact import Ownership, Planned
from scaffolder.diagnostics import ScaffoldError
from scaffolder.targets.python.check import check
from scaffolder.targets.python.views import ProjectViews

Scope = Literal["client", "server"]
"""`client`: messages, stubs and clients. `server`: these and everything else."""


CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""Folders that tools leave beside templates which are real modules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the layout's manifest: files below a glob, their owner, and the features that they need."""

    path: str
    owner: Ownership
    scope: Scope = "server"
    when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder of templates: `root` is relative to the templates' root, `files` are the paths below it."""

    root: str
    files: tuple[str, ...]
    rules: tuple[Rule, ...]
    copies: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, templates: Path, name: str = "python/service") -> Layout:
        """The layout `name` (``LANGUAGE/KIND``) of a templates folder."""
        root = templates / name
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        manifest = yaml.load((templates / f"{name}.yaml").read_text(encoding="utf-8"), loader)
        files = sorted(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not CACHES & set(path.parts)
        )
        rules = tuple(
            Rule(
                item["path"],
                Ownership(item["owner"]),
                item.get("scope", "server"),
                frozenset(item.get("when", ())),
            )
            for item in manifest["files"]
        )
        copies = tuple((item["from"], item["to"]) for item in manifest["copies"])
        return cls(name, tuple(files), rules, copies)

    def rule(self, output: str) -> Rule:
        """The first rule whose glob matches the output path, its tokens not yet replaced."""
        for rule in self.rules:
            if fnmatch.fnmatchcase(output, rule.path):
                return rule
        raise LookupError(f"no rule in {self.root}.yaml matches {output}")

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every template with the output path that it is for: itself, and what `copies` adds."""
        for file in self.files:
            output = file.removesuffix(".j2")
            yield file, output
            for source, target in self.copies:
                if fnmatch.fnmatchcase(output, source):
                    folder = source.split("*")[0]
                    yield file, target + output.removeprefix(folder) if "*" in source else target


def plan(views: ProjectViews, layout: Layout, *, scope: Scope = "server") -> list[Planned]:
    """Every file of a project, sorted by path; the scope and the project's features leave out the rest.

    Raises a `ScaffoldError` with everything in the contract that Python has no name for.
    """
    if problems := check(views.contract):
        raise ScaffoldError(problems)
    enabled = views.enabled
    found: list[Planned] = []
    for template, output in layout.sources():
        rule = layout.rule(output)
        if (scope == "client" and rule.scope != "client") or not rule.when <= enabled:
            continue
        for path, view in _expand(output, views):
            found.append(
                Planned(path, rule.owner, f"{layout.root}/{template}", view, executable=path.endswith(".sh"))
            )
    found += _messages(views)
    return sorted(found, key=lambda planned: planned.path)


def _expand(output: str, views: ProjectViews) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The output paths of one template with their views."""
    package = views.client_package if "CLIENT" in output else views.package
    path = output.replace("src/PACKAGE/service/", f"{views.handlers_folder}/")
    path = path.replace("PACKAGE", views.package).replace("CLIENT", views.client_package)
    if "GENSERVICE" in path:
        for name, view in views.gen_services(package).items():
            yield path.replace("GENSERVICE", name), view
    elif "NOUN" in path:
        for name, view in views.nouns.items():
            yield path.replace("NOUN", name), view
    else:
        yield path, views.project_for(package)


def _messages(views: ProjectViews) -> Iterator[Planned]:
    """protoc's output, for the service and for its client package."""
    for root, package in (
        (f"src/{views.package}", views.package),
        (f"clients/python/src/{views.client_package}", views.client_package),
    ):
        for path, text in views.messages(package).items():
            yield Planned(f"{root}/gen/{path}", Ownership.MACHINE, content=text.encode())
