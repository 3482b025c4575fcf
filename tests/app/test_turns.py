"""A contract that makes a standard method custom, or a custom one standard, is told in the run that follows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffolder.app import generate as app
from scaffolder.app.options import Options, Request
from scaffolder.cli.main import main
from scaffolder.diagnostics import Diagnostic
from scaffolder.workspace import lock as locks
from tests.app.support import new_shop

PROTO = """\
syntax = "proto3";
package order.v1;
import "google/protobuf/empty.proto";
message Order { string name = 1; string buyer = 2; }
message CreateOrderRequest { Order order = 1; }
message GetOrderRequest { string name = 1; }
message ListOrdersRequest { int32 page_size = 1; string page_token = 2; }
message ListOrdersResponse { repeated Order orders = 1; string next_page_token = 2; }
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
  rpc DropOrder(GetOrderRequest) returns (google.protobuf.Empty);
}
"""
LIST = "order.v1.OrderService.ListOrders"
DROP = "order.v1.OrderService.DropOrder"
SEARCH = ("string page_token = 2;", "string page_token = 2; string query = 3;")
CONTRACT, BIZ = "api/order/v1/order.proto", "src/shop/biz/order.py"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = new_shop(tmp_path, PROTO)
    monkeypatch.chdir(root)
    return root


def edit(root: Path, path: str, old: str, fresh: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, fresh), encoding="utf-8")


def turned(root: Path, *renames: str, dry_run: bool = False) -> list[Diagnostic]:
    report = app.generate(Request(root, options=Options(rename=renames)), dry_run=dry_run)
    return [item for item in report.warnings if item.code == "method-turned"]


def line_of(root: Path, path: str, text: str) -> int:
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_standard_method_that_turns_custom_is_told_once_with_its_place_and_why(root: Path) -> None:
    edit(root, CONTRACT, *SEARCH)
    assert len(turned(root, dry_run=True)) == 1
    (told,) = turned(root)
    place = f"{BIZ}:{line_of(root, BIZ, 'def list_orders')}"
    assert told.message == (
        f"{LIST} was list of order.v1.Order and is custom now: the request's field query is a search, whose rules are "
        f"not in the contract; it answers UNIMPLEMENTED until it is written ({place})"
    )
    assert f"`{LIST}: custom` under `methods:` in scaffold.yaml" in told.hint
    assert str(told.location) == f"{CONTRACT}:{line_of(root, CONTRACT, 'rpc ListOrders')}:3"
    assert told.severity == "warning"
    assert turned(root) == []


def test_what_the_user_wrote_goes_on_answering_and_the_warning_says_so(root: Path) -> None:
    edit(
        root,
        BIZ,
        "        return await self._order_repository.find(",
        "        mine = True\n        return await self._order_repository.find(",
    )
    edit(root, CONTRACT, *SEARCH)
    (told,) = turned(root)
    assert f"; what stands there stays, and goes on answering ({BIZ}:" in told.message


def test_custom_method_that_turns_standard_is_told(root: Path) -> None:
    edit(root, CONTRACT, *SEARCH)
    turned(root)
    edit(root, CONTRACT, SEARCH[1], SEARCH[0])
    (told,) = turned(root)
    assert f"{LIST} was custom and is list of order.v1.Order now: ListOrders takes page_size" in told.message
    assert "; its use case is generated (" in told.message
    assert told.hint == f"`{LIST}: custom` under `methods:` in scaffold.yaml leaves it to you"


def test_all_that_hangs_on_a_create_is_told_with_it(root: Path) -> None:
    edit(root, CONTRACT, "{ Order order = 1; }", "{ Order order = 1; string view = 2; }")
    told = turned(root)
    assert [item.message.split()[0].rpartition(".")[2] for item in told] == [
        "CreateOrder",
        "GetOrder",
        "ListOrders",
    ]
    assert "CreateOrder is custom, so no Order is stored" in told[1].message


def test_what_scaffold_yaml_says_is_no_news_and_what_it_says_no_more_is(root: Path) -> None:
    with (root / "scaffold.yaml").open("a", encoding="utf-8") as file:
        file.write(f"methods:\n  {DROP}: delete order.v1.Order\n  {LIST}: custom\n")
    assert turned(root) == []
    edit(root, "scaffold.yaml", f"  {DROP}: delete order.v1.Order\n", "")
    (told,) = turned(root)
    assert (
        f"{DROP} was delete of order.v1.Order and is custom now: its name is none of a standard"
        in told.message
    )
    assert (
        told.hint == f"`{DROP}: delete order.v1.Order` under `methods:` in scaffold.yaml makes it one again"
    )


def test_renamed_methods_and_messages_have_not_turned(root: Path) -> None:
    for old, fresh in (
        ("Order {", "Purchase {"),
        ("Order order", "Purchase order"),
        ("(Order)", "(Purchase)"),
    ):
        edit(root, CONTRACT, old, fresh)
    for verb in ("Create", "Get"):
        edit(root, CONTRACT, f"rpc {verb}Order(", f"rpc {verb}Purchase(")
    edit(root, CONTRACT, "rpc ListOrders(", "rpc ListPurchases(")
    renames = ["order.v1.Order=Purchase", f"{LIST}=ListPurchases"]
    renames += [f"order.v1.OrderService.{verb}Order={verb}Purchase" for verb in ("Create", "Get")]
    assert turned(root, *renames) == []
    assert locks.read(root)[0].methods["order.v1.OrderService.ListPurchases"] == "list order.v1.Purchase"


def test_lock_of_before_that_knows_of_none_is_silent_the_first_time(root: Path) -> None:
    text = (root / locks.FILE).read_text(encoding="utf-8")
    head, _, rest = text.partition('"methods": {')
    (root / locks.FILE).write_text(head + rest.partition('"": null},\n')[2], encoding="utf-8")
    edit(root, CONTRACT, *SEARCH)
    assert turned(root) == []
    edit(root, CONTRACT, SEARCH[1], SEARCH[0])
    assert len(turned(root)) == 1


def test_run_for_the_client_leaves_the_news_to_the_next_one_for_the_server(root: Path) -> None:
    edit(root, CONTRACT, *SEARCH)
    report = app.generate(Request(root, "client"))
    assert [item for item in report.warnings if item.code == "method-turned"] == []
    assert len(turned(root)) == 1


@pytest.mark.parametrize(
    "command", [["check"], ["diff"], ["proto", "server", "--dry-run"], ["proto", "server"]]
)
def test_every_report_has_it(root: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    edit(root, CONTRACT, *SEARCH)
    main([*command, "--json"])
    (told,) = [i for i in json.loads(capsys.readouterr().out)["diagnostics"] if i["code"] == "method-turned"]
    assert told["location"] == f"{CONTRACT}:{line_of(root, CONTRACT, 'rpc ListOrders')}:3"
