"""What a run imports and compiles, which is what its start costs; no clock is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffolder.cli.main import main

HEAVY = (
    "jinja2",
    "rich",
    "pydantic",
    "cookiecutter",
    "importlib.metadata",
    "typer",
    "grpc_tools",
    "google",
    "click",
)
PROBE = """
import json, sys
before = set(sys.modules)
from scaffolder.cli.main import main
sys.argv[1:] = json.loads(sys.argv[1])
code = main()
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""


def imports(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run in `folder` imports."""
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(Path.cwd())!r})\n{PROBE}"]
    result = subprocess.run(
        [*command, json.dumps(arguments)], cwd=folder, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(result.stderr.splitlines()[-1])
    assert code == 0, result.stderr
    return set(modules)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    assert main(["new", "order-service", "--output", str(folder), "--no-input", "-q"]) == 0
    return folder / "order-service"


@pytest.mark.parametrize("line", ["--help", "--version", "proto server --help", "new -h"])
def test_help_imports_nothing(tmp_path: Path, line: str) -> None:
    """Help pages come from the table alone."""
    found = imports(tmp_path, *line.split())
    assert not found & {*HEAVY, "typing", "dataclasses", "pathlib", "yaml", "json"}


@pytest.mark.parametrize(
    "line", ["proto server", "proto client", "generate", "check", "diff", "generate --json -C ."]
)
def test_nothing_to_do_imports_little(project: Path, line: str) -> None:
    """Without a change there is no compiler, no template engine and no typer."""
    found = imports(project, *line.split())
    assert not found & {*HEAVY, "scaffolder.render", "scaffolder.contract.builder", "difflib", "tempfile"}


def test_nothing_to_do_writes_nothing(project: Path) -> None:
    """Not one file or folder is touched."""
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    assert main(["generate", "-C", str(project), "-q"]) == 0
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before


def test_one_protoc_call_for_a_run(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All contracts of a run are compiled together."""
    from scaffolder.contract import compiler, protoc

    calls: list[object] = []

    def counted(flags: list[str]) -> tuple[int, str]:
        calls.append(flags)
        return compiler.run_protoc(flags)

    monkeypatch.setattr(protoc, "run_protoc", counted)
    (tmp_path / "protos").mkdir()
    for name in ("a", "b", "c"):
        service = f"service {name.upper()}Service {{ rpc Get(M) returns (M); }}"
        text = f'syntax = "proto3";\npackage {name};\nmessage M {{}}\n{service}\n'
        (tmp_path / f"protos/{name}.proto").write_text(text, encoding="utf-8")
    arguments = ["--proto", str(tmp_path / "protos"), "--output", str(tmp_path), "-q"]
    assert main(["new", "three", *arguments]) == 0
    assert len(calls) == 1
