"""Every RPC with its bindings and the place where its handler stands now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffolder.app.routes import Route, routes
from scaffolder.cli.main import main
from scaffolder.diagnostics import ScaffoldError
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
    assert [replace(route, reason="") for route in routes(project)] == [
        Route("order.v1.OrderService.GetURL", "unary", "GET", "/v1/{name=orders/*}", file, 9),
        Route("order.v1.OrderService.GetURL", "unary", "POST", "/v1/url", file, 9),
        Route("order.v1.OrderService.Watch", "server stream", "", "", file, 12),
        Route("order.v1.OrderService.Lost", "client stream", "", "", "", 0),
    ]


def test_what_each_is_taken_for(project: Path) -> None:
    """A custom RPC says why it is one."""
    found = {route.rpc.rpartition(".")[2]: (route.standard, route.reason) for route in routes(project)}
    assert found == {
        "GetURL": ("", "custom: no message is called Url"),
        "Watch": ("", "custom: it streams"),
        "Lost": ("", "custom: it streams"),
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("order.v1.OrderService.GetUrl: get", "scaffold.yaml:5:3: error[method]: there is no RPC"),
        ("order.v1.OrderService.GetURL: got", "scaffold.yaml:5:33: error[method]: `got` is no standard"),
        ("order.v1.OrderService.GetURL: get order.v1.Ordr", "did you mean `order.v1.Order`?"),
        ("order.v1.OrderService.GetURL: custom order.v1.Order", "is more than a verb and a message"),
        ("order.v1.OrderService.Watch: list order.v1.Order", "cannot be a list: it streams"),
        (
            "order.v1.OrderService.GetURL: get order.v1.Order",
            "cannot be a get: no RPC creates an Order, so none is stored",
        ),
    ],
)
def test_override_that_cannot_be_is_told_at_its_place(project: Path, line: str, told: str) -> None:
    config = project / "scaffold.yaml"
    text = f"name: order-service\ncontracts:\n  - {CONTRACT}\nmethods:\n  {line}\n"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(ScaffoldError) as error:
        routes(project)
    assert told in str(error.value)
    assert error.value.exit_code == 2


def test_reasons_are_shown_with_v(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes"]) == 0
    assert "custom" not in capsys.readouterr().out
    assert main(["routes", "-v"]) == 0
    assert "order.v1.OrderService.Watch\n  custom: it streams\n" in capsys.readouterr().out


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
