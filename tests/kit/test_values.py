"""The parts without a wire: errors, context, conversions, the method table, who imports what."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit import convert, errors
from kit.context import Context, request_id
from kit.errors import Code, ServiceError, error_for

from . import shop

KIT = Path(kit.__file__).parent

# What a client package is made of; nothing of a server may come with it.
CLIENT_MODULES = (
    *("client", "client_grpc", "client_http", "client_http_call", "context", "convert", "details", "errors"),
    *("field_text", "fields", "http_rule", "path", "raw_body", "rpc", "status", "transcoding"),
    "protojson",
    *(f"protojson.{path.stem}" for path in (KIT / "protojson").glob("[!_]*.py")),
)


@pytest.mark.parametrize("code", [code for code in Code if code != Code.OK])
def test_each_code_has_a_class_and_an_http_status(code: Code) -> None:
    error = error_for(code, "message", reason="WHY", metadata={"a": "b"})
    assert (error.code, str(error), error.reason, error.metadata) == (code, "message", "WHY", {"a": "b"})
    assert type(error) is not ServiceError
    assert 400 <= code.http < 600


def test_an_unimplemented_method_makes_a_sentence() -> None:
    error = errors.UnimplementedError("order.v1.OrderService.PlaceOrder")
    assert error.message == "order.v1.OrderService.PlaceOrder is not implemented"
    assert error_for(Code.UNIMPLEMENTED, "as it came").message == "as it came"


def test_a_method_knows_its_names() -> None:
    assert shop.GET_ITEM.service == "shop.v1.Shop"
    assert shop.GET_ITEM.name == "GetItem"
    assert shop.GET_ITEM.full_name == "shop.v1.Shop.GetItem"


@pytest.mark.parametrize(("name", "value"), [("a b", "x"), ("", "x"), ("x", "a\r\nb: c"), ("x", "é")])
def test_a_header_cannot_be_split(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="not a valid header"):
        Context("m").set_header(name, value)


@pytest.mark.parametrize("given_id", [None, "", "a b", "a\n", "é", "x" * 129])
def test_an_unfit_request_id_is_replaced(given_id: str | None) -> None:
    assert len(request_id(given_id)) == 32
    assert request_id("3f2a-b:c") == "3f2a-b:c"


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3))])))
def test_datetimes_survive_timestamps(value: datetime) -> None:
    if datetime.min.replace(tzinfo=UTC) <= value <= datetime.max.replace(tzinfo=UTC):
        assert convert.datetime_from(convert.timestamp_to(value)) == value


@given(st.timedeltas(timedelta(days=-3_000_000), timedelta(days=3_000_000)))
def test_timedeltas_survive_durations(value: timedelta) -> None:
    assert convert.timedelta_from(convert.duration_to(value)) == value


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _JSON))
def test_json_survives_structs(value: dict[str, object]) -> None:
    assert convert.struct_from(convert.struct_to(value)) == value


def test_what_has_no_counterpart_is_an_error() -> None:
    class Colour(Enum):
        RED = 1

    assert convert.enum_of(Colour, 1, "colour") is Colour.RED
    assert convert.timestamp_to(None) is None
    assert convert.duration_to(None) is None
    with pytest.raises(errors.InvalidArgumentError, match=r"item\.colour: 7 is not a value of Colour"):
        convert.enum_of(Colour, 7, "item.colour")
    with pytest.raises(errors.InvalidArgumentError):
        convert.datetime_from(Timestamp(seconds=10**15))
    with pytest.raises(errors.InvalidArgumentError):
        convert.timedelta_from(Duration(seconds=10**15))
    with pytest.raises(ValueError, match="naive"):
        convert.timestamp_to(datetime(2026, 1, 1))
    for unfit in (float("nan"), {1: 2}, object()):
        with pytest.raises(ValueError):
            convert.value_to(unfit)


def test_a_client_imports_nothing_of_a_server() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(KIT.parent)!r}); import "
        + ", ".join(f"kit.{name}" for name in CLIENT_MODULES)
        + "; print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(out.split())
    assert not loaded & {"uvicorn", "sqlalchemy", "pydantic", "structlog", "prometheus_client", "yaml"}
    own = {name.removeprefix("kit.") for name in loaded if name.startswith("kit.")}
    assert own == set(CLIENT_MODULES)


def test_the_kit_imports_itself_relatively() -> None:
    for module in KIT.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module is not None and node.module.split(".")[0] != "kit", module
