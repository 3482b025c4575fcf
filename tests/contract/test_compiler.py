"""protoc inside this process: what it prints is caught, what it searches is chosen."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffolder.contract.compiler import run_protoc
from scaffolder.contract.protoc import compile_contract
from scaffolder.diagnostics import ScaffoldError

from .conftest import Write

GOOD = 'syntax = "proto3"; message A {}'
REPOSITORY = Path(__file__).parents[2]


def test_messages_are_caught_and_the_stream_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    code, messages = run_protoc(["--no_such_flag"])
    os.write(2, b"after\n")
    assert code != 0
    assert "no_such_flag" in messages
    assert capfd.readouterr().err == "after\n"


def test_a_replaced_stderr_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        assert "no_such_flag" in run_protoc(["--no_such_flag"])[1]


def test_a_closed_stderr_does_no_harm() -> None:
    """As for a program that was started without one."""
    script = (
        "import os; os.close(2)\n"
        "from scaffolder.contract.compiler import run_protoc\n"
        "print(run_protoc(['--no_such_flag'])[0] != 0)\n"
        "try: os.fstat(2)\n"
        "except OSError: print('closed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    assert done.stdout == "True\nclosed\n"


@pytest.mark.parametrize(
    "folder",
    [
        "with space",
        "a=b",
        "größe",
        pytest.param("a:b", marks=pytest.mark.skipif(os.name == "nt", reason="no such name on Windows")),
        pytest.param("a;b", marks=pytest.mark.skipif(os.name == "nt", reason="needs a link on Windows")),
    ],
)
def test_a_root_may_have_any_name(write: Write, folder: str) -> None:
    root = write({f"{folder}/order/a.proto": GOOD}) / folder
    assert b"order/a.proto" in compile_contract(["order/a.proto"], [root])


def test_a_file_of_the_same_name_in_the_working_directory_is_not_meant(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write({"a.proto": "not a contract", "api/a.proto": GOOD})
    monkeypatch.chdir(root)
    assert compile_contract(["a.proto"], [Path("api")])


def test_the_first_root_wins(write: Write) -> None:
    root = write({"one/a.proto": GOOD, "two/a.proto": "not a contract"})
    assert compile_contract(["a.proto"], [root / "one", root / "two"])
    with pytest.raises(ScaffoldError):
        compile_contract(["a.proto"], [root / "two", root / "one"])


def test_site_packages_is_not_searched(write: Write) -> None:
    """Only the mapped folders of googleapis-common-protos are visible, under their published names."""
    root = write({"a.proto": 'syntax = "proto3"; import "google/longrunning/operations_proto.proto";'})
    with pytest.raises(ScaffoldError, match="import-not-found"):
        compile_contract(["a.proto"], [root])
    (root / "a.proto").write_text('syntax = "proto3"; import "google/longrunning/operations.proto";')
    assert compile_contract(["a.proto"], [root])


def test_a_packaged_contract_can_be_asked_for_by_name() -> None:
    assert compile_contract(["google/longrunning/operations.proto"], [])


def test_compiling_imports_no_python_protobuf() -> None:
    """20 ms that a command which only looks for errors, or compares, does without."""
    script = (
        "import sys\n"
        "from scaffolder.contract.protoc import compile_contract\n"
        "compile_contract(['google/type/date.proto'], [])\n"
        "print(sorted(m for m in sys.modules if m.startswith(('google.protobuf', 'mypy_protobuf'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
