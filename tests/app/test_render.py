"""Templates become text; a template that fails becomes a diagnostic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scaffolder.artifact import Ownership, Planned
from scaffolder.diagnostics import ScaffoldError
from scaffolder.render import format as formatting
from scaffolder.render import render
from tests.workspace.support import fill


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "templates"


def planned(path: str, template: str, **view: object) -> Planned:
    return Planned(path, Ownership.MERGED, template, view)


def test_python_is_formatted_and_the_rest_is_not(templates: Path) -> None:
    """Rendered Python leaves as ruff leaves it; stubs, copies and other text leave as they are."""
    source = "import sys\nimport os\nx = {  'a':{{ value }}, 'b': os, 'c': sys }\n"
    fill(
        templates, {"a.py.j2": source, "b.pyi.j2": "x:int\n", "c.py": "x=1\n", "d.txt.j2": "{{ value }}\n\n"}
    )
    names = {"a.py": "a.py.j2", "b.pyi": "b.pyi.j2", "c.py": "c.py", "d.txt": "d.txt.j2"}
    artifacts = render([planned(path, template, value=1) for path, template in names.items()], templates)
    assert {item.path: item.content for item in artifacts} == {
        "a.py": b'import os\nimport sys\n\nx = {"a": 1, "b": os, "c": sys}\n',
        "b.pyi": b"x:int\n",
        "c.py": b"x=1\n",
        "d.txt": b"1\n\n",
    }


def test_content_is_passed_on(templates: Path) -> None:
    """Bytes that are there already, protoc's for one, are not looked at."""
    item = Planned("gen/a_pb2.py", Ownership.MACHINE, content=b"x=\xff", executable=True)
    (artifact,) = render([item], templates)
    assert (artifact.content, artifact.executable) == (b"x=\xff", True)


def test_imports_are_sorted_as_in_the_project(templates: Path) -> None:
    """The project's own package, below src/, is told from what is installed."""
    fill(
        templates,
        {"a.py.j2": "import grpc\nfrom order_service import biz\nimport os\nprint(grpc, biz, os)\n"},
    )
    items = [planned("src/order_service/biz.py", "a.py.j2"), planned("tests/a.py", "a.py.j2")]
    expected = b"import os\n\nimport grpc\n\nfrom order_service import biz\n\nprint(grpc, biz, os)\n"
    assert [item.content for item in render(items, templates)] == [expected, expected]


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("fine\n{{ missing }}\n", 2, "failed: 'missing' is undefined"),
        ("fine\n\n{{ 1 / zero }}\n", 3, "failed: ZeroDivisionError: division by zero"),
        ("{% if %}\n", 1, "cannot be read: Expected an expression, got 'end of statement block'"),
        ("{% for x in xs %}\n", 1, "cannot be read: Unexpected end of template"),
        ("{% include 'gone.j2' %}\n", 1, "names `gone.j2`, which is not there"),
    ],
)
@pytest.mark.parametrize("cached", [False, True])
def test_failing_template_is_located(
    templates: Path, source: str, line: int, message: str, cached: bool
) -> None:
    """The diagnostic has the template's path and line, whether it was compiled now or by a run before."""
    fill(templates, {"deep/a.txt.j2": source})
    for _ in range(1 + cached):
        with pytest.raises(ScaffoldError) as error:
            render([planned("a.txt", "deep/a.txt.j2", zero=0, xs=[])], templates)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.location is not None
    assert (diagnostic.location.path, diagnostic.location.line) == ("templates/deep/a.txt.j2", line)
    assert diagnostic.message.startswith(message)
    assert (diagnostic.code, bool(diagnostic.hint)) == ("template", True)


def test_every_failure_is_reported_at_once(templates: Path) -> None:
    """All templates are tried, so that a user mends them in one pass."""
    fill(templates, {"a.j2": "{{ a }}", "b.j2": "{{ b }}"})
    with pytest.raises(ScaffoldError) as error:
        render([planned("a", "a.j2"), planned("b", "b.j2"), planned("c", "c.txt")], templates)
    assert len(error.value.diagnostics) == 3


def test_template_that_makes_no_python(templates: Path) -> None:
    """Output that does not parse is named with its line, and nothing comes of it."""
    fill(templates, {"a.py.j2": "x = 1\ndef {{ name }}(): pass\n"})
    with pytest.raises(ScaffoldError) as error:
        render([planned("src/a.py", "a.py.j2", name="class")], templates)
    assert str(error.value).startswith("src/a.py:2:5: error[generated]: would not be valid Python")


def test_cache_cannot_fail(templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache folder, or damaged entries in it: the same output."""
    fill(templates, {"a.txt.j2": "{{ value }}"})
    items = [planned("a.txt", "a.txt.j2", value=1)]
    expected = render(items, templates)
    for entry in (tmp_path / "cache").rglob("*.cache"):
        entry.write_bytes(entry.read_bytes()[:-5])
    assert render(items, templates) == expected
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert render(items, templates) == expected


def test_cache_follows_the_template(templates: Path) -> None:
    """A template that changes is compiled anew."""
    for text in ("one", "two"):
        fill(templates, {"a.txt.j2": text})
        assert render([planned("a.txt", "a.txt.j2")], templates)[0].content == text.encode()


def test_ruff_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ruff beside the tool is found although PATH does not name it."""
    monkeypatch.setenv("PATH", "")
    found = formatting.find_ruff()
    assert "ruff" in subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout


def test_missing_ruff_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without ruff there is a sentence and not a traceback."""
    monkeypatch.setitem(sys.modules, "ruff", None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ScaffoldError) as error:
        formatting.find_ruff()
    assert error.value.diagnostics[0].hint == "pip install ruff"
