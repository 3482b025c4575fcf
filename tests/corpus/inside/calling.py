"""Each RPC with random requests over both transports, by the generated clients and by strangers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..descriptors import Contract, Rpc
from .own_clients import GRPC, OwnClients
from .random_messages import Filler
from .recorder import Call, Calls, Servers
from .sent import Sent
from .strangers import Strangers
from .tally import Tally, difference

# Of the fields on a message's outermost level, by seed: none; all, and all below; some.
SHARES = (0.0, 2.0, 0.7, 0.4)

Make = Callable[[str], Awaitable[list[bytes]]]


class Caller:
    """Makes the calls of one project's RPCs and writes what they show into `tally`."""

    def __init__(
        self,
        contract: Contract,
        own: OwnClients,
        servers: Servers,
        calls: Calls,
        tally: Tally,
    ) -> None:
        self.contract = contract
        self.calls = calls
        self.tally = tally
        self.own = own
        self.strangers = Strangers(servers.grpc, servers.http)
        self._thread = ThreadPoolExecutor(1)
        self._packable = _packable(contract)

    async def close(self) -> None:
        await self.own.aclose()
        await self.in_thread(self.own.close)
        await self.in_thread(self.strangers.close)
        self._thread.shutdown()

    async def in_thread(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """Blocking calls all come from one thread, so that connections are used again."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, action, *arguments)

    def random_call(self, rpc: Rpc, seed: int, rng: random.Random) -> Sent:
        """Messages for one call; where a side streams, none to three."""
        filler = Filler(rng, SHARES[seed % len(SHARES)], packed=self._pack(rng))
        return Sent(
            rpc,
            self._messages(filler, rpc.request, rng.randrange(4) if rpc.client_streaming else 1),
            self._messages(filler, rpc.response, rng.randrange(4) if rpc.server_streaming else 1),
        )

    def _messages(self, filler: Filler, name: str, count: int) -> list[Any]:
        kind = self.contract.message(name)
        return [filler.fill(kind()) for _ in range(count)]

    def _pack(self, rng: random.Random) -> Callable[[], Any] | None:
        if not self._packable:
            return None
        return lambda: Filler(rng, 0.5).fill(self.contract.message(rng.choice(self._packable))())

    async def over_grpc(self, sent: Sent) -> None:
        """By a bare channel and by both generated clients."""
        where = sent.rpc.full_name
        data = [request.SerializeToString() for request in sent.requests]
        await self.compare(
            "grpc, stranger", where, sent, lambda n: self.in_thread(self.strangers.grpc, sent.rpc, n, data)
        )
        await self.compare(
            "grpc, async client", where, sent, lambda n: self.own.asynchronously(sent, GRPC, n)
        )
        await self.compare(
            "grpc, client", where, sent, lambda n: self.in_thread(self.own.blocking, sent, GRPC, n)
        )

    async def compare(
        self,
        kind: str,
        where: str,
        sent: Sent,
        make: Make,
        winner: Rpc | None = None,
        *,
        anywhere: bool = False,
    ) -> None:
        """Makes one call. The handler of `winner`, the RPC itself if None, shall get and answer what `sent` says;
        with `anywhere`, that of any RPC, since the client may choose a path that is another's as well.
        """
        number, call = self.calls.add([response.SerializeToString() for response in sent.responses])
        try:
            found = await make(number)
        except Exception as error:
            heard = f"{call.reached[0]} was reached" if call.reached else "no handler was reached"
            problem = f"{type(error).__name__}: {str(error)[:500]}; {heard}"
        else:
            problem = self._problem(sent, call, found, None if anywhere else winner or sent.rpc)
        self.tally.counts[kind] += 1
        if problem:
            self.tally.fail(kind, where, problem)
        del self.calls.found[number]

    def _problem(self, sent: Sent, call: Call, found: list[bytes], winner: Rpc | None) -> str:
        if winner is not None and call.reached != [winner.full_name]:
            return f"reached {call.reached} instead of {winner.full_name}"
        pool, message = self.contract.pool, self.contract.message
        received = [message(sent.rpc.request).FromString(data) for data in call.received]
        responses = [message(sent.rpc.response).FromString(data) for data in found]
        return difference("request", sent.requests, received, pool) or difference(
            "response", sent.responses, responses, pool
        )


def _packable(contract: Contract) -> tuple[str, ...]:
    """Messages to be found inside an Any: the contract's own, without maps, whose bytes have no order."""
    found = []
    for name in contract.messages:
        fields = contract.message(name).DESCRIPTOR.fields
        if fields and all(field.message_type is None for field in fields):
            found.append(name)
    return tuple(found[:5])
