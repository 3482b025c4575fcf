"""Replies that repeat a resource's fields, while the contract and its owner's code change."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app import generate as app
from scaffolder.app.options import Options, Request
from scaffolder.diagnostics import Diagnostic
from tests.app.support import new_shop

PROTO = """\
syntax = "proto3";
package order.v1;
message CreateOrderRequest { string buyer = 1; }
message CreateOrderReply { int64 id = 1; string buyer = 2; }
message GetOrderRequest { int64 id = 1; }
message GetOrderReply { int64 id = 1; string buyer = 2; }
message ListOrdersRequest { int32 page_size = 1; string page_token = 2; }
message ListOrdersReply {
  message Order { int64 id = 1; string buyer = 2; }
  repeated Order results = 1;
  string next_page_token = 2;
}
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (CreateOrderReply);
  rpc GetOrder(GetOrderRequest) returns (GetOrderReply);
  rpc ListOrders(ListOrdersRequest) returns (ListOrdersReply);
}
"""
CONTRACT, BIZ = "api/order/v1/order.proto", "src/shop/biz/order.py"
HANDLERS, MAPPING = "src/shop/service/order.py", "src/shop/service/order_mapping.py"
GET = "order.v1.OrderService.GetOrder"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = new_shop(tmp_path, PROTO)
    monkeypatch.chdir(root)
    return root


def read(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


def edit(root: Path, path: str, *changes: tuple[str, str]) -> None:
    text = read(root, path)
    for old, fresh in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, fresh)
    (root / path).write_text(text, encoding="utf-8")


def generate(root: Path, *renames: str) -> list[Diagnostic]:
    return [*app.generate(Request(root, options=Options(rename=renames))).warnings]


def test_new_field_travels_through_a_reply_and_leaves_an_edited_handler_alone(root: Path) -> None:
    mine = (
        "        return order_to_get_order_reply(order)\n",
        '        reply = order_to_get_order_reply(order)\n        print("asked for", reply.id)\n        return reply\n',
    )
    edit(root, HANDLERS, mine)
    before = read(root, HANDLERS)
    for body in ("{ string buyer = 1; }", "CreateOrderReply { int64 id = 1; string buyer = 2; }"):
        edit(root, CONTRACT, (body, body.replace("; }", "; int32 total = 3; }")))
    for body in (
        "GetOrderReply { int64 id = 1; string buyer = 2; }",
        "message Order { int64 id = 1; string buyer = 2; }",
    ):
        edit(root, CONTRACT, (body, body.replace("; }", "; int32 total = 3; }")))
    assert [told for told in generate(root) if told.code == "method-turned"] == []
    assert read(root, HANDLERS) == before
    mapping = read(root, MAPPING)
    assert "order_pb2.GetOrderReply(id=value.id, buyer=value.buyer, total=value.total)" in mapping
    assert "order_pb2.ListOrdersReply.Order(id=value.id, buyer=value.buyer, total=value.total)" in mapping
    assert "biz.Order(buyer=message.buyer, total=message.total)" in mapping


def test_reply_that_gets_a_field_of_its_own_turns_custom_and_back(root: Path) -> None:
    body = "message GetOrderReply { int64 id = 1; string buyer = 2; "
    edit(root, CONTRACT, (body, f"{body}int32 rank = 3; "))
    (told,) = generate(root)
    assert told.code == "method-turned"
    assert told.message.startswith(
        f"{GET} was get of order.v1.ListOrdersReply.Order and is custom now: the response's field rank is nothing that "
        "a store knows"
    )
    assert "order_to_get_order_reply" not in read(root, MAPPING)
    edit(root, CONTRACT, ("int32 rank = 3; ", ""))
    (told,) = generate(root)
    assert f"{GET} was custom and is get of order.v1.ListOrdersReply.Order now" in told.message
    assert "return order_to_get_order_reply(order)" in read(root, HANDLERS)


def test_edited_handler_keeps_the_function_of_a_reply_that_is_not_flat_any_more(root: Path) -> None:
    edit(
        root,
        HANDLERS,
        ("return order_to_get_order_reply(order)", "return order_to_get_order_reply(order)  # mine"),
    )
    body = "message GetOrderReply { int64 id = 1; string buyer = 2; "
    edit(root, CONTRACT, (body, f"{body}int32 rank = 3; "))
    generate(root)
    assert "return order_to_get_order_reply(order)  # mine" in read(root, HANDLERS)
    assert "def order_to_get_order_reply(value: biz.Order)" in read(root, MAPPING)


LINES = " message Line { string sku = 1; } repeated Line lines = 9; }\n"


def test_message_that_gets_the_name_of_its_own_keeps_table_and_entity(root: Path) -> None:
    """A contract that declares Order at last stores what it stored: only the messages' types change."""
    text = "".join(
        line.replace(" }\n", LINES) if "string buyer" in line else line
        for line in read(root, CONTRACT).splitlines(keepends=True)
    )
    (root / CONTRACT).write_text(text, encoding="utf-8")
    generate(root)
    assert "lines: list[OrderLine]" in read(root, "src/shop/biz/order_types.py")
    kept = ("src/shop/data/order.py", "src/shop/biz/order_types.py", BIZ)
    before = {path: read(root, path) for path in kept}
    revisions = sorted((root / "migrations/versions").iterdir())
    nested = f"  message Order {{ int64 id = 1; string buyer = 2;{LINES}"
    edit(root, CONTRACT, (nested, ""), ("service OrderService", f"{nested.strip()}\nservice OrderService"))
    assert [told for told in generate(root) if told.code == "method-turned"] == []
    assert {path: read(root, path) for path in before} == before
    assert sorted((root / "migrations/versions").iterdir()) == revisions
    assert "-> order_pb2.Order:" in read(root, MAPPING)
