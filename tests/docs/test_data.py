"""docs/data.md: its snippets are what is generated, and its filters are read as it says."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import re
import textwrap
from pathlib import Path

import pytest

from kit.errors import InvalidArgumentError
from kit.resource import Rules
from tests.generated.projects import scaffold

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs/data.md").read_text(encoding="utf-8")
CONTRACT = HERE / "garden/v1/garden.proto"

SNIPPETS = re.findall(r"^```python\n# (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("garden")
    made = scaffold("new", "garden", "--proto", str(CONTRACT), "-I", str(HERE), "--no-input", folder=folder)
    assert made.returncode == 0, made.stderr
    return folder / "garden"


def test_page_shows_every_place_of_a_field() -> None:
    assert {path.split("/")[-2] for path, _ in SNIPPETS} == {"biz", "service", "data", "versions", "unit"}


@pytest.mark.parametrize(("path", "snippet"), SNIPPETS, ids=[path for path, _ in SNIPPETS])
def test_snippet_is_generated(garden: Path, path: str, snippet: str) -> None:
    """Each piece between lines of three dots stands in the file, line by line."""
    text = (garden / path).read_text(encoding="utf-8")
    for piece in snippet.split("\n...\n"):
        assert piece.strip("\n") in text, f"not in {path}:\n{piece}"


def test_contract_on_the_page_is_the_whole_ones() -> None:
    (shown,) = re.findall(r"^```proto\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert shown in CONTRACT.read_text(encoding="utf-8")


def test_rule_over_two_repositories_fits_the_use_case(garden: Path) -> None:
    """The block of the page replaces the generated one, and the methods it calls are there."""
    (block,) = re.findall(r"```python\n( +async with .*?)```", TEXT, re.DOTALL)
    text = (garden / "src/garden/biz/garden.py").read_text(encoding="utf-8")
    begin, *_, end = block.splitlines()
    assert f"{begin}\n{end}\n" in text
    assert "async def get(self, name: str, *, for_update: bool = False) -> Bed:" in text
    compile(f"async def method(self):\n{textwrap.indent(textwrap.dedent(block), '    ')}", "data.md", "exec")


class State(enum.IntEnum):
    UNSPECIFIED = 0
    GROWING = 1


@dataclasses.dataclass(slots=True, kw_only=True)
class Soil:
    ph: float = 0.0


@dataclasses.dataclass(slots=True, kw_only=True)
class Note:
    author: str = ""


@dataclasses.dataclass(slots=True, kw_only=True)
class Plant:
    """All that the page's filters name."""

    name: str = ""
    species: str = ""
    height: int = 0
    a: int = 0
    b: int = 0
    tags: list[str] = dataclasses.field(default_factory=list)
    create_time: datetime.datetime | None = None
    planted: datetime.datetime | None = None
    loan: datetime.timedelta | None = None
    state: State = State.UNSPECIFIED
    watered: bool = False
    soil: Soil | None = None
    notes: list[Note] = dataclasses.field(default_factory=list)
    labels: dict[str, str] = dataclasses.field(default_factory=dict)


PLANT = Rules(Plant, type="garden.example.com/Plant", patterns=["beds/{bed}/plants/{plant}"])


def filters() -> list[str]:
    """Those in the first column of the page's table."""
    (table,) = re.findall(r"^\| filter \| finds \|\n(.*?)\n\n", TEXT, re.MULTILINE | re.DOTALL)
    found: list[str] = []
    for row in table.splitlines()[1:]:
        cell = row.split(" | ")[0]
        for double, single in re.findall(r"``(.+?)``|`([^`]+)`", cell):
            written = double or single
            found.append(f"species = {written}" if written.startswith('"') else written)
    return found


@pytest.mark.parametrize("written", filters())
def test_filter_is_read(written: str) -> None:
    assert PLANT.query(filter=written).where is not None


@pytest.mark.parametrize(
    "written", ["height = tall", "tags = kitchen", "sage", "lower(species) = x", "a = 1 and b = 2"]
)
def test_filter_is_refused(written: str) -> None:
    with pytest.raises(InvalidArgumentError, match="filter: column"):
        PLANT.query(filter=written)


def test_or_binds_as_the_page_says() -> None:
    loose, tight = "a = 1 AND b = 2 OR b = 3", "a = 1 AND (b = 2 OR b = 3)"
    assert f"`{loose}`" in TEXT
    assert f"`{tight}`" in TEXT
    assert PLANT.query(filter=loose).where == PLANT.query(filter=tight).where
