"""What an HTTP request says beside its path and query: metadata, deadline, body."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from ..context import Context, request_id
from ..errors import InvalidArgumentError, ResourceExhaustedError
from ..raw_body import RawBody
from ..rpc import Method
from .reply import JSON, Rejected

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_JSON_TYPE = re.compile(r"application/(json|[\w.-]+\+json)\s*(;\s*charset=\"?utf-8\"?\s*)?\Z", re.I | re.A)
# The headers that bound a call, the first one given counts: gRPC's, Connect's, one for people.
_TIMEOUTS = (
    ("grpc-timeout", re.compile(r"(?P<number>[0-9]{1,8})(?P<unit>[HMSmun])\Z"), "500m"),
    ("connect-timeout-ms", re.compile(r"(?P<number>[0-9]{1,10})\Z"), "500"),
    ("x-request-timeout", re.compile(r"(?P<number>[0-9]{1,9}(\.[0-9]{1,9})?)\Z"), "0.5"),
)
_SECONDS = {
    **{"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9},
    **{"connect-timeout-ms": 1e-3, "x-request-timeout": 1.0},
}
_OVERRUN = 8


def headers_of(scope: Scope, instead: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The header fields by lower-case name, those given several times as one list (RFC 9110, section 5.3).

    `instead` counts for fields that were not sent.
    """
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return {**instead, **found}


def refuse_too_long(scope: Scope, limit: int) -> None:
    """Rejected with 414 or 431 where the target or the header fields are longer than `limit` bytes."""
    if len(scope["raw_path"]) + len(scope["query_string"]) > limit:
        raise Rejected(414, InvalidArgumentError(f"the path and query are longer than {limit} bytes"))
    if sum(len(name) + len(value) for name, value in scope["headers"]) > limit:
        raise Rejected(431, InvalidArgumentError(f"the header fields are longer than {limit} bytes"))


def context_of(method: Method[Any, Any], scope: Scope, metadata: dict[str, str]) -> Context:
    """The call's context; Rejected where a header of it is malformed."""
    version = metadata.get("connect-protocol-version", "1")
    if version != "1":
        message = f"connect-protocol-version: {version[:50]!r} is not supported; there is 1"
        raise Rejected(400, InvalidArgumentError(message))
    client = scope.get("client")
    return Context(
        method.full_name,
        transport="websocket" if scope["type"] == "websocket" else "http",
        request_id=request_id(metadata.get("x-request-id")),
        peer=f"{client[0]}:{client[1]}" if client else "",
        metadata=metadata,
        deadline=_deadline(metadata),
    )


async def read_body(context: Context, receive: Receive, limit: int, *, raw: bool = False) -> bytes | None:
    """The whole body, at most `limit` bytes; None where the client went away before its end.

    Rejected with 415 where it is not JSON, with 413 where it is too long. If `raw`, it is a RawBody of any type.
    """
    _refuse_other_media(context.metadata, raw=raw)
    body, size, more = bytearray(), 0, True
    # What is too long is still read, within reason: a client that writes would not see an answer.
    while more and size <= limit * _OVERRUN:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        chunk = event.get("body", b"")
        size += len(chunk)
        if size <= limit:
            body += chunk
        more = event.get("more_body", False)
    if size > limit:
        error = ResourceExhaustedError(f"body: longer than {limit} bytes")
        raise Rejected(413, error, [(b"connection", b"close")])
    return RawBody(body, context.metadata.get("content-type", "")) if raw else bytes(body)


def _refuse_other_media(metadata: Mapping[str, str], *, raw: bool) -> None:
    """415 with what would be taken instead (RFC 9110, section 15.5.16)."""
    content_type = metadata.get("content-type")
    if content_type is not None and not raw and not _JSON_TYPE.match(content_type):
        error = InvalidArgumentError(
            f"content-type: {content_type[:100]!r} is not JSON; send application/json"
        )
        raise Rejected(415, error, [(b"accept", JSON)])
    encoding = metadata.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        error = InvalidArgumentError(
            f"content-encoding: {encoding[:100]!r} is not supported; send it as it is"
        )
        raise Rejected(415, error, [(b"accept-encoding", b"identity")])


def _deadline(metadata: Mapping[str, str]) -> float | None:
    """The point on the monotonic clock when the time that the caller allows is over; None for no limit."""
    for header, form, example in _TIMEOUTS:
        if given := metadata.get(header):
            found = form.match(given)
            if found is None:
                message = f"{header}: {given[:50]!r} is not a timeout like {example!r}"
                raise Rejected(400, InvalidArgumentError(message))
            return time.monotonic() + float(found["number"]) * _SECONDS[found.groupdict().get("unit", header)]
    return None
