"""What a developer works with: pyproject.toml, constraints, Makefile, git and CI files, README."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import run, tool
from .shapes import SHAPES

Rendered = Callable[[str], Path]
WITH_CI = [shape for shape, view in SHAPES.items() if "ci" in view["project"]["features"]]


def pyproject(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


def pins(folder: Path) -> dict[str, str]:
    """The versions of constraints.txt by canonical name; anything but `name==version` is an error."""
    lines = (folder / "constraints.txt").read_text("utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        if not line.startswith("#"):
            name, version = re.fullmatch(r"([\w.-]+)==([\w.]+)", line).groups()  # type: ignore[union-attr]
            found[canonicalize_name(name)] = version
    return found


def make_targets(folder: Path) -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (folder / "Makefile").read_text("utf-8"), re.M))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_requirement_has_a_pin(rendered: Rendered, shape: str) -> None:
    """constraints.txt pins each direct dependency of the service and the client, at or above its floor."""
    service = pyproject(rendered(shape))["project"]
    client = pyproject(rendered(shape) / "clients/python")["project"]
    pinned = pins(rendered(shape))

    wanted = service["dependencies"] + service["optional-dependencies"]["dev"] + client["dependencies"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_client_package_needs_no_server(rendered: Rendered) -> None:
    """The client's dependencies are those of a caller."""
    dependencies = pyproject(rendered("resource") / "clients/python")["project"]["dependencies"]
    names = {Requirement(dependency).name for dependency in dependencies}
    assert names == {"googleapis-common-protos", "grpcio", "httpx2", "orjson", "protobuf"}


@pytest.mark.parametrize("shape", SHAPES)
def test_makefile(rendered: Rendered, shape: str) -> None:
    """make knows every target, and `make help` lists each."""
    folder = rendered(shape)
    make = tool("make")
    targets = make_targets(folder)

    assert targets >= {"install", "run", "test", "lint", "format", "generate"}
    assert ("image" in targets) is ("docker" in SHAPES[shape]["project"]["features"])
    for target in sorted(targets):
        run(make, "-n", target, cwd=folder)
    assert {line.split("\t")[0] for line in run(make, cwd=folder).splitlines()} == targets


def test_make_test_checks_everything(rendered: Rendered) -> None:
    """`make test` lints, checks the format and the types, and runs the tests."""
    commands = run(tool("make"), "-n", "test", cwd=rendered("resource"))
    for command in ("ruff check .", "ruff format --check .", "mypy --strict", "pytest"):
        assert f".venv/bin/{command}\n" in commands


@pytest.mark.parametrize("shape", SHAPES)
def test_ruff_accepts_its_settings(rendered: Rendered, tmp_path: Path, shape: str) -> None:
    """ruff reads pyproject.toml without a complaint, and has none about the READMEs' code."""
    shutil.copytree(rendered(shape), tmp_path, dirs_exist_ok=True)
    for command in ("check", "format --check"):
        run(tool("ruff"), *command.split(), "--no-cache", ".", cwd=tmp_path)


def test_mypy_follows_googleapis(rendered: Rendered, tmp_path: Path) -> None:
    """The messages of googleapis-common-protos have their types, though the package has no py.typed."""
    shutil.copytree(rendered("resource"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "use.py").write_text(
        "from google.rpc import status_pb2\n\nreveal_type(status_pb2.Status().code)\n"
    )

    said = run(tool("mypy"), "--strict", "use.py", cwd=tmp_path)

    assert 'Revealed type is "int"' in said.replace("builtins.", "")
    assert "warning" not in said.lower()


def test_git_ignores_no_generated_package(rendered: Rendered, tmp_path: Path) -> None:
    """A contract in a package called build, dist or var is committed and gets into the wheel all the same."""
    git = tool("git")
    for name in (".gitignore", "var/.gitignore"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(rendered("resource") / name, tmp_path / name)
    run(git, "init", "--quiet", cwd=tmp_path)
    kept = [f"src/order_service/gen/{name}/v1/x_pb2.py" for name in ("build", "dist", "var", "data")]
    ignored = ["var/order_service.db", ".venv/bin/python", "src/order_service/__pycache__/x.pyc"]
    for path in (*kept, *ignored):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()

    listed = run(git, "ls-files", "--others", "--exclude-standard", cwd=tmp_path).splitlines()

    assert set(listed) == {".gitignore", "var/.gitignore", *kept}


@pytest.mark.parametrize("shape", WITH_CI)
def test_workflow_schema(rendered: Rendered, shape: str) -> None:
    """The workflow follows GitHub's schema, and every make target that it calls exists."""
    folder = rendered(shape)
    workflow = ".github/workflows/ci.yaml"
    run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", workflow, cwd=folder)
    jobs = yaml.safe_load((folder / workflow).read_text("utf-8"))["jobs"]

    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = {command.removeprefix("make ") for command in commands if command.startswith("make ")}
    assert called <= make_targets(folder)
    assert jobs.keys() == {"check", "image"}


def test_pre_commit_runs_the_tools_of_the_environment(rendered: Rendered) -> None:
    """Every hook is local and runs a tool that the dev extra installs."""
    folder = rendered("resource")
    (repo,) = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    dev = {Requirement(r).name for r in pyproject(folder)["project"]["optional-dependencies"]["dev"]}

    assert repo["repo"] == "local"
    assert {Path(hook["entry"].split()[0]).name for hook in repo["hooks"]} <= dev


@pytest.mark.parametrize("shape", SHAPES)
def test_readme_leads_to_every_handler(rendered: Rendered, shape: str) -> None:
    """The README has a row for each RPC with its bindings, below the file of its handler."""
    data = SHAPES[shape]["project"]
    text = (rendered(shape) / "README.md").read_text("utf-8")
    for service in data["services"]:
        section = text.partition(f"### `{service['full_name']}`")[2].partition("\n#")[0]
        assert f"({data['handlers']}/{service['noun']}.py)" in section
        rows = [row for row in section.splitlines() if row.startswith("| ")][1:]
        assert len(rows) == len(service["methods"])
        for method, row in zip(service["methods"], rows, strict=True):
            assert row.startswith(f"| {method['name']} |") and row.endswith(f"| `{method['snake']}` |")
            assert all(f"`{b['verb']} {b['path']}`" in row for b in method["bindings"])
