"""Every change of a contract, by name."""

from __future__ import annotations

from .contract_life import (
    ANNOTATIONS,
    CANCEL,
    COUNT_MESSAGES,
    COUNT_RPC,
    FIND_RPC,
    HEAD,
    MESSAGES,
    ORDER,
    PAYMENT,
    PAYMENT_TEXT,
    PLACE_RPC,
    REFUNDS,
    SERVICE,
    Case,
    Contracts,
)

BIZ, HANDLERS = "src/shop/biz/order.py", "src/shop/service/order.py"
TYPES, MAPPING = "src/shop/biz/order_types.py", "src/shop/service/order_mapping.py"
WIRING, GRPC, HTTP = "src/shop/wiring.py", "src/shop/transport/grpc.py", "src/shop/transport/http.py"


def added_first(c: Contracts) -> Contracts:
    return c.edit((PLACE_RPC, CANCEL + PLACE_RPC))


def added_in_the_middle(c: Contracts) -> Contracts:
    return c.edit((FIND_RPC, CANCEL + FIND_RPC))


def added_last(c: Contracts) -> Contracts:
    last = "  rpc FollowOrder(FollowOrderRequest) returns (Order);\n"
    return c.edit((last, f"{last}\n{CANCEL.rstrip()}\n"))


def removed(c: Contracts) -> Contracts:
    return c.edit((COUNT_RPC, ""), (COUNT_MESSAGES, ""))


def removed_edited(c: Contracts) -> Contracts:
    return c.edit((FIND_RPC, ""), ("message FindOrderRequest {\n  string order_id = 1;\n}\n\n", ""))


def rpc_renamed(c: Contracts) -> Contracts:
    return c.edit(("rpc FindOrder(", "rpc FetchOrder("))


def reordered(c: Contracts) -> Contracts:
    return c.edit((COUNT_RPC, ""), (PLACE_RPC, COUNT_RPC + PLACE_RPC))


def retyped(c: Contracts) -> Contracts:
    return c.edit(
        (
            "rpc FindOrder(FindOrderRequest) returns (Order)",
            "rpc FindOrder(FollowOrderRequest) returns (Order)",
        ),
        ("rpc CountOrders(CountOrdersRequest) returns", "rpc CountOrders(PlaceOrderRequest) returns"),
    )


def streaming(c: Contracts) -> Contracts:
    return c.edit(("(FollowOrderRequest) returns (Order)", "(FollowOrderRequest) returns (stream Order)"))


def streaming_edited(c: Contracts) -> Contracts:
    return c.edit(("(FindOrderRequest) returns (Order)", "(FindOrderRequest) returns (stream Order)"))


def client_streaming(c: Contracts) -> Contracts:
    return c.edit(("(FollowOrderRequest) returns (Order)", "(stream FollowOrderRequest) returns (Order)"))


def service_added(c: Contracts) -> Contracts:
    return Contracts({**c.files, PAYMENT: f"{c.files[PAYMENT]}\n{REFUNDS}"})


def service_added_in_a_file(c: Contracts) -> Contracts:
    return c.added("refund/v1/refund.proto", 'syntax = "proto3";\n\npackage refund.v1;\n\n' + REFUNDS)


def service_removed(c: Contracts) -> Contracts:
    return c.without(ORDER)


def other_service_removed(c: Contracts) -> Contracts:
    return c.without(PAYMENT)


def service_renamed(c: Contracts) -> Contracts:
    return c.edit(("service OrderService", "service SalesService"))


def service_moved_to_a_file(c: Contracts) -> Contracts:
    return c.edit((SERVICE, ""), (ANNOTATIONS + "\n", "")).added(
        "order/v1/order_service.proto",
        f'{HEAD}{ANNOTATIONS}import "order/v1/order.proto";\n\n{SERVICE}'.rstrip() + "\n",
    )


