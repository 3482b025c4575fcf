"""What `methods:` of scaffold.yaml says of RPCs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scaffolder.contract.model import Contract, Method
from scaffolder.standard.model import VERBS
from scaffolder.suggest import hint, nearest

CUSTOM = "custom"
_WITHOUT = " without "


@dataclass(frozen=True, slots=True)
class Override:
    """`verb` is `custom` or one of `VERBS`; `message` is a full name, `""` where the RPC tells it.

    `without` are fields of request and response that the method passes over: not read, and not set.
    """

    verb: str
    message: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the override of an RPC; `on_value` where it is what is said of it, not its name."""

    rpc: str
    message: str
    hint: str = ""
    on_value: bool = True


def parse(contract: Contract, overrides: Mapping[str, str]) -> tuple[dict[str, Override], list[Problem]]:
    """The overrides by RPC, and what is wrong with the others."""
    found: dict[str, Override] = {}
    problems = list(_problems(contract, overrides))
    wrong = {problem.rpc for problem in problems}
    for rpc, text in overrides.items():
        if rpc not in wrong:
            words, without = _parts(text)
            found[rpc] = Override(words[0], "".join(words[1:]), tuple(without))
    return found, problems


def _parts(text: str) -> tuple[list[str], list[str]]:
    """The words before `without`, and the fields behind it."""
    head, _, tail = f" {text} ".partition(_WITHOUT)
    return head.split(), tail.replace(",", " ").split()


def _problems(contract: Contract, overrides: Mapping[str, str]) -> Iterator[Problem]:
    rpcs = {method.full_name: method for service in contract.services for method in service.methods}
    for rpc, text in overrides.items():
        if rpc not in rpcs:
            named = [each for each in rpcs if each.endswith(f".{rpc}")]
            near = named[0] if len(named) == 1 else nearest(rpc, rpcs)
            try_this = f"did you mean `{near}`?" if near else "take the line out"
            yield Problem(rpc, f"there is no RPC {rpc}", try_this, on_value=False)
            continue
        words, without = _parts(text)
        verb, *messages = words or [""]
        if verb not in (CUSTOM, *VERBS):
            yield Problem(rpc, f"`{verb}` is no standard method", hint(verb, (CUSTOM, *VERBS)))
        elif len(messages) > 1 or ((messages or without) and verb == CUSTOM):
            yield Problem(
                rpc, f"`{text}` is more than a verb and a message", "write it as in: get library.v1.Book"
            )
        elif messages and messages[0] not in contract.messages:
            near = nearest(messages[0], contract.messages)
            try_this = f"did you mean `{near}`?" if near else "write its full name: get library.v1.Book"
            yield Problem(rpc, f"there is no message {messages[0]}", try_this)
        else:
            yield from _strangers(contract, rpcs[rpc], without)


def _strangers(contract: Contract, method: Method, without: Sequence[str]) -> Iterator[Problem]:
    """What is to be passed over and is no field."""
    sides = [contract.messages[name] for name in (method.input, method.output)]
    known = [field.name for side in sides for field in side.fields]
    for name in without:
        if name not in known:
            near = nearest(name, known)
            try_this = f"did you mean `{near}`?" if near else "take it out of the line"
            message = f"neither {sides[0].name} nor {sides[1].name} has a field {name}"
            yield Problem(method.full_name, message, try_this)
