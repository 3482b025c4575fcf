"""Which files a project gets: the templates' layout times the contract's services, in a fixed order, without text.

The layout is the folder of templates itself: a template's path is its output's path. Upper-case tokens in it stand for
names (`PACKAGE`, `CLIENT`) or repeat the template (`NOUN` for each service, `GENSERVICE` for each service below gen/).
`service.yaml` beside it says who owns a file and when it is there. A project's own templates (`scaffolder.overlay`)
take the place of those with the same output, and may add to them.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from scaffolder import overlay as overlays
from scaffolder.artifact import Ownership, Planned
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.suggest import hint
from scaffolder.targets.python.check import check
from scaffolder.targets.python.views import ProjectViews

Scope = Literal["client", "server"]
"""`client`: messages, stubs and clients. `server`: these and everything else."""


SUFFIX = ".j2"
TOKENS = ("PACKAGE", "CLIENT", "NOUN", "GENSERVICE")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the layout's manifest: files below a glob, their owner, and the features that they need."""

    path: str
    owner: Ownership
    scope: Scope = "server"
    when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder of templates: `root` is relative to the templates' root, `files` are the paths below it.

    `own` are the paths of the user's templates below their folder; those of `files` that they shadow are not in it.
    """

    root: str
    files: tuple[str, ...]
    rules: tuple[Rule, ...]
    copies: tuple[tuple[str, str], ...]
    own: tuple[str, ...] = ()

    @classmethod
    def read(cls, templates: Path, overlay: Path | None = None, name: str = overlays.LAYOUT) -> Layout:
        """The layout `name` (``LANGUAGE/KIND``) of a templates folder, with the templates in `overlay` over it.

        Raises a `ScaffoldError` naming every file in `overlay` that can be no template.
        """
        root = templates / name
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        manifest = yaml.load((templates / f"{name}.yaml").read_text(encoding="utf-8"), loader)
        own = _own(overlay) if overlay else ()
        shadowed = {file.removesuffix(SUFFIX) for file in own}
        files = sorted(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not overlays.CACHES & set(path.parts)
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
        return cls(
            name,
            tuple(file for file in files if file.removesuffix(SUFFIX) not in shadowed),
            rules,
            copies,
            own,
        )

    def rule(self, output: str) -> Rule:
        """The first rule whose glob matches the output path, its tokens not yet replaced."""
        for rule in self.rules:
            if fnmatch.fnmatchcase(output, rule.path):
                return rule
        raise LookupError(f"no rule in {self.root}.yaml matches {output}")

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every template, as `Planned` names it, with the output path that it is for: its own, and what `copies` adds.

        What the user wrote for an output goes before a copy of something else.
        """
        own = {file.removesuffix(SUFFIX) for file in self.own}
        named = [(f"{self.root}/{file}", file) for file in self.files]
        for template, file in [*named, *((overlays.USER + file, file) for file in self.own)]:
            output = file.removesuffix(SUFFIX)
            yield template, output
            for source, target in self.copies:
                if fnmatch.fnmatchcase(output, source):
                    folder = source.split("*")[0]
                    copy = target + output.removeprefix(folder) if "*" in source else target
                    if copy not in own:
                        yield template, copy


def _own(folder: Path) -> tuple[str, ...]:
    """The user's templates that make a file; everything in their folder that cannot be one is an error."""
    names = [name for name in overlays.files(folder) if not name.startswith(overlays.PARTIALS)]
    outputs: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for name in names:
        output = name.removesuffix(SUFFIX)
        message, advice = _refusal(output)
        if output in outputs:
            message, advice = f"is for the same file as `{outputs[output]}`", "remove one of the two"
        outputs[output] = name
        if message:
            problems.append(overlays.problem(folder / name, message, advice))
    if problems:
        raise ScaffoldError(problems)
    return tuple(names)


def _refusal(output: str) -> tuple[str, str]:
    """Why no template may be for `output`, and what to do about it; two empty strings where it may."""
    parts = output.split("/")
    if not parts[-1]:
        return "has no name before its suffix", "name it as the file that it makes"
    if parts[0] in (".scaffold", ".git") or output == "scaffold.yaml":
        return f"would write `{output}`, which is no generated file", "remove it"
    words = set(_WORD.findall(output))
    if {"NOUN", "GENSERVICE"} <= words:
        return "has NOUN and GENSERVICE in its path, and each is once for every service", "use one of them"
    # Elsewhere upper-case names (LICENSE, CODEOWNERS) are common, and no tokens.
    if parts[0] in ("src", "clients") or output.endswith((".py", ".pyi")):
        for word in sorted(words - set(TOKENS)):
            if word.isupper() and word.isalpha() and len(word) > 1:
                return f"has an unknown token in its path, {word}", hint(word, TOKENS)
    return "", ""


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
            if "service" in view and not _is_needed(rule, view["service"]):
                continue
            found.append(Planned(path, rule.owner, template, view, executable=path.endswith(".sh")))
    found += _messages(views)
    return sorted(found, key=lambda planned: planned.path)


def _is_needed(rule: Rule, service: Mapping[str, Any]) -> bool:
    """Whether a file for each service that stores, or reads through a cache, is one of this service."""
    repositories = service.get("repositories", ())
    if "caches" in rule.when:
        return any(repository["cached"] for repository in repositories)
    return "stores" not in rule.when or bool(repositories)


def _expand(output: str, views: ProjectViews) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The output paths of one template with their views. A token is a whole word: no `NOUN` is in ANNOUNCEMENT."""
    words = set(_WORD.findall(output))
    package = views.client_package if "CLIENT" in words else views.package
    path = output.replace("src/PACKAGE/service/", f"{views.handlers_folder}/")
    path = _replace(path, {"PACKAGE": views.package, "CLIENT": views.client_package})
    if "GENSERVICE" in words:
        for name, view in views.gen_services(package).items():
            yield _replace(path, {"GENSERVICE": name}), view
    elif "NOUN" in words:
        for name, view in views.nouns.items():
            yield _replace(path, {"NOUN": name}), view
    else:
        yield path, views.project_for(package)


def _replace(path: str, names: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: names.get(word[0], word[0]), path)


def _messages(views: ProjectViews) -> Iterator[Planned]:
    """protoc's output, for the service and for its client package."""
    for root, package in (
        (f"src/{views.package}", views.package),
        (f"clients/python/src/{views.client_package}", views.client_package),
    ):
        for path, text in views.messages(package).items():
            yield Planned(f"{root}/gen/{path}", Ownership.MACHINE, content=text.encode())
