"""The layer that gives a `DomainError` its status: biz/ raises it, service/errors.py has the table.

    DomainErrors({"ORDER_NOT_FOUND": Code.NOT_FOUND, "PAYMENT_DECLINED": Status(Code.FAILED_PRECONDITION, 402)})

A reason that is not in the table ends in UNKNOWN (HTTP 500) and a line in the log: the caller gets the reason,
and the service has a place to mend.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import structlog

from .context import Context
from .errors import Code, DomainError, ServiceError, error_for
from .middleware import closing
from .rpc import BoundMethod

_log = structlog.stdlib.get_logger("rpc")


class Status(NamedTuple):
    """A code with an HTTP status of its own, for a reason that `code.http` would not do for."""

    code: Code
    http: int


class DomainErrors:
    """A layer for the `middleware` of wiring.py: put it first, so that other layers may raise such errors too."""

    def __init__(self, statuses: Mapping[str, Code | Status]) -> None:
        self._statuses = dict(statuses)

    def __call__(self, bound: BoundMethod) -> BoundMethod:
        handler = bound.handler

        async def unary(request: Any, context: Context) -> Any:
            try:
                return await handler(request, context)
            except DomainError as error:
                raise self.translated(error) from error

        async def stream(request: Any, context: Context) -> AsyncGenerator[Any]:
            try:
                async with closing(handler(request, context)) as responses:
                    async for response in responses:
                        yield response
            except DomainError as error:
                raise self.translated(error) from error

        return replace(bound, handler=stream if bound.method.server_streaming else unary)

    def translated(self, error: DomainError) -> ServiceError:
        """The error as callers see it; its message is the reason where it has none."""
        status = self._statuses.get(error.reason)
        if status is None:
            _log.error("no status for this reason", reason=error.reason, error=type(error).__name__)
            status = Code.UNKNOWN
        code, http = status if isinstance(status, Status) else (status, status.http)
        return error_for(
            code,
            error.message or error.reason,
            reason=error.reason,
            metadata=error.metadata,
            domain=error.domain,
            http_status=http,
        )
