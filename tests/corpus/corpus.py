"""All contracts of the corpus, and the sample of them."""

from __future__ import annotations

from .contracts import Source, sources
from .fetch import fetch
from .packages import PACKAGES, SAMPLE

_COMMON = "google-gax"


def everything() -> list[Source]:
    """A project for every proto package, and for every npm package with several.

    Raises NotFetchedError where one of the npm packages cannot be had.
    """
    return _sources({package.name for package in PACKAGES})


def sample() -> list[Source]:
    """What every test run looks at."""
    found = {(each.npm, each.name): each for each in _sources({npm for npm, _ in SAMPLE})}
    return [found[key] for key in SAMPLE]


def _sources(names: set[str]) -> list[Source]:
    [common] = [fetch(package) for package in PACKAGES if package.name == _COMMON]
    return [
        found
        for package in PACKAGES
        if package.name in names
        for found in sources(package, fetch(package), common)
    ]
