"""Running checks: each on each resource over each transport, and whether the transports agree."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import grpc
import httpx2

from .checks import Check, all_checks
from .descriptors import Contract
from .expectations import FailedError
from .model import Subject, subjects
from .transports import Api, GrpcApi, HttpApi
from .trial import Call, NotApplicableError, Trial

PASSED, FAILED, NOT_APPLICABLE = "passed", "failed", "not applicable"
CHECK_SECONDS = 120.0
"""After how long a check counts as failed: a service that hangs must not hang the suite."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a check on a resource. `transport` is "both" for whether the transports agree."""

    check: Check
    resource: str
    transport: str
    status: str
    reason: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def transcript(self) -> list[str]:
        """What was sent and what came back, the last calls of it."""
        return [str(call) for call in self.calls[-6:]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the service is: HOST:PORT of gRPC, and the URL of HTTP, "" where it has none."""

    grpc: str
    http: str = ""


async def run(
    target: Target,
    contract: Contract,
    *,
    service: str = "",
    checks: Sequence[Check] = (),
    resources: Sequence[str] = (),
    seed: int | None = None,
    leave: bool = False,
) -> AsyncIterator[Result]:
    """Every result as it is found. `resources` are full or plain names of messages; none means all of them. What
    checks made is removed after each, unless it is to `leave` and has no unique field.
    """
    seed = random.randrange(2**32) if seed is None else seed
    async with AsyncExitStack() as stack:
        apis: list[Api] = []
        if target.grpc:
            options = [("grpc.max_metadata_size", 64 * 1024), ("grpc.absolute_max_metadata_size", 64 * 1024)]
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(target.grpc, options))
            apis.append(GrpcApi(channel, contract))
        if target.http:
            limits = httpx2.Limits(max_connections=50)
            client = httpx2.AsyncClient(base_url=target.http, trust_env=False, limits=limits)
            apis.append(HttpApi(await stack.enter_async_context(client), contract))
        for subject in subjects(contract, service):
            if not resources or {subject.resource.name, subject.resource.full_name} & set(resources):
                for check in checks or all_checks():
                    for result in await _on_each(check, subject, apis, seed, leave):
                        yield result


async def _on_each(
    check: Check, subject: Subject, apis: Sequence[Api], seed: int, leave: bool
) -> list[Result]:
    found: list[tuple[Result, Trial]] = []
    for api in apis:
        others = [other for other in apis if other is not api]
        rng = random.Random(f"{seed} {check.name} {subject} {api.name}")
        trial = Trial(subject, [api, *others], rng)
        found.append((await _tried(check, trial), trial))
        if not leave or subject.has_unique:
            await trial.clean()
    results = [result for result, _ in found]
    if len(found) > 1 and all(result.status == PASSED for result in results):
        trials = [trial for _, trial in found]
        if all(trial.compared for trial in trials):
            results.append(_compared(check, subject, trials))
    return results


async def _tried(check: Check, trial: Trial) -> Result:
    status, reason = PASSED, ""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check.run(trial)
    except NotApplicableError as error:
        status, reason = NOT_APPLICABLE, str(error)
    except FailedError as error:
        status, reason = FAILED, str(error)
    except TimeoutError:
        status, reason = FAILED, f"no end after {CHECK_SECONDS:.0f} s"
    except (httpx2.HTTPError, ValueError) as error:  # no answer, or one that is none
        status, reason = FAILED, f"{type(error).__name__}: {error}"
    calls = tuple(trial.calls)
    return Result(check, trial.subject.resource.full_name, trial.api.name, status, reason, calls)


def _compared(check: Check, subject: Subject, trials: list[Trial]) -> Result:
    """Whether every transport gave the same answers: code, fields of violations and reason for the same calls."""
    seen = [{call.signature for call in trial.calls} for trial in trials]
    status, reason = PASSED, ""
    if seen[0] != seen[1]:
        shown = [
            f"{trial.api.name} {sorted(map(str, one - other))}"
            for trial, one, other in zip(trials, seen, reversed(seen), strict=True)
        ]
        status, reason = FAILED, f"the transports differ: {'; '.join(shown)}"
    return Result(check, subject.resource.full_name, "both", status, reason)
