"""What each RPC may be, by its name or by scaffold.yaml: a verb, and the message that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scaffolder.contract.model import Contract, Message, Method, Service
from scaffolder.standard import names
from scaffolder.standard.overrides import CUSTOM, Override
from scaffolder.standard.resources import Use
from scaffolder.standard.words import fold, singular


@dataclass(frozen=True, slots=True)
class Plan:
    """`verb` and `message` are empty where the name tells none; `is_said` where scaffold.yaml said it.

    `request` and `response` lack the fields that scaffold.yaml says to be passed over, `without`.
    `first` and `rest` are what the name says: the verb that it begins with, `""` for another word, and what follows it.
    """

    service: Service
    method: Method
    request: Message
    response: Message
    first: str
    rest: str
    verb: str = ""
    message: str = ""
    is_said: bool = False
    without: tuple[str, ...] = ()

    @property
    def streams(self) -> bool:
        return self.method.client_streaming or self.method.server_streaming

    def has(self, fields: Collection[str]) -> bool:
        """Whether there are such fields, and each is one of the request or the response."""
        known = {field.name for side in (self.request, self.response) for field in side.fields}
        return bool(fields) and known.issuperset(fields)

    @property
    def use(self) -> Use:
        return Use(self.verb, self.method, self.request)


class Planner:
    """Makes the plans of a contract; `overrides` are what scaffold.yaml says, by RPC.

    `called` is filled with what RPCs call messages that are called otherwise: `Student`, by StudentInfo's full name.
    """

    def __init__(self, contract: Contract, overrides: Mapping[str, Override]) -> None:
        self._contract = contract
        self._overrides = overrides
        self.called: dict[str, str] = {}
        self._by_name: dict[tuple[str, str], list[Message]] = {}
        for file in contract.files:
            for message in file.messages:
                self._by_name.setdefault((file.package, fold(message.name)), []).append(message)

    def plans(self) -> list[Plan]:
        """A plan for every RPC, in the order of the contract."""
        plans = [self._plan(s, m) for s in self._contract.services for m in s.methods]
        created: dict[tuple[str, str], set[str]] = {}
        for plan in plans:
            if plan.verb == "create" and plan.message:
                name = fold(plan.message.rpartition(".")[2])
                created.setdefault((plan.service.full_name, name), set()).add(plan.message)
        return self._described([plan if plan.message else self._elsewhere(plan, created) for plan in plans])

    def similar(self, plan: Plan) -> Plan | None:
        """What an RPC would be if its first word were that of a standard method: a create, of AddBook."""
        verb, rest = names.similar(plan.method.name)
        message = self._message(plan, verb, rest) if verb else ""
        return replace(plan, verb=verb, message=message, is_said=False) if message else None

    def _plan(self, service: Service, method: Method) -> Plan:
        messages = self._contract.messages
        first, rest = names.split(method.name)
        said = self._overrides.get(method.full_name)
        without = said.without if said else ()
        request, response = (_without(messages[name], without) for name in (method.input, method.output))
        plan = Plan(service, method, request, response, first, rest, without=without)
        if said is not None:
            message = said.message or self._told(plan, said.verb)
            return replace(plan, verb=said.verb, message=message, is_said=True)
        return replace(plan, verb=first, message=self._message(plan, first, rest) if first else "")

    def _message(self, plan: Plan, verb: str, rest: str) -> str:
        """The message that the name means: one that the RPC takes or gives, else one of the service's package."""
        found = [m for m in self._near(plan) if names.fits(verb, rest, plan.service.name, m.name)]
        if verb in names.PLURAL and len(found) > 1 and found[0] is plan.response:
            found = found[1:]  # of Books, which holds a list of Book
        return found[0].full_name if found else self._beside(plan, verb, rest)

    def _beside(self, plan: Plan, verb: str, rest: str) -> str:
        package = self._contract.by_name[plan.service.file].package
        for word in _words(plan, verb, rest):
            if found := self._by_name.get((package, word)):
                return found[0].full_name
        return ""

    def _near(self, plan: Plan) -> Iterator[Message]:
        """The response and what it holds, what the request holds, what its requests hold, and the request."""
        yield plan.response
        for message in (plan.response, plan.request):
            held = self._held(message)
            yield from held
            for each in held:
                yield from self._held(each)
        yield plan.request

    def _held(self, message: Message) -> list[Message]:
        messages = self._contract.messages
        return [messages[f.type_name] for f in message.fields if f.type_name in messages]

    def _described(self, plans: Sequence[Plan]) -> list[Plan]:
        """The plans with messages that describe what the RPCs are about: StudentInfo, where no Student is.

        Only what one RPC creates and another one of the service gets or lists: a TokenReply alone is an answer.
        """
        found = [{} if plan.message or plan.is_said else self._describing(plan) for plan in plans]
        shown = {
            (plan.service.full_name, message)
            for plan, each in zip(plans, found, strict=True)
            for message in each
            if plan.verb in ("get", "list")
        }
        created: dict[tuple[str, str], list[str]] = {}
        for plan, each in zip(plans, found, strict=True):
            for message, name in each.items():
                if plan.verb == "create" and (plan.service.full_name, message) in shown:
                    created.setdefault((plan.service.full_name, fold(name)), [message])
                    self.called[message] = name
        return [plan if plan.message or plan.is_said else self._elsewhere(plan, created) for plan in plans]

    def _describing(self, plan: Plan) -> dict[str, str]:
        """The messages near an RPC that describe what it is about, with its name there."""
        return {
            message.full_name: name
            for message in (*self._held(plan.response), *self._held(plan.request), plan.response)
            if plan.first
            and (name := names.described(message.name))
            and names.fits(plan.first, plan.rest, plan.service.name, name)
        }

    def _elsewhere(self, plan: Plan, created: Mapping[tuple[str, str], Collection[str]]) -> Plan:
        """The plan with a message that the service has `created`, which neither types nor the package may tell."""
        for word in _words(plan, plan.first, plan.rest) if plan.first else ():
            found = created.get((plan.service.full_name, word), ())
            if len(found) == 1:
                [message] = found
                return replace(plan, message=message)
        return plan

    def _told(self, plan: Plan, verb: str) -> str:
        """The message that an RPC of a verb is about where its name does not tell it."""
        if verb == CUSTOM:
            return ""
        words = plan.rest.split("_")
        tails = ["_".join(words[start:]) for start in range(len(words))]
        for tail in filter(None, [*tails, names.subject(plan.service.name)]):
            for message in self._near(plan):
                if names.fits("list", tail, plan.service.name, message.name):
                    return message.full_name
        for tail in filter(None, [*tails, names.subject(plan.service.name)]):
            if found := self._beside(plan, "list", tail):
                return found
        return ""


def _words(plan: Plan, verb: str, rest: str) -> Iterator[str]:
    """The folded names that a message may have for what follows a verb, or for what the service is called after."""
    word = rest or names.subject(plan.service.name)
    yield fold(word)
    if not rest or verb in names.PLURAL:
        yield fold(singular(word))


def _without(message: Message, names: Collection[str]) -> Message:
    return (
        replace(message, fields=tuple(f for f in message.fields if f.name not in names)) if names else message
    )
