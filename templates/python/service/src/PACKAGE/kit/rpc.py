"""The method table: what the contract says about each RPC, free of any transport, and what answers it.

Generated code declares one `Method` per RPC and ties it to a handler with the constructor of its kind
(`unary_unary`, `unary_stream`, `stream_unary`, `stream_stream`), which is where a type checker compares the
handler with the contract. Servers and clients are built from this table alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from .context import Context
from .details import FieldViolation
from .errors import ServiceError

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)


@dataclass(frozen=True, slots=True)
class HttpBinding:
    """One google.api.http binding (google/api/http.proto).

    `body` is "" for none, "*" for the whole request, or a field's name; `response_body` is "" or a field's
    name.
    """

    verb: str
    path: str
    body: str = ""
    response_body: str = ""


@dataclass(frozen=True, slots=True)
class Method(Generic[Req, Res]):
    """An RPC: `path` as gRPC names it on the wire, the message classes, the kind, the HTTP bindings.

    `errors` are the classes of the errors that the contract declares, by reason: what a client raises for them.
    """

    path: str
    request: type[Req]
    response: type[Res]
    client_streaming: bool = False
    server_streaming: bool = False
    bindings: tuple[HttpBinding, ...] = ()
    errors: Mapping[str, type[ServiceError]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def service(self) -> str:
        """The service's full name: "order.v1.OrderService"."""
        return self.path[1:].partition("/")[0]

    @property
    def name(self) -> str:
        """The method's own name: "CreateOrder"."""
        return self.path.rpartition("/")[2]

    @property
    def full_name(self) -> str:
        """Both: "order.v1.OrderService.CreateOrder"."""
        return f"{self.service}.{self.name}"


def rpc_binding(method: Method[Any, Any]) -> HttpBinding:
    """How every method is reachable over HTTP, whatever its contract binds it to: as Connect has it
    (https://connectrpc.com/docs/protocol, "Unary-Request").
    """
    return HttpBinding("POST", method.path, body="*")


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method with what answers it.

    `handler(request, context)` takes a message, or an async iterator of them when the client streams; it is a
    coroutine function, or an async generator function when the server streams. `violations(request)` is what
    the layers around it have against a message, for another layer that refuses it to tell all at once.
    """

    method: Method[Any, Any]
    handler: Callable[[Any, Context], Any]
    violations: Callable[[Any], list[FieldViolation]] | None = None


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """A service's full name and all of its methods."""

    full_name: str
    methods: tuple[BoundMethod, ...]


def domain_of(services: Iterable[ServiceBinding]) -> str:
    """Whose word an error is that none of the services answers with: what their names begin with (AIP-193)."""
    names = [service.full_name for service in services]
    parts = zip(*(name.split(".") for name in names), strict=False)
    common = [part[0] for part in takewhile(lambda part: len({*part}) == 1, parts)]
    return ".".join(common) or "".join(names[:1])


def unary_unary(method: Method[Req, Res], handler: Callable[[Req, Context], Awaitable[Res]]) -> BoundMethod:
    return BoundMethod(method, handler)


def unary_stream(
    method: Method[Req, Res], handler: Callable[[Req, Context], AsyncIterator[Res]]
) -> BoundMethod:
    return BoundMethod(method, handler)


def stream_unary(
    method: Method[Req, Res], handler: Callable[[AsyncIterator[Req], Context], Awaitable[Res]]
) -> BoundMethod:
    return BoundMethod(method, handler)


def stream_stream(
    method: Method[Req, Res], handler: Callable[[AsyncIterator[Req], Context], AsyncIterator[Res]]
) -> BoundMethod:
    return BoundMethod(method, handler)
