"""Which project names are possible."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError
from scaffolder.project.names import validate_project_name


@pytest.mark.parametrize(
    ("name", "package"),
    [("order-service", "order_service"), ("order", "order"), ("Shop2", "shop2"), ("a_b-c", "a_b_c")],
)
def test_possible_name(name: str, package: str) -> None:
    """Dashes become underscores, capitals become small."""
    assert validate_project_name(name) == package


@pytest.mark.parametrize(
    "name",
    [
        "",
        " a",
        "a b",
        "2fast",
        "-a",
        "_a",
        "über",
        "a.b",
        "a/b",
        "..",
        "class",
        "types",
        "grpc",
        "google",
        "nul",
        "kit",
    ],
)
def test_impossible_name(name: str) -> None:
    """Each is refused with a hint."""
    with pytest.raises(ScaffoldError) as error:
        validate_project_name(name)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "project-name"
    assert diagnostic.hint


def test_installed_module_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed cannot be the name, and is not imported to find out."""
    package = tmp_path / "somebodys_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    with pytest.raises(ScaffoldError):
        validate_project_name("somebodys-package")


@pytest.mark.parametrize("layout", ["editable", "installed"])
def test_earlier_version_of_the_project_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    """A project of this tool's that is installed does not stand in the way of making it again."""
    home = tmp_path / "src" / "order_service"
    (home / "kit").mkdir(parents=True)
    (home / "gen").mkdir()
    (home / "__init__.py").touch()
    marker = tmp_path / "scaffold.yaml" if layout == "editable" else home / "kit" / "rpc.py"
    marker.touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "src")])
    assert validate_project_name("order-service") == "order_service"


def test_folder_in_the_working_directory_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m scaffolder` has the working directory on its path; what lies there is no installed module."""
    (tmp_path / "billing").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert validate_project_name("billing") == "billing"
