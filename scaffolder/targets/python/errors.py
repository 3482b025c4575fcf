"""The errors that a contract declares, as classes: the domain's in biz/, the clients' in gen/."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from typing import Any

from scaffolder.contract.model import Contract, Enum, ErrorReason
from scaffolder.targets.python.names import identifier, pascal, safe, snake
from scaffolder.targets.python.text import docstring

BASES = {
    "CANCELLED": ("CancelledError_", 499),
    "UNKNOWN": ("UnknownError", 500),
    "INVALID_ARGUMENT": ("InvalidArgumentError", 400),
    "DEADLINE_EXCEEDED": ("DeadlineExceededError", 504),
    "NOT_FOUND": ("NotFoundError", 404),
    "ALREADY_EXISTS": ("AlreadyExistsError", 409),
    "PERMISSION_DENIED": ("PermissionDeniedError", 403),
    "RESOURCE_EXHAUSTED": ("ResourceExhaustedError", 429),
    "FAILED_PRECONDITION": ("FailedPreconditionError", 400),
    "ABORTED": ("AbortedError", 409),
    "OUT_OF_RANGE": ("OutOfRangeError", 400),
    "UNIMPLEMENTED": ("UnimplementedError", 501),
    "INTERNAL": ("InternalError", 500),
    "UNAVAILABLE": ("UnavailableError", 503),
    "DATA_LOSS": ("DataLossError", 500),
    "UNAUTHENTICATED": ("UnauthenticatedError", 401),
}
"""For each name of google.rpc.Code the class in kit/errors.py and the HTTP status that it has there."""

_RESERVED = (
    frozenset(dir(builtins))
    | {base for base, _ in BASES.values()}
    | {"CancelledError", "DomainError", "ServiceError"}  # asyncio's is not to be caught by mistake
)
_ENUM_SUFFIX = re.compile(r"_?(error_?(reason|code)s?|errors?|reasons?)\Z")


def error_views(contract: Contract, taken: Iterable[str]) -> list[dict[str, Any]]:
    """One view for each reason, in the order of the contract; `taken` are classes that stand beside the clients'.

    A reason that several enums declare, all alike, is one.
    """
    names = set(taken) | _RESERVED
    found: dict[str, dict[str, Any]] = {}
    for enum in contract.errors:
        for reason in enum.errors:
            if reason.reason not in found:
                found[reason.reason] = _view(reason, _class_name(reason, enum, names))
                names.add(found[reason.reason]["class"])
    return list(found.values())


def _view(reason: ErrorReason, name: str) -> dict[str, Any]:
    base, http = BASES[reason.code]
    status = f"Code.{reason.code}"
    return {
        "class": name,
        "reason": reason.reason,
        "domain": reason.domain,
        "doc": docstring(reason.comment, 4, f"{reason.reason}."),
        "base": base,
        "status": status if http == reason.http else f"Status({status}, {reason.http})",
    }


def _class_name(reason: ErrorReason, enum: Enum, taken: set[str]) -> str:
    """`ORDER_NOT_FOUND` → `OrderNotFoundError`, with the enum's name in front where that is taken.

    A prefix that repeats the enum's name (`ORDER_ERROR_NOT_FOUND` of `OrderError`) is shortened to its first words.
    """
    word = snake(reason.reason)
    own = snake(enum.name)
    subject = _ENUM_SUFFIX.sub("", own)
    if word.startswith(f"{own}_") and len(word) > len(own) + 1:
        word = f"{subject}_{word[len(own) + 1 :]}"
    candidates = [_error(word), _error(f"{subject}_{word}"), _error(f"{own}_{word}")]
    return next((name for name in candidates if name not in taken), safe(candidates[0], taken))


def _error(word: str) -> str:
    name = identifier(pascal(word)) or "_"
    return name if name.endswith("Error") and name != "Error" else f"{name}Error"
