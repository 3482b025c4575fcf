"""Contracts that define health checking or reflection, which the kit has to leave to them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import kit

ROOT = Path(__file__).parents[2]

SERVING, UNKNOWN = 1, 0
NO_REFLECTION = "no reflection: the contract has messages of its names"
HEALTH = "grpc.health.v1.Health"
REFLECTION = "grpc.reflection.{}.ServerReflection"
V1ALPHA = REFLECTION.format("v1alpha")


async def _run(case: str) -> tuple[dict[str, Any], list[str]]:
    """What the process of that case found, and the events that it logged."""
    paths = os.pathsep.join([str(ROOT), str(Path(kit.__file__).parents[1])])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kit.serve_own", case),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        cwd=ROOT,
    )
    out, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, error.decode()
    *log, found = [json.loads(line) for line in out.decode().splitlines()]
    return found, [line["event"] for line in log]


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("neither", [SERVING, [HEALTH, V1ALPHA, "shop.v1.Shop"], [HEALTH, V1ALPHA, "shop.v1.Shop"]]),
        ("health served", [UNKNOWN, [HEALTH, V1ALPHA], [HEALTH, V1ALPHA]]),
        ("health messages", [SERVING, [HEALTH, V1ALPHA, "shop.v1.Shop"], [HEALTH, V1ALPHA, "shop.v1.Shop"]]),
        ("reflection v1", [SERVING, "own h", [HEALTH, REFLECTION.format("v1"), V1ALPHA]]),
    ],
)
async def test_what_the_contract_serves_is_left_to_it(case: str, found: list[Any]) -> None:
    answers, events = await _run(case)
    assert answers == dict(zip(("health", "v1", "v1alpha"), found, strict=True))
    assert NO_REFLECTION not in events


async def test_a_contract_with_the_names_of_reflection_starts_without_it() -> None:
    answers, events = await _run("reflection v1alpha")
    assert answers == {"health": SERVING, "v1": "UNIMPLEMENTED", "v1alpha": "own h"}
    assert NO_REFLECTION in events
