"""The contracts of a project, compiled for a check: which of their files are the project's own, and by whose rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from scaffolder.app.care.rules import Rules, rules
from scaffolder.app.contracts import in_terms_of_projects, refuse_missing
from scaffolder.contract import builder, image, wellknown
from scaffolder.contract.model import Contract
from scaffolder.contract.protoc import compile_with_warnings
from scaffolder.contract.search import Search
from scaffolder.diagnostics import Location, fail
from scaffolder.paths import shown
from scaffolder.project import FILE, Project


@dataclass(frozen=True)
class Compiled:
    """`names` are the contracts that were asked for, `warnings` protoc's, `contract` the model of the same."""

    project: Project
    names: tuple[str, ...]
    contract: Contract
    warnings: str

    @cached_property
    def search(self) -> Search:
        return Search(self.project.roots)

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The project's contracts: those it lists, and what they import from beside them, others' contracts left out.

        What is known to be published elsewhere, and what is in a folder that holds no listed contract, is vendored.
        """
        roots = {self.root_of(name) for name in self.names} - {None}
        return tuple(
            file.name
            for file in self.contract.files
            if file.name in self.names or (self.root_of(file.name) in roots and not _is_published(file.name))
        )

    @cached_property
    def found_in_project(self) -> tuple[str, ...]:
        """Every file that comes out of the project's folders, vendored ones too."""
        return tuple(file.name for file in self.contract.files if self.root_of(file.name))

    def root_of(self, name: str) -> Path | None:
        """The folder of the project that a contract was found in, None for one of an installed package."""
        found = self.search.find(name)
        depth = len(Path(name).parts)
        return found.parents[depth - 1] if found else None

    def by_rules(self, names: Iterable[str]) -> Iterator[tuple[Rules, frozenset[str]]]:
        """The names, parted by the folder that they are in, with the rules that hold there."""
        parted: dict[Path, set[str]] = {}
        for name in names:
            parted.setdefault(self.root_of(name) or self.project.roots[0], set()).add(name)
        for root, found in parted.items():
            yield rules(root), frozenset(found)

    def image(self, checked: Iterable[str]) -> bytes:
        """buf's image, in which all but the files `checked` are imports."""
        return image.image(self.contract.descriptor_set, frozenset(checked), self.warnings)

    def place(self, name: str, line: int = 0, column: int = 0) -> Location:
        """A place in a contract, by its path on the disk."""
        return Location(self.search.place(name), line, column)


def compiled(project: Project, more: Sequence[str] = ()) -> Compiled:
    """Compiles the contracts of a project, and `more` that it does not list.

    Raises a `ScaffoldError` with everything that keeps them from being generated from, or if there are none.
    """
    names = tuple(dict.fromkeys([*project.contracts, *more]))
    if not names:
        hint = "scaffold proto add api/order/v1/order.proto"
        raise fail("no-contracts", "lists no contracts", hint, Location(shown(project.root / FILE)))
    refuse_missing(project)
    with in_terms_of_projects():
        descriptor_set, warnings = compile_with_warnings(names, project.roots)
        contract = builder.build(descriptor_set, names, project.roots)
    return Compiled(replace(project, contracts=names), names, contract, warnings)


def _is_published(name: str) -> bool:
    return bool(wellknown.provider(name) or wellknown.whereabouts(name)) or name == wellknown.VALIDATE
