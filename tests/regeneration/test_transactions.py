"""A use case is given transactions where something in it, or something that is left to its owner, opens one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.regeneration.support import Workplace, new

pytestmark = pytest.mark.slow

CONTRACT = """\
syntax = "proto3";
package order.v1;
message Order { string name = 1; string buyer = 2; }
message CreateOrderRequest { Order order = 1; }
message GetOrderRequest { string name = 1; }
message ListOrdersRequest { int32 page_size = 1; string page_token = 2; }
message ListOrdersResponse { repeated Order orders = 1; string next_page_token = 2; }
message UpdateOrderRequest { Order order = 1; }
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
}
"""
LAST = "rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);"
FILES = ("src/shop/biz/order.py", "src/shop/wiring.py", "tests/unit/test_order.py")


def having(place: Workplace) -> list[str]:
    """The files that hand transactions to the use case, or take them."""
    return [
        path for path in FILES if "transaction" in place.read(path).replace("self.database.transaction,", "")
    ]


def passes(place: Workplace) -> None:
    place.project.run("mypy", "--strict", "src", "tests")
    place.project.run("ruff", "check", "--quiet", ".")
    place.project.run("ruff", "format", "--check", "--quiet", ".")
    place.project.run("pytest", "-q", "tests/unit")


def test_without_a_method_that_opens_one_there_is_none_and_it_comes_with_the_first(tmp_path: Path) -> None:
    place = new("shop", CONTRACT, tmp_path)
    assert having(place) == []
    passes(place)
    update = f"{LAST}\n  rpc UpdateOrder(UpdateOrderRequest) returns (Order);"
    place.edit("api/order/v1/order.proto", LAST, update)
    place.generate()
    assert having(place) == list(FILES)
    passes(place)
    place.edit("api/order/v1/order.proto", update, LAST)
    place.generate()
    assert having(place) == []


@pytest.mark.parametrize(
    ("old", "fresh"),
    [
        (LAST, f"{LAST}\n  rpc PayOrder(GetOrderRequest) returns (Order);"),
        ("{ Order order = 1; }\nmessage Get", "{ Order order = 1; bool validate_only = 2; }\nmessage Get"),
    ],
)
def test_owner_has_one_for_a_custom_method_and_a_create_that_may_be_tried(
    tmp_path: Path, old: str, fresh: str
) -> None:
    assert old in CONTRACT
    place = new("shop", CONTRACT.replace(old, fresh), tmp_path)
    assert having(place) == list(FILES)
    passes(place)
