"""The shop: a contract with every kind of RPC, compiled when imported, and a service that answers it.

What `ShopService` does depends on the name in the request, so that a test says by it what it wants to see.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc_tools
from google.api import annotations_pb2
from google.protobuf import (  # noqa: F401 - as well
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from grpc_tools import protoc

from kit.context import Context
from kit.errors import FailedPreconditionError, NotFoundError, UnimplementedError
from kit.rpc import (
    HttpBinding,
    Method,
    ServiceBinding,
    stream_stream,
    stream_unary,
    unary_stream,
    unary_unary,
)

PROTOS = Path(__file__).parent / "protos"


def compile_messages(name: str) -> Any:
    """The message classes of a file below protos/, by name."""
    annotations = Path(annotations_pb2.__file__).parents[2]
    bundled = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set.pb"
        roots = [f"-I{root}" for root in (PROTOS, annotations, bundled)]
        assert protoc.main(["protoc", *roots, f"--descriptor_set_out={out}", name]) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(files.file[0].SerializeToString())
    messages = pool.FindFileByName(name).message_types_by_name
    return {name: message_factory.GetMessageClass(message) for name, message in messages.items()}


_messages = compile_messages("shop/v1/shop.proto")
Item: Any = _messages["Item"]
CreateItemRequest: Any = _messages["CreateItemRequest"]
GetItemRequest: Any = _messages["GetItemRequest"]
UpdateItemRequest: Any = _messages["UpdateItemRequest"]
ListItemsRequest: Any = _messages["ListItemsRequest"]
ListItemsResponse: Any = _messages["ListItemsResponse"]


def _method(name: str, request: Any, response: Any, *bindings: HttpBinding, **kind: Any) -> Method[Any, Any]:
    return Method(f"/shop.v1.Shop/{name}", request, response, bindings=bindings, **kind)


_ITEM = "/v1/{name=shelves/*/items/*}"
CREATE_ITEM = _method(
    "CreateItem", CreateItemRequest, Item, HttpBinding("POST", "/v1/{parent=shelves/*}/items", body="item")
)
GET_ITEM = _method(
    "GetItem", GetItemRequest, Item, HttpBinding("GET", _ITEM), HttpBinding("GET", "/v1/items/{name}")
)
UPDATE_ITEM = _method(
    "UpdateItem",
    UpdateItemRequest,
    Item,
    HttpBinding("PATCH", "/v1/{item.name=shelves/*/items/*}", body="item"),
)
LIST_ITEMS = _method(
    "ListItems", ListItemsRequest, ListItemsResponse, HttpBinding("GET", "/v1/{parent=shelves/*}/items")
)
ARCHIVE_ITEM = _method(
    "ArchiveItem",
    GetItemRequest,
    Item,
    HttpBinding("POST", f"{_ITEM}:archive", body="*", response_body="name"),
)
WATCH_ITEMS = _method(
    "WatchItems",
    ListItemsRequest,
    Item,
    HttpBinding("GET", "/v1/{parent=shelves/*}/items:watch"),
    server_streaming=True,
)
IMPORT_ITEMS = _method(
    "ImportItems",
    Item,
    ListItemsResponse,
    HttpBinding("POST", "/v1/items:import", body="*"),
    client_streaming=True,
)
EXCHANGE = _method("Exchange", Item, Item, client_streaming=True, server_streaming=True)


class ShopService:
    """`seen` holds the contexts of all calls, `events` what became of those that wait."""

    def __init__(self) -> None:
        self.seen: list[Context] = []
        self.events: list[str] = []
        self.waiting = asyncio.Event()

    async def create_item(self, request: Any, context: Context) -> Any:
        item = Item()
        item.CopyFrom(request.item)
        item.name = f"{request.parent}/items/{request.item.name or 'new'}"
        return item

    async def get_item(self, request: Any, context: Context) -> Any:
        self.seen.append(context)
        match request.name.rpartition("/")[2]:
            case "missing":
                raise NotFoundError(
                    f"no item {request.name}", reason="NO_SUCH_ITEM", metadata={"name": request.name}
                )
            case "broken":
                raise ValueError("a secret: hunter2")
            case "none":
                return None
            case "slow":
                await self._wait()
            case "pause":
                await asyncio.sleep(0.5)
            case "headers":
                context.set_header("X-Colour", "red")
        return Item(name=request.name, quantity=1)

    async def update_item(self, request: Any, context: Context) -> Any:
        return request.item

    async def list_items(self, request: Any, context: Context) -> Any:
        return ListItemsResponse(items=[Item(name=request.parent, note=str(request).strip())])

    async def archive_item(self, request: Any, context: Context) -> Any:
        self.events.append("archived")
        return Item(name=request.name)

    async def watch_items(self, request: Any, context: Context) -> AsyncIterator[Any]:
        for number in range(request.page_size):
            yield Item(quantity=number)
        if request.parent.endswith("failing"):
            raise FailedPreconditionError("the shelf fell", reason="SHELF_DOWN")
        if request.parent.endswith("slow"):
            await self._wait()

    async def import_items(self, requests: AsyncIterator[Any], context: Context) -> Any:
        return ListItemsResponse(items=[item async for item in requests])

    async def exchange(self, requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for item in requests:
            if item.name == "unimplemented":
                raise UnimplementedError(context.method)
            yield Item(name=item.name, quantity=item.quantity + 1)

    async def _wait(self) -> None:
        self.waiting.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.events.append("cancelled")
            raise


def bind(service: ShopService) -> ServiceBinding:
    return ServiceBinding(
        "shop.v1.Shop",
        (
            unary_unary(CREATE_ITEM, service.create_item),
            unary_unary(GET_ITEM, service.get_item),
            unary_unary(UPDATE_ITEM, service.update_item),
            unary_unary(LIST_ITEMS, service.list_items),
            unary_unary(ARCHIVE_ITEM, service.archive_item),
            unary_stream(WATCH_ITEMS, service.watch_items),
            stream_unary(IMPORT_ITEMS, service.import_items),
            stream_stream(EXCHANGE, service.exchange),
        ),
    )
