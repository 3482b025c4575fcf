"""The suite itself: a service that keeps all rules passes, one that breaks a rule fails, and the report says so."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from tests.aip import FAILED, NOT_APPLICABLE, PASSED, Result, all_checks, check_service_async, failures
from tests.aip.messages import from_pattern
from tests.aip.mutants import Mutant, all_mutants
from tests.aip.reference.contract import descriptor_set
from tests.aip.reference.library import Library
from tests.aip.reference.server import Server, serving


@dataclass(frozen=True)
class Checked:
    """A library that keeps all rules, after the whole suite; `before` was in it at the start."""

    library: Library
    before: Any
    results: list[Result]


@pytest.fixture(scope="module")
def checked() -> Checked:
    library = Library()
    before = library.kinds[0].message(name="shelves/others", theme="here before")
    library.store[before.name] = before

    async def check() -> list[Result]:
        async with serving(Server(library)) as (grpc, http):
            return await check_service_async(grpc, http)

    return Checked(library, before, asyncio.run(check()))


def test_a_service_that_keeps_all_rules_passes(checked: Checked) -> None:
    assert not failures(checked.results), failures(checked.results)


def test_every_check_applies_to_something_in_the_contract(checked: Checked) -> None:
    tried = {result.check.name for result in checked.results if result.status == PASSED}
    assert tried == {check.name for check in all_checks()}


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
async def test_a_service_that_breaks_a_rule_fails(mutant: Mutant) -> None:
    async with serving(mutant.server()) as (grpc, http):
        url = http if mutant.of_transport else ""
        results = await check_service_async(grpc, url, descriptor_set=descriptor_set(), checks=mutant.checks)
        if {each.check.name for each in results if each.status == FAILED} != set(mutant.checks):
            # Random resources may stand in order by chance, once.
            results += await check_service_async(
                grpc, url, descriptor_set=descriptor_set(), checks=mutant.checks
            )
    failed = {result.check.name for result in results if result.status == FAILED}
    assert failed == set(mutant.checks)


def test_every_check_has_a_mutant() -> None:
    checked = {name for mutant in all_mutants() for name in mutant.checks}
    assert checked == {check.name for check in all_checks()}


def test_nothing_is_left_behind(checked: Checked) -> None:
    left = {name for name in checked.library.store if not name.startswith("readers/")}
    assert left == {checked.before.name}
    assert checked.library.store[checked.before.name] == checked.before


async def test_all_is_left_where_that_is_asked_for() -> None:
    library = Library()
    async with serving(Server(library)) as (grpc, _):
        await check_service_async(grpc, checks=["get_returns_what_create_returned"], leave=True)
    assert {name.partition("/")[0] for name in library.store} == {"shelves", "readers"}


async def test_a_service_without_http_is_checked_over_grpc_alone() -> None:
    async with serving(Server(Library())) as (grpc, _):
        results = await check_service_async(grpc, resources=["Review"])
    assert {result.transport for result in results} == {"grpc"}
    assert PASSED in {result.status for result in results}


async def test_one_service_of_several_can_be_chosen() -> None:
    async with serving(Server(Library())) as (grpc, _):
        results = await check_service_async(grpc, service="ReaderService", checks=["get_wants_a_name"])
    assert {result.resource for result in results} == {"aip.v1.Reader"}


async def test_what_a_contract_lacks_is_not_applicable_with_a_reason() -> None:
    async with serving(Server(Library())) as (grpc, _):
        results = await check_service_async(grpc, checks=["undelete_brings_back"], resources=["Book"])
    assert [(result.status, result.reason) for result in results] == [
        (NOT_APPLICABLE, "aip.v1.Book has no soft delete (an Undelete method and a delete_time)")
    ]


@pytest.mark.parametrize("is_whole", [True, False])
async def test_the_command_tells_by_its_exit_code(is_whole: bool, tmp_path: object) -> None:
    mutant = next(each for each in all_mutants() if each.name == "SaysNothing")
    async with serving(Server(Library()) if is_whole else mutant.server()) as (grpc, http):
        command = [
            sys.executable,
            "-m",
            "tests.aip",
            "--grpc",
            grpc,
            "--http",
            http,
            "--json",
            "--resource",
            "Shelf",
        ]
        process = await _run([*command, "--check", "errors_have_a_message"])
    code, output = process
    found = json.loads(output)
    assert code == (0 if is_whole else 1)
    assert {each["status"] for each in found} == {PASSED if is_whole else FAILED}
    assert is_whole or found[0]["calls"]


async def _run(command: list[str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.parametrize(
    "pattern",
    ["^[0-9X]{10,13}$", "^(a|bc)+d?$", r"^\d{3}-\w+$", "^[^x]{2}$", "^v[0-9]+(\\.[0-9]+)*$", "abc"],
)
def test_texts_are_made_from_patterns(pattern: str) -> None:
    for seed in range(50):
        assert re.search(pattern, from_pattern(pattern, random.Random(seed)))


def test_the_suite_knows_nothing_of_the_tool() -> None:
    """Neither does it import the tool, nor what the tool generates."""
    script = (
        "import sys, tests.aip, tests.aip.checks as c; c.all_checks(); print('scaffolder' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "False"


def test_the_contract_holds_what_the_rules_are_about() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set()).file
    library = next(file for file in files if file.name == "aip/v1/library.proto")
    assert [service.name for service in library.service] == ["LibraryService", "ReaderService"]
