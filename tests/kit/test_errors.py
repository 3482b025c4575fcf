"""What an error says reaches clients alike over gRPC and HTTP, in one answer and at the end of a stream."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import httpx2
import pytest
from google.protobuf import any_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import details, errors, status
from kit.details import FieldViolation
from kit.domain_errors import DomainErrors, Status
from kit.errors import Code, DomainError, InvalidArgumentError, ServiceError, UnavailableError, error_for
from kit.rpc import ServiceBinding, domain_of

from .failing import TRANSPORTS, Failing, failing, failure_of

EVERY_KIND: list[Message] = [
    details.bad_request([FieldViolation("order.items[0].quantity", "must be > 0", "int32.gt")]),
    details.retry_info(timedelta(seconds=1.5)),
    details.precondition_failure(("TOS", "example.com", "not accepted")),
    details.quota_failure(("project:1", "10 calls a minute")),
    details.resource_info("order.v1.Order", "orders/1", owner="users/2", description="locked"),
    details.help_links({"limits": "https://example.com/limits"}),
    details.localized_message("fr-CH", "Déjà vu"),
    details.request_info("id", "data"),
    details.debug_info("why", ["a.py:1", "b.py:2"]),
    timestamp_pb2.Timestamp(seconds=5, nanos=7),
    wrappers_pb2.BytesValue(value=b"\0\xff"),
    struct_pb2.Struct(fields={"a": struct_pb2.Value(number_value=1.0)}),
    any_pb2.Any(type_url="type.googleapis.com/nobody.knows.This", value=b"\x08\x01\xff"),
]


@pytest.fixture
async def service() -> AsyncIterator[Failing]:
    async with failing() as found:
        yield found


def told(error: ServiceError) -> tuple[object, ...]:
    """All that a client is told."""
    about = (error.reason, error.domain, error.metadata)
    return type(error), error.code, error.message, *about, error.details


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
async def test_every_kind_of_detail_arrives_over_both(service: Failing, stream: bool) -> None:
    service.error = UnavailableError("soon", reason="BUSY", metadata={"a": "ä"}, details=EVERY_KIND)
    found = [await failure_of(service.targets[name], stream=stream) for name in TRANSPORTS]
    expected = (UnavailableError, Code.UNAVAILABLE, "soon", "BUSY", "shop.v1.Shop", {"a": "ä"})
    assert [told(error) for error in found] == [(*expected, tuple(EVERY_KIND))] * 2
    assert found[0].retry_after == timedelta(seconds=1.5)
    assert found[0].violations == [FieldViolation("order.items[0].quantity", "must be > 0", "int32.gt")]


async def test_the_body_over_http_is_the_json_of_status_as_google_sends_it(service: Failing) -> None:
    """AIP-193: the object under "error", its details as Any in the JSON mapping."""
    violation = FieldViolation("order.id", "must be set", "required")
    service.error = InvalidArgumentError.of([violation], reason="BAD_ORDER")
    async with httpx2.AsyncClient(base_url=service.targets["http"]) as client:
        response = await client.get("/v1/shelves/1/items/1")
    assert response.status_code == 400
    assert response.json() == {
        "error": {
            "code": 400,
            "message": "order.id: must be set",
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "BAD_ORDER",
                    "domain": "shop.v1.Shop",
                },
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [
                        {"field": "order.id", "description": "must be set", "reason": "required"}
                    ],
                },
            ],
        }
    }


@pytest.mark.parametrize(
    ("delay", "header"),
    [(timedelta(seconds=2), "2"), (timedelta(milliseconds=1), "1"), (timedelta(0), "0")],
)
async def test_retry_after_is_a_header_in_whole_seconds(
    service: Failing, delay: timedelta, header: str
) -> None:
    service.error = UnavailableError("soon", retry_after=delay)
    async with httpx2.AsyncClient(base_url=service.targets["http"]) as client:
        response = await client.get("/v1/shelves/1/items/1")
    assert response.headers["retry-after"] == header
    assert [(await failure_of(service.targets[name])).retry_after for name in TRANSPORTS] == [delay] * 2


def test_a_foreign_retry_after_is_understood() -> None:
    assert status.from_http(503, b"busy", {}, "7").retry_after == timedelta(seconds=7)
    assert status.from_http(503, b"busy", {}, "Fri, 31 Dec 1999 23:59:59 GMT").retry_after is None


text = st.text(st.characters(codec="utf-8"), max_size=20)
any_detail = st.one_of(
    st.sampled_from(EVERY_KIND),
    st.lists(st.builds(FieldViolation, text, text, text), max_size=4).map(details.bad_request),
    st.timedeltas(timedelta(0), timedelta(days=9999)).map(details.retry_info),
    st.lists(st.tuples(text, text, text), max_size=3).map(lambda found: details.precondition_failure(*found)),
    st.builds(details.localized_message, text, text),
    st.builds(details.debug_info, text, st.lists(text, max_size=3)),
    st.builds(
        lambda name, value: any_pb2.Any(type_url=f"type.googleapis.com/un.known.{name}", value=value),
        st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True),
        st.binary(max_size=20),
    ),
)
any_error = st.builds(
    error_for,
    st.sampled_from([code for code in Code if code is not Code.OK]),
    text,
    reason=st.sampled_from(["", "WHY"]),
    metadata=st.dictionaries(text, text, max_size=3),
    details=st.lists(any_detail, max_size=4),
)


@given(any_error)
def test_what_both_transports_carry_is_what_was_said(error: ServiceError) -> None:
    over_grpc = status.from_grpc(error.code.value, status.wire_message(error), status.to_trailers(error, ""))
    over_http = status.from_http(error.http_status, status.to_json(error, ""))
    error.reason = error.reason or error.code.reason
    assert told(over_grpc) == told(over_http) == told(error)


def test_an_error_info_of_the_errors_own_is_the_only_one() -> None:
    own = error_details_pb2.ErrorInfo(reason="OTHER", domain="elsewhere")
    found = status.from_http(404, status.to_json(errors.NotFoundError("gone", details=[own]), "shop.v1.Shop"))
    assert (found.reason, found.domain, found.details) == ("OTHER", "elsewhere", ())


def test_an_error_keeps_its_reason_where_there_is_no_room_for_its_metadata() -> None:
    error = errors.NotFoundError("gone", reason="WHY", metadata={"name": "x" * 9000}, details=EVERY_KIND[:1])
    found = status.from_grpc(5, "gone", status.to_trailers(error, "shop.v1.Shop"))
    assert (found.reason, found.domain, found.metadata) == ("WHY", "shop.v1.Shop", {})


@pytest.mark.parametrize(
    ("names", "domain"),
    [
        (["shop.v1.Shop"], "shop.v1.Shop"),
        (["shop.v1.Shop", "shop.v1.ShopAdmin"], "shop.v1"),
        (["shop.v1.Shop", "order.v1.Orders"], "shop.v1.Shop"),
        ([], ""),
    ],
)
def test_the_domain_of_all_services_is_what_their_names_begin_with(names: list[str], domain: str) -> None:
    assert domain_of([ServiceBinding(name, ()) for name in names]) == domain


@settings(max_examples=50)
@given(
    st.text(st.characters(codec="utf-8"), max_size=6000),
    st.lists(st.integers(0, 6000).map(lambda size: details.debug_info("x" * size)), max_size=4),
)
def test_trailers_keep_to_what_a_client_takes_and_lose_details_from_the_end(
    message: str, given_details: list[Message]
) -> None:
    error = errors.NotFoundError(message, reason="WHY", details=given_details)
    trailers = status.to_trailers(error, "shop.v1.Shop")
    found = status.from_grpc(5, status.wire_message(error), trailers)
    assert (
        sum(len(value) for _, value in trailers) * 4 // 3 + status._escaped_length(found.message) < 8192 - 512
    )
    assert message.startswith(found.message)
    assert found.details == tuple(given_details[: len(found.details)])
    assert found.reason == "WHY"


MUCH = [FieldViolation(f"items[{index}].quantity", "must be greater than 0 " * 3) for index in range(1000)]


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (
            errors.NotFoundError("é" * 5000, reason="WHY", details=EVERY_KIND),
            lambda found: found.reason == "WHY",
        ),
        (InvalidArgumentError.of(MUCH), lambda found: 10 < len(found.violations) < 1000),
        (errors.NotFoundError("gone", reason="X" * 9000), lambda found: not found.reason),
        (
            errors.NotFoundError("gone", details=[details.debug_info("x" * 20000), *EVERY_KIND]),
            lambda found: not found.details,
        ),
        (errors.NotFoundError("\x00\n%" * 5000), lambda found: found.message.startswith("\x00\n%")),
    ],
    ids=["long text", "many violations", "long reason", "long detail", "control characters"],
)
async def test_no_status_is_lost_over_grpc_because_it_is_too_long(
    service: Failing, error: ServiceError, kept: Any
) -> None:
    """A client takes 8 KiB of metadata; what does not fit is left out whole."""
    service.error = error
    found = await failure_of(service.targets["grpc"])
    assert (type(found), found.code) == (type(error), error.code)
    assert found.message
    assert error.message.startswith(found.message)
    assert kept(found)


async def test_over_http_nothing_is_too_long(service: Failing) -> None:
    service.error = InvalidArgumentError.of(MUCH)
    assert (await failure_of(service.targets["http"])).violations == MUCH


class OutOfStockError(errors.FailedPreconditionError):
    """As a client's generated module has it."""


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_declared_reason_has_a_class_in_clients(
    service: Failing, transport: str, stream: bool
) -> None:
    types: dict[str, type[ServiceError]] = {"OUT_OF_STOCK": OutOfStockError}
    service.error = errors.FailedPreconditionError("none left", reason="OUT_OF_STOCK", metadata={"sku": "1"})
    found = await failure_of(service.targets[transport], stream=stream, types=types)
    assert (type(found), found.metadata) == (OutOfStockError, {"sku": "1"})
    service.error = errors.FailedPreconditionError("none left", reason="ANOTHER")
    found = await failure_of(service.targets[transport], stream=stream, types=types)
    assert type(found) is errors.FailedPreconditionError
    # A server of another version: the reason decides the class, the code is what was sent.
    service.error = errors.AbortedError("none left", reason="OUT_OF_STOCK")
    found = await failure_of(service.targets[transport], stream=stream, types=types)
    assert (type(found), found.code) == (OutOfStockError, Code.ABORTED)


