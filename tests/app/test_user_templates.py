"""Templates in the project shadow those of the tool, add to them, and fail with a place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scaffolder import overlay as overlays
from scaffolder.artifact import Artifact, Ownership
from scaffolder.contract.model import Contract
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.plan import Layout, plan
from scaffolder.render import render
from scaffolder.targets.python.views import ProjectViews
from tests.workspace.support import fill

MANIFEST = """
files:
  - {path: "src/PACKAGE/kit/*", owner: machine, scope: client}
  - {path: "configs/*", owner: yours}
  - {path: "deploy/*", owner: merged, when: [kubernetes]}
  - {path: "*", owner: merged}
copies:
  - {from: "src/PACKAGE/kit/errors.py", to: "clients/python/src/CLIENT/kit/errors.py"}
"""
BUILT_IN = {
    "python/service.yaml": MANIFEST,
    "python/service/Dockerfile.j2": "CMD {{ project.package }}\nFROM {% block base %}python{% endblock %}\n",
    "python/service/.gitignore": "\n*.pyc\n{# not a comment #} {{ not a variable }}\n  ",
    "python/service/src/PACKAGE/kit/errors.py": "x=1\n",
    "python/service/src/PACKAGE/service/NOUN.py.j2": "noun = '{{ service.noun }}'\n",
}


class Views(ProjectViews):
    """The views of a project with two services, without a contract."""

    @property
    def project(self) -> dict[str, Any]:
        return {"project": {"name": "shop", "package": "shop"}}

    @property
    def nouns(self) -> dict[str, dict[str, Any]]:
        return {noun: self.project | {"service": {"noun": noun}} for noun in ("cart", "order")}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project that is the working directory; the tool's templates are beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fill(tmp_path / "templates", BUILT_IN)
    project = tmp_path / "shop"
    project.mkdir()
    monkeypatch.chdir(project)
    yield project


def generate(root: Path, features: tuple[str, ...] = ()) -> dict[str, Artifact]:
    """Layout, plan and render, as a run does; by path."""
    templates, overlay = root.parent / "templates", root / overlays.FOLDER
    views = Views(Contract(()), "shop", "shop", features=features)
    planned = plan(views, Layout.read(templates, overlay))
    found = {item.path: item for item in render(planned, templates, overlay)}
    return {path: item for path, item in found.items() if "gen/" not in path}


def own(root: Path, files: Mapping[str, str]) -> None:
    fill(root / overlays.FOLDER, files)


def problems(root: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(ScaffoldError) as error:
        generate(root)
    return error.value.diagnostics


def places(root: Path) -> list[str]:
    """`path[:line]: message` of every diagnostic."""
    found = []
    for each in problems(root):
        assert each.location is not None
        assert each.code == "template"
        line = f":{each.location.line}" if each.location.line else ""
        found.append(f"{each.location.path}{line}: {each.message}")
    return found


def test_without_own_templates_nothing_changes(root: Path) -> None:
    """No folder, and an empty one, are as if there were no such thing."""
    before = generate(root)
    assert sorted(before) == [
        ".gitignore",
        "Dockerfile",
        "clients/python/src/shop_client/kit/errors.py",
        "src/shop/kit/errors.py",
        "src/shop/service/cart.py",
        "src/shop/service/order.py",
    ]
    own(root, {"_include/x.j2": "", "Dockerfile.j2~": "", ".DS_Store": "", "src/.Dockerfile.j2.swp": ""})
    assert generate(root) == before


@pytest.mark.parametrize(
    ("name", "path", "text", "expected"),
    [
        ("Dockerfile.j2", "Dockerfile", "{{ project.name }}", "shop"),
        ("Dockerfile", "Dockerfile", "{{ as is }}", "{{ as is }}"),
        ("src/PACKAGE/kit/errors.py", "src/shop/kit/errors.py", "y=1", "y=1"),
        ("src/PACKAGE/kit/errors.py.j2", "src/shop/kit/errors.py", "y={{ 2 }}", "y = 2\n"),
        (
            "src/PACKAGE/service/NOUN.py.j2",
            "src/shop/service/cart.py",
            "n='{{ service.noun }}'",
            'n = "cart"\n',
        ),
    ],
)
def test_own_template_shadows(root: Path, name: str, path: str, text: str, expected: str) -> None:
    """By its output, with `.j2` or without, kit included; everything else about the file stays."""
    before = generate(root)
    own(root, {name: text})
    after = generate(root)
    assert after[path].content == expected.encode()
    assert {key: item.ownership for key, item in after.items()} == {
        key: item.ownership for key, item in before.items()
    }


def test_shadowing_reaches_the_copies(root: Path) -> None:
    """What the client package shares with the service follows, unless the user has a file of just that path."""
    copy = "clients/python/src/shop_client/kit/errors.py"
    own(root, {"src/PACKAGE/kit/errors.py": "y=1"})
    assert generate(root)[copy].content == b"y=1"
    own(root, {"clients/python/src/CLIENT/kit/errors.py": "z=1"})
    assert generate(root)[copy].content == b"z=1"
    assert generate(root)["src/shop/kit/errors.py"].content == b"y=1"


def test_new_files(root: Path) -> None:
    """A template without counterpart is one more file, owned by the rule that its path meets."""
    own(
        root,
        {
            "docs/NOUN.md.j2": "{{ service.noun }}",
            "docs/ANNOUNCEMENT.md": "no token in it",
            "src/PACKAGE/kit/more.py.j2": "a=1",
            "configs/more.yaml": "a: 1",
            "deploy/more.yaml": "a: 1",
            "LICENSE": "mine",
        },
    )
    found = generate(root)
    owners = {path: found[path].ownership for path in found if path not in ("Dockerfile", ".gitignore")}
    assert owners == {
        "LICENSE": Ownership.MERGED,
        "clients/python/src/shop_client/kit/errors.py": Ownership.MERGED,
        "configs/more.yaml": Ownership.YOURS,
        "docs/ANNOUNCEMENT.md": Ownership.MERGED,
        "docs/cart.md": Ownership.MERGED,
        "docs/order.md": Ownership.MERGED,
        "src/shop/kit/errors.py": Ownership.MACHINE,
        "src/shop/kit/more.py": Ownership.MACHINE,
        "src/shop/service/cart.py": Ownership.MERGED,
        "src/shop/service/order.py": Ownership.MERGED,
    }
    assert "deploy/more.yaml" in generate(root, features=("kubernetes",))


def test_extending_and_including(root: Path) -> None:
    """`builtin/` is the tool's, `user/` the user's, a plain name the user's first; verbatim files stay verbatim."""
    ignored = BUILT_IN["python/service/.gitignore"]
    own(
        root,
        {
            "Dockerfile.j2": '{% extends "builtin/Dockerfile.j2" %}{% block base %}slim{% endblock %}',
            "a.j2": '{% include "builtin/.gitignore" %}|{% include ".gitignore" %}',
            "b.j2": '{% include "user/_include/part" %}, {% include "_include/part" %}',
            "c.j2": '{% include "Dockerfile.j2" %}{% include "python/service/Dockerfile.j2" %}',
            "_include/part": "{{ part }}",
        },
    )
    found = {path: item.content.decode() for path, item in generate(root).items()}
    dockerfile = "CMD shop\nFROM slim"
    assert (found["Dockerfile"], found["a"]) == (dockerfile, f"{ignored}|{ignored}")
    assert (found["b"], found["c"]) == ("{{ part }}, {{ part }}", dockerfile * 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\n{{ projekt.name }}", ":2: failed: 'projekt' is undefined"),
        ("{{ project.nam }}", ":1: failed: there is no `nam` here, only name, package"),
        ("one\n\n{% if %}", ":3: cannot be read: Expected an expression, got 'end of statement block'"),
        ("one\n{% include 'builtin/gone' %}", ":2: names `builtin/gone`, which is not there"),
        ("{% include 'user/Dockerfile.j2~' %}", ":1: names `user/Dockerfile.j2~`, which is not there"),
        ("{% include '../../../outside' %}", ":1: names `../../../outside`, which is not there"),
        (
            "{{ ''.__class__.__mro__ }}",
            ":1: failed: access to attribute '__class__' of 'str' object is unsafe.",
        ),
    ],
)
def test_failing_own_template_is_located(root: Path, text: str, message: str) -> None:
    """The user's file and line, and what there is in place of what there is not; code is not run from there."""
    own(root, {"Dockerfile.j2": text, "Dockerfile.j2~": "old"})
    fill(root.parent, {"outside": "secret"})
    assert places(root) == [f".scaffold/templates/Dockerfile.j2{message}"]


