"""Rules of buf.validate in a contract hold over both transports, for every message that a client sends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import protovalidate
import pytest
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,  # noqa: F401 - what validate.proto imports
    field_mask_pb2,  # noqa: F401
    json_format,
    message_factory,
    timestamp_pb2,  # noqa: F401
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.client import AsyncChannel
from kit.container import Container
from kit.context import Context
from kit.details import FieldViolation
from kit.errors import Code, InternalError, InvalidArgumentError, ServiceError, UnauthenticatedError
from kit.grpc_server import GrpcConfig, GrpcServer
from kit.http.server import HttpConfig, HttpServer
from kit.lifecycle import serving
from kit.middleware import Middleware, around
from kit.required import require_fields
from kit.rpc import (
    HttpBinding,
    Method,
    ServiceBinding,
    stream_stream,
    stream_unary,
    unary_stream,
    unary_unary,
)
from kit.validation import validate, validate_requests

PROTOS = Path(__file__).parent / "protos"


def _messages() -> dict[str, Any]:
    from scaffolder.contract.protoc import compile_contract

    pool = descriptor_pool.Default()
    files = descriptor_pb2.FileDescriptorSet.FromString(
        compile_contract(["checked/v1/checked.proto"], [PROTOS])
    )
    for file in files.file:
        file.ClearField("source_code_info")
        if not file.name.startswith("google/"):
            pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindFileByName("checked/v1/checked.proto").message_types_by_name
    return {name: message_factory.GetMessageClass(message) for name, message in found.items()}


_found = _messages()
Order, Line, Unchecked, Broken, Both = (
    _found[name] for name in ("Order", "Line", "Unchecked", "Broken", "Both")
)

PATH = "/checked.v1.Checked"
PLACE: Method[Any, Any] = Method(
    f"{PATH}/Place",
    Order,
    Order,
    bindings=(HttpBinding("POST", "/v1/orders", body="*"), HttpBinding("GET", "/v1/{customer}/orders")),
)
WATCH: Method[Any, Any] = Method(
    f"{PATH}/Watch",
    Order,
    Order,
    server_streaming=True,
    bindings=(HttpBinding("POST", "/v1/orders:watch", body="*"),),
)
UPLOAD: Method[Any, Any] = Method(f"{PATH}/Upload", Order, Order, client_streaming=True)
TALK: Method[Any, Any] = Method(f"{PATH}/Talk", Order, Order, client_streaming=True, server_streaming=True)
LOOK: Method[Any, Any] = Method(
    f"{PATH}/Look", Unchecked, Unchecked, bindings=(HttpBinding("POST", "/v1/look", body="*"),)
)


class Checked:
    """Answers with what it got; `seen` counts what reached it."""

    def __init__(self) -> None:
        self.seen = 0
        self.targets: dict[str, str] = {}

    async def one(self, request: Any, context: Context) -> Any:
        self.seen += 1
        return request

    async def many(self, request: Any, context: Context) -> AsyncIterator[Any]:
        self.seen += 1
        yield request

    async def upload(self, requests: AsyncIterator[Any], context: Context) -> Any:
        async for _ in requests:
            self.seen += 1
        return Order()

    async def talk(self, requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for request in requests:
            self.seen += 1
            yield request


@asynccontextmanager
async def running(*middleware: Middleware) -> AsyncIterator[Checked]:
    service, container = Checked(), Container()
    methods = (
        unary_unary(PLACE, service.one),
        unary_stream(WATCH, service.many),
        stream_unary(UPLOAD, service.upload),
        stream_stream(TALK, service.talk),
        unary_unary(LOOK, service.one),
    )
    services = [ServiceBinding("checked.v1.Checked", methods)]
    grpc = GrpcServer(GrpcConfig(host="127.0.0.1", port=0), services, middleware, health=container.health)
    http = HttpServer(HttpConfig(host="127.0.0.1", port=0), services, middleware, health=container.health)
    async with serving(container, [grpc, http]):
        service.targets = {"grpc": f"127.0.0.1:{grpc.port}", "http": f"http://127.0.0.1:{http.port}"}
        yield service


@pytest.fixture
async def service() -> AsyncIterator[Checked]:
    async with running(validate_requests) as found:
        yield found


GOOD = {"customer": "a@example.com", "lines": [{"sku": "x", "quantity": 1}], "card": "1"}


def good(**fields: Any) -> Any:
    return json_format.ParseDict({**GOOD, **fields}, Order())


def bad() -> Any:
    """Wrong in every way that there is."""
    return Order(
        id="1",
        customer="a",
        recipient="a",
        lines=[Line(sku="x", quantity=1), Line(sku="x" * 9), Line()],
        counts={"a": 0, "zz": 1, "bb": -1, 'q"': 0},
        slots={-2: Line(sku="x"), 10: Line(quantity=1), 3: Line(sku="x", quantity=1)},
        divisor=3,
        part_of=good(customer="b"),
    )


VIOLATIONS = [
    FieldViolation("", "nobody orders for themselves", "order.self"),
    FieldViolation("payment", "exactly one field is required in oneof", "required"),
    FieldViolation("id", "must be a valid UUID", "string.uuid"),
    FieldViolation("customer", "must be a valid email address", "string.email"),
    FieldViolation("lines[1].sku", "must be at most 8 characters", "string.max_len"),
    FieldViolation("lines[1].quantity", "must be greater than 0", "int32.gt"),
    FieldViolation("lines[2].sku", "must be at least 1 characters", "string.min_len"),
    FieldViolation("lines[2].quantity", "must be greater than 0", "int32.gt"),
    FieldViolation('counts["a"]', "the key must be at least 2 characters", "string.min_len"),
    FieldViolation('counts["a"]', "must be greater than 0", "int32.gt"),
    FieldViolation('counts["bb"]', "must be greater than 0", "int32.gt"),
    FieldViolation('counts["q\\""]', "must be greater than 0", "int32.gt"),
    FieldViolation("slots[-2].quantity", "must be greater than 0", "int32.gt"),
    FieldViolation("slots[10].sku", "must be at least 1 characters", "string.min_len"),
    FieldViolation("divisor", "does not divide 100", "divides"),
    FieldViolation("part_of.customer", "must be a valid email address", "string.email"),
]


async def failure(call: Any) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        await call
    return caught.value


async def _drained(responses: AsyncIterator[Any]) -> list[Any]:
    return [response async for response in responses]


@pytest.mark.parametrize("kind", ["unary", "stream"])
async def test_all_that_is_wrong_is_told_at_once_and_alike_over_both(service: Checked, kind: str) -> None:
    found = []
    for target in service.targets.values():
        async with AsyncChannel(target) as channel:
            if kind == "unary":
                found.append(await failure(channel.unary_unary(PLACE, bad())))
            else:
                found.append(await failure(_drained(channel.unary_stream(WATCH, bad()))))
    assert [error.violations for error in found] == [VIOLATIONS] * 2
    assert {error.code for error in found} == {Code.INVALID_ARGUMENT}
    assert {error.message for error in found} == {"nobody orders for themselves (and 15 more)"}
    assert service.seen == 0


async def test_what_keeps_the_rules_reaches_the_handler(service: Checked) -> None:
    for target in service.targets.values():
        async with AsyncChannel(target) as channel:
            assert await channel.unary_unary(PLACE, good()) == good()
            assert await _drained(channel.unary_stream(WATCH, good())) == [good()]
            assert await channel.unary_unary(LOOK, Unchecked(text="x")) == Unchecked(text="x")
    assert service.seen == 6


async def test_fields_of_the_path_and_the_query_are_named_as_in_the_contract(service: Checked) -> None:
    async with httpx2.AsyncClient(base_url=service.targets["http"]) as client:
        response = await client.get("/v1/nobody/orders?partOf.customer=b@example.com&partOf.card=1&card=1")
    _, detail = response.json()["error"]["details"]
    assert response.status_code == 400
    assert [each["field"] for each in detail["fieldViolations"]] == ["customer", "lines", "part_of.lines"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/a/orders?divisor=x", "divisor"),
        ("/v1/a/orders?part_of.divisor=x", "part_of.divisor"),
        ("/v1/a/orders?nothing=x", "nothing"),
        ("/v1/a/orders?customer=x", "customer"),
        ("/v1/a/orders?card=1&iban=2", "iban"),
        ("/v1/%ff/orders", "customer"),
    ],
)
async def test_what_has_no_place_in_a_url_is_a_violation_too(service: Checked, path: str, field: str) -> None:
    async with httpx2.AsyncClient(base_url=service.targets["http"]) as client:
        error = (await client.get(path)).json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert [each["field"] for each in error["details"][1]["fieldViolations"]] == [field]
    assert error["message"].startswith(f"{field}: ")


async def test_each_message_of_a_client_stream_is_checked_when_it_comes(service: Checked) -> None:
    async def sent() -> AsyncIterator[Any]:
        yield good()
        yield bad()

    async with AsyncChannel(service.targets["grpc"]) as channel:
        error = await failure(channel.stream_unary(UPLOAD, sent()))
        assert (error.violations, service.seen) == (VIOLATIONS, 1)
        got = []
        with pytest.raises(InvalidArgumentError) as caught:
            async for response in channel.stream_stream(TALK, sent()):
                got.append(response)
        assert (caught.value.violations, got) == (VIOLATIONS, [good()])


async def test_a_rule_that_fails_is_the_services_fault(service: Checked) -> None:
    """`1 / this` of 0: protovalidate has no verdict."""
    for target in service.targets.values():
        async with AsyncChannel(target) as channel:
            error = await failure(channel.unary_unary(LOOK, Unchecked(hidden={})))
            assert type(error) is InternalError


def test_rules_that_cannot_be_compiled_stop_the_start() -> None:
    """They are two messages below the request, which does not hold any of them yet."""

    async def handler(request: Any, context: Context) -> Any:
        return request

    method: Method[Any, Any] = Method(f"{PATH}/Break", Broken, Broken)
    with pytest.raises(protovalidate.CompilationError, match="broken"):
        validate_requests(unary_unary(method, handler))


@pytest.mark.parametrize("streaming", [False, True], ids=["unary", "client stream"])
async def test_what_is_required_and_what_the_rules_want_is_told_at_once(streaming: bool) -> None:
    """REQUIRED of google.api.field_behavior is another layer's; what both have to say is said once."""

    async def one(request: Any, context: Context) -> Any:
        return request

    async def last(requests: AsyncIterator[Any], context: Context) -> Any:
        async for request in requests:
            return request

    async def sent() -> AsyncIterator[Any]:
        yield Both()

    method: Method[Any, Any] = Method(f"{PATH}/Both", Both, Both, client_streaming=streaming)
    bound = require_fields(
        validate_requests(stream_unary(method, last) if streaming else unary_unary(method, one))
    )
    with pytest.raises(InvalidArgumentError) as caught:
        await bound.handler(sent() if streaming else Both(), Context("Both"))
    assert caught.value.violations == [
        FieldViolation("name", "is required", "required"),
        FieldViolation("text", "is required", "required"),
        FieldViolation("name", "must be at least 3 characters", "string.min_len"),
        FieldViolation("count", "must be greater than 0", "int32.gt"),
    ]


