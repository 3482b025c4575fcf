"""What the reference service keeps, how it refuses, and what lists are ordered by."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from .contract import fields_that_are, message, option
from .filters import comparable


class RefusedError(Exception):
    """A call that fails: `violations` are (field, description) of BadRequest, `resource` is (type, name)."""

    def __init__(
        self,
        code: str,
        text: str,
        reason: str,
        *,
        violations: Sequence[tuple[str, str]] = (),
        resource: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.code, self.text, self.reason = code, text, reason
        self.violations, self.resource = list(violations), resource


def invalid(*violations: tuple[str, str]) -> RefusedError:
    text = "; ".join(f"{name}: {what}" for name, what in violations)
    return RefusedError("INVALID_ARGUMENT", text, "INVALID_REQUEST", violations=violations)


@dataclass(eq=False)
class Kind:
    """A resource: `noun` names its field in requests, `plural` its collection."""

    noun: str
    plural: str
    parent: Kind | None = None
    soft: bool = False
    children: list[Kind] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.message = message(f"aip.v1.{self.noun.capitalize()}")
        self.type = option(self.message.DESCRIPTOR, "google.api.resource").type
        self.required = [f.name for f in fields_that_are(self.message, 2)]
        self.output_only = [f.name for f in fields_that_are(self.message, 3)]
        self.immutable = [f.name for f in fields_that_are(self.message, 5)]
        self.input_only = [f.name for f in fields_that_are(self.message, 4)]
        if self.parent is not None:
            self.parent.children.append(self)

    def has(self, name: str) -> bool:
        return name in self.message.DESCRIPTOR.fields_by_name


def given(request: Any, name: str, default: Any = "") -> Any:
    """A field of a request, where it has one of that name."""
    return getattr(request, name) if name in request.DESCRIPTOR.fields_by_name else default


def copy(original: Any) -> Any:
    made = type(original)()
    made.CopyFrom(original)
    return made


Keys = list[tuple[list[str], bool]]


def key_of(resource: Any, path: list[str]) -> list[Any]:
    """What a resource is ordered by: [0] where the field is not set, else [1, value]; JSON can hold it."""
    value = resource
    for name in path:
        if value.DESCRIPTOR.fields_by_name[name].has_presence and not value.HasField(name):
            return [0]
        value = getattr(value, name)
    made = comparable(value)
    if hasattr(value, "nanos"):
        return [1, value.seconds, value.nanos]
    return [1, float(made) if isinstance(value, float) else made]


def compare_keys(keys: Keys, one: list[Any], other: list[Any]) -> int:
    for (_, descending), mine, theirs in zip(keys, one, other, strict=True):
        if mine != theirs:
            return (1 if mine > theirs else -1) * (-1 if descending else 1)
    return 0


def unlocked() -> AbstractAsyncContextManager[Any]:
    """What lets everybody in at once."""
    return contextlib.nullcontext()
