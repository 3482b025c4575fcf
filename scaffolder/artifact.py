"""The values that travel between the stages: what will be generated, then its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