async def test_a_layer_before_it_refuses_first() -> None:
    @around
    @asynccontextmanager
    async def nobody(context: Context) -> AsyncIterator[None]:
        raise UnauthenticatedError("who are you?")
        yield

    async with running(nobody, validate_requests) as service:
        for target in service.targets.values():
            async with AsyncChannel(target) as channel:
                assert type(await failure(channel.unary_unary(PLACE, bad()))) is UnauthenticatedError


orders = st.builds(
    Order,
    id=st.sampled_from(["", "1", "123e4567-e89b-12d3-a456-426614174000"]),
    customer=st.sampled_from(["", "a", "a@example.com", "ä@b"]),
    lines=st.lists(st.builds(Line, sku=st.text(max_size=10), quantity=st.integers(-1, 1)), max_size=4),
    counts=st.dictionaries(st.text(max_size=3), st.integers(-1, 1), max_size=5),
    slots=st.dictionaries(st.integers(-20, 20), st.builds(Line), max_size=5),
    divisor=st.integers(0, 12),
)


def violations_of(message: Any) -> list[FieldViolation]:
    try:
        validate(message)
    except InvalidArgumentError as error:
        return error.violations
    return []


@settings(max_examples=200)
@given(orders)
def test_the_verdict_is_protovalidates_and_independent_of_the_way_a_message_came(order: Any) -> None:
    found = violations_of(order)
    plain = protovalidate.collect_violations(order)
    assert sorted(v.reason for v in found) == sorted(v.proto.rule_id for v in plain)
    as_json = json_format.Parse(json.dumps(json_format.MessageToDict(order)), Order())
    as_bytes = Order.FromString(order.SerializeToString(deterministic=True))
    assert violations_of(as_json) == violations_of(as_bytes) == found


def test_threads_share_the_compiled_rules() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: violations_of(bad()), range(200)))
    assert found == [VIOLATIONS] * 200
