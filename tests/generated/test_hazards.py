"""Every hazard of hazard_contracts.py: generated, linted, typed, imported, started and called, each row by its name.

All rows are in one project, since what takes long is the same for one file and for a thousand; what went wrong is told
by the packages and the nouns in it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from google.api import annotations_pb2

from .hazard_contracts import ROWS, rows
from .projects import Project, scaffold

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
SEEDS = 3
_SERVICE = re.compile(r"^\s*service (\w+)|\}\s*service (\w+)|;\s*service (\w+)", re.M)
_PACKAGE = re.compile(r"^package ([\w.]+);", re.M)


@dataclass
class Findings:
    """One project of all rows, and what each check says about it, line by line."""

    project: Project
    lines: dict[str, list[str]] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)

    @cached_property
    def nouns(self) -> dict[str, str]:
        lock = json.loads((self.project.root / ".scaffold/lock.json").read_text())
        return {name: noun for name, noun in lock["nouns"].items() if name}

    def of(self, row: str) -> list[str]:
        """What concerns a row, and what can be told from none."""
        found = []
        for check, lines in self.lines.items():
            for line in lines:
                owners = [each for each in ROWS if self._names(each, line)]
                if row in owners or not owners:
                    found.append(f"{check}: {line}")
        return found

    def _names(self, row: str, line: str) -> bool:
        folders = {f"/gen/{path.partition('/')[0]}/" for path in ROWS[row]}
        if any(place in line for place in (*folders, *services(row))):
            return True
        nouns = "|".join(self.nouns[name] for name in services(row))
        return bool(re.search(rf"[/.](test_)?({nouns})(_types|_mapping|_repository)?\b", line))


def services(row: str) -> set[str]:
    """The full names of a row's services."""
    found = set()
    for text in ROWS[row].values():
        package = _PACKAGE.search(text)
        for match in _SERVICE.finditer(text):
            name = next(filter(None, match.groups()))
            found.add(f"{package[1]}.{name}" if package else name)
    return found


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    folder = tmp_path_factory.mktemp("hazards")
    api = folder / "api"
    for files in rows().values():
        for name, text in files.items():
            (api / name).parent.mkdir(parents=True, exist_ok=True)
            (api / name).write_text(text, encoding="utf-8")
    made = scaffold("new", "hazards-demo", "--proto", "api", "-I", "api", "--no-input", folder=folder)
    assert made.returncode == 0, made.stderr
    found = Findings(Project(folder / "hazards-demo", "hazards_demo"))
    for check in ("ruff check --no-cache -q", "ruff format --no-cache --check -q", "mypy --strict"):
        done = found.project.run(*check.split(), *([] if check.startswith("mypy") else ["."]), check=False)
        found.lines[check.split()[0]] = [] if done.returncode == 0 else done.stdout.splitlines()
    for source in ("src", "clients/python/src"):
        found.lines[f"import {source}"] = imported(found.project.root / source, folder)
    called(found, api, folder)
    return found


IMPORT = """
import importlib, sys
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(name.replace(".", "/"), type(error).__name__, error)
"""


