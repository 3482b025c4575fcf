"""scaffold.yaml: what is written is read, and adding to it changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder import project as projects
from scaffolder.app.contracts import append_contract
from scaffolder.diagnostics import ScaffoldError
from scaffolder.project import ALL_FEATURES, FEATURES, Project
from scaffolder.project.yaml_splice import scalar, set_scalar

ROOT = Path("/project")

segments = st.text("abcdefghijklmnopqrstuvwxyz_0123456789-", min_size=1, max_size=6)
contracts = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".proto")
odd = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(
    listed=st.lists(contracts, unique=True, max_size=3),
    paths=st.lists(odd, unique=True, max_size=2),
    features=st.lists(st.sampled_from(ALL_FEATURES), unique=True),
)
def test_what_is_written_is_read(listed: list[str], paths: list[str], features: list[str]) -> None:
    """A project survives the way to text and back."""
    project = Project(
        ROOT,
        "order-service",
        contracts=tuple(listed),
        proto_paths=tuple(paths),
        features=tuple(features),
        handlers_dir="src/order_service/api",
        template="https://example.com/skeleton.git",
        names={"order.v2.OrderService": "order_v2"},
        methods={"order.v1.OrderService.FindOrders": "list order.v1.Order", "a.B.C": "custom"},
    )
    assert projects.parse(projects.render(project), ROOT) == project


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_scalar_is_read_as_the_same_text(text: str) -> None:
    """Whatever the text, YAML reads it back as it was: `no`, `1e3`, `: #` and emoji too."""
    import yaml

    assert yaml.safe_load(f"key: {scalar(text)}") == {"key": text}


SHAPES = {
    "a list": "name: a\ncontracts:\n  - one.proto\n",
    "a list with comments": "name: a\ncontracts: # all\n  - one.proto  # first\n\n# and then\nfeatures: [ci]\n",
    "not indented": "name: a\ncontracts:\n- one.proto\nfeatures: []\n",
    "no last line end": "name: a\ncontracts:\n    - one.proto",
    "in brackets": "name: a\ncontracts: [one.proto] # short\n",
    "in brackets over lines": "name: a\ncontracts: [\n  one.proto,\n]\n",
    "empty brackets": "name: a\ncontracts: []\n",
    "nothing behind the colon": "name: a\ncontracts:\nfeatures: [ci]\n",
    "missing": "# mine\nname: a",
    "quoted": "name: a\ncontracts:\n  - 'one.proto'\n",
    "windows": "name: a\r\ncontracts:\r\n  - one.proto\r\n# end\r\n",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_contract_is_added_and_every_other_byte_stays(text: str) -> None:
    """One more entry; without it the file is what it was."""
    project = projects.parse(text, ROOT)
    added = append_contract(text, project, "two/v1/two.proto")
    assert projects.parse(added, ROOT).contracts == (*project.contracts, "two/v1/two.proto")
    rest = iter(added)
    assert all(character in rest for character in text if character not in "[]"), (
        "nothing is taken out or moved"
    )
    assert ("\r\n" in text) == ("\r\n" in added)
    assert append_contract(added, projects.parse(added, ROOT), "two/v1/two.proto") == added


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\n", "name: a\nhandlers: src/a/api\n"),
        ("name: a\nhandlers: src/a/old # here\n", "name: a\nhandlers: src/a/api # here\n"),
        ("name: a", "name: a\nhandlers: src/a/api\n"),
    ],
)
def test_setting_a_value(text: str, expected: str) -> None:
    """The value is replaced in place, or added at the end."""
    assert set_scalar(text, "handlers", "src/a/api") == expected


def test_found_from_a_folder_below(tmp_path: Path) -> None:
    """The project is that of the nearest scaffold.yaml above."""
    (tmp_path / "scaffold.yaml").write_text("name: a\n", encoding="utf-8")
    (tmp_path / "src/a/biz").mkdir(parents=True)
    assert projects.find(tmp_path / "src/a/biz") == tmp_path


def test_defaults(tmp_path: Path) -> None:
    """A name is enough."""
    project = projects.parse("name: order-service\n", tmp_path)
    assert project.package == "order_service"
    assert project.proto_paths == ("api",)
    assert project.features == FEATURES
    assert project.handlers_dir == "src/order_service/service"
    assert project.roots == (tmp_path / "api",)


@pytest.mark.parametrize(
    ("handlers", "fine"),
    [
        ("src/a/service", True),
        ("src/a/api/handlers", True),
        ("src/a", False),
        ("src/a/../b/c", False),
        ("src/a/gen", False),
        ("src/a/my-handlers", False),
        ("src/a/class", False),
        ("/src/a/service", False),
    ],
)
def test_folder_of_the_handlers(handlers: str, fine: bool) -> None:
    """It has to be importable from the package, and no other layer's."""
    text = f"name: a\nhandlers: {handlers}\n"
    if fine:
        assert projects.parse(text, ROOT).handlers_dir == handlers
    else:
        with pytest.raises(ScaffoldError):
            projects.parse(text, ROOT)
