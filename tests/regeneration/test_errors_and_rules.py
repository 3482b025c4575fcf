"""Reasons for errors and rules for requests that come, change and go, in projects whose owners have their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import Workplace, new

pytestmark = pytest.mark.slow

CONTRACT = """\
syntax = "proto3";

package order.v1;

message PlaceOrderRequest {
  string customer = 1;
}

message PlaceOrderResponse {
  string id = 1;
}

service OrderService {
  rpc PlaceOrder(PlaceOrderRequest) returns (PlaceOrderResponse);
}
"""
IMPORT = 'package order.v1;\n\nimport "scaffold/errors.proto";\n'
REASONS = """
enum OrderError {
  option (scaffold.errors) = true;
  ORDER_ERROR_UNSPECIFIED = 0;
  // There is no such order.
  ORDER_NOT_FOUND = 1 [(scaffold.status) = NOT_FOUND];
  PAYMENT_DECLINED = 2 [(scaffold.status) = FAILED_PRECONDITION];
}
"""
WITH_REASONS = CONTRACT.replace("package order.v1;\n", IMPORT) + REASONS
RULES = (
    ("package order.v1;\n", 'package order.v1;\n\nimport "buf/validate/validate.proto";\n'),
    ("string customer = 1;", "string customer = 1 [(buf.validate.field).string.min_len = 1];"),
)

API = "api/order/v1/order.proto"
BIZ, TABLE, WIRING = "src/shop/biz/errors.py", "src/shop/service/errors.py", "src/shop/wiring.py"
CLIENT_ERRORS = "clients/python/src/shop_client/gen/client_errors.py"


def with_own_error(home: Workplace) -> None:
    """An owner's error in the two places for it, a comment, and a layer of their own."""
    text = home.read(BIZ).rstrip("\n")
    text = text.replace("import DomainError as DomainError", "import DomainError")
    own = 'class OutOfStockError(DomainError):\n    """None left."""\n\n    reason = "OUT_OF_STOCK"\n'
    home.write(BIZ, f"{text}\n\n\n{own}")
    table = home.read(TABLE)
    row = '    "OUT_OF_STOCK": Code.FAILED_PRECONDITION,  # until the next delivery\n'
    if "= {}" in table:
        home.edit(TABLE, "= {}", "= {\n" + row + "}")
    else:
        home.edit(TABLE, "= {\n", "= {\n" + row)
    home.edit(
        WIRING,
        "            DomainErrors(STATUSES),\n",
        "            DomainErrors(STATUSES),\n            audit,\n",
    )
    home.edit(
        WIRING,
        "\n\nclass Container(",
        "\n\ndef audit(bound: Any) -> Any:\n    return bound\n\n\nclass Container(",
    )
    home.edit(
        WIRING,
        "from functools import cached_property\n",
        "from functools import cached_property\nfrom typing import Any\n",
    )


def keeps_the_owners(home: Workplace) -> None:
    assert 'class OutOfStockError(DomainError):\n    """None left."""\n' in home.read(BIZ)
    assert '    "OUT_OF_STOCK": Code.FAILED_PRECONDITION,  # until the next delivery\n' in home.read(TABLE)
    assert "            audit,\n" in home.read(WIRING)


@pytest.fixture
def home(tmp_path: Path) -> Workplace:
    return new("shop", CONTRACT, tmp_path)


def test_reasons_come_to_an_owner_who_has_errors_already(home: Workplace) -> None:
    with_own_error(home)
    home.write(API, WITH_REASONS)
    home.generate()
    keeps_the_owners(home)
    assert 'class OrderNotFoundError(DomainError):\n    """There is no such order."""\n' in home.read(BIZ)
    assert '    "ORDER_NOT_FOUND": Code.NOT_FOUND,\n' in home.read(TABLE)
    assert "class OrderNotFoundError(NotFoundError):" in home.read(CLIENT_ERRORS)
    home.is_clean()


def test_a_reason_is_added_changed_and_removed(home: Workplace) -> None:
    home.write(API, WITH_REASONS)
    home.generate()
    with_own_error(home)
    home.edit(
        API,
        "  PAYMENT_DECLINED = 2 [(scaffold.status) = FAILED_PRECONDITION];\n",
        "  CARD_EXPIRED = 3 [(scaffold.status) = FAILED_PRECONDITION];\n",
    )
    home.edit(API, "(scaffold.status) = NOT_FOUND", "(scaffold.status) = NOT_FOUND, (scaffold.http) = 410")
    home.generate()
    keeps_the_owners(home)
    assert "PAYMENT_DECLINED" not in home.read(BIZ) + home.read(TABLE) + home.read(CLIENT_ERRORS)
    assert '    "CARD_EXPIRED": Code.FAILED_PRECONDITION,\n' in home.read(TABLE)
    assert '    "ORDER_NOT_FOUND": Status(Code.NOT_FOUND, 410),\n' in home.read(TABLE)
    home.is_clean()


def test_a_status_that_the_owner_changed_stays(home: Workplace) -> None:
    home.write(API, WITH_REASONS)
    home.generate()
    home.edit(TABLE, '"ORDER_NOT_FOUND": Code.NOT_FOUND', '"ORDER_NOT_FOUND": Code.PERMISSION_DENIED')
    home.edit(
        API, "  PAYMENT_DECLINED", "  CARD_EXPIRED = 3 [(scaffold.status) = ABORTED];\n  PAYMENT_DECLINED"
    )
    home.generate()
    assert '    "ORDER_NOT_FOUND": Code.PERMISSION_DENIED,\n' in home.read(TABLE)
    assert '    "CARD_EXPIRED": Code.ABORTED,\n' in home.read(TABLE)
    home.is_clean()


def test_the_last_reason_goes_and_the_owners_stay(home: Workplace) -> None:
    home.write(API, WITH_REASONS)
    home.generate()
    with_own_error(home)
    home.write(API, CONTRACT)
    home.generate()
    keeps_the_owners(home)
    assert "OrderNotFoundError" not in home.read(BIZ)
    assert not (home.root / CLIENT_ERRORS).exists()
    home.is_clean()


def test_rules_that_come_later_are_held_beside_the_owners_layers(home: Workplace) -> None:
    with_own_error(home)
    text = CONTRACT
    for old, new_text in RULES:
        text = text.replace(old, new_text)
    home.write(API, text)
    home.generate()
    keeps_the_owners(home)
    assert (
        "            DomainErrors(STATUSES),\n            validate_requests,\n            audit,\n"
        in home.read(WIRING)
    )
    assert '    "protovalidate>=2.1",\n' in home.read("pyproject.toml")
    assert "protovalidate==" in home.read("constraints.txt")
    home.is_clean()
    home.write(API, CONTRACT)
    home.generate()
    keeps_the_owners(home)
    assert "validate_requests" not in home.read(WIRING)
    assert not (home.root / "src/shop/kit/validation.py").exists()
    home.is_clean()
