"""Batches: what is done to one resource, done to many, all or nothing (AIP-231 to 235)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from ..errors import InvalidArgumentError
from .places import under

R = TypeVar("R")
T = TypeVar("T")
P = TypeVar("P", str, int)

MAX_BATCH = 1000


async def in_turn(
    requests: Sequence[R], call: Callable[[R], Awaitable[T]], field: str = "requests"
) -> list[T]:
    """What `call` gives for each request, one after the other; the first failure ends it.

    Violations are about ``requests[2].book.title``, where `field` is the request's that holds them. Call it inside of a
    transaction, or what was done before a failure stays. Raises InvalidArgumentError for more than `MAX_BATCH`.
    """
    _check_size(requests, field)
    found = []
    for index, request in enumerate(requests):
        with under(f"{field}[{index}]"):
            found.append(await call(request))
    return found


def check_names(names: Sequence[str] | Sequence[int], parent: str = "", place: str = "names[{}]") -> None:
    """That a batch is not too large, and that all it names is in its parent, where it has one.

    In `parent` a ``-`` stands for any id (AIP-159). `place` is where the request holds a name: ``requests[{}].name``.
    Raises InvalidArgumentError.
    """
    _check_size(names, place.partition("[")[0])
    inside = re.compile(
        "/".join("[^/]+" if part == "-" else re.escape(part) for part in parent.split("/")) + "/"
    )
    for index, name in enumerate(names if parent else ()):
        if not inside.match(str(name)):
            raise InvalidArgumentError.field(
                place.format(index), f"is not in {parent[:200]!r}, the batch's parent"
            )


def check_parents(parent: P, parents: Iterable[P], place: str = "requests[{}].parent") -> None:
    """That the requests of a batch have its parent or none (AIP-233). Raises InvalidArgumentError."""
    for index, own in enumerate(parents if parent else ()):
        if own and own != parent:
            raise InvalidArgumentError.field(
                place.format(index), f"is not {parent!r:.200}, the batch's parent"
            )


def _check_size(requests: Sequence[object], field: str) -> None:
    if len(requests) > MAX_BATCH:
        raise InvalidArgumentError.field(field, f"has {len(requests)} elements, and {MAX_BATCH} are the most")
