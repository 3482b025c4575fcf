"""What an HTTP request says beside its path and query: metadata, deadline, body."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from .context import Context, request_id
from .errors import InvalidArgumentError, ResourceExhaustedError
from .http_reply import Rejected
from .rpc import Method

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_JSON_TYPE = re.compile(r"application/(json|[\w.-]+\+json)\s*(;\s*charset=\"?utf-8\"?\s*)?\Z", re.I | re.A)
_GRPC_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])\Z")
_TIMEOUT_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?\Z")
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_OVERRUN = 8


def context_of(
    method: Method[Any, Any], scope: Scope, instead: Mapping[str, str] = MappingProxyType({})
) -> Context:
    """The call's context; Rejected where a header of it is malformed. `instead` counts for headers not sent."""
    metadata: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        metadata[name] = f"{metadata[name]}, {value}" if name in metadata else value
    for name, value in instead.items():
        metadata.setdefault(name, value)
    client = scope.get("client")
    return Context(
        method.full_name,
        transport="websocket" if scope["type"] == "websocket" else "http",
        request_id=request_id(metadata.get("x-request-id")),
        peer=f"{client[0]}:{client[1]}" if client else "",
        metadata=metadata,
        deadline=_deadline(metadata),
    )


async def read_body(context: Context, receive: Receive, limit: int) -> bytes | None:
    """The whole body, at most `limit` bytes; None where the client went away before its end.

    Rejected with 415 where it is not JSON, with 413 where it is too long.
    """
    content_type = context.metadata.get("content-type")
    if content_type is not None and not _JSON_TYPE.match(content_type):
        raise Rejected(
            415,
            InvalidArgumentError(f"content-type: {content_type[:100]!r} is not JSON; send application/json"),
        )
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
    return bytes(body)


def _deadline(metadata: dict[str, str]) -> float | None:
    """From `grpc-timeout` (a number and H, M, S, m, u or n, as in gRPC) or `x-request-timeout` (seconds)."""
    if given := metadata.get("grpc-timeout"):
        if found := _GRPC_TIMEOUT.match(given):
            return time.monotonic() + int(found[1]) * _SECONDS[found[2]]
        raise Rejected(
            400, InvalidArgumentError(f"grpc-timeout: {given[:50]!r} is not a timeout like '500m'")
        )
    if given := metadata.get("x-request-timeout"):
        if _TIMEOUT_SECONDS.match(given):
            return time.monotonic() + float(given)
        raise Rejected(400, InvalidArgumentError(f"x-request-timeout: {given[:50]!r} is not in seconds"))
    return None
