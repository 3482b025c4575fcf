"""The contract that `proto add` writes: by the book, and accepted by those who check the book."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from scaffolder.app.add import add
from scaffolder.app.care.lint import lint
from scaffolder.app.resource import render_contract, sample_name
from scaffolder.contract import builder
from scaffolder.contract.model import Contract
from scaffolder.diagnostics import ScaffoldError
from tests.care.support import packaged
from tests.workspace.support import contents, fill

NAMES = ["order/v1/order.proto", "shop/v2/purchase_order.proto", "policy.proto", "my-shop/v1beta1/box.proto"]


def load(root: Path, name: str) -> Contract:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(render_contract(name))
    return builder.load([name], [root])


@pytest.mark.parametrize("name", NAMES)
def test_contract_compiles(tmp_path: Path, name: str) -> None:
    """Five standard methods, each with its binding, on a resource with a pattern."""
    contract = load(tmp_path, name)
    (service,) = contract.services
    assert all(len(method.bindings) == 1 and method.comment for method in service.methods)
    assert sum(bool(message.resource_patterns) for message in contract.messages.values()) == 1


def test_bindings_follow_the_guide(tmp_path: Path) -> None:
    """https://google.aip.dev/131 to 135: verbs, paths and bodies."""
    (service,) = load(tmp_path, "shop/v2/purchase_order.proto").services
    bindings = [
        (m.name, m.bindings[0].verb, str(m.bindings[0].path), m.bindings[0].body) for m in service.methods
    ]
    assert bindings == [
        ("CreatePurchaseOrder", "POST", "/v2/purchaseOrders", "purchase_order"),
        ("GetPurchaseOrder", "GET", "/v2/{name=purchaseOrders/*}", ""),
        ("ListPurchaseOrders", "GET", "/v2/purchaseOrders", ""),
        ("UpdatePurchaseOrder", "PATCH", "/v2/{purchase_order.name=purchaseOrders/*}", "purchase_order"),
        ("DeletePurchaseOrder", "DELETE", "/v2/{name=purchaseOrders/*}", ""),
    ]


BUF = shutil.which("buf", path=str(Path(sys.executable).parent)) or shutil.which("buf")
needs_buf = pytest.mark.skipif(BUF is None, reason="buf, of the package buf-bin, is not installed")

words = st.from_regex(r"[a-z][a-z0-9]{0,6}(_[a-z0-9]{1,5}){0,2}", fullmatch=True)
nouns = words | st.sampled_from(
    ["news", "child", "data", "address", "status", "item2", "create", "string", "id"]
)
folders = st.lists(
    words | st.sampled_from(["my-shop", "API", "v1", "v2beta1", "_x", "a__b", "v0"]), max_size=4
)


@needs_buf
@settings(max_examples=int(os.environ.get("SCAFFOLD_EXAMPLES", "25")), deadline=None)
@given(folders, st.sampled_from(["", "v1", "v12", "v1alpha1", "v1p1beta1", "v1x"]), nouns)
def test_contract_lints_clean(folders: list[str], version: str, noun: str) -> None:
    """Whatever it is called and wherever it is put: buf's standard rules, ours about HTTP, and `buf format`."""
    name = "/".join([*folders, *filter(None, [version]), f"{noun}.proto"])
    with TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root, {"scaffold.yaml": f"name: demo\ncontracts: ['{name}']\nproto_paths: [.]\n"})
        try:
            fill(root, {name: render_contract(name).decode()})
        except ScaffoldError:
            reject()
        assert lint(root).found == ()
        command = [str(BUF), "format", str(root / name), "--diff", "--exit-code"]
        formatted = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert (formatted.returncode, formatted.stdout + formatted.stderr) == (0, "")


@needs_buf
def test_buf_alone_has_nothing_to_say(tmp_path: Path) -> None:
    """`buf lint` without this tool, with its standard rules less the two that the guide contradicts."""
    fill(tmp_path, packaged(Path("third_party"), "google/api"))
    for name in NAMES:
        fill(tmp_path, {f"api/{name}": render_contract(name).decode()})
    config = """\
version: v2
modules:
  - path: api
    lint:
      use: [STANDARD]
      except: [RPC_RESPONSE_STANDARD_NAME, RPC_REQUEST_RESPONSE_UNIQUE]
  - path: third_party
    lint:
      ignore: [third_party]
"""
    fill(tmp_path, {"buf.yaml": config})
    for command in (["lint"], ["format", "api", "--diff", "--exit-code"]):
        result = subprocess.run(
            [str(BUF), *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("path", "usual"), [("purchase-order", "purchase_order"), ("Order", "order"), ("_order", "order")]
)
def test_unusual_file_name_is_told(root: Path, path: str, usual: str) -> None:
    """No comment can keep a linter from complaining of it, so the user hears it while renaming is easy."""
    (warning,) = add(f"api/shop/v1/{path}.proto", dry_run=True).warnings
    assert (warning.code, warning.severity) == ("contract-name", "warning")
    assert f"{usual}.proto" in warning.message
    assert not add("api/shop/v1/purchase_order.proto", dry_run=True).warnings


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("order_service", "order/v1/order.proto"),
        ("purchase_order_api", "purchase_order/v1/purchase_order.proto"),
        ("billing", "billing/v1/billing.proto"),
        ("class_service", "item/v1/item.proto"),
        ("service", "item/v1/item.proto"),
        ("empty_service", "item/v1/item.proto"),
    ],
)
def test_sample_is_named_after_the_project(package: str, name: str) -> None:
    """The resource is what is left of the project's name, or an item where nothing possible is left."""
    assert sample_name(package) == name


def test_contract_is_added_to_the_project(root: Path) -> None:
    """The file is written and listed; the generator has not run."""
    report = add("api/shop/v1/cart.proto")
    assert [change.path for change in report.different] == ["api/shop/v1/cart.proto", "scaffold.yaml"]
    assert (root / "scaffold.yaml").read_text().endswith("  - shop/v1/cart.proto\n")
    assert "package shop.v1;" in (root / "api/shop/v1/cart.proto").read_text()
    assert not (root / ".scaffold").exists()


def test_contract_outside_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a project there is only the file, and `api` is no package."""
    monkeypatch.chdir(tmp_path)
    add("api/shop/v1/cart.proto")
    assert set(contents(tmp_path)) == {"api/", "api/shop/", "api/shop/v1/", "api/shop/v1/cart.proto"}
    assert "package shop.v1;" in (tmp_path / "api/shop/v1/cart.proto").read_text()


def test_dry_run_writes_nothing(root: Path) -> None:
    """`--dry-run` says the same and does nothing."""
    before = contents(root)
    assert add("api/shop/v1/cart.proto", dry_run=True).different
    assert contents(root) == before


@pytest.mark.parametrize(
    "path", ["api/order/v1/order.proto", "shop.proto", "api/shop.txt", "api/v1/message.proto"]
)
def test_refused(root: Path, path: str) -> None:
    """A file that exists, one outside of the proto paths, one that is none, one that protobuf cannot have."""
    before = contents(root)
    with pytest.raises(ScaffoldError):
        add(path)
    assert contents(root) == before
