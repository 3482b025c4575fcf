"""Each HTTP binding of an RPC, by a stranger who knows the specification alone and by the project's own clients."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from google.protobuf import json_format

from ..descriptors import Rpc, Rule
from . import raw
from .calling import Caller
from .constrain import constrain, constrain_stream
from .encode import HttpCall, encode
from .own_clients import HTTP
from .routing import Routing
from .sent import Sent
from .strangers import read_answer, read_stream

# How often path values are drawn anew where those drawn belong to a more specific binding of another RPC.
_DRAWS = 20
_NORMAL_CLOSURE = 1000


class OverHttp:
    def __init__(self, caller: Caller, routing: Routing) -> None:
        self._caller = caller
        self._contract = caller.contract
        self._tally = caller.tally
        self._routing = routing

    async def by_name(self, sent: Sent) -> None:
        """At /package.Service/Method, which takes any request, bound or not; a client finds its way there."""
        rpc = sent.rpc
        rule = Rule("POST", rpc.path, "*", "")
        bodies = [
            json_format.MessageToJson(each, descriptor_pool=self._contract.pool) for each in sent.requests
        ]
        await self._caller.compare(
            "http, by name",
            f"{rpc.full_name}: {bodies!r:.300}",
            sent,
            lambda n: self._caller.in_thread(self._by_name, sent, rule, bodies, n),
        )
        await self._by_client("http, async client, any request", sent)

    async def _by_client(self, kind: str, sent: Sent) -> None:
        """By the generated client, which may choose a path that another RPC gets as well."""
        sent = raw.settled(sent)
        make = self._caller.own.asynchronously
        await self._caller.compare(
            kind, sent.rpc.full_name, sent, lambda n: make(sent, HTTP, n), anywhere=True
        )

    async def call(self, original: Sent, rule: Rule, rng: random.Random) -> None:
        """Every way over HTTP to call the RPC of `original` by one of its bindings."""
        original = raw.settled(original)
        if original.rpc.client_streaming:
            await self._refused(original, rule, rng)
        else:
            await self._bound(original, rule, rng)
        if original.rpc.client_streaming or original.rpc.server_streaming:
            await self._websocket(original, rule, rng)

    async def _bound(self, original: Sent, rule: Rule, rng: random.Random) -> None:
        sent, call, winner = self._drawn(original, rule, rng)
        where = f"{sent.rpc.full_name} at {rule}"
        if winner.full_name != sent.rpc.full_name:
            self._tally.elsewhere.add((sent.rpc.full_name, winner.full_name, str(rule)))
            if (winner.request, winner.response) != (sent.rpc.request, sent.rpc.response):
                await self._elsewhere(rule, call, winner, where)
                return
        compare, in_thread, own = self._caller.compare, self._caller.in_thread, self._caller.own
        shown = f"{where}: {call.target} {call.body!r:.300}"
        await compare(
            "http, stranger", shown, sent, lambda n: in_thread(self._plain, sent, rule, call, n), winner
        )
        await compare("http, client", where, sent, lambda n: in_thread(own.bound, sent, rule, n), winner)
        await compare("http, async client", where, sent, lambda n: own.asynchronously(sent, HTTP, n), winner)

    def _drawn(self, original: Sent, rule: Rule, rng: random.Random) -> tuple[Sent, HttpCall, Rpc]:
        """A request that the binding can carry, and where its path leads to: to the RPC itself if it ever does."""
        for _ in range(_DRAWS):
            request = _copy(original.requests[0])
            constrain(request, rule, rng)
            call = encode(request, rule, rng, self._contract.pool)
            if raw.takes(request.DESCRIPTOR, rule):
                raw.constrain(request, rule)
                call = raw.encode(call, request, rule)
            winner = self._routing.winner(rule.verb, call.target.partition("?")[0])
            if winner.full_name == original.rpc.full_name:
                break
        return replace(original, requests=[request]), call, winner

    async def _elsewhere(self, rule: Rule, call: HttpCall, winner: Rpc, where: str) -> None:
        """Whatever of the request means anything to the RPC that has the path, it is that RPC that is reached."""
        call = replace(call, target=call.target.partition("?")[0], body=call.body and b"{}")
        number, kept = self._caller.calls.add([b""])
        answer = await self._caller.in_thread(self._caller.strangers.http, call, number)
        self._tally.counts["http, another RPC's path"] += 1
        if answer.status != 200 or kept.reached != [winner.full_name]:
            self._tally.fail(
                "http, another RPC's path", where, f"HTTP {answer.status}, reached {kept.reached}"
            )

    async def _refused(self, sent: Sent, rule: Rule, rng: random.Random) -> None:
        """A plain request cannot carry a client's stream: 426, and the handler hears nothing."""
        where = f"{sent.rpc.full_name} at {rule}"
        request = self._contract.message(sent.rpc.request)()
        constrain(request, replace(rule, body="*"), rng)
        call = replace(encode(request, replace(rule, body="*"), rng, self._contract.pool), body=b"{}")
        number, kept = self._caller.calls.add([])
        answer = await self._caller.in_thread(self._caller.strangers.http, call, number)
        self._tally.counts["http, refused"] += 1
        if answer.status != 426 or sent.rpc.full_name.encode() not in answer.body or kept.reached:
            shown = f"HTTP {answer.status} {answer.body!r}, reached {kept.reached}"
            self._tally.fail("http, refused", where, shown)

    async def _websocket(self, original: Sent, rule: Rule, rng: random.Random) -> None:
        """Frame by frame, what a body would be; an empty frame is the end of the client's stream."""
        rpc, pool = original.rpc, self._contract.pool
        if rpc.client_streaming:
            rule = replace(rule, body=rule.body or "*")
        requests = [_copy(request) for request in original.requests]
        shaping = requests or [self._contract.message(rpc.request)()]
        constrain_stream(shaping, rule, rng)
        calls = [encode(request, rule, rng, pool) for request in shaping]
        target = calls[0].target
        frames = [call.body.decode() for call in calls[: len(requests)] if call.body is not None]
        if rpc.client_streaming:
            frames.append("")
        sent = replace(original, requests=requests)
        winner = self._routing.stream_winner(target.partition("?")[0])
        if (winner.request, winner.response) == (rpc.request, rpc.response):
            where = f"{rpc.full_name} at {target}, {len(frames)} frames"
            await self._caller.compare(
                "http, websocket",
                where,
                sent,
                lambda n: self._caller.in_thread(self._frames, sent, rule, target, frames, n),
                winner,
            )
        if rpc.client_streaming:
            await self._by_client("http, async client, stream", sent)

    def _by_name(self, sent: Sent, rule: Rule, bodies: list[str], number: str) -> list[bytes]:
        if sent.rpc.client_streaming:
            return self._frames(sent, rule, rule.path, [*bodies, ""], number)
        return self._plain(sent, rule, HttpCall(rule.verb, rule.path, bodies[0].encode()), number)

    def _plain(self, sent: Sent, rule: Rule, call: HttpCall, number: str) -> list[bytes]:
        answer = self._caller.strangers.http(call, number)
        kind = self._contract.message(sent.rpc.response)
        if rule in sent.rpc.rules and raw.answers(kind.DESCRIPTOR, rule):
            found = raw.read(rule, answer, kind, stream=sent.rpc.server_streaming)
            return [each.SerializeToString() for each in found]
        read = read_stream if sent.rpc.server_streaming else read_answer
        return [each.SerializeToString() for each in read(rule, answer, kind, self._contract.pool)]

    def _frames(self, sent: Sent, rule: Rule, target: str, frames: list[str], number: str) -> list[bytes]:
        answer = self._caller.strangers.websocket(target, number, frames)
        kind, pool = self._contract.message(sent.rpc.response), self._contract.pool
        found = read_stream(rule, answer, kind, pool, status=_NORMAL_CLOSURE)
        return [each.SerializeToString() for each in found]


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
