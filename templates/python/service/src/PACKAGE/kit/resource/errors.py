"""What goes wrong with a resource, as callers are told: ErrorInfo with a reason, and ResourceInfo (AIP-193)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..details import resource_info
from ..errors import AbortedError, AlreadyExistsError, FailedPreconditionError, NotFoundError, ServiceError

E = TypeVar("E", bound=ServiceError)

_MAX_NAME = 1000  # as long as a name can be; what is longer came from a client, and need not go back


def not_found(kind: str, name: object) -> NotFoundError:
    """NOT_FOUND, reason RESOURCE_NOT_FOUND."""
    return _about(NotFoundError, "RESOURCE_NOT_FOUND", kind, name, "does not exist")


def already_exists(kind: str, name: object) -> AlreadyExistsError:
    """ALREADY_EXISTS, reason RESOURCE_ALREADY_EXISTS."""
    return _about(AlreadyExistsError, "RESOURCE_ALREADY_EXISTS", kind, name, "exists already")


def not_unique(kind: str, fields: Sequence[str]) -> AlreadyExistsError:
    """ALREADY_EXISTS, reason RESOURCE_NOT_UNIQUE: another resource has the same values in the fields."""
    noun, names = kind.rpartition("/")[2], ", ".join(fields)
    return AlreadyExistsError(
        f"another {noun} has the same {names}",
        reason="RESOURCE_NOT_UNIQUE",
        metadata={"fields": names},
        details=[resource_info(kind, "", description=f"the same {names}")],
    )


def has_children(kind: str, name: object) -> FailedPreconditionError:
    """FAILED_PRECONDITION, reason RESOURCE_HAS_CHILDREN: what would be deleted holds something (AIP-135)."""
    return _about(
        FailedPreconditionError, "RESOURCE_HAS_CHILDREN", kind, name, "holds resources, delete them first"
    )


def changed(kind: str, name: object) -> AbortedError:
    """ABORTED, reason RESOURCE_CHANGED: the etag is of another state than the present one (AIP-134, 154)."""
    return _about(
        AbortedError, "RESOURCE_CHANGED", kind, name, "was changed in the meantime, read it again (etag)"
    )


def _about(error: type[E], reason: str, kind: str, name: object, what: str) -> E:
    noun, shown = kind.rpartition("/")[2], str(name)
    if len(shown) > _MAX_NAME:
        shown = f"{shown[:_MAX_NAME]}…"
    return error(
        f'{noun} "{shown}" {what}',
        reason=reason,
        metadata={"resource": shown},
        details=[resource_info(kind, shown, description=what)],
    )
