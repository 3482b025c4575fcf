"""Resource names (AIP-122): what a pattern like ``shelves/{shelf}/books/{book}`` says of names and their parents."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from .fields import invalid
from .ids import resource_id

_VARIABLE = re.compile(r"\{([^}=]+)(?:=[^}]*)?\}")
_MAX_LENGTH = 1000
WILDCARD = "-"
"""Any id, where a list reads across collections (AIP-159)."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """One pattern of a resource's names, by its segments."""

    segments: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> NamePattern:
        return cls(tuple(text.strip("/").split("/")))

    @property
    def parent(self) -> NamePattern:
        """The pattern of the parent's names: without the id and its collection, or without a singleton's name."""
        end = -2 if _VARIABLE.search(self.segments[-1]) else -1
        return NamePattern(self.segments[:end])

    def fits(self, name: str, *, wildcards: bool = False) -> bool:
        """Whether a name has this form; ``-`` for an id only where `wildcards` are allowed."""
        parts = tuple(name.split("/")) if name else ()
        return (
            len(parts) == len(self.segments)
            and len(name) <= _MAX_LENGTH
            and all(map(_fits, self.segments, parts))
            and (wildcards or WILDCARD not in parts)
        )

    def child(self, parent: str, proposed: str) -> str:
        """The name of a resource in `parent`; random ids where none is proposed."""
        last = self.segments[-1]
        found = _VARIABLE.sub(lambda _: str(uuid.uuid4()), last)
        if proposed and _VARIABLE.search(last):
            found = proposed
        between = self.segments[-2:-1] if len(self.segments) - len(self.parent.segments) == 2 else ()
        return "/".join((*([parent] if parent else ()), *between, found))

    def __str__(self) -> str:
        return "/".join(self.segments)


def _fits(segment: str, part: str) -> bool:
    """Whether one segment of a name is what the pattern has there."""
    if part == WILDCARD and _VARIABLE.search(segment):
        return True
    literals = _VARIABLE.split(segment)[::2]
    pattern = "(.+)".join(map(re.escape, literals))
    return part.isprintable() and re.fullmatch(pattern, part) is not None


class Names:
    """The names that the resources of one type have, by their patterns; any, where there are none.

    `id_field` is the field of a request that proposes the id of a new one.
    """

    def __init__(self, patterns: Sequence[str], identity: str, id_field: str) -> None:
        self._patterns = [NamePattern.of(each) for each in patterns if each != "*"]
        self._identity = identity
        self._id_field = id_field

    def new(self, parent: str, proposed: str) -> str:
        """See `Rules.new_name`."""
        if not self._patterns:
            return resource_id(proposed, field=self._id_field)
        pattern = self._in(parent, wildcards=False)
        name = pattern.child(parent, resource_id(proposed, field=self._id_field) if proposed else "")
        if not pattern.fits(name):
            raise invalid(self._id_field, f"{proposed!r} does not make a name of the form {str(pattern)!r}")
        return name

    def check(self, name: str, field: str) -> str:
        """See `Rules.check_name`."""
        if self._patterns and not any(pattern.fits(name) for pattern in self._patterns):
            what = f"{name[:100]!r} is not {_either(self._patterns)}" if name else "is required"
            raise invalid(field or self._identity, what)
        return name

    def parent(self, name: str) -> str:
        """The name of a parent whose resources are listed, in which ``-`` may stand for any id."""
        if self._patterns:
            self._in(name, wildcards=True)
        return name

    def _in(self, parent: str, *, wildcards: bool) -> NamePattern:
        """The pattern of the names in that parent."""
        above = [pattern.parent for pattern in self._patterns]
        for pattern, each in zip(self._patterns, above, strict=True):
            if each.fits(parent, wildcards=wildcards):
                return pattern
        forms = [each for each in above if each.segments]
        if not parent:
            raise invalid("parent", f"is required, {_either(forms)}")
        raise invalid("parent", f"{parent[:100]!r} is not {_either(forms) if forms else 'empty'}")


def _either(patterns: Sequence[NamePattern]) -> str:
    """The forms that a name may have, in words."""
    return " or ".join(repr(str(each)) for each in patterns)


def is_child(name: str, parent: str) -> bool:
    """Whether a resource of that name belongs to `parent` itself, in which ``-`` stands for any id."""
    parts, above = name.split("/"), parent.split("/")
    return 1 <= len(parts) - len(above) <= 2 and all(
        a in (part, WILDCARD) for part, a in zip(parts, above, strict=False)
    )
