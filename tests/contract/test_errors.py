"""What a bad contract is answered with. Each folder of errors/ is a case.

``protos/`` holds the contracts, unless ``arguments.txt`` names others: lines of ``proto PATH`` and
``include PATH``. ``expected.txt`` is the answer; UPDATE_GOLDENS=1 writes it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.contract.builder import load
from scaffolder.contract.protoc import locate
from scaffolder.diagnostics import ScaffoldError

CASES = Path(__file__).parent / "errors"


def answer(case: Path) -> str:
    """What a user reads; the tool runs in the folder of the case."""
    arguments = case / "arguments.txt"
    lines = arguments.read_text("utf-8").splitlines() if arguments.exists() else ["proto protos"]
    pairs = [line.split(" ", 1) for line in lines]
    include = [Path(path) for kind, path in pairs if kind == "include"]
    try:
        located = locate([Path(path) for kind, path in pairs if kind == "proto"], include)
        roots = list(dict.fromkeys([*include, *(root for root, _ in located)]))
        contract = load([name for _, name in located], roots)
    except ScaffoldError as error:
        assert error.exit_code == 2
        return f"{error}\n"
    return "".join(f"{warning}\n" for warning in contract.warnings)


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_a_bad_contract_is_answered_as_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every error of the run is reported at its place, with what to try."""
    case = CASES / name
    monkeypatch.chdir(case)
    found = answer(case)
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        expected.write_bytes(found.encode())
    assert found == expected.read_text("utf-8")
    assert str(case) not in found