def test_misspelt_variable_is_suggested(root: Path) -> None:
    """The hint has the nearest name of the view."""
    own(root, {"Dockerfile.j2": "{{ projekt }}"})
    assert problems(root)[0].hint == "did you mean `project`?"


def test_own_template_that_makes_no_python(root: Path) -> None:
    """The output is named with its line, and the hint names the user's template rather than ask for a report."""
    own(root, {"src/PACKAGE/service/NOUN.py.j2": "x = 1\ndef class(): pass\n"})
    found = problems(root)
    assert [f"{each.location}" for each in found] == [
        "src/shop/service/cart.py:2:5",
        "src/shop/service/order.py:2:5",
    ]
    assert {each.hint for each in found} == {
        "mend your template .scaffold/templates/src/PACKAGE/service/NOUN.py.j2"
    }


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["src/PACKGE/x.py.j2"], "src/PACKGE/x.py.j2: has an unknown token in its path, PACKGE"),
        (["tests/test_NAME.py"], "tests/test_NAME.py: has an unknown token in its path, NAME"),
        (
            ["src/PACKAGE/NOUN/GENSERVICE.py"],
            "src/PACKAGE/NOUN/GENSERVICE.py: has NOUN and GENSERVICE in its path",
        ),
        (["Makefile", "Makefile.j2"], "Makefile.j2: is for the same file as `Makefile`"),
        ([".scaffold/lock.json"], ".scaffold/lock.json: would write `.scaffold/lock.json`"),
        (["scaffold.yaml.j2"], "scaffold.yaml.j2: would write `scaffold.yaml`"),
        (["docs/.j2"], "docs/.j2: has no name before its suffix"),
    ],
)
def test_file_that_can_be_no_template_is_refused(root: Path, names: list[str], message: str) -> None:
    """With its place, before anything is rendered."""
    own(root, dict.fromkeys(names, ""))
    (found,) = places(root)
    assert found.startswith(f".scaffold/templates/{message}")


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_links(root: Path) -> None:
    """Those that stay in the project are followed; one that leaves it, dangles or turns in a circle is refused."""
    fill(root, {"shared/Dockerfile": "shared\n"})
    fill(root.parent, {"secret/x": "secret"})
    own(root, {"docs/x": ""})
    folder = root / overlays.FOLDER
    (folder / "Dockerfile").symlink_to(root / "shared/Dockerfile")
    (folder / "linked").symlink_to(root / "shared")
    found = generate(root)
    assert found["Dockerfile"].content == found["linked/Dockerfile"].content == b"shared\n"
    (folder / "a").symlink_to(root.parent / "secret/x")
    (folder / "b").symlink_to(root.parent / "secret")
    (folder / "c").symlink_to(root / "gone")
    (folder / "docs/d").symlink_to(folder)
    expected = [
        ".scaffold/templates/a: leads out of the project through a link",
        ".scaffold/templates/b: leads out of the project through a link",
        ".scaffold/templates/c: is no file that can be read",
        ".scaffold/templates/docs/d: leads back to a folder that it is in",
    ]
    assert places(root) == expected
    with pytest.raises(ScaffoldError):
        overlays.digest_of_overlay(root)


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_folder_itself_must_not_lead_out(root: Path) -> None:
    """The whole folder as a link to elsewhere is refused, and so is a file of its name."""
    (root / ".scaffold").mkdir()
    (root / overlays.FOLDER).symlink_to(root.parent / "templates")
    assert places(root) == [".scaffold/templates: leads out of the project through a link"]
    (root / overlays.FOLDER).unlink()
    (root / overlays.FOLDER).touch()
    assert places(root) == [".scaffold/templates: is no folder that can be read: Not a directory"]


def test_digest_follows_the_templates(root: Path) -> None:
    """It changes with a name, a content, an included part; not with what editors leave. None of all is ""."""
    seen = [overlays.digest_of_overlay(root)]
    assert seen == [""]
    for files in ({"a": "1"}, {"a": "2"}, {"b": ""}, {"_include/c": ""}):
        own(root, files)
        seen.append(overlays.digest_of_overlay(root))
    assert len(set(seen)) == len(seen)
    own(root, {"a~": "", ".b.swp": "", "__pycache__/x.pyc": ""})
    assert overlays.digest_of_overlay(root) == seen[-1]
