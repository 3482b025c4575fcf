"""Which renames a change of the contract looks like: text for a hint, never done unasked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scaffolder.contract.model import Contract, Method
from scaffolder.targets.python.renames.spec import Rename

SAME_SERVICE = 0.6
"""The share of RPC names in common from which on two services are taken for one."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`old` and `new` are full names for `--rename OLD=NEW`; `why` finishes the sentence "because …"."""

    old: str
    new: str
    why: str


def surface(contract: Contract) -> dict[str, str]:
    """Every RPC by full name with its signature, `order.v1.GetOrderRequest -> stream order.v1.Order`, sorted."""
    return {
        m.full_name: _signature(m)
        for m in sorted((m for s in contract.services for m in s.methods), key=lambda m: m.full_name)
    }


def suggestions(old: Mapping[str, str], contract: Contract) -> list[Suggestion]:
    """What looks renamed between an old `surface` and the contract, services first, sorted by old name.

    Only pairs that are each other's single possibility; an RPC's request and response may be named after it.
    """
    new = surface(contract)
    services = _service_pairs(old, new)
    found = [
        Suggestion(gone, came, f"{share:.0%} of its RPCs have the names of {came}'s")
        for gone, (came, share) in sorted(services.items())
    ]
    renamed = {gone: came for gone, (came, _) in services.items()}
    before, after = _by_service(old), _by_service(new)
    for service in sorted(before):
        other = renamed.get(service, service)
        found += _rpc_pairs(service, other, before[service], after.get(other, {}))
    return found


def strangers(renames: Iterable[Rename], old: Mapping[str, str]) -> list[Rename]:
    """The renames of RPCs and services that an old `surface` has neither before nor after: OLD is misspelt."""
    known = {*old, *map(_owner, old)}
    return [
        item for item in renames if item.kind in ("rpc", "service") and known.isdisjoint((item.old, item.new))
    ]


def _signature(method: Method) -> str:
    sides = ((method.client_streaming, method.input), (method.server_streaming, method.output))
    return " -> ".join(f"stream {name}" if streams else name for streams, name in sides)


def _owner(rpc: str) -> str:
    return rpc.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _service_pairs(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[str, float]]:
    before, after = _by_service(old), _by_service(new)
    gone, came = set(before) - set(after), set(after) - set(before)
    shares = {
        (one, other): len(before[one].keys() & after[other].keys()) / max(len(before[one]), len(after[other]))
        for one in gone
        for other in came
    }
    likely = {pair: share for pair, share in shares.items() if share >= SAME_SERVICE}
    return {one: (other, likely[one, other]) for one, other in _unique(likely)}


def _by_service(rpcs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By service, the RPCs' own names with their signatures."""
    found: dict[str, dict[str, str]] = {}
    for rpc, signature in rpcs.items():
        found.setdefault(_owner(rpc), {})[_last(rpc)] = signature
    return found


def _rpc_pairs(
    before: str, after: str, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Suggestion]:
    """The pairs of one service, whose RPCs were `was` and are `now`."""
    gone, came = was.keys() - now.keys(), now.keys() - was.keys()
    # A signature may name types of a package that moved along with the service.
    package, moved = _owner(before), _owner(after)
    alike = [
        (one, other)
        for one in gone
        for other in came
        if _neutral(was[one], package) == _neutral(now[other], moved)
        or _neutral(was[one], package, one) == _neutral(now[other], moved, other)
    ]
    for one, other in sorted(_unique(alike)):
        same = _neutral(was[one], package) == _neutral(now[other], moved)
        why = "its request and response are the same" if same else "its messages are named after it"
        yield Suggestion(f"{before}.{one}", f"{after}.{other}", why)


def _neutral(signature: str, package: str, rpc: str = "") -> str:
    """The signature with the package left out of its types, and the RPC's name where they are named after it."""
    sides = []
    for side in signature.split(" -> "):
        stream, _, name = side.rpartition(" ")
        local = name.removeprefix(f"{package}.")
        after = rpc and local.startswith(rpc) and "." not in local
        sides.append(f"{stream} {{}}{local.removeprefix(rpc)}" if after else f"{stream} {local}")
    return " -> ".join(sides)


def _unique(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs whose both sides stand in no other pair."""
    found = list(pairs)
    firsts, seconds = Counter(one for one, _ in found), Counter(other for _, other in found)
    return [(one, other) for one, other in found if firsts[one] == 1 and seconds[other] == 1]
