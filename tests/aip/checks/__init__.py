"""The checks, one for each rule. A check is a coroutine whose docstring begins with the AIPs that it is of."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from ..trial import Trial

MODULES = (
    "create",
    "create_options",
    "get",
    "listing",
    "pages",
    "order",
    "filter_operators",
    "filter_values",
    "filter_hostile",
    "update",
    "update_mask",
    "delete",
    "soft_delete",
    "batch",
    "batch_write",
    "read_mask",
    "concurrency",
    "errors",
)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule: its name, the AIPs it is of, what it says, and how it is tried."""

    name: str
    aips: tuple[int, ...]
    rule: str
    run: Callable[[Trial], Awaitable[None]]


_CHECKS: dict[str, Check] = {}


def check(run: Callable[[Trial], Awaitable[None]]) -> Callable[[Trial], Awaitable[None]]:
    """Makes a check of a coroutine; its docstring is `AIP-133, 122: what the rule says.`."""
    match = re.match(r"AIP-([\d, ]+): (.*)", " ".join((run.__doc__ or "").split()))
    assert match is not None, run.__name__
    name = run.__name__
    assert name not in _CHECKS, name
    _CHECKS[name] = Check(name, tuple(int(number) for number in match[1].split(", ")), match[2], run)
    return run


def all_checks() -> list[Check]:
    """Every check, in the order of `MODULES`."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    return list(_CHECKS.values())