def imported(source: Path, folder: Path) -> list[str]:
    """What every module says that does not import, with warnings of the syntax as errors, from elsewhere."""
    modules = [
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(source.rglob("*.py"))
        if path.name != "__main__.py"
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error::SyntaxWarning", "-c", IMPORT],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(source)},
        input=" ".join(modules),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def called(found: Findings, api: Path, folder: Path) -> None:
    """Calls every RPC over both transports, by strangers and by the generated clients."""
    described = folder / "all.binpb"
    names = [path.relative_to(api).as_posix() for path in sorted(api.rglob("*.proto"))]
    google = Path(annotations_pb2.__file__).parents[2]
    flags = [f"-I{api}", f"-I{google}", "--include_imports", f"--descriptor_set_out={described}"]
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", *flags, *names], check=True, capture_output=True
    )
    texts = [text for files in ROWS.values() for text in files.values()]
    packages = {package[1] for text in texts if (package := _PACKAGE.search(text))}
    arguments = [found.project.package, ",".join(["", *sorted(packages)]), str(described), str(SEEDS)]
    paths = os.pathsep.join([str(found.project.root / "src"), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.corpus.inside", *arguments],
        cwd=found.project.root,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    found.lines["call"] = result["failures"]
    found.called = {str(count) for count in result["counts"].values() if count}


@pytest.mark.parametrize("row", ROWS)
def test_hazard_is_generated_typed_imported_and_called(findings: Findings, row: str) -> None:
    assert services(row), "a row without a service shows nothing"
    assert services(row) <= set(findings.nouns)
    assert findings.of(row) == []


def test_calls_were_made(findings: Findings) -> None:
    """Over gRPC and over HTTP, by strangers and by both clients."""
    assert len(findings.called) > 1


def test_nothing_to_do_after(findings: Findings) -> None:
    done = scaffold("check", folder=findings.project.root)
    assert (done.returncode, done.stderr) == (0, "nothing to do\n"), done.stdout


M = "message M { string text = 1; } service S { rpc Do(M) returns (M); }"

REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "dash and underscore lead to one module": (
        {"a/foo-bar.proto": f"package a; {M}", "a/foo_bar.proto": "package b; message N {}"},
        r"a/foo_bar\.proto: error\[same-module\].*rename one",
    ),
    "a folder and its safe name": (
        {"in/a.proto": f"package a; {M}", "in_/a.proto": "package b; message N {}"},
        r"in_/a\.proto: error\[same-module\]",
    ),
    "a path with a space": ({"my folder/a.proto": f"package a; {M}"}, r"error\[path-name\].*' '.*rename it"),
    "a path that begins with a digit": ({"2a/a.proto": f"package a; {M}"}, r"error\[path-name\].*digit"),
    "a field called like a method of protobuf's classes": (
        {"a.proto": f"package a; {M} message N {{ string ok = 1;\nstring SerializeToString = 2; }}"},
        r"a\.proto:4:1: error\[member-name\].*'SerializeToString'.*serialize_to_string",
    ),
    "a field called like a method of every object": (
        {"a.proto": f"package a; {M} message N {{\nstring __init__ = 2; }}"},
        r"a\.proto:4:1: error\[member-name\].*'__init__'.*'init'",
    ),
    "an enum's value that takes the place of a message's descriptor": (
        {"a.proto": f"package a; {M} message N {{ enum E {{ DESCRIPTOR = 0; }} }}"},
        r"error\[member-name\].*'DESCRIPTOR'",
    ),
    "a message and what Python calls another": (
        {"a.proto": f"package a; {M} message class {{}} message class_ {{}}"},
        r"error\[type-name\].*'class'.*'class_'.*rename",
    ),
    "the same symbols under several roots": (
        {"one/conf.proto": f"package kratos.api; {M}", "two/conf.proto": f"package kratos.api; {M}"},
        r"conf\.proto:\d+:\d+: error\[.*already defined in.*try: .*",
    ),
}


@pytest.mark.parametrize("row", REFUSED)
def test_hazard_is_refused_with_what_to_rename(tmp_path: Path, row: str) -> None:
    files, expected = REFUSED[row]
    write(tmp_path / "api", files)
    done = scaffold("new", "shop", "--proto", "api", "-I", "api", "--no-input", folder=tmp_path)
    assert done.returncode == 2, done.stdout
    assert re.search(expected, done.stderr, re.S), done.stderr
    assert not (tmp_path / "shop").exists()


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f'syntax = "proto3";\n\n{text}\n', encoding="utf-8")


def test_vendored_well_known_types(tmp_path: Path) -> None:
    """Copies of protobuf's own files in third_party/, as many repositories have them."""
    import google.protobuf
    import grpc_tools

    third_party = tmp_path / "third_party"
    vendored = Path(grpc_tools.__file__).parent / "_proto/google/protobuf"
    assert google.protobuf.__file__
    for path in vendored.glob("*.proto"):
        target = third_party / "google/protobuf" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    body = M.replace("returns (M)", "returns (google.protobuf.Empty)")
    text = f'package a; import "google/protobuf/empty.proto"; {body}'
    write(tmp_path / "api", {"a/v1/a.proto": text})
    done = scaffold(
        *("new", "shop", "--proto", "api", "-I", "api", "-I", "third_party", "--no-input"), folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "shop/src/shop/gen/google").exists()
    assert imported(tmp_path / "shop/src", tmp_path) == []


@pytest.mark.parametrize("name", ["json", "types", "grpc", "google", "typing", "kit", "class", "pydantic"])
def test_project_that_would_hide_a_module(tmp_path: Path, name: str) -> None:
    done = scaffold("new", name, "--no-input", folder=tmp_path)
    assert done.returncode == 2
    assert re.search(rf"error\[project-name\].*`{name}`.*try: scaffold new", done.stderr, re.S)