def service_moved_to_a_package(c: Contracts) -> Contracts:
    return c.edit(("package order.v1;", "package order.v2;")).moved(ORDER, "order/v2/order.proto")


def message_renamed(c: Contracts) -> Contracts:
    return c.edit(("FindOrderRequest", "OrderQuery"))


def field_renamed(c: Contracts) -> Contracts:
    return c.edit(("string customer = ", "string client = "))


def binding_added(c: Contracts) -> Contracts:
    follow = "rpc FollowOrder(FollowOrderRequest) returns (Order)"
    return c.edit(
        (f"{follow};", f'{follow} {{\n    option (google.api.http) = {{get: "/v1/orders:follow"}};\n  }}')
    )


def binding_changed(c: Contracts) -> Contracts:
    return c.edit(('get: "/v1/orders/{order_id}"', 'get: "/v2/orders/{order_id}"'))


def binding_dropped(c: Contracts) -> Contracts:
    return c.edit((' {\n    option (google.api.http) = {get: "/v1/orders/{order_id}"};\n  }', ";"))


def comment_changed(c: Contracts) -> Contracts:
    return c.edit(
        ("// Places an order.", "// Places an order, once."),
        ("// Takes orders.", "// Takes orders and more."),
    )


def file_split(c: Contracts) -> Contracts:
    return c.edit((MESSAGES, ""), (ANNOTATIONS, ANNOTATIONS + 'import "order/v1/types.proto";\n')).added(
        "order/v1/types.proto", HEAD + MESSAGES
    )


def files_merged(c: Contracts) -> Contracts:
    """The payments of another file move into that of the orders, and so into their package."""
    rest = PAYMENT_TEXT[PAYMENT_TEXT.index("// Takes money.") :]
    return Contracts({ORDER: f"{c.files[ORDER]}\n{rest}"})


def file_renamed(c: Contracts) -> Contracts:
    return c.moved(ORDER, "order/v1/sales.proto")


CANCELS = ((BIZ, "async def cancel_order("), (HANDLERS, "async def cancel_order("))
REFUND = (
    ("src/shop/biz/refund.py", "class RefundUseCase:"),
    (WIRING, "def refund_service(self) -> RefundService:"),
    (GRPC, "bind_refund_service(container.refund_service),"),
    (HTTP, "bind_refund_service(container.refund_service),"),
)
SALES = {
    path: path.replace("order", "sales")
    for path in (BIZ, HANDLERS, TYPES, MAPPING, "tests/unit/test_order.py")
}
OLD_FILES = (BIZ, TYPES, HANDLERS, MAPPING, "tests/unit/test_order.py")

