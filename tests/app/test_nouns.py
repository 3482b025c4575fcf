"""Two services of one noun in a project: settled once, recorded, and followed when somebody changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app import generate as app
from scaffolder.app.new import Request as New
from scaffolder.app.new import new
from scaffolder.app.options import Options, Request
from scaffolder.app.report import Action, Report
from scaffolder.diagnostics import ScaffoldError

CONTRACT = """syntax = "proto3";
package PACKAGE;
message M { string text = 1; }
service OrderService { rpc Place(M) returns (M); }
"""


def write(folder: Path, *packages: str) -> None:
    for package in packages:
        path = folder / package.replace(".", "/") / "order.proto"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONTRACT.replace("PACKAGE", package))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with order.v1, whose use case has been edited."""
    write(tmp_path / "protos", "order.v1")
    monkeypatch.chdir(tmp_path)
    new(New("shop", ["protos/order/v1/order.proto"], ["protos"], features=["none"]))
    edit(tmp_path / "shop/src/shop/biz/order.py", "The rules of order.v1.OrderService.", "My rules.")
    return tmp_path / "shop"


def edit(path: Path, old: str, new_text: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new_text))


def generate(root: Path, *renames: str, dry_run: bool = False) -> Report:
    return app.generate(Request(root, options=Options(rename=renames)), dry_run=dry_run)


def add_v2(root: Path) -> None:
    """Puts order.v2 before order.v1, with a comment."""
    write(root / "api", "order.v2")
    edit(root / "scaffold.yaml", "contracts:\n", "contracts:\n  - order/v2/order.proto  # new\n")


def biz(root: Path) -> set[str]:
    return {path.name for path in (root / "src/shop/biz").glob("[a-z]*.py")} - {"errors.py"}


def names(root: Path) -> list[str]:
    """The lines of scaffold.yaml's `names`."""
    _, _, found = (root / "scaffold.yaml").read_text().partition("names:\n")
    return [line.strip() for line in found.splitlines()]


BOTH = {"order.py", "order_types.py", "order_v2.py", "order_v2_types.py"}


def test_new_project_of_both_records_the_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "protos", "order.v1", "order.v2")
    monkeypatch.chdir(tmp_path)
    new(New("shop", ["protos/order"], ["protos"], features=["none"]))
    assert names(tmp_path / "shop") == ["order.v2.OrderService: order_v2"]
    assert biz(tmp_path / "shop") == BOTH
    assert generate(tmp_path / "shop").is_current


def test_added_version_leaves_the_files_of_the_first(root: Path) -> None:
    add_v2(root)
    generate(root)
    assert biz(root) == BOTH
    assert "My rules." in (root / "src/shop/biz/order.py").read_text()
    assert names(root) == ["order.v2.OrderService: order_v2"]
    assert "order/v2/order.proto  # new\n" in (root / "scaffold.yaml").read_text()
    assert generate(root).is_current and not generate(root).changes


def test_dry_run_shows_the_record_and_writes_nothing(root: Path) -> None:
    add_v2(root)
    before = (root / "scaffold.yaml").read_bytes()
    report = generate(root, dry_run=True)
    assert ("scaffold.yaml", Action.UPDATE) in [(item.path, item.action) for item in report.changes]
    assert (root / "scaffold.yaml").read_bytes() == before
    assert biz(root) == {"order.py", "order_types.py"}


def test_version_that_stays_keeps_its_files(root: Path) -> None:
    add_v2(root)
    generate(root)
    edit(root / "scaffold.yaml", "  - order/v1/order.proto\n", "")
    kept = (root / "src/shop/biz/order_v2.py").read_bytes()
    report = generate(root)
    assert (root / "src/shop/biz/order_v2.py").read_bytes() == kept
    assert not [item for item in report.different if "order_v2" in item.path]
    assert generate(root).is_current


def test_line_of_a_service_that_is_gone_is_told_and_harmless(root: Path) -> None:
    add_v2(root)
    generate(root)
    edit(root / "scaffold.yaml", "  - order/v2/order.proto  # new\n", "")
    [warning] = [item for item in generate(root).warnings if item.code == "config"]
    assert warning.severity == "warning" and "order.v2.OrderService" in warning.message
    assert warning.location is not None and warning.location.line > 1
    assert names(root) == ["order.v2.OrderService: order_v2"]


