"""What is said of an RPC: one sentence that tells what it was taken for, and by what."""

from __future__ import annotations

from collections.abc import Sequence

from scaffolder.contract.model import Method
from scaffolder.standard.model import StandardMethod

AIPS = {
    "create": "AIP-133",
    "get": "AIP-131",
    "list": "AIP-132",
    "update": "AIP-134",
    "delete": "AIP-135",
    "undelete": "AIP-164",
    "batch_get": "AIP-231",
    "batch_create": "AIP-233",
    "batch_update": "AIP-234",
    "batch_delete": "AIP-235",
}


def recognised(
    method: Method, standard: StandardMethod, *, is_said: bool, without: Sequence[str] = ()
) -> str:
    """`create of library.v1.Book: CreateBook takes it as book and returns Book (AIP-133)`."""
    what = f"{standard.verb.replace('_', ' ')} of {standard.resource.message.full_name}"
    by = f"{AIPS[standard.verb]}{', by scaffold.yaml' if is_said else ''}"
    if without:
        by += f" without {_joined(without)}"
    return f"{what}: {method.name} takes {_taken(standard)} and returns {_given(standard)} ({by})"


def custom(why: str) -> str:
    return f"custom: {why}"


def _taken(standard: StandardMethod) -> str:
    if standard.payload:
        main = f"it as {standard.payload}"
    elif standard.fields:
        main = f"its {_joined([name for name, _ in standard.fields])}"
    else:
        main = standard.identity or standard.requests
    others = (
        standard.identity if main != standard.identity else "",
        standard.parent,
        standard.id_field,
        standard.mask,
        standard.page_size,
        standard.page_token,
        standard.page,
        standard.skip,
        standard.filter,
        standard.order_by,
        standard.show_deleted,
        *(name for name, _ in standard.equals),
        standard.read_mask,
        standard.etag,
        standard.request_id,
        standard.allow_missing,
        standard.force,
        standard.validate_only,
    )
    return _joined([each for each in (main, *others) if each]) or "nothing"


def _given(standard: StandardMethod) -> str:
    if standard.is_empty:
        return standard.success or "nothing"
    if standard.items:
        return _joined([each for each in (standard.items, standard.next_token, standard.total_size) if each])
    if standard.copy and not standard.result:
        return f"its {_joined([name for name, _ in standard.shows])}"
    name = (standard.copy or standard.resource.message).name
    return standard.result_identity or (f"{name} as {standard.result}" if standard.result else name)


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
