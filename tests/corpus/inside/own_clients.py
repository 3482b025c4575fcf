"""The project's own clients: what it generated, and the channels below."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import AsyncIterator
from typing import Any

from ..descriptors import Rule
from .clients import client_classes, method_names
from .recorder import CALL_HEADER, Generated, Servers
from .sent import Sent

GRPC, HTTP = 0, 1
_TIMEOUT = 60


class OwnClients:
    """Every call answers the responses as bytes. `transport` is GRPC or HTTP."""

    def __init__(self, package: str, generated: dict[str, Generated], servers: Servers) -> None:
        self._generated = generated
        client = importlib.import_module(f"{package}.kit.client")
        targets = [f"127.0.0.1:{servers.grpc}", f"http://127.0.0.1:{servers.http}"]
        self._asynchronous = [client.AsyncChannel(target, timeout=_TIMEOUT) for target in targets]
        self._blocking = [client.Channel(target, timeout=_TIMEOUT) for target in targets]
        self._names: dict[type[Any], dict[str, str]] = {}

    async def aclose(self) -> None:
        for channel in self._asynchronous:
            await channel.close()

    def close(self) -> None:
        for channel in self._blocking:
            channel.close()

    async def asynchronously(self, sent: Sent, transport: int, number: str) -> list[bytes]:
        """By the generated asynchronous client, which chooses the binding itself."""
        client, _ = client_classes(self._generated[sent.rpc.service])
        method = self._method(client, self._asynchronous[transport], sent)
        own = self._own(sent)

        async def each() -> AsyncIterator[Any]:
            for request in own:
                yield request

        answer = method(each() if sent.rpc.client_streaming else own[0], metadata={CALL_HEADER: number})
        found = [each async for each in answer] if sent.rpc.server_streaming else [await answer]
        return [message.SerializeToString() for message in found]

    def blocking(self, sent: Sent, transport: int, number: str) -> list[bytes]:
        """By the generated blocking client."""
        _, client = client_classes(self._generated[sent.rpc.service])
        method = self._method(client, self._blocking[transport], sent)
        own = self._own(sent)
        answer = method(iter(own) if sent.rpc.client_streaming else own[0], metadata={CALL_HEADER: number})
        found = list(answer) if sent.rpc.server_streaming else [answer]
        return [message.SerializeToString() for message in found]

    def bound(self, sent: Sent, rule: Rule, number: str) -> list[bytes]:
        """By the channel below the generated client, over HTTP, which gets no choice of the binding."""
        method = self._generated[sent.rpc.service].methods[sent.rpc.path]
        wanted = (rule.verb, rule.path, rule.body, rule.response_body)
        [binding] = [each for each in method.bindings if dataclasses.astuple(each)[:4] == wanted]
        method = dataclasses.replace(method, bindings=(binding,))
        [request], metadata = self._own(sent), {CALL_HEADER: number}
        if sent.rpc.server_streaming:
            found = list(self._blocking[HTTP].unary_stream(method, request, metadata=metadata))
        else:
            found = [self._blocking[HTTP].unary_unary(method, request, metadata=metadata)]
        return [message.SerializeToString() for message in found]

    def _method(self, client: type[Any], channel: Any, sent: Sent) -> Any:
        if client not in self._names:
            self._names[client] = method_names(client)
        return getattr(client(channel), self._names[client][sent.rpc.path])

    def _own(self, sent: Sent) -> list[Any]:
        """The requests, of the project's classes."""
        kind = self._generated[sent.rpc.service].methods[sent.rpc.path].request
        return [kind.FromString(request.SerializeToString()) for request in sent.requests]
