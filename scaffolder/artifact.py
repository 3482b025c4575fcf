"""The values that travel between the stages: what will be generated, its bytes, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Ownership(StrEnum):
    """Who may change a generated file.

    MACHINE is rewritten whole; MERGED is the user's to edit and follows the contract where they did not;
    YOURS is written once and never again.
    """

    MACHINE = "machine"
    MERGED = "merged"
    YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Planned:
    """One file to be generated, before it has any text.

    `path` is relative to the project with forward slashes. Either `template` names a file below the templates
    folder that `view` is rendered into (a name without `.j2` is copied verbatim), or `content` holds the text
    already (protoc's output, a copied contract).
    """

    path: str
    ownership: Ownership
    template: str = ""
    view: Mapping[str, object] = field(default_factory=dict)
    content: bytes | None = None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Artifact:
    """One generated file: `content` is exactly what goes to the disk."""

    path: str
    ownership: Ownership
    content: bytes
    executable: bool = False


class Did(StrEnum):
    """What became of one definition, or of one run of lines."""

    ADDED = "added"
    UPDATED = "updated"
    REMOVED = "removed"
    KEPT = "kept"
    RESTORED = "restored"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference. `name` is the definition (`OrderService.get_order`) or `lines`; `line` counts from 1 in the
    resulting file and is 0 where nothing stands there; `reason` says why in the user's words, where that is not plain.
    """

    did: Did
    name: str
    line: int = 0
    reason: str = ""


WHOLE = "the file"
"""The name of a conflict, or of a detail, that is about a file as a whole."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both sides changed differently, each side as it stands in its file; `base` is empty where there was none.

    `name` tells conflicts of one file apart and stays the same from run to run.
    """

    name: str
    base: str
    current: str
    incoming: str
    line: int = 0
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.name == WHOLE

    @property
    def current_mark(self) -> str:
        return mark(self.current)

    @property
    def incoming_mark(self) -> str:
        return mark(self.incoming)


_FORMATTING = re.compile(r"[\s(),]+")


def mark(text: str) -> str:
    """A short fingerprint that no formatter changes: white space, parentheses, commas and kinds of quotes left out."""
    plain = _FORMATTING.sub("", text).replace("'", '"')
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]
