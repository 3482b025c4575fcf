"""Run inside the generated failing project: its declared errors and its rules, through the generated clients.

Both transports tell the same, asynchronously and synchronously, in one answer and in a stream. Prints `ok`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

biz: Any = importlib.import_module("failing_service.biz.order")
domain: Any = importlib.import_module("failing_service.biz.errors")
types: Any = importlib.import_module("failing_service.biz.order_types")
# As another team has them: the client package, beside the service.
clients: Any = importlib.import_module("failing_service_client")
pb: Any = importlib.import_module("failing_service_client.gen.failing.v1.failing_pb2")
errors: Any = importlib.import_module("failing_service_client.kit.errors")
wiring: Any = importlib.import_module("failing_service.wiring")
served: Any = importlib.import_module("served").served


class UseCase(biz.OrderUseCase):  # type: ignore[misc]
    """Fails as the recipient's name says."""

    async def place_order(self, request: Any) -> Any:
        raise failure(request.recipient)

    async def watch_order(self, request: Any) -> AsyncIterator[Any]:
        yield types.PlaceOrderResponse(id="1")
        raise failure(request.recipient)


def failure(name: str) -> Exception:
    error: Exception = getattr(domain, name)("as asked", by="the bank", tries=3)
    return error


class Container(wiring.Container):  # type: ignore[misc]
    @cached_property
    def order_use_case(self) -> Any:
        return UseCase()


def order(recipient: str) -> Any:
    return pb.PlaceOrderRequest(
        customer="a@example.com", recipient=recipient, lines=[pb.Line(sku="s", quantity=1)]
    )


BAD = pb.PlaceOrderRequest(
    customer="x", recipient="x", lines=[pb.Line(sku="s", quantity=1), pb.Line()], counts={"b": 1, "a": 0}
)
VIOLATIONS = [
    ("", "order.self"),
    ("customer", "string.email"),
    ("lines[1].sku", "string.min_len"),
    ("lines[1].quantity", "int32.gt"),
    ('counts["a"]', "int32.gt"),
]
DECLARED = [
    ("OrderNotFoundError", "NotFoundError", "ORDER_ERROR_NOT_FOUND", "failing.v1.OrderService"),
    ("PaymentDeclinedError", "FailedPreconditionError", "PAYMENT_DECLINED", "failing.v1.OrderService"),
    ("OrderTimeoutError", "DeadlineExceededError", "TIMEOUT", "failing.v1.OrderService"),
    ("OrderCancelledError", "CancelledError_", "CANCELLED", "failing.v1.OrderService"),
    ("UnimplementedYetError", "UnimplementedError", "UNIMPLEMENTED_YET", "failing.v1.OrderService"),
    ("ErrorReasonNotFoundError", "NotFoundError", "NOT_FOUND", "failing.v1.OrderService"),
    ("BrokenError", "InternalError", "BROKEN", "failing.v1.OrderService"),
    ("FaultTooLongError", "OutOfRangeError", "FAULT_TOO_LONG", "notes.example.com"),
]


def is_as_declared(error: Any, name: str, base: str, reason: str, owner: str) -> None:
    assert type(error) is getattr(clients, name), error
    assert isinstance(error, getattr(errors, base))
    told = (error.message, error.reason, error.domain, error.metadata)
    assert told == ("as asked", reason, owner, {"by": "the bank", "tries": "3"}), told


async def asynchronously(target: str) -> None:
    async with clients.AsyncOrderClient(target) as client:
        for name, *rest in DECLARED:
            for stream in (False, True):
                is_as_declared(await failed(client, order(name), stream=stream), name, *rest)
        for stream in (False, True):
            error = await failed(client, BAD, stream=stream)
            assert type(error) is errors.InvalidArgumentError
            assert [(each.field, each.reason) for each in error.violations] == VIOLATIONS, error.violations


async def failed(client: Any, request: Any, *, stream: bool) -> Any:
    try:
        if stream:
            async for _ in client.watch_order(request):
                pass
        else:
            await client.place_order(request)
    except errors.ServiceError as error:
        return error
    raise AssertionError("the call did not fail")


def synchronously(target: str) -> None:
    with clients.OrderClient(target) as client:
        for name, *rest in DECLARED:
            try:
                client.place_order(order(name))
            except errors.ServiceError as error:
                is_as_declared(error, name, *rest)
            else:
                raise AssertionError("the call did not fail")


def as_a_browser(target: str) -> None:
    body = json.dumps({"recipient": "PaymentDeclinedError", "lines": [{"sku": "s", "quantity": 1}]}).encode()
    request = urllib.request.Request(
        f"{target}/v1/customers/a@example.com/orders", body, {"content-type": "application/json"}
    )
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        found = json.loads(error.read())["error"]
        assert (error.code, found["code"], found["status"]) == (402, 402, "FAILED_PRECONDITION")
        assert found["details"][0]["reason"] == "PAYMENT_DECLINED"
    else:
        raise AssertionError("the call did not fail")


async def main() -> None:
    async with served("failing_service", Container) as targets:
        for target in targets:
            await asynchronously(target)
            await asyncio.to_thread(synchronously, target)
        await asyncio.to_thread(as_a_browser, targets[1])
    print("ok")


asyncio.run(main())
