"""Small contracts, changes of them, and the modules that a generator writes for them, printed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

VERBS = ["get", "list", "create", "cancel", "watch", "place", "import_", "match"]
NOUNS = ["order", "item", "price", "scan"]
TYPES = ["str", "int", "bool", "Money", "list[Item]"]
COMMENTS = [
    "Does it.",
    "Says {{what}} \\\\N it does.",
    "Größe 日本 of it.",
    "First line.\n\n        More of it.",
    "",
]


@dataclass(frozen=True)
class Rpc:
    name: str
    request: str
    response: str
    streams: int
    comment: str


@dataclass(frozen=True)
class Message:
    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Contract:
    rpcs: tuple[Rpc, ...]
    messages: tuple[Message, ...]
    services: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """What a formatter decides: quotes, whether signatures and calls are exploded, the step of indentation."""

    quote: str = '"'
    exploded: bool = False
    unit: str = "    "
    blank_after_docstring: bool = False


TOOLS = Style()

rpc_names = st.builds(lambda verb, noun: f"{verb}_{noun}", st.sampled_from(VERBS), st.sampled_from(NOUNS))
field_names = st.sampled_from(["name", "size", "state", "class_", "price", "items", "note"])
rpcs = st.builds(
    Rpc,
    rpc_names,
    st.sampled_from(["Order", "Item", "Empty", "Page"]),
    st.sampled_from(["Order", "Item", "Empty", "Page"]),
    st.integers(0, 3),
    st.sampled_from(COMMENTS),
)
message_fields = st.tuples(
    field_names, st.sampled_from(TYPES), st.sampled_from(["", "What it is.", "Größe."])
)
messages = st.builds(
    Message,
    st.sampled_from(["Order", "Item", "Page", "Money", "Scan"]),
    st.lists(message_fields, max_size=4, unique_by=lambda field: field[0]).map(tuple),
)
service_names = st.lists(
    st.sampled_from(["order", "tracking", "billing", "stock"]), unique=True, max_size=3
).map(tuple)
contracts = st.builds(
    Contract,
    st.lists(rpcs, max_size=5, unique_by=lambda rpc: rpc.name).map(tuple),
    st.lists(messages, max_size=4, unique_by=lambda message: message.name).map(tuple),
    service_names,
)


@st.composite
def changed(draw: st.DrawFn, contract: Contract) -> Contract:
    """A contract after a few changes: things added, removed, put in another order, changed."""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.integers(0, 7))
        if kind == 0:
            contract = replace(contract, rpcs=_added(draw, contract.rpcs, rpcs))
        elif kind == 1:
            contract = replace(contract, rpcs=_without(draw, contract.rpcs))
        elif kind == 2:
            contract = replace(contract, rpcs=tuple(draw(st.permutations(contract.rpcs))))
        elif kind == 3 and contract.rpcs:
            index = draw(st.integers(0, len(contract.rpcs) - 1))
            new = replace(draw(rpcs), name=contract.rpcs[index].name)
            contract = replace(contract, rpcs=(*contract.rpcs[:index], new, *contract.rpcs[index + 1 :]))
        elif kind == 4:
            contract = replace(contract, messages=_added(draw, contract.messages, messages))
        elif kind == 5:
            contract = replace(contract, messages=_without(draw, contract.messages))
        elif kind == 6 and contract.messages:
            index = draw(st.integers(0, len(contract.messages) - 1))
            new_message = replace(draw(messages), name=contract.messages[index].name)
            all_messages = (*contract.messages[:index], new_message, *contract.messages[index + 1 :])
            contract = replace(contract, messages=all_messages)
        elif kind == 7:
            contract = replace(contract, services=draw(service_names))
    return contract


def _added(draw: st.DrawFn, there: tuple[Any, ...], strategy: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    new = draw(strategy)
    if any(item.name == new.name for item in there):
        return there
    index = draw(st.integers(0, len(there)))
    return (*there[:index], new, *there[index:])


def _without(draw: st.DrawFn, there: tuple[Any, ...]) -> tuple[Any, ...]:
    if not there:
        return there
    index = draw(st.integers(0, len(there) - 1))
    return (*there[:index], *there[index + 1 :])


def handlers(contract: Contract, style: Style) -> str:
    """A servicer class with a method for each RPC."""
    mapping = sorted({name for rpc in contract.rpcs for name in (_from(rpc), _to(rpc))})
    lines = ['"""Handlers of shop.Orders."""', ""]
    if any(rpc.streams for rpc in contract.rpcs):
        lines += ["from collections.abc import AsyncIterator", ""]
    lines += ["from shop.biz.order import OrderUseCase", "from shop.gen import order_pb2"]
    lines += ["from shop.gen.server import OrdersBase"]
    lines += [] if not mapping else [_import("shop.mapping", mapping, style)]
    lines += [
        "",
        "",
        "class Orders(OrdersBase):",
        '    """Takes orders."""',
        *[""] * style.blank_after_docstring,
    ]
    lines += ["    def __init__(self, use_case: OrderUseCase) -> None:", "        self._use_case = use_case"]
    for rpc in contract.rpcs:
        lines += ["", *_handler(rpc, style)]
    return _finish(lines, style)


def _from(rpc: Rpc) -> str:
    return f"{rpc.request.lower()}_from"


def _to(rpc: Rpc) -> str:
    return f"{rpc.response.lower()}_to"


def _handler(rpc: Rpc, style: Style) -> list[str]:
    request = f"request: order_pb2.{rpc.request}"
    if rpc.streams & 1:
        request = f"requests: AsyncIterator[order_pb2.{rpc.request}]"
    response = f"order_pb2.{rpc.response}"
    if rpc.streams & 2:
        response = f"AsyncIterator[{response}]"
    head = [f"    async def {rpc.name}(self, {request}) -> {response}:"]
    if style.exploded:
        head = [f"    async def {rpc.name}(", "        self,", f"        {request},", f"    ) -> {response}:"]
    argument = (
        f"{_from(rpc)}(request) async for request in requests"
        if rpc.streams & 1
        else f"{_from(rpc)}(request)"
    )
    call = f"self._use_case.{rpc.name}({argument})"
    body = [f"        response = await {call}", f"        return {_to(rpc)}(response)"]
    if rpc.streams & 2:
        body = [f"        async for response in {call}:", f"            yield {_to(rpc)}(response)"]
    elif style.exploded:
        body[0:1] = [
            f"        response = await self._use_case.{rpc.name}(",
            f"            {argument}",
            "        )",
        ]
    documentation = [f'        """{rpc.comment}"""'] if rpc.comment else []
    return [*head, *documentation, *body]


def types(contract: Contract, style: Style) -> str:
    """Dataclasses with commented attributes."""
    lines = [
        '"""What is known of orders."""',
        "",
        "from __future__ import annotations",
        "",
        "import dataclasses",
    ]
    for message in contract.messages:
        lines += ["", "", "@dataclasses.dataclass(slots=True, kw_only=True)", f"class {message.name}:"]
        lines += [f'    """A {message.name}."""', ""]
        for name, kind, comment in message.fields:
            lines += [f"    # {comment}"] if comment else []
            default = {"str": '""', "int": "0", "bool": "False"}.get(
                kind, "dataclasses.field(default_factory=list)"
            )
            lines += [f"    {name}: {kind} = {default}"]
        if not message.fields:
            del lines[-1]
    return _finish(lines, style)


def mapping(contract: Contract, style: Style) -> str:
    """Two functions for each message."""
    lines = ['"""Messages from and to what biz knows."""', "", "from shop import biz"]
    lines += ["from shop.gen import order_pb2"] if contract.messages else []
    converted = {kind for message in contract.messages for _, kind, _ in message.fields if kind == "Money"}
    if converted and all(message.name != "Money" for message in contract.messages):
        lines += ["from shop.kit.convert import money_from, money_to"]
    for message in contract.messages:
        for verb, source, made in (("from", "order_pb2", "biz"), ("to", "biz", "order_pb2")):
            arguments = [f"{name}={_converted(name, kind, verb)}" for name, kind, _ in message.fields]
            lines += [
                "",
                "",
                f"def {message.name.lower()}_{verb}(it: {source}.{message.name}) -> {made}.{message.name}:",
            ]
            if style.exploded and arguments:
                lines += [
                    f"    return {made}.{message.name}(",
                    *(f"        {a}," for a in arguments),
                    "    )",
                ]
            else:
                lines += [f"    return {made}.{message.name}({', '.join(arguments)})"]
    return _finish(lines, style)


def _converted(name: str, kind: str, verb: str) -> str:
    return f"money_{verb}(it.{name})" if kind == "Money" else f"it.{name}"


def wiring(contract: Contract, style: Style) -> str:
    """A container with three properties for each service."""
    lines = ['"""The composition root."""', "", "from functools import cached_property", ""]
    for name in sorted(contract.services):
        lines += [f"from shop.biz.{name} import {name.title()}Repository, {name.title()}UseCase"]
    lines += [
        "from shop.kit import BaseContainer",
        "",
        "",
        "class Container(BaseContainer):",
        '    """Objects."""',
        "",
    ]
    lines += ["    def __init__(self, config: object) -> None:", "        self.config = config"]
    for name in contract.services:
        title = name.title()
        for what, made in (
            ("repository", f"{title}Repository()"),
            ("use_case", f"{title}UseCase(self.{name}_repository)"),
        ):
            kind = f"{title}{what.title().replace('_', '')}".replace("Use_Case", "UseCase")
            lines += [
                "",
                "    @cached_property",
                f"    def {name}_{what}(self) -> {kind}:",
                f"        return {made}",
            ]
    return _finish(lines, style)


def transport(contract: Contract, style: Style) -> str:
    """A function with a list of registrations, `__all__`, and a dictionary of names."""
    lines = ['"""The gRPC server."""', ""]
    lines += [f"from shop.gen.{name}_server import bind_{name}" for name in sorted(contract.services)]
    lines += ["from shop.kit import GrpcServer", ""]
    names = ", ".join(f'"{name}"' for name in contract.services)
    lines += [f"__all__ = [{names}]", "", "NAMES = {"]
    lines += [f'    "{name}": "shop.{name.title()}",' for name in contract.services] + ["}"]
    lines += ["", "", "def grpc_server(container: object) -> GrpcServer:", "    return GrpcServer("]
    if style.exploded or len(contract.services) > 1:
        lines += ["        services=["]
        lines += [f"            bind_{name}(container.{name})," for name in contract.services] + [
            "        ],"
        ]
    else:
        lines += [
            f"        services=[{', '.join(f'bind_{name}(container.{name})' for name in contract.services)}],"
        ]
    lines += ["        middleware=container.middleware,", "    )"]
    return _finish(lines, style)


PRINTERS: list[Callable[[Contract, Style], str]] = [handlers, types, mapping, wiring, transport]


def _import(module: str, names: list[str], style: Style) -> str:
    line = f"from {module} import {', '.join(names)}"
    if not style.exploded and len(line) <= 60:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _finish(lines: list[str], style: Style) -> str:
    text = "\n".join(lines) + "\n"
    if style.quote != '"':
        text = text.replace('"""', "\0").replace('"', style.quote).replace("\0", '"""')
    if style.unit != "    ":
        found = []
        for line in text.split("\n"):
            bare = line.lstrip(" ")
            found.append(style.unit * ((len(line) - len(bare)) // 4) + bare)
        text = "\n".join(found)
    return text
