"""The service and its client are packages that install and work by themselves."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .contracts import CONTRACTS
from .projects import Project, Running, make

pytestmark = pytest.mark.slow

CALL = """
import sys
from library_service_client import BookClient, Code, ServiceError
from library_service_client.gen.library.v1 import library_pb2 as pb
assert not any("library_service." in name or name == "library_service" for name in sys.modules)
for target in sys.argv[1:]:
    with BookClient(target) as books:
        made = books.create_book(pb.CreateBookRequest(book=pb.Book(title="t")), timeout=10)
        assert books.get_book(pb.GetBookRequest(name=made.name)) == made
        try:
            books.get_book(pb.GetBookRequest(name="books/none"))
        except ServiceError as error:
            assert error.code is Code.NOT_FOUND
            print(error.message)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("packages")
    return make("library-service", CONTRACTS["library"](folder), folder)


def wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    [built] = (folder / "dist").glob("*.whl")
    return built


def test_client_package_calls_the_service_over_both_transports(project: Project, tmp_path: Path) -> None:
    """Out of its wheel, from a folder that is not the project, with nothing of the server in reach."""
    built = wheel(project.root / "clients/python")
    assert built.name.startswith("library_service_client-")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path)
    with Running(project) as service:
        result = subprocess.run(
            [sys.executable, "-c", CALL, f"127.0.0.1:{service.grpc}", f"http://127.0.0.1:{service.http}"],
            cwd=tmp_path,
            env=project.environment(PYTHONPATH=str(tmp_path)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count('Book "books/none" does not exist') == 2


def test_service_package_holds_all_of_it(project: Project) -> None:
    with zipfile.ZipFile(wheel(project.root)) as archive:
        names = set(archive.namelist())
    wanted = ("wiring.py", "py.typed", "gen/library/v1/library_pb2.pyi", "kit/lifecycle.py", "__main__.py")
    assert {f"library_service/{name}" for name in wanted} <= names
    assert not any(name.startswith(("tests/", "clients/")) for name in names)
