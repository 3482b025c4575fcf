"""What the calls have shown: how many were compared, and each that was not as it should be."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import text_format

_MAX_LINES = 60


@dataclass
class Tally:
    """`counts` is by kind of call; `elsewhere` is as in the result; `failures` are texts for people."""

    counts: Counter[str] = field(default_factory=Counter)
    elsewhere: set[tuple[str, str, str]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def fail(self, kind: str, where: str, problem: str) -> None:
        self.failures.append(f"{where}: {kind}: {problem}")


def same(first: Any, second: Any) -> bool:
    """Equal bit by bit, in which NaN equals itself and -0.0 differs from 0.0."""
    return bool(_bytes(first) == _bytes(second))


def _bytes(message: Any) -> Any:
    return message.SerializeToString(deterministic=True)


def difference(what: str, wanted: Sequence[Any], found: Sequence[Any], pool: Any) -> str:
    """ "" where both are the same messages, else how they differ, bounded."""
    if len(wanted) != len(found):
        return f"{len(found)} {what}s instead of {len(wanted)}"
    for one, other in zip(wanted, found, strict=True):
        if not same(one, other):
            before, after = (
                text_format.MessageToString(each, descriptor_pool=pool).splitlines() for each in (one, other)
            )
            lines = list(difflib.unified_diff(before, after, "sent", "received", lineterm="", n=1))
            return "\n    ".join([f"{what} differs:", *lines[:_MAX_LINES]])
    return ""
