"""Every RPC with its bindings and the place where its handler stands now."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app.routes import Route, routes
from scaffolder.cli.main import main
from tests.app.support import CONTRACT
from tests.workspace.support import fill

PROTO = """\
syntax = "proto3";
package order.v1;
import "google/api/annotations.proto";
message Order { string name = 1; }
service OrderService {
  rpc GetURL(Order) returns (Order) {
    option (google.api.http) = { get: "/v1/{name=orders/*}" additional_bindings { post: "/v1/url" body: "*" } };
  }
  rpc Watch(Order) returns (stream Order);
  rpc Lost(stream Order) returns (Order);
}
"""
HANDLERS = """\
from order_service.gen.order.v1.order_service_server import OrderServiceBase


class Helper:
    def get_url(self): ...


class OrderService(OrderServiceBase):
    async def get_url(self, request, context):
        return request

    async def watch(self, request, context):
        yield request
"""


@pytest.fixture
def project(root: Path) -> Path:
    fill(root, {f"api/{CONTRACT}": PROTO, "src/order_service/service/order.py": HANDLERS})
    return root


def test_places_of_the_handlers(project: Path) -> None:
    """Each binding is a row; an RPC without binding or handler is there as well."""
    file = "src/order_service/service/order.py"
    assert routes(project) == [
        Route("order.v1.OrderService.GetURL", "unary", "GET", "/v1/{name=orders/*}", file, 9),
        Route("order.v1.OrderService.GetURL", "unary", "POST", "/v1/url", file, 9),
        Route("order.v1.OrderService.Watch", "server stream", "", "", file, 12),
        Route("order.v1.OrderService.Lost", "client stream", "", "", "", 0),
    ]


def test_moved_handlers_are_found(project: Path) -> None:
    """The user may move a class to another module of the folder; a module that does not parse is passed over."""
    fill(
        project,
        {"src/order_service/service/deep/other.py": HANDLERS, "src/order_service/service/order.py": "def"},
    )
    assert routes(project)[0].file == "src/order_service/service/deep/other.py"


def test_a_constructor_is_no_handler(project: Path) -> None:
    """An RPC may be called as Python calls its own; its handler then is not."""
    handlers = HANDLERS.replace("get_url(self, request, context)", "init(self, request, context)").replace(
        "(OrderServiceBase):\n", "(OrderServiceBase):\n    def __init__(self): ...\n"
    )
    proto = PROTO.replace("GetURL", "__init__")
    fill(project, {f"api/{CONTRACT}": proto, "src/order_service/service/order.py": handlers})
    assert routes(project)[0].line == 10


def test_golden_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table is aligned."""
    assert main(["routes"]) == 0
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    file = "src/order_service/service/order.py"
    assert rows == [
        ["RPC", "KIND           HTTP                        HANDLER"],
        ["order.v1.OrderService.GetURL", f"unary          GET    /v1/{{name=orders/*}}  {file}:9"],
        ["order.v1.OrderService.GetURL", f"unary          POST   /v1/url              {file}:9"],
        ["order.v1.OrderService.Watch", f"server stream  -                           {file}:12"],
        ["order.v1.OrderService.Lost", "client stream  -                           not written yet"],
    ]
