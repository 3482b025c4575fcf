"""Run inside the generated order project: a use case with logic, called through the generated clients.

All four kinds of RPC over gRPC and over HTTP, asynchronously and synchronously. Prints `ok`.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from typing import Any

types: Any = importlib.import_module("order_service.biz.order_types")
biz: Any = importlib.import_module("order_service.biz.order")
clients: Any = importlib.import_module("order_service.client")
pb: Any = importlib.import_module("order_service.gen.order.v1.order_pb2")
errors: Any = importlib.import_module("order_service.kit.errors")
wiring: Any = importlib.import_module("order_service.wiring")
served: Any = importlib.import_module("served").served


class UseCase(biz.OrderUseCase):  # type: ignore[misc]
    """What an owner would write: one method per RPC, no message in sight."""

    async def place_order(self, request: Any) -> Any:
        if not request.items:
            raise errors.InvalidArgumentError("items: at least one", reason="NO_ITEMS")
        return types.Order(order_id="o-1", customer_id=request.customer_id, items=request.items)

    async def watch_order(self, request: Any) -> AsyncIterator[Any]:
        for state in (types.OrderState.PLACED, types.OrderState.SHIPPED):
            yield types.OrderEvent(
                order=types.Order(order_id=request.order_id, state=state),
                time=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
            )

    async def record_scans(self, requests: AsyncIterator[Any]) -> Any:
        return types.RecordScansResponse(count=len([scan async for scan in requests]))

    async def navigate(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for position in requests:
            yield types.Instruction(text=f"from {position.latitude}")


class Container(wiring.Container):  # type: ignore[misc]
    @cached_property
    def order_use_case(self) -> Any:
        return UseCase()


SCANS = [pb.Scan(barcode=str(number)) for number in range(5)]
POSITIONS = [pb.Position(latitude=1.5), pb.Position(latitude=2.5)]
ORDER = pb.PlaceOrderRequest(customer_id="c", items=[pb.Order.Item(sku="s", quantity=2)])
WATCH = pb.WatchOrderRequest(order_id="o-1")


async def asynchronously(target: str) -> None:
    async def each(items: list[Any]) -> AsyncIterator[Any]:
        for item in items:
            yield item

    async with clients.AsyncOrderClient(target) as client:
        assert (await client.place_order(ORDER)).items == ORDER.items
        events = [event async for event in client.watch_order(WATCH)]
        assert [event.order.state for event in events] == [pb.ORDER_STATE_PLACED, pb.ORDER_STATE_SHIPPED]
        assert events[0].time.ToJsonString() == "2026-01-02T00:00:00Z"
        try:
            await client.place_order(pb.PlaceOrderRequest())
        except errors.InvalidArgumentError as error:
            assert (error.message, error.reason) == ("items: at least one", "NO_ITEMS")
        else:
            raise AssertionError("an order without items was taken")
        assert (await client.record_scans(each(SCANS))).count == 5
        texts = [found.text async for found in client.navigate(each(POSITIONS))]
        assert texts == ["from 1.5", "from 2.5"]


def synchronously(target: str) -> None:
    def each(items: list[Any]) -> Iterator[Any]:
        yield from items

    with clients.OrderClient(target) as client:
        assert client.place_order(ORDER).order_id == "o-1"
        assert len(list(client.watch_order(WATCH))) == 2
        assert client.record_scans(each(SCANS)).count == 5
        assert [found.text for found in client.navigate(each(POSITIONS))] == ["from 1.5", "from 2.5"]


async def main() -> None:
    async with served("order_service", Container) as targets:
        for target in targets:
            await asynchronously(target)
            await asyncio.to_thread(synchronously, target)
    print("ok")


asyncio.run(main())