class Declined(DomainError):
    reason = "PAYMENT_DECLINED"


class Unlisted(DomainError):
    reason = "UNLISTED"
    domain = "elsewhere.example"


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
async def test_the_table_gives_a_domain_error_its_status(stream: bool) -> None:
    table = DomainErrors({"PAYMENT_DECLINED": Status(Code.FAILED_PRECONDITION, 402)})
    async with failing([table]) as service:
        service.error = Declined("no money", card="4242", tries=3)
        found = [await failure_of(service.targets[name], stream=stream) for name in TRANSPORTS]
    assert told(found[0]) == told(found[1])
    assert (found[0].code, found[0].message) == (Code.FAILED_PRECONDITION, "no money")
    assert (found[0].reason, found[0].metadata) == ("PAYMENT_DECLINED", {"card": "4242", "tries": "3"})
    assert found[1].http_status == 402


async def test_a_reason_that_is_not_in_the_table_is_unknown_and_logged(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with failing([DomainErrors({})]) as service:
        service.error = Unlisted()
        with caplog.at_level(logging.ERROR):
            found = [await failure_of(service.targets[name]) for name in TRANSPORTS]
    assert told(found[0]) == told(found[1])
    assert (found[0].code, found[0].message) == (Code.UNKNOWN, "UNLISTED")
    assert (found[0].reason, found[0].domain) == ("UNLISTED", "elsewhere.example")
    assert "no status for this reason" in caplog.text + capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": 404, "message": "m", "status": "NOT_FOUND", "details": 5}}',
        b'{"error": {"code": "x", "message": "m", "status": "NOPE"}}',
        b'{"error": []}',
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_body_of_another_form_is_the_error_of_its_http_status(body: bytes) -> None:
    assert status.from_http(404, body).code is Code.NOT_FOUND


def test_details_of_an_odd_form_are_kept_as_they_are() -> None:
    odd = [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "soon"},
        {"no": "type"},
        {"@type": 5, "value": "x"},
        {"@type": "type.googleapis.com/nobody.knows.This", "value": "no base64"},
        "text",
    ]
    body = {"error": {"code": 404, "message": "m", "status": "NOT_FOUND", "details": odd}}
    found = status.from_http(404, json.dumps(body).encode())
    assert [type(detail) for detail in found.details] == [struct_pb2.Struct] * 4
    assert found.retry_after is None


