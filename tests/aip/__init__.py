"""Whether a running service keeps Google's AIPs: a suite that knows the service by its contract alone.

It finds the standard methods in the service's descriptors (by reflection, or in a descriptor set), makes valid
messages by itself, and talks over gRPC and over the HTTP bindings:

    python -m tests.aip --grpc HOST:PORT --http URL [--descriptor-set FILE] [--service NAME] [--json]

From a test: `check_service("127.0.0.1:9000", "http://127.0.0.1:8000")` gives a `Result` for every rule, resource and
transport; `failures(results)` is the text to fail with. What it creates stands under parents of its own, and it
removes nothing else, so it may run against a service that is in use, at the cost of the load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from .checks import Check, all_checks
from .descriptors import Contract
from .report import lines
from .runner import FAILED, NOT_APPLICABLE, PASSED, Result, Target, run

__all__ = [
    "FAILED",
    "NOT_APPLICABLE",
    "PASSED",
    "Check",
    "Result",
    "all_checks",
    "check_service",
    "check_service_async",
    "failures",
]


async def check_service_async(
    grpc: str,
    http: str = "",
    *,
    descriptor_set: bytes | None = None,
    service: str = "",
    checks: Sequence[str] = (),
    resources: Sequence[str] = (),
    seed: int | None = None,
    leave: bool = False,
) -> list[Result]:
    """`check_service`, inside a running loop."""
    if descriptor_set is None:
        contract = await asyncio.to_thread(Contract.from_reflection, grpc)
    else:
        contract = Contract.from_set(descriptor_set)
    known = {check.name: check for check in all_checks()}
    chosen = [known[name] for name in checks]
    target = Target(grpc, http)
    found = run(target, contract, service=service, checks=chosen, resources=resources, seed=seed, leave=leave)
    return [result async for result in found]


def check_service(
    grpc: str,
    http: str = "",
    *,
    descriptor_set: bytes | None = None,
    service: str = "",
    checks: Sequence[str] = (),
    resources: Sequence[str] = (),
    seed: int | None = None,
    leave: bool = False,
) -> list[Result]:
    """Runs the suite against the service at HOST:PORT and, where there is one, at the URL of its HTTP bindings.

    `checks` and `resources` are names of some of them; the same `seed` sends the same messages.
    With `leave` what it creates stays where no field is unique: a fifth less work where the database is thrown away.
    """
    return asyncio.run(
        check_service_async(
            grpc,
            http,
            descriptor_set=descriptor_set,
            service=service,
            checks=checks,
            resources=resources,
            seed=seed,
            leave=leave,
        )
    )


def failures(results: Sequence[Result]) -> str:
    """What failed, with what was sent and what came back; "" where nothing did."""
    failed = [result for result in results if result.status == FAILED]
    return "\n".join(lines(failed)) if failed else ""
