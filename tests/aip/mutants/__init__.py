"""Copies of the reference service that break one rule each: the proof that the suite's checks can fail.

A mutant names the checks that have to fail on it; `tests.aip.test_suite` runs them, and wants one for every check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from ..reference.library import Library
from ..reference.server import Server

MODULES = ("create", "listing", "filters", "update", "delete", "batch", "transport")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken service, and the checks that have to tell; `of_transport` where HTTP is what it breaks."""

    name: str
    checks: tuple[str, ...]
    server: Callable[[], Server]
    of_transport: bool


_MUTANTS: list[Mutant] = []


def breaks(*checks: str) -> Callable[[type], type]:
    """Makes a mutant of a class that derives from `Library` or from `Server`."""

    def register(broken: type) -> type:
        def make() -> Server:
            if issubclass(broken, Server):
                return broken(Library())
            library = cast("type[Library]", broken)()
            return Server(library)

        _MUTANTS.append(Mutant(broken.__name__, checks, make, issubclass(broken, Server)))
        return broken

    return register


def all_mutants() -> list[Mutant]:
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    return list(_MUTANTS)