def test_broken_trailers_leave_code_and_message() -> None:
    found = status.from_grpc(5, "gone", [(status.DETAILS_KEY, b"\xff\xff")])
    assert (found.code, found.message, found.details) == (Code.NOT_FOUND, "gone", ())


async def test_a_plain_grpc_client_reads_the_status(service: Failing) -> None:
    """grpc-status-details-bin as every gRPC library has it: the code, the message and the details again."""
    from google.rpc import status_pb2

    service.error = errors.NotFoundError("gone", reason="WHY", details=[details.request_info("1")])

    def failed() -> grpc.RpcError:
        with grpc.insecure_channel(service.targets["grpc"]) as channel:
            try:
                call: Any = channel.unary_unary("/shop.v1.Shop/GetItem")
                call(b"")
            except grpc.RpcError as error:
                return error
        raise AssertionError("the call did not fail")

    error: Any = await asyncio.to_thread(failed)
    trailers = dict(error.trailing_metadata())
    found = status_pb2.Status.FromString(trailers[status.DETAILS_KEY])
    assert (found.code, found.message) == (5, "gone")
    assert [each.type_url for each in found.details] == [
        "type.googleapis.com/google.rpc.ErrorInfo",
        "type.googleapis.com/google.rpc.RequestInfo",
    ]
    assert found.details[0].Is(error_details_pb2.ErrorInfo.DESCRIPTOR)
