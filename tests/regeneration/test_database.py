"""A database is there while a contract has resources: it comes with the first, and goes with the last."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.generated.projects import Running

from .support import Workplace, new

pytestmark = pytest.mark.slow

PATH = "note/v1/note.proto"
GREET = """\
syntax = "proto3";

package note.v1;

service NoteService {
  rpc Greet(GreetRequest) returns (GreetResponse);
}

message GreetRequest {}
message GreetResponse {}
"""
KEEP = """
  rpc CreateNote(CreateNoteRequest) returns (Note);
  rpc GetNote(GetNoteRequest) returns (Note);
}
"""
NOTES = """
message Note {
  string id = 1;
  string text = 2;
}
message CreateNoteRequest {
  Note note = 1;
}
message GetNoteRequest {
  string id = 1;
}
"""
STORED = GREET.replace("\n}\n", KEEP, 1) + NOTES
PARTS = (
    "sqlalchemy",
    "aiosqlite",
    "alembic",
    "migrations",
    "persistentvolumeclaim",
    "/app/var",
    "DatabaseConfig",
)
WORDS = {
    "src/shop/config.py": ("shutdown: ShutdownConfig", "motto: str = 'mine'\n    shutdown: ShutdownConfig"),
    "src/shop/wiring.py": (
        "        super().__init__()\n",
        "        super().__init__()\n        self.mine = 1\n",
    ),
    "tests/conftest.py": ("(container, [grpc, http]):\n", "(container, [grpc, http]):  # mine\n"),
    "deploy/deployment.yaml": ("cpu: 100m", "cpu: 150m"),
    "pyproject.toml": ('    "httptools>=0.7",\n', '    "httptools>=0.7",\n    "idna",\n'),
}
"""By file what the user changes in it."""


def mentioned(home: Workplace) -> set[str]:
    """The parts of a database that files of the project speak of, and folders that it needs."""
    files = [path for path in home.root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    own = [path for path in files if ".scaffold" not in path.parts]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in own]
    folders = ("var", "src/shop/data", "src/shop/kit/database", "src/shop/kit/resource", "tests/integration")
    there = {name for name in folders if any((home.root / name) in path.parents for path in files)}
    return there | {part for part in PARTS if any(part in text for text in texts)}


def edited(home: Workplace) -> None:
    for path, (old, new_text) in WORDS.items():
        home.edit(path, old, new_text)


def test_database_comes_with_the_first_resource_and_goes_with_the_last(tmp_path: Path) -> None:
    """What the user wrote in the files that change stays, byte for byte, in both directions."""
    home = new("shop", GREET, tmp_path, PATH)
    assert mentioned(home) == set()
    edited(home)
    home.project.run("ruff", "format", "--quiet", "src/shop/config.py")
    before = {path: home.read(path) for path in WORDS}

    home.write(f"api/{PATH}", STORED)
    home.generate()

    assert mentioned(home) >= {*PARTS, "var", "src/shop/data", "src/shop/kit/database", "tests/integration"}
    for path, (_, text) in WORDS.items():
        assert text.strip().replace("'", '"').splitlines()[0] in home.read(path).replace("'", '"'), path
    home.is_clean()
    with Running(home.project) as service:
        urllib.request.urlopen(f"http://127.0.0.1:{service.http}/readyz", timeout=10).close()

    home.write(f"api/{PATH}", GREET + NOTES)
    home.generate()

    assert {path: home.read(path) for path in WORDS} == before
    assert mentioned(home).isdisjoint({"src/shop/data", "src/shop/kit/database", "tests/integration"})
    assert not (home.root / "var/.gitignore").exists()
    home.project.run("mypy")


def test_service_without_a_database_runs_without_its_packages(tmp_path: Path) -> None:
    home = new("shop", GREET, tmp_path, PATH)
    home.is_clean()
    home.write(
        "blocked.py",
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('sqlalchemy', 'aiosqlite', 'asyncpg', 'alembic')))\n"
        "from shop.config import Config\n"
        "from shop.wiring import Container\n"
        "print(type(Container(Config()).note_service).__name__)\n",
    )
    assert home.project.run_script(home.root / "blocked.py").stdout == "NoteService\n"


def test_section_of_a_setting_that_goes_is_told(tmp_path: Path) -> None:
    """configs/config.yaml is the user's, and a service with an unknown key in it does not start."""
    home = new("shop", STORED, tmp_path, PATH)
    line = home.read("configs/config.yaml").splitlines().index("database:") + 1
    home.write(f"api/{PATH}", GREET + NOTES)
    told = home.generate(code=1)
    assert f"configs/config.yaml:{line}:1: error[leads-nowhere]: `database` is no setting any more" in told


def test_models_that_stay_of_a_renamed_service_are_told_of_the_table(tmp_path: Path) -> None:
    """The owner edited them; the service of another name has the table as well, and one MetaData holds it once."""
    home = new("shop", STORED, tmp_path, PATH)
    home.write("src/shop/data/note.py", home.read("src/shop/data/note.py") + "\n\nMINE = 1\n")
    home.write(f"api/{PATH}", STORED.replace("NoteService", "MemoService"))
    told = home.generate(code=1)
    text = home.read("src/shop/data/note.py")
    line = text[: text.index("class NoteRow")].count("\n") + 1
    place = f"src/shop/data/note.py:{line}:1: error[leads-nowhere]"
    assert f"{place}: the table `notes` is in src/shop/data/memo.py now" in told
    (home.root / "src/shop/data/note.py").unlink()
    assert "leads-nowhere" not in home.generate()
    home.project.run("mypy")


def test_code_that_still_needs_the_database_is_told_how_it_stays(tmp_path: Path) -> None:
    """A module of the user's own; with the feature `database` it has what it needs, and no resource is needed."""
    home = new("shop", STORED, tmp_path, PATH)
    home.write("src/shop/reports.py", "from shop.kit.database import Database\n\nprint(Database)\n")
    home.write(f"api/{PATH}", GREET + NOTES)
    told = home.generate("--dry-run", code=1)
    assert "src/shop/reports.py:1:1: error[leads-nowhere]" in told
    assert "with `database` among the features of scaffold.yaml it stays" in told
    home.edit("scaffold.yaml", "  - ci\n", "  - ci\n  - database\n")
    assert "leads-nowhere" not in home.generate()
    home.project.run("mypy")
    with Running(home.project) as service:
        urllib.request.urlopen(f"http://127.0.0.1:{service.http}/readyz", timeout=10).close()
