"""One call over gRPC or over HTTP+JSON, and what came back, in one form for both."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
import httpx2
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped,unused-ignore]

from .descriptors import Contract
from .http_requests import http_request
from .model import Rpc

TIMEOUT = 30.0
"""Seconds after which a call counts as unanswered."""

_KNOWN_DETAILS = {
    f"google.rpc.{name}": getattr(error_details_pb2, name)
    for name in (
        "ErrorInfo",
        "BadRequest",
        "ResourceInfo",
        "PreconditionFailure",
        "RetryInfo",
        "QuotaFailure",
    )
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came back with: `code` is google.rpc.Code's name, `message` the response where that is OK."""

    code: str
    text: str = ""
    message: Any = None
    details: tuple[Any, ...] = ()
    http_status: int = 0
    body: Any = None
    seconds: float = field(default=0.0, compare=False)

    def detail(self, name: str) -> Any:
        """The first detail that is a google.rpc message of that name, or None."""
        return next((each for each in self.details if type(each).__name__ == name), None)

    @property
    def violations(self) -> list[str]:
        """The fields that BadRequest names."""
        found = self.detail("BadRequest")
        return [] if found is None else [each.field for each in found.field_violations]

    @property
    def reason(self) -> str:
        """ErrorInfo's reason."""
        found = self.detail("ErrorInfo")
        return "" if found is None else str(found.reason)


class Api(Protocol):
    """A transport to the service under test."""

    name: str

    def serves(self, rpc: Rpc) -> bool:
        """Whether the method can be called this way at all."""

    async def call(self, rpc: Rpc, request: Any) -> Answer:
        """Calls the method; raises InexpressibleError where the transport has no form for the request."""


class GrpcApi:
    """Over a channel of grpc.aio."""

    name = "grpc"

    def __init__(self, channel: grpc.aio.Channel, contract: Contract) -> None:
        self._channel = channel
        self._contract = contract

    def serves(self, rpc: Rpc) -> bool:
        return True

    async def call(self, rpc: Rpc, request: Any) -> Answer:
        response = self._contract.message_class(rpc.response)
        method: Any = self._channel.unary_unary(
            rpc.path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString,
        )
        start = time.monotonic()
        try:
            message = await method(request, timeout=TIMEOUT)
        except grpc.aio.AioRpcError as error:
            details = next(
                (value for key, value in error.trailing_metadata() if key == "grpc-status-details-bin"), b""
            )
            status = status_pb2.Status.FromString(details)
            found = tuple(each for each in map(_unpacked, status.details) if each is not None)
            return Answer(
                error.code().name, error.details() or "", details=found, seconds=time.monotonic() - start
            )
        return Answer("OK", message=message, seconds=time.monotonic() - start)


class HttpApi:
    """Over google.api.http's bindings."""

    name = "http"

    def __init__(self, client: httpx2.AsyncClient, contract: Contract) -> None:
        self._client = client
        self._contract = contract

    def serves(self, rpc: Rpc) -> bool:
        return rpc.binding is not None

    async def call(self, rpc: Rpc, request: Any) -> Answer:
        verb, url, body = http_request(rpc, request)
        headers = {} if body is None else {"content-type": "application/json"}
        start = time.monotonic()
        response = await self._client.request(verb, url, content=body, headers=headers, timeout=TIMEOUT)
        seconds = time.monotonic() - start
        try:
            document = json.loads(response.content) if response.content else {}
        except ValueError:
            return Answer("UNKNOWN", response.text[:500], http_status=response.status_code, seconds=seconds)
        if response.is_success:
            message = self._contract.message_class(rpc.response)()
            json_format.ParseDict(document, message, descriptor_pool=self._contract.pool)
            return Answer("OK", "", message, (), response.status_code, document, seconds)
        return _failed(response.status_code, document, seconds)


def _failed(status: int, document: Any, seconds: float) -> Answer:
    error = document.get("error", {}) if isinstance(document, dict) else {}
    code = error.get("status") or "UNKNOWN"
    found = tuple(each for each in map(_parsed, error.get("details", ())) if each is not None)
    return Answer(code, str(error.get("message", "")), None, found, status, document, seconds)


def _unpacked(detail: AnyMessage) -> Any:
    kind = _KNOWN_DETAILS.get(detail.type_url.rpartition("/")[2])
    return None if kind is None else kind.FromString(detail.value)


def _parsed(detail: dict[str, Any]) -> Any:
    kind = _KNOWN_DETAILS.get(str(detail.get("@type", "")).rpartition("/")[2])
    if kind is None:
        return None
    fields = {key: value for key, value in detail.items() if key != "@type"}
    return json_format.ParseDict(fields, kind(), ignore_unknown_fields=True)


def code_for(http_status: int) -> set[str]:
    """The codes that google/rpc/code.proto maps to a status of HTTP."""
    table = {
        400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"},
        401: {"UNAUTHENTICATED"},
        403: {"PERMISSION_DENIED"},
        404: {"NOT_FOUND"},
        409: {"ALREADY_EXISTS", "ABORTED"},
        429: {"RESOURCE_EXHAUSTED"},
        499: {"CANCELLED"},
        500: {"INTERNAL", "UNKNOWN", "DATA_LOSS"},
        501: {"UNIMPLEMENTED"},
        503: {"UNAVAILABLE"},
        504: {"DEADLINE_EXCEEDED"},
    }
    return table.get(http_status, set())


CODES = frozenset(code_pb2.Code.keys())
