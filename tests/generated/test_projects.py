"""Every generated project keeps its own promises: lint, format, types, tests."""

import shutil
import subprocess
import sys

import pytest

from .conftest import Made
from .projects import scaffold

pytestmark = pytest.mark.slow


def test_lint_and_format_are_clean(made: Made) -> None:
    made.project.run("ruff", "check", "--no-cache", ".")
    made.project.run("ruff", "format", "--no-cache", "--check", ".")


def test_types_are_strict(made: Made) -> None:
    made.project.run("mypy", "--strict", "src", "tests", "clients/python/src")


def test_pyright_is_clean(made: Made) -> None:
    if shutil.which("node") is None:
        pytest.skip("pyright needs Node.js, which is not installed")
    package = made.project.root / "src" / made.project.package
    own = sorted(
        str(path)
        for path in package.iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "kit")
    )
    # One project's check of the kit, which is every one's, and of the client, which is made of the same parts, will do.
    folders = ["src", "clients/python/src"] if made.project.package == "library_service" else own
    made.project.run("pyright", "--pythonpath", sys.executable, *folders, "tests")


def test_own_tests_pass(made: Made) -> None:
    result = made.project.run("pytest", "-q", "-p", "no:cacheprovider")
    assert " passed" in result.stdout


def test_second_run_writes_nothing(made: Made) -> None:
    before = {p: p.stat().st_mtime_ns for p in made.project.root.rglob("*") if ".git" not in p.parts}
    for command in (["generate"], ["proto", "server"], ["proto", "client"]):
        result = scaffold(*command, folder=made.project.root)
        assert result.returncode == 0, result.stderr
    after = {p: p.stat().st_mtime_ns for p in made.project.root.rglob("*") if ".git" not in p.parts}
    assert {p for p in after if after[p] != before.get(p)} == set()


def test_client_package_needs_no_server(made: Made) -> None:
    """The client imports where none of the server's packages can be imported."""
    server_only = ("uvicorn", "sqlalchemy", "structlog", "prometheus_client", "pydantic", "grpc_health")
    blocked = f"import sys; sys.modules.update(dict.fromkeys({server_only}))"
    code = f"{blocked}; import {made.project.package}_client as c; print(sorted(c.__all__))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=made.project.root.parent,
        env=made.project.environment(PYTHONPATH=str(made.project.root / "clients/python/src")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Client'" in result.stdout
