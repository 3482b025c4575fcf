"""Which RPC a verb and a path belong to, by the contract and the documented order alone."""

from __future__ import annotations

from functools import lru_cache

from ..descriptors import Contract, Rpc
from . import url_template

_STREAM = "a stream"


class Routing:
    """`order` names the services as the HTTP server offers them: of two equal templates, the first wins."""

    def __init__(self, contract: Contract, order: list[str]) -> None:
        position = {name: index for index, name in enumerate(order)}
        self._rules: dict[str, list[tuple[Rpc, url_template.Template]]] = {_STREAM: []}
        # What a client would have to stream to gives way: a plain request cannot call it anyhow.
        for rpc in sorted(contract.rpcs, key=lambda rpc: (rpc.client_streaming, position[rpc.service])):
            for rule in rpc.rules:
                entry = rpc, url_template.parse(rule.path)
                self._rules.setdefault(rule.verb, []).append(entry)
                if rpc.client_streaming or rpc.server_streaming:
                    self._rules[_STREAM].append(entry)
        self.winner = lru_cache(maxsize=64)(self._winner)

    def stream_winner(self, path: str) -> Rpc:
        """Where a WebSocket leads to: as it has one verb only, to the best of the RPCs that stream."""
        return self.winner(_STREAM, path)

    def _winner(self, verb: str, path: str) -> Rpc:
        """Where a raw path, still escaped, leads to."""
        matching = [each for each in self._rules[verb] if url_template.pattern(each[1]).fullmatch(path)]
        rpc, _ = min(matching, key=lambda each: url_template.precedence(each[1]))
        return rpc
