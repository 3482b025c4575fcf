"""The whole life of a contract as a table: every change, what a user sees of it, and the contract it starts from."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.generated.projects import Project, scaffold

from .support import Workplace

ORDER, PAYMENT = "order/v1/order.proto", "payment/v1/payment.proto"

ORDER_TEXT = """\
syntax = "proto3";

package order.v1;

import "google/api/annotations.proto";

// Takes orders.
service OrderService {
  // Places an order.
  rpc PlaceOrder(PlaceOrderRequest) returns (Order) {
    option (google.api.http) = {post: "/v1/orders" body: "*"};
  }

  // Returns one order.
  rpc FindOrder(FindOrderRequest) returns (Order) {
    option (google.api.http) = {get: "/v1/orders/{order_id}"};
  }

  // Counts the orders of a customer.
  rpc CountOrders(CountOrdersRequest) returns (CountOrdersResponse) {
    option (google.api.http) = {get: "/v1/orders:count"};
  }

  // Follows an order.
  rpc FollowOrder(FollowOrderRequest) returns (Order);
}

message Order {
  string order_id = 1;
  string customer = 2;
}

message PlaceOrderRequest {
  string customer = 1;
}

message FindOrderRequest {
  string order_id = 1;
}

message CountOrdersRequest {
  string customer = 1;
}

message CountOrdersResponse {
  int32 count = 1;
}

message FollowOrderRequest {
  string order_id = 1;
}
"""

PAYMENT_TEXT = """\
syntax = "proto3";

package payment.v1;

// Takes money.
service PaymentService {
  // Charges a card.
  rpc ChargeCard(ChargeCardRequest) returns (ChargeCardResponse);
}

message ChargeCardRequest {
  string card_token = 1;
}

message ChargeCardResponse {
  string payment_id = 1;
}
"""

CANCEL = """\
  // Cancels an order.
  rpc CancelOrder(FindOrderRequest) returns (Order);

"""
REFUNDS = """\
// Gives money back.
service RefundService {
  // Refunds a payment.
  rpc Refund(RefundRequest) returns (RefundResponse);
}

message RefundRequest {
  string payment_id = 1;
}

message RefundResponse {}
"""


@dataclass(frozen=True)
class Contracts:
    """The contracts of a project, by import name, in the order of its scaffold.yaml."""

    files: Mapping[str, str]

    def edit(self, *pairs: tuple[str, str], path: str = ORDER) -> Contracts:
        """Replaces pieces of one file, each wherever it stands."""
        text = self.files[path]
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        return Contracts({**self.files, path: text})

    def without(self, path: str) -> Contracts:
        return Contracts({name: text for name, text in self.files.items() if name != path})

    def added(self, path: str, text: str) -> Contracts:
        return Contracts({**self.files, path: text})

    def moved(self, old: str, new: str) -> Contracts:
        return Contracts({new if name == old else name: text for name, text in self.files.items()})


START = Contracts({ORDER: ORDER_TEXT, PAYMENT: PAYMENT_TEXT})


def between(text: str, first: str, last: str) -> str:
    """The piece of `text` from `first` to the end of `last`."""
    start = text.index(first)
    return text[start : text.index(last, start) + len(last)]


PLACE_RPC = between(ORDER_TEXT, "  // Places an order.\n", "  }\n")
FIND_RPC = between(ORDER_TEXT, "  // Returns one order.\n", "  }\n\n")
COUNT_RPC = between(ORDER_TEXT, "  // Counts the orders", "  }\n\n")
COUNT_MESSAGES = between(ORDER_TEXT, "message CountOrdersRequest {", "count = 1;\n}\n\n")
SERVICE = between(ORDER_TEXT, "// Takes orders.\n", "returns (Order);\n}\n\n")
MESSAGES = ORDER_TEXT[ORDER_TEXT.index("message Order {") :]
HEAD = 'syntax = "proto3";\n\npackage order.v1;\n\n'
ANNOTATIONS = 'import "google/api/annotations.proto";\n'


@dataclass(frozen=True)
class Case:
    """One change of the contract.

    `has` and `lacks` are pieces of files (by path) that both projects have afterwards, or have no more. The rest is of
    the edited project: `words` are names that changed in what the user wrote, `moved` new paths of files, `left` what
    is told of as kept or in conflict (``did path::definition``, ``leads-nowhere path``), `broken` the files that mypy
    then complains of, `reordered` that an import whose name changed keeps its place, `code` the exit code.
    """

    change: Callable[[Contracts], Contracts]
    rename: tuple[str, ...] = ()
    has: tuple[tuple[str, str], ...] = ()
    lacks: tuple[tuple[str, str], ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    reordered: bool = False
    code: int = 0


@dataclass(frozen=True)
class Edit:
    """What the user puts before (or in the place of) a piece of a file."""

    path: str
    old: str
    new: str
    written: str


def before(path: str, old: str, written: str) -> Edit:
    return Edit(path, old, written + old, written)


def after(path: str, old: str, written: str) -> Edit:
    return Edit(path, old, old + written, written)


def instead(path: str, old: str, written: str) -> Edit:
    return Edit(path, old, written, written)


def make(contracts: Contracts, folder: Path) -> Workplace:
    """What `scaffold new` makes of the contracts, in their order; the command runs once for all tests that ask."""
    key = tuple(contracts.files.items())
    if key not in _made:
        made = tempfile.TemporaryDirectory(prefix="scaffold-made-")
        _scaffold_new(contracts, Path(made.name))
        _made[key] = made
    return copy_of(Path(_made[key].name, "shop"), folder)


_made: dict[tuple[tuple[str, str], ...], tempfile.TemporaryDirectory[str]] = {}


def _scaffold_new(contracts: Contracts, folder: Path) -> None:
    for name, text in contracts.files.items():
        path = folder / "contracts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    include = folder / "contracts"
    given = [part for name in contracts.files for part in ("--proto", str(include / name))]
    result = scaffold("new", "shop", *given, "-I", str(include), "-o", str(folder), folder=folder)
    assert result.returncode == 0, result.stderr


def change(home: Workplace, old: Contracts, new: Contracts) -> None:
    """Brings api/ and scaffold.yaml from one set of contracts to the other, by hand."""
    for name in old.files.keys() - new.files.keys():
        (home.root / "api" / name).unlink()
    for name, text in new.files.items():
        if old.files.get(name) != text:
            home.write(f"api/{name}", text)
    was, now = ("".join(f"  - {name}\n" for name in side.files) for side in (old, new))
    if was != now:
        home.edit("scaffold.yaml", was, now)


def copy_of(root: Path, folder: Path) -> Workplace:
    shutil.copytree(root, folder / "shop", symlinks=True)
    return Workplace(Project(folder / "shop", "shop"))


def files(home: Workplace) -> dict[str, str]:
    return {path: content.decode() for path, (content, _, _) in home.state().items()}
