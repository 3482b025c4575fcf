"""The promise, told as a story: a service is generated, lived in, and its contract changes under its owner's hands."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from tests.generated.projects import Running

from .contract_life import ORDER_TEXT, PAYMENT_TEXT
from .support import Workplace, new

pytestmark = pytest.mark.slow


def test_nothing_you_wrote_is_lost_and_nothing_generated_is_stale(tmp_path: Path) -> None:
    """Give it a contract. Get a service you would be glad to own. Change the contract as often as you like."""
    home = new("shop", ORDER_TEXT, tmp_path)
    written = live_in(home)
    change_the_contract(home)

    told = home.generate()

    for path, pieces in written.items():
        for piece in pieces:
            assert piece in home.read(path), f"lost from {path}:\n{piece}\n\n{told}"
    assert "async def list_orders(" in home.read("src/shop/biz/order.py"), "an RPC came"
    assert "count_orders" not in home.read("src/shop/service/order.py"), "an RPC went"
    assert '"""Places an order, and reserves its goods."""' in home.read("src/shop/biz/order.py"), "a comment"
    assert "express: bool = False" in home.read("src/shop/biz/order_types.py"), "a field came"
    assert "AsyncIterator[Order]" in home.read("src/shop/biz/order.py"), "unary became streaming"
    assert "def payment_service(self) -> PaymentService:" in home.read("src/shop/wiring.py"), "a service came"
    home.is_clean()
    it_runs(home)

    before = home.state()
    assert home.generate() == "nothing to do\n"
    assert home.state() == before


def live_in(home: Workplace) -> dict[str, list[str]]:
    """Six edits by hand; what was written, by file."""
    home.edit(
        "src/shop/biz/order.py",
        '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n',
        "        # The number is the customer's own, so that they can say it on the telephone.\n"
        "        order = Order(order_id=numbered(request.customer), customer=request.customer)\n"
        "        self._orders[order.order_id] = order\n"
        "        return order\n",
    )
    home.edit(
        "src/shop/biz/order.py",
        '    """The rules of order.v1.OrderService."""\n',
        '    """The rules of order.v1.OrderService."""\n\n'
        "    def __init__(self) -> None:\n        self._orders: dict[str, Order] = {}\n",
    )
    home.edit(
        "src/shop/biz/order.py",
        "class OrderUseCase:\n",
        "def numbered(customer: str) -> str:\n"
        '    """A helper between the generated definitions."""\n'
        '    return f"{customer}-1"\n'
        "\n\n"
        "class OrderUseCase:\n",
    )
    home.edit(
        "src/shop/service/order.py",
        "    async def find_order(",
        "    # Whoever asks for nothing gets nothing.\n    async def find_order(",
    )
    home.edit(
        "src/shop/wiring.py",
        "    @cached_property\n    def order_use_case(",
        "    @cached_property\n"
        "    def warehouse(self) -> str:\n"
        '        return "Rotterdam"\n'
        "\n"
        "    @cached_property\n    def order_use_case(",
    )
    home.edit(
        "src/shop/transport/grpc.py",
        "            bind_order_service(container.order_service),\n",
        "            bind_order_service(container.order_service),  # the busiest one\n",
    )
    home.edit("pyproject.toml", '    "uvloop>=0.22",\n', '    "uvloop>=0.22",\n    "typing-extensions>=4",\n')
    home.write(
        "src/shop/biz/pricing.py",
        '"""A module of our own."""\n\nfrom shop.biz.order_types import CountOrdersResponse\n\n'
        "NOTHING = CountOrdersResponse(count=0)\n",
    )
    return {
        "src/shop/biz/order.py": [
            "        # The number is the customer's own, so that they can say it on the telephone.\n"
            "        order = Order(order_id=numbered(request.customer), customer=request.customer)\n"
            "        self._orders[order.order_id] = order\n"
            "        return order\n",
            "        self._orders: dict[str, Order] = {}\n",
            'def numbered(customer: str) -> str:\n    """A helper between the generated definitions."""\n',
        ],
        "src/shop/service/order.py": [
            "    # Whoever asks for nothing gets nothing.\n    async def find_order("
        ],
        "src/shop/wiring.py": ['    def warehouse(self) -> str:\n        return "Rotterdam"\n'],
        "src/shop/transport/grpc.py": ["bind_order_service(container.order_service),  # the busiest one\n"],
        "pyproject.toml": ['    "typing-extensions>=4",\n'],
        "src/shop/biz/pricing.py": ["NOTHING = CountOrdersResponse(count=0)\n"],
    }


def change_the_contract(home: Workplace) -> None:
    """Six changes: an RPC comes, one goes, one becomes a stream; a comment, a field, a binding. And a service comes."""
    contract = "api/order/v1/order.proto"
    home.edit(contract, "  // Places an order.\n", "  // Places an order, and reserves its goods.\n")
    home.edit(
        contract,
        "  // Counts the orders of a customer.\n"
        "  rpc CountOrders(CountOrdersRequest) returns (CountOrdersResponse) {\n"
        '    option (google.api.http) = {get: "/v1/orders:count"};\n'
        "  }\n",
        "  // Lists the orders of a customer.\n"
        "  rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse) {\n"
        '    option (google.api.http) = {get: "/v1/customers/{customer}/orders"};\n'
        "  }\n",
    )
    home.edit(
        contract,
        "message CountOrdersRequest {\n  string customer = 1;\n}\n\n"
        "message CountOrdersResponse {\n  int32 count = 1;\n}\n",
        "message ListOrdersRequest {\n  string customer = 1;\n}\n\n"
        "message ListOrdersResponse {\n  repeated Order orders = 1;\n}\n",
    )
    home.edit(
        contract,
        "  rpc FollowOrder(FollowOrderRequest) returns (Order);",
        "  rpc FollowOrder(FollowOrderRequest) returns (stream Order);",
    )
    home.edit(
        contract,
        "message PlaceOrderRequest {\n  string customer = 1;\n",
        "message PlaceOrderRequest {\n  string customer = 1;\n  bool express = 2;\n",
    )
    home.edit(contract, '{get: "/v1/orders/{order_id}"}', '{get: "/v2/orders/{order_id}"}')
    home.write("api/payment/v1/payment.proto", PAYMENT_TEXT)
    home.edit(
        "scaffold.yaml",
        "  - order/v1/order.proto\n",
        "  - order/v1/order.proto\n  - payment/v1/payment.proto\n",
    )


def it_runs(home: Workplace) -> None:
    """The service starts, and the logic that was written by hand answers."""
    with Running(home.project) as service:
        request = urllib.request.Request(
            f"http://127.0.0.1:{service.http}/v1/orders",
            data=json.dumps({"customer": "ada", "express": True}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer) == {"orderId": "ada-1", "customer": "ada"}