CASES: dict[str, Case] = {
    "rpc added first": Case(added_first, has=CANCELS),
    "rpc added in the middle": Case(added_in_the_middle, has=CANCELS),
    "rpc added last": Case(added_last, has=CANCELS),
    "rpc removed": Case(
        removed,
        lacks=(
            (BIZ, "count_orders"),
            (HANDLERS, "count_orders"),
            (TYPES, "CountOrders"),
            (MAPPING, "count_orders"),
        ),
    ),
    "rpc removed that was edited": Case(
        removed_edited,
        left=frozenset(
            {
                f"kept {BIZ}::OrderUseCase.find_order",
                f"kept {TYPES}::FindOrderRequest",
                f"kept {HANDLERS}::OrderService.find_order",
                f"kept {MAPPING}::find_order_request_from",
                f"leads-nowhere {HANDLERS}",
                f"leads-nowhere {MAPPING}",
            }
        ),
        broken=frozenset({HANDLERS, MAPPING}),
    ),
    "rpc renamed": Case(
        rpc_renamed,
        ("order.v1.OrderService.FindOrder=FetchOrder",),
        has=((BIZ, "async def fetch_order("), (HANDLERS, "self._use_case.fetch_order(")),
        lacks=((BIZ, "find_order"), (HANDLERS, "async def find_order")),
        words={"find_order": "fetch_order"},
    ),
    "rpc renamed, unsaid": Case(
        rpc_renamed,
        has=((BIZ, "async def fetch_order("), (HANDLERS, "async def fetch_order(")),
        left=frozenset(
            {
                f"kept {BIZ}::OrderUseCase.find_order",
                f"kept {HANDLERS}::OrderService.find_order",
                "rename order.v1.OrderService.FindOrder=order.v1.OrderService.FetchOrder",
            }
        ),
    ),
    "rpcs reordered": Case(
        reordered, left=frozenset({f"kept {BIZ}::OrderUseCase", f"kept {HANDLERS}::OrderService"})
    ),
    "rpc retyped": Case(
        retyped,
        has=(
            (BIZ, "async def find_order(self, request: FollowOrderRequest) -> Order:"),
            (BIZ, "async def count_orders(self, request: PlaceOrderRequest) -> CountOrdersResponse:"),
            (HANDLERS, "self._use_case.find_order(follow_order_request_from(request))"),
        ),
    ),
    "unary to streaming": Case(
        streaming,
        has=(
            (BIZ, "async def follow_order(self, request: FollowOrderRequest) -> AsyncIterator[Order]:"),
            (HANDLERS, "yield order_to("),
        ),
    ),
    "unary to streaming, edited": Case(
        streaming_edited,
        left=frozenset({f"conflict {BIZ}::OrderUseCase.find_order"}),
        broken=frozenset({HANDLERS}),
        code=1,
    ),
    "unary to client streaming": Case(
        client_streaming,
        has=((BIZ, "async def follow_order(self, requests: AsyncIterator[FollowOrderRequest]) -> Order:"),),
    ),
    "service added to a file": Case(service_added, has=REFUND),
    "service added in a file of its own": Case(service_added_in_a_file, has=REFUND),
    "service removed": Case(
        service_removed,
        lacks=((WIRING, "order_service"), (GRPC, "order_service"), (HTTP, "order_service")),
        left=frozenset({f"kept {path}" for path in OLD_FILES})
        | {f"leads-nowhere {HANDLERS}", f"leads-nowhere {MAPPING}"},
        broken=frozenset({HANDLERS, MAPPING}),
        code=1,
    ),
    "service removed that was not edited": Case(
        other_service_removed,
        lacks=((WIRING, "payment"), (GRPC, "payment"), (HTTP, "payment"), ("README.md", "payment")),
    ),
    "service renamed": Case(
        service_renamed,
        ("order.v1.OrderService=SalesService",),
        has=(
            ("src/shop/biz/sales.py", "class SalesUseCase:"),
            (WIRING, "def sales_service(self) -> SalesService:"),
            (GRPC, "bind_sales_service(container.sales_service),"),
        ),
        words={
            "OrderUseCase": "SalesUseCase",
            "bind_order_service": "bind_sales_service",
        },
        moved=SALES,
        left=frozenset({"leads-nowhere src/shop/biz/pricing.py"}),
        broken=frozenset({"src/shop/biz/pricing.py"}),
        code=1,
    ),
    "service renamed, unsaid": Case(
        service_renamed,
        has=(
            ("src/shop/biz/sales.py", "class SalesUseCase:"),
            (GRPC, "bind_sales_service(container.sales_service),"),
        ),
        left=frozenset({f"kept {path}" for path in OLD_FILES})
        | {f"leads-nowhere {HANDLERS}", "rename order.v1.OrderService=order.v1.SalesService"},
        broken=frozenset({HANDLERS}),
        code=1,
    ),
    "service moved to another file": Case(
        service_moved_to_a_file,
        left=frozenset({f"conflict {GRPC}::grpc_server", f"kept {WIRING}::Container"}),
        code=1,
    ),
    "service moved to another package": Case(
        service_moved_to_a_package,
        ("order.v1=order.v2",),
        has=((HANDLERS, "from shop.gen.order.v2 import order_pb2\n"),),
        lacks=((HANDLERS, "order.v1"), (BIZ, "order.v1")),
    ),
    "service moved to another package, unsaid": Case(
        service_moved_to_a_package,
        has=((HANDLERS, "from shop.gen.order.v2 import order_pb2\n"),),
        left=frozenset(
            {
                f"conflict {BIZ}::OrderUseCase.place_order",
                f"conflict {BIZ}::OrderUseCase.find_order",
                "rename order.v1.OrderService=order.v2.OrderService",
                "rename order.v1=order.v2",
            }
        ),
        code=1,
    ),
    "message renamed": Case(
        message_renamed,
        ("order.v1.FindOrderRequest=OrderQuery",),
        has=(
            (BIZ, "async def find_order(self, request: OrderQuery) -> Order:"),
            (TYPES, "class OrderQuery:"),
        ),
        lacks=((BIZ, "FindOrderRequest"), (TYPES, "FindOrderRequest"), (MAPPING, "find_order_request")),
        reordered=True,
    ),
    "message renamed, unsaid": Case(
        message_renamed,
        has=(
            (BIZ, "async def find_order(self, request: OrderQuery) -> Order:"),
            (TYPES, "class OrderQuery:"),
        ),
        lacks=((BIZ, "FindOrderRequest"), (TYPES, "FindOrderRequest")),
    ),
    "field renamed": Case(
        field_renamed,
        tuple(
            f"order.v1.{name}.customer=client"
            for name in ("Order", "PlaceOrderRequest", "CountOrdersRequest")
        ),
        has=((TYPES, '    client: str = ""\n'), (MAPPING, "client=value.client")),
        lacks=((TYPES, "customer"), (MAPPING, "customer")),
        words={"request.customer": "request.client", "customer=": "client="},
    ),
    "field renamed, unsaid": Case(
        field_renamed,
        has=((TYPES, '    client: str = ""\n'), (MAPPING, "client=value.client")),
        lacks=((TYPES, "customer"), (MAPPING, "customer")),
        left=frozenset(
            f"rename order.v1.{message}.customer=order.v1.{message}.client"
            for message in ("Order", "PlaceOrderRequest", "CountOrdersRequest")
        )
        | {f"leads-nowhere {BIZ}"},
        broken=frozenset({BIZ}),
    ),
    "http binding added": Case(
        binding_added, has=(("README.md", "| FollowOrder | `GET /v1/orders:follow` | `follow_order` |"),)
    ),
    "http binding changed": Case(
        binding_changed, has=(("README.md", "| FindOrder | `GET /v2/orders/{order_id}` | `find_order` |"),)
    ),
    "http binding dropped": Case(binding_dropped, has=(("README.md", "| FindOrder | – | `find_order` |"),)),
    "comments changed": Case(
        comment_changed,
        has=(
            (BIZ, '"""Places an order, once."""'),
            (HANDLERS, '"""Places an order, once."""'),
            (HANDLERS, '"""Takes orders and more."""'),
        ),
    ),
    "contract file split": Case(file_split, has=((MAPPING, "from shop.gen.order.v1 import types_pb2\n"),)),
    "contract files merged": Case(
        files_merged,
        has=(("src/shop/service/payment.py", "order_pb2.ChargeCardRequest"),),
        left=frozenset({"rename payment.v1.PaymentService=order.v1.PaymentService"}),
    ),
    "contract file renamed": Case(
        file_renamed,
        ("order/v1/order.proto=order/v1/sales.proto",),
        has=((MAPPING, "from shop.gen.order.v1 import sales_pb2\n"),),
        lacks=((MAPPING, "order_pb2"), (HANDLERS, "order_pb2")),
    ),
    "contract file renamed, unsaid": Case(
        file_renamed,
        has=((MAPPING, "from shop.gen.order.v1 import sales_pb2\n"),),
        lacks=((MAPPING, "order_pb2"), (HANDLERS, "order_pb2")),
    ),
}
