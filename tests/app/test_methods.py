"""What scaffold.yaml says of RPCs, followed by runs and by renames."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app import generate as app
from scaffolder.app.options import Options, Request
from scaffolder.app.report import Report
from scaffolder.app.routes import routes
from scaffolder.diagnostics import ScaffoldError
from tests.app.support import new_shop

PROTO = """\
syntax = "proto3";
package order.v1;
import "google/protobuf/empty.proto";
message Order { string name = 1; string buyer = 2; }
message CreateOrderRequest { Order order = 1; }
message GetOrderRequest { string name = 1; }
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc DropOrder(GetOrderRequest) returns (google.protobuf.Empty);
}
"""
LINE = "  order.v1.OrderService.DropOrder: delete order.v1.Order  # mine\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = new_shop(tmp_path, PROTO)
    monkeypatch.chdir(root)
    return root


def generate(root: Path, *renames: str) -> Report:
    return app.generate(Request(root, options=Options(rename=renames)))


def say(root: Path, lines: str) -> None:
    with (root / "scaffold.yaml").open("a", encoding="utf-8") as file:
        file.write(f"methods:\n{lines}")


def taken(root: Path) -> dict[str, str]:
    return {route.rpc.rpartition(".")[2]: route.standard for route in routes(root)}


def test_run_follows(root: Path) -> None:
    """The use case of an RPC that is said to be a delete deletes; without the line it answers UNIMPLEMENTED."""
    assert taken(root) == {"CreateOrder": "create", "GetOrder": "get", "DropOrder": ""}
    custom = (root / "src/shop/biz/order.py").read_text()
    say(root, LINE)
    generate(root)
    assert taken(root)["DropOrder"] == "delete"
    assert custom.count("UnimplementedError") > (root / "src/shop/biz/order.py").read_text().count(
        "UnimplementedError"
    )
    assert generate(root).is_current


def test_run_refuses_what_cannot_be(root: Path) -> None:
    """At its place, and nothing is written."""
    say(root, "  order.v1.OrderService.DropOrdr: delete\n  order.v1.OrderService.GetOrder: list\n")
    before = (root / "src/shop/biz/order.py").read_bytes()
    with pytest.raises(ScaffoldError) as error:
        generate(root)
    line = (root / "scaffold.yaml").read_text().split("\n").index("methods:") + 2
    first, second = error.value.diagnostics
    assert str(first.location).endswith(f"scaffold.yaml:{line}:3")
    assert first.hint == "did you mean `order.v1.OrderService.DropOrder`?"
    assert str(second.location).endswith(f"scaffold.yaml:{line + 1}:35")
    assert "cannot be a list" in second.message
    assert (root / "src/shop/biz/order.py").read_bytes() == before


RENAMES = (
    "Order=Purchase",
    "OrderService.CreateOrder=CreatePurchase",
    "OrderService.GetOrder=GetPurchase",
    "OrderService.DropOrder=ScrapOrder",
)


def renamed(text: str) -> str:
    """The contract after `RENAMES`; requests keep their names."""
    for old, new_text in (
        ("DropOrder", "ScrapOrder"),
        ("{ Order order", "{ Purchase order"),
        ("message Order ", "message Purchase "),
        ("returns (Order)", "returns (Purchase)"),
        ("CreateOrder(", "CreatePurchase("),
        ("GetOrder(", "GetPurchase("),
    ):
        text = text.replace(old, new_text)
    return text


def test_rename_takes_the_line_along(root: Path) -> None:
    """What was written in the use case stays, since both generations know the RPC as a delete."""
    say(root, LINE)
    generate(root)
    biz = root / "src/shop/biz/order.py"
    biz.write_text(biz.read_text().replace("async def drop_order", "# Mine.\n    async def drop_order", 1))
    contract = root / "api/order/v1/order.proto"
    contract.write_text(renamed(PROTO))
    generate(root, *(f"order.v1.{each}" for each in RENAMES))
    text = (root / "scaffold.yaml").read_text()
    assert "  order.v1.OrderService.ScrapOrder: delete order.v1.Purchase  # mine\n" in text.replace('"', "")
    assert taken(root) == {"CreatePurchase": "create", "GetPurchase": "get", "ScrapOrder": "delete"}
    assert "# Mine.\n    async def scrap_order" in biz.read_text()
    assert generate(root).is_current
