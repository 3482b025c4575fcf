"""Run inside a generated project: starts its servers, calls every RPC, prints what came of it as JSON.

    python -P -m tests.corpus.inside PACKAGE PROTO_PACKAGES DESCRIPTOR_SET SEEDS [TEXT]

TEXT narrows it to the RPCs whose full names contain it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

import uvloop

from ..descriptors import Contract
from .calling import Caller
from .mapping import round_trips
from .over_http import OverHttp
from .own_clients import OwnClients
from .recorder import Calls, Generated, services, serving
from .routing import Routing
from .tally import Tally


async def main(package: str, proto_packages: str, descriptor_set: str, seeds: str, text: str = "") -> None:
    contract = Contract(Path(descriptor_set), proto_packages.split(","))
    generated, calls, tally = services(package), Calls(), Tally()
    expect_complete(contract, generated)
    round_trips(package, tally)
    async with serving(package, generated, calls) as servers:
        caller = Caller(contract, OwnClients(package, generated, servers), servers, calls, tally)
        over_http = OverHttp(caller, Routing(contract, servers.order)) if servers.http is not None else None
        for rpc in contract.rpcs:
            for seed in range(int(seeds) if text in rpc.full_name else 0):
                rng = random.Random(f"{rpc.full_name} {seed}")
                sent = caller.random_call(rpc, seed, rng)
                await caller.over_grpc(sent)
                if over_http is not None:
                    await over_http.by_name(sent)
                    for rule in rpc.rules:
                        await over_http.call(sent, rule, rng)
        await caller.close()
    elsewhere = sorted(tally.elsewhere)
    print(json.dumps({"counts": tally.counts, "elsewhere": elsewhere, "failures": tally.failures}))


def expect_complete(contract: Contract, generated: dict[str, Generated]) -> None:
    """Every service and RPC of the contract was generated, and nothing else."""
    assert set(contract.services) == set(generated)
    assert {rpc.path for rpc in contract.rpcs} == {
        path for each in generated.values() for path in each.methods
    }


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(*sys.argv[1:]))
