"""The project's own servers with handlers that keep what they receive and answer what they are told to."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any, get_type_hints

CALL_HEADER = "x-corpus-call"


@dataclass
class Call:
    """One call: what the handler shall answer, and, afterwards, which handler got what, as bytes."""

    responses: list[bytes]
    reached: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)


@dataclass
class Calls:
    """The calls under way, by the number that each carries in its metadata."""

    found: dict[str, Call] = field(default_factory=dict)
    count: int = 0

    def add(self, responses: list[bytes]) -> tuple[str, Call]:
        self.count += 1
        call = self.found[str(self.count)] = Call(responses)
        return str(self.count), call


@dataclass(frozen=True)
class Generated:
    """A service as it was generated: `methods` and `handlers` are by the RPC's path on the wire."""

    name: str
    base: type[Any]
    module: str
    methods: dict[str, Any]
    handlers: dict[str, str]


def services(package: str) -> dict[str, Generated]:
    """The generated services by full name, found by importing what there is."""
    found = {}
    for module in _modules(importlib.import_module(f"{package}.gen")):
        if not module.__name__.endswith("_server"):
            continue
        own = [
            value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__
        ]
        [bind] = [value for value in own if inspect.isfunction(value) and value.__name__.startswith("bind_")]
        [base] = [value for value in own if inspect.isclass(value)]
        bound = bind(base())
        found[bound.full_name] = Generated(
            bound.full_name,
            base,
            module.__name__,
            {each.method.path: each.method for each in bound.methods},
            {each.method.path: each.handler.__name__ for each in bound.methods},
        )
    return found


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(info.name)


def _recording(service: Generated, calls: Calls) -> Any:
    """An instance of the service's base class with every handler overridden."""
    handlers = {service.handlers[path]: _handler(method, calls) for path, method in service.methods.items()}
    return type(f"Recording{service.base.__name__}", (service.base,), handlers)()


def _handler(method: Any, calls: Calls) -> Callable[..., Any]:
    def call_of(context: Any) -> Call:
        call = calls.found[context.metadata[CALL_HEADER]]
        call.reached.append(method.full_name)
        return call

    async def receive(call: Call, request: Any) -> None:
        if method.client_streaming:
            call.received += [each.SerializeToString() async for each in request]
        else:
            assert type(request) is method.request, type(request)
            call.received.append(request.SerializeToString())

    async def one(self: Any, request: Any, context: Any) -> Any:
        call = call_of(context)
        await receive(call, request)
        return method.response.FromString(call.responses[0])

    async def many(self: Any, request: Any, context: Any) -> AsyncIterator[Any]:
        call = call_of(context)
        await receive(call, request)
        for response in call.responses:
            yield method.response.FromString(response)

    return many if method.server_streaming else one


@dataclass(frozen=True)
class Servers:
    """Ports and, in the order in which the transports offer them, the services' names; `http` is None for none."""

    grpc: int
    http: int | None
    order: list[str]


@asynccontextmanager
async def serving(package: str, found: dict[str, Generated], calls: Calls) -> AsyncIterator[Servers]:
    """Starts what `python -m PACKAGE` starts, but for the handlers and the database's place."""
    container, order = _container(package, found, calls)
    servers = [importlib.import_module(f"{package}.transport.grpc").grpc_server(container)]
    if importlib.util.find_spec(f"{package}.transport.http") is not None:
        order.clear()
        servers.append(importlib.import_module(f"{package}.transport.http").http_server(container))
    async with importlib.import_module(f"{package}.kit.lifecycle").serving(container, servers):
        http = servers[1].port if len(servers) > 1 else None
        yield Servers(servers[0].port, http, order)


def _container(package: str, found: dict[str, Generated], calls: Calls) -> tuple[Any, list[str]]:
    original = importlib.import_module(f"{package}.wiring").Container
    order: list[str] = []
    replaced: dict[str, Any] = {}
    for name, value in vars(original).items():
        if isinstance(value, cached_property):
            made = get_type_hints(value.func)["return"]
            for service in found.values():
                if inspect.isclass(made) and issubclass(made, service.base):
                    replaced[name] = _replacement(service, _recording(service, calls), order)
    assert len(replaced) == len(found), f"{len(replaced)} of {len(found)} services are in the container"
    config = importlib.import_module(f"{package}.config").Config
    settings: dict[str, Any] = {"grpc": {"host": "127.0.0.1", "port": 0}}
    for section, values in (
        ("http", {"host": "127.0.0.1", "port": 0}),
        ("database", {"url": "sqlite+aiosqlite://"}),
    ):
        if section in config.model_fields:
            settings[section] = values
    return type("RecordingContainer", (original,), replaced)(config(**settings)), order


def _replacement(service: Generated, recording: Any, order: list[str]) -> property:
    def get(container: Any) -> Any:
        order.append(service.name)
        return recording

    return property(get)
