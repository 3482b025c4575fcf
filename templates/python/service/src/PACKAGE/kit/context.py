"""What a handler knows about the call it serves, apart from the request itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal

Transport = Literal["grpc", "http", "websocket"]

_HEADER_NAME = re.compile(r"[a-z0-9_.-]+\Z")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*\Z")
_REQUEST_ID = re.compile(r"[\w.:/+=@-]{1,128}\Z", re.ASCII)


class Context:
    """One call. Made by a transport, handed to every middleware and to the handler.

    `method` is the full name ("order.v1.OrderService.GetOrder"). `metadata` holds gRPC metadata or HTTP
    headers with lower-case keys; a key given more than once has its values joined by ", "; binary ("-bin")
    gRPC metadata is left out. `deadline` is in seconds of `time.monotonic()`, None when the caller set
    none. `values` is a place for middleware to leave what it found out, the caller's identity for instance.
    """

    __slots__ = (
        "deadline",
        "metadata",
        "method",
        "peer",
        "request_id",
        "response_headers",
        "transport",
        "values",
    )

    def __init__(
        self,
        method: str,
        *,
        transport: Transport = "grpc",
        request_id: str = "",
        peer: str = "",
        metadata: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> None:
        self.method = method
        self.transport: Transport = transport
        self.request_id = request_id
        self.peer = peer
        self.metadata: Mapping[str, str] = {} if metadata is None else metadata
        self.deadline = deadline
        self.response_headers: list[tuple[str, str]] = []
        self.values: dict[str, object] = {}

    def time_remaining(self) -> float | None:
        """Seconds until the deadline, 0.0 when it is over, None when there is none."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic(), 0.0)

    def set_header(self, name: str, value: str) -> None:
        """Adds to the response's headers (HTTP) or initial metadata (gRPC), before its first message.

        `name` is lower-cased; `value` is printable ASCII. Anything else is a ValueError.
        """
        name = name.lower()
        if not _HEADER_NAME.match(name) or not _HEADER_VALUE.match(value):
            raise ValueError(f"not a valid header: {name!r}: {value!r}")
        self.response_headers.append((name, value))


current: ContextVar[Context | None] = ContextVar("current_call", default=None)
"""The call being served by this task; the log processor reads request id and method from it."""


def request_id(given: str | None) -> str:
    """The caller's id for the request where it is fit for logs and headers, otherwise a random one."""
    if given and _REQUEST_ID.match(given):
        return given
    return os.urandom(16).hex()
