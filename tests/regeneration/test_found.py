"""What the sequences of `test_stateful` and of `soak` found, each made small: a fault that was mended stays mended."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scaffolder.app import new
from scaffolder.app.generate import generate
from scaffolder.app.options import Options, Request
from scaffolder.app.report import Report

from .laws import state

CONTRACT = """\
syntax = "proto3";

package order.v1;

service OrderService {
  rpc PlaceOrder(PlaceOrderRequest) returns (Order);
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse);
}

message Order {
  string order_id = 1;
}

message PlaceOrderRequest {
  string customer = 1;
}

message Book {
  string book_id = 1;
  string title = 2;
}

message CreateBookRequest {
  Book book = 1;
}

message GetBookRequest {
  string book_id = 1;
}

message ListBooksRequest {
  int32 page_size = 1;
  string page_token = 2;
}

message ListBooksResponse {
  repeated Book books = 1;
  string next_page_token = 2;
}
"""


class Home:
    """A project that is regenerated in this process."""

    def __init__(self, folder: Path) -> None:
        (folder / ".git").mkdir()
        source = folder / "order.proto"
        source.write_text(CONTRACT, encoding="utf-8")
        new.new(new.Request("shop", [str(source)], [str(folder)], ["none"], folder))
        self.root = folder / "shop"

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.text(path)
        assert old in text, f"{path} does not hold {old}"
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def generate(self, **options: object) -> Report:
        return generate(Request(self.root, options=Options(**options)))  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


CONTRACT_PATH = "api/order.proto"
HANDLERS = "src/shop/service/order.py"
USE_CASES = "src/shop/biz/order.py"


def test_a_field_renamed_to_a_keyword_leaves_python(home: Home) -> None:
    """`request.page_token` in a handler -> the field is called `class`, and the tool is told -> no `request.class`."""
    home.edit(CONTRACT_PATH, "string page_token", "string class")
    home.generate(rename=["order.v1.ListBooksRequest.page_token=class"])
    ast.parse(home.text(HANDLERS))
    assert "request.page_token" not in home.text(HANDLERS)


@pytest.mark.parametrize("half", ["\ndef half(\n", "\n<<<<<<< HEAD\nx = 1\n=======\n>>>>>>> theirs\n"])
def test_a_rename_waits_for_a_file_that_cannot_be_read(home: Home, half: str) -> None:
    """A half-written file, an RPC renamed -> the file is left alone; mended, it takes the new name when told again."""
    mine = "        return Order(order_id='mine')\n"
    home.edit(USE_CASES, '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n', mine)
    mended = home.text(USE_CASES)
    (home.root / USE_CASES).write_text(mended + half, encoding="utf-8")
    home.edit(CONTRACT_PATH, "rpc PlaceOrder(", "rpc TakeOrder(")
    renamed = ["order.v1.OrderService.PlaceOrder=TakeOrder"]
    report = home.generate(rename=renamed)
    assert [change.path for change in report.conflicts] == [USE_CASES]
    before = state(home.root)
    home.generate()
    assert state(home.root) == before

    (home.root / USE_CASES).write_text(mended, encoding="utf-8")
    home.generate(rename=renamed)
    assert "async def place_order(" not in home.text(USE_CASES)
    assert home.text(USE_CASES).count(mine) == 1
    assert home.text(USE_CASES).count("async def take_order(") == 1


def test_a_rename_onto_a_name_of_yours_makes_no_second_definition(home: Home) -> None:
    """`take_order` is the user's, an edited RPC takes that name -> both stand as they are, and it is told."""
    mine = "    async def take_order(self, order_id: str) -> str:\n        return order_id\n\n"
    at = "    async def place_order("
    home.edit(USE_CASES, at, mine + at)
    home.edit(
        USE_CASES,
        '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n',
        "        return Order()\n",
    )
    home.edit(CONTRACT_PATH, "rpc PlaceOrder(", "rpc TakeOrder(")
    report = home.generate(rename=["order.v1.OrderService.PlaceOrder=TakeOrder"])
    assert home.text(USE_CASES).count("def take_order(") == 1
    assert mine in home.text(USE_CASES)
    assert home.text(USE_CASES).count("        return Order()\n") == 1
    told = [item for change in report.changes if change.path == USE_CASES for item in change.details]
    assert any("would be defined twice" in item.reason for item in told)


def test_markers_in_a_file_that_nothing_is_asked_of_are_no_conflict(home: Home) -> None:
    """Conflict markers in a file, an RPC renamed that is not in it -> nothing to settle, and the next run is idle."""
    path = "src/shop/biz/__init__.py"
    (home.root / path).write_text("<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", encoding="utf-8")
    home.edit(CONTRACT_PATH, "rpc PlaceOrder(", "rpc TakeOrder(")
    assert not home.generate(rename=["order.v1.OrderService.PlaceOrder=TakeOrder"]).conflicts
    before = state(home.root)
    home.generate()
    assert state(home.root) == before


def test_imports_that_come_together_stay_together(home: Home) -> None:
    """An edited module without imports of the standard library -> three come -> they are one section."""
    contract = home.text(CONTRACT_PATH)
    create = "  rpc CreateBook(CreateBookRequest) returns (Book);\n"
    home.edit(CONTRACT_PATH, create, "")
    home.generate()
    mine = "        return Order(order_id='mine')\n"
    home.edit(USE_CASES, '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n', mine)
    assert "from typing import" not in home.text(USE_CASES)
    timed = contract.replace(
        "package order.v1;\n", 'package order.v1;\n\nimport "google/protobuf/timestamp.proto";\n'
    ).replace("  string title = 2;\n", "  string title = 2;\n  google.protobuf.Timestamp create_time = 3;\n")
    (home.root / CONTRACT_PATH).write_text(timed, encoding="utf-8")
    home.generate()
    expected = (
        "from __future__ import annotations\n"
        "\n"
        "import datetime\n"
        "from collections.abc import Callable\n"
        "from typing import Protocol\n"
        "\n"
        "from shop.biz.order_types import "
    )
    assert expected in home.text(USE_CASES)
    assert mine in home.text(USE_CASES)


def test_a_pin_that_cannot_hold_leaves_no_trace(home: Home) -> None:
    """A module of the user's uses a class that is renamed -> it is told, and the class's file is as generated."""
    own = home.root / "src/shop/own.py"
    own.write_text("from shop.biz.order_types import Order\n", encoding="utf-8")
    contract = home.text(CONTRACT_PATH)
    renamed = contract.replace("message Order {", "message Purchase {").replace(
        "returns (Order)", "returns (Purchase)"
    )
    (home.root / CONTRACT_PATH).write_text(renamed, encoding="utf-8")
    report = home.generate(rename=["order.v1.Order=Purchase"])
    assert [item.code for item in report.warnings if "Order" in item.message] == ["leads-nowhere"]
    assert report.needs_attention
    base = home.root / ".scaffold/base/src/shop/biz/order_types.py.base"
    assert home.text("src/shop/biz/order_types.py") == base.read_text(encoding="utf-8")