def test_noun_that_is_chosen_moves_the_files_with_what_was_written(root: Path) -> None:
    with (root / "scaffold.yaml").open("a") as file:
        file.write("names:\n  order.v1.OrderService: purchase # mine\n")
    generate(root)
    assert biz(root) == {"purchase.py", "purchase_types.py"}
    text = (root / "src/shop/biz/purchase.py").read_text()
    assert "My rules." in text and "class PurchaseUseCase" in text
    assert "purchase_service" in (root / "src/shop/wiring.py").read_text()
    assert names(root) == ["order.v1.OrderService: purchase # mine"]
    assert generate(root).is_current


def test_renamed_package_takes_its_line_along(root: Path) -> None:
    add_v2(root)
    generate(root)
    edit(root / "src/shop/biz/order_v2.py", "The rules of order.v2.OrderService.", "Second rules.")
    edit(root / "scaffold.yaml", "order/v2/order.proto", "order/v3/order.proto")
    write(root / "api", "order.v3")
    generate(root, "order.v2=order.v3")
    assert names(root) == ["order.v3.OrderService: order_v3"]
    assert "Second rules." in (root / "src/shop/biz/order_v3.py").read_text()
    assert biz(root) == {name.replace("v2", "v3") for name in BOTH}


def test_chosen_noun_survives_a_rename(root: Path) -> None:
    with (root / "scaffold.yaml").open("a") as file:
        file.write("names: {order.v1.OrderService: purchase}\n")
    generate(root)
    edit(root / "scaffold.yaml", "order/v1/order.proto", "order/v3/order.proto")
    write(root / "api", "order.v3")
    generate(root, "order.v1=order.v3")
    assert "names: {order.v3.OrderService: purchase}\n" in (root / "scaffold.yaml").read_text()
    assert biz(root) == {"purchase.py", "purchase_types.py"}


@pytest.mark.parametrize(
    ("line", "said", "column"),
    [
        ("order.v1.OrderService: Purchase", "`Purchase`", 26),
        ("order.v1.OrderService: class", "Python keyword", 26),
        ("order.v1.OrderService: [a]", "has to be text", 26),
        ("{order.v1.OrderService: a, order.v1.OrderService: b}", "twice", 30),
    ],
)
def test_noun_that_cannot_be_is_located(root: Path, line: str, said: str, column: int) -> None:
    with (root / "scaffold.yaml").open("a") as file:
        file.write(f"names:\n  {line}\n")
    number = (root / "scaffold.yaml").read_text().count("\n")
    with pytest.raises(ScaffoldError) as caught:
        generate(root)
    [found] = caught.value.diagnostics
    assert said in found.message
    assert found.location is not None
    assert (found.location.line, found.location.column) == (number, column)


def test_noun_of_another_service_is_refused(root: Path) -> None:
    add_v2(root)
    with (root / "scaffold.yaml").open("a") as file:
        file.write("names:\n  order.v2.OrderService: order\n")
    with pytest.raises(ScaffoldError, match=r"order\.v1\.OrderService"):
        generate(root)
    assert biz(root) == {"order.py", "order_types.py"}


def test_noun_passes_from_one_service_to_another_in_two_runs(root: Path) -> None:
    """In one, the files of both would meet."""
    add_v2(root)
    with (root / "scaffold.yaml").open("a") as file:
        file.write("names:\n  order.v2.OrderService: order\n  order.v1.OrderService: order_v1\n")
    with pytest.raises(ScaffoldError, match="was called until now") as caught:
        generate(root)
    [found] = caught.value.diagnostics
    assert found.location is not None and found.location.column == 26
    edit(root / "scaffold.yaml", "  order.v2.OrderService: order\n", "")
    generate(root)
    assert names(root) == ["order.v1.OrderService: order_v1", "order.v2.OrderService: order_v2"]
    edit(root / "scaffold.yaml", "order.v2.OrderService: order_v2", "order.v2.OrderService: order")
    generate(root)
    assert "My rules." in (root / "src/shop/biz/order_v1.py").read_text()
    assert "order.v2.OrderService" in (root / "src/shop/biz/order.py").read_text()
    assert generate(root).is_current
