"""The wheel and the sdist hold all that the tool needs; both are built here and the wheel is run."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffolder import __version__

REPOSITORY = Path(__file__).parents[2]


def build(source: Path, target: Path, kind: str) -> Path:
    """The wheel or sdist of `source`."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def shipped(folder: str) -> Iterator[str]:
    """The files below a folder of the repository, what other tools keep there left out."""
    for path in (REPOSITORY / folder).rglob("*"):
        parts = path.relative_to(REPOSITORY).parts
        if path.is_file() and not any(part == "__pycache__" or part.endswith("_cache") for part in parts):
            yield "/".join(parts[1:])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(REPOSITORY, tmp_path_factory.mktemp("wheel"), "wheel")


def test_wheel_holds_the_templates(wheel: Path) -> None:
    """Every template, those that begin with a dot too, is in the wheel, and no cache is."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"scaffolder/_templates/{name}" for name in shipped("templates")} <= names
    assert {f"scaffolder/_sample_protos/{name}" for name in shipped("sample_protos")} <= names
    assert not [
        name
        for name in names
        if "_cache/" in name or "__pycache__" in name or "tests/" in name.split("_templates")[0]
    ]


def test_wheel_holds_what_links_lead_to(wheel: Path) -> None:
    """The grammar of paths is one file, which the templates have by a link."""
    inside = "scaffolder/_templates/python/service/src/PACKAGE/kit/http_rule.py"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(inside) == archive.read("scaffolder/contract/http_rule.py")


def test_tool_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """Out of the wheel, away from the repository, a project is made."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1"}
    code = "import scaffolder; print(scaffolder.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(tmp_path / "site") in found.stdout
    command = [sys.executable, "-m", "scaffolder", "new", "order-service", "--no-input"]
    made = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    lock = (tmp_path / "order-service/.scaffold/lock.json").read_text(encoding="utf-8")
    assert f'"tool": "{__version__}",\n' in lock, "an installed tool is known by its version alone"


def test_sdist_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """What is built from the sdist is what is built from the repository."""
    with tarfile.open(build(REPOSITORY, tmp_path / "sdist", "sdist")) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build(source, tmp_path / "again", "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as two:
        assert set(one.namelist()) == set(two.namelist())
