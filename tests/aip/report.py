"""What the suite prints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from .runner import FAILED, NOT_APPLICABLE, PASSED, Result

_MARKS = {PASSED: "ok  ", FAILED: "FAIL", NOT_APPLICABLE: "n/a "}


def lines(results: Sequence[Result]) -> Iterable[str]:
    """By resource and rule: passed over which transports, failed with what was sent, not applicable and why."""
    for resource, of_resource in groupby(results, key=lambda result: result.resource):
        yield f"\n{resource}"
        for check, group in groupby(of_resource, key=lambda result: result.check):
            yield from _of_check(check.name, check.aips, check.rule, list(group))
    counted = Counter(result.status for result in results)
    yield f"\n{counted[PASSED]} passed, {counted[FAILED]} failed, {counted[NOT_APPLICABLE]} not applicable"


def _of_check(name: str, aips: Sequence[int], rule: str, results: list[Result]) -> Iterable[str]:
    statuses = {result.status for result in results}
    status = FAILED if FAILED in statuses else PASSED if PASSED in statuses else NOT_APPLICABLE
    over = ", ".join(result.transport for result in results if result.status == status)
    numbers = ", ".join(map(str, aips))
    yield f"  {_MARKS[status]} AIP-{numbers} {name} ({over})"
    if status == FAILED:
        yield f"         {rule}"
    for result in results:
        if result.status == FAILED:
            yield f"         {result.transport}: {result.reason}"
            yield from (f"           {call}" for call in result.transcript)
    reasons: dict[str, list[str]] = {}
    for result in results:
        if result.status == NOT_APPLICABLE:
            reasons.setdefault(result.reason, []).append(result.transport)
    for reason, transports in reasons.items():
        yield f"         {', '.join(transports)}: {reason}"


def as_json(results: Sequence[Result]) -> str:
    """A list of objects, one for each result."""
    return json.dumps(
        [
            {
                "check": result.check.name,
                "aips": result.check.aips,
                "rule": result.check.rule,
                "resource": result.resource,
                "transport": result.transport,
                "status": result.status,
                "reason": result.reason,
                "calls": result.transcript if result.status == FAILED else [],
            }
            for result in results
        ],
        indent=2,
    )
