"""All proto packages of the corpus, and the sample of them."""

from __future__ import annotations

from .contracts import ProtoPackage, proto_packages
from .fetch import fetch
from .packages import PACKAGES, SAMPLE

_COMMON = "google-gax"


def everything() -> list[ProtoPackage]:
    """Every proto package with a service; raises NotFetchedError where one of the npm packages cannot be had."""
    return _proto_packages({package.name for package in PACKAGES})


def sample() -> list[ProtoPackage]:
    """What every test run looks at."""
    found = {(each.npm, each.name): each for each in _proto_packages({npm for npm, _ in SAMPLE})}
    return [found[key] for key in SAMPLE]


def _proto_packages(names: set[str]) -> list[ProtoPackage]:
    [common] = [fetch(package) for package in PACKAGES if package.name == _COMMON]
    return [
        found
        for package in PACKAGES
        if package.name in names
        for found in proto_packages(package, fetch(package), common)
    ]
