"""Messages that a service only shows, where none has the name: nested in the list's reply, or the get's reply itself.

What a service creates without naming a message for it, it has to show somewhere. A message that the list holds many of
and that is called so (`ListBeerReply.Beer`), or that describes it (`BeerInfo`), is the resource's; so is one that the
get holds; so is the get's own reply (`GetBeerReply`), if it has an id. Of several, it is the one with the most fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scaffolder.contract.model import Contract, Message, Service
from scaffolder.standard import names
from scaffolder.standard.fields import RefusedError
from scaffolder.standard.model import VERBS, Resource
from scaffolder.standard.plans import Plan
from scaffolder.standard.resources import resource
from scaffolder.standard.words import fold, pascal, plural, singular

Key = tuple[str, str, bool]
"""A service's full name, a folded word that its RPCs are called by, and whether they do something to many."""


@dataclass(slots=True)
class Shown:
    """Plans with the messages that their services show.

    `called` is what RPCs call a message that is called otherwise, by its full name. `unset` has a field of a message
    that no create and no update sets, by its full name: it would be shown empty for ever.
    """

    contract: Contract
    plans: list[Plan]
    called: dict[str, str] = field(default_factory=dict)
    unset: dict[str, str] = field(default_factory=dict)
    _by_word: dict[Key, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plans = [*self.plans]
        for index, plan in enumerate(self.plans):
            many = (plan.first or plan.verb) in names.PLURAL
            for word in dict.fromkeys(_words(plan)):
                self._by_word.setdefault((plan.service.full_name, word, many), []).append(index)
        for plan in [*self.plans]:
            if plan.verb == "create" and not plan.streams:
                self._settle(plan)

    def _is_open(self, plan: Plan) -> bool:
        """Whether a create names no message, or one that is nested, of which another RPC may have one of its own."""
        return not plan.message or (not plan.is_said and self._is_nested(plan.message))

    def _is_nested(self, message: str) -> bool:
        return message.rpartition(".")[0] in self.contract.messages

    def _settle(self, create: Plan) -> None:
        """Gives all plans that are about the same as a create the message that the service shows of it."""
        for noun in _nouns(create):
            indexes = self._about(create.service, noun)
            group = [self.plans[index] for index in indexes]
            message = create.message
            if self._is_open(create) and (found := [*self._candidates(create, group, noun)]):
                message = self._best(create, group, found)
            for index, plan in zip(indexes, group, strict=True):
                if message and plan.verb in VERBS and self._is_open(plan):
                    self.plans[index] = replace(plan, message=message)
            if message:
                return

    def _about(self, service: Service, noun: str) -> list[int]:
        """The places of the plans that are about what is called so."""
        words = [
            (fold(noun), False),
            *((word, True) for word in (fold(noun), fold(plural(noun)), f"{fold(noun)}s")),
        ]
        return sorted({i for key in words for i in self._by_word.get((service.full_name, *key), ())})

    def _best(self, create: Plan, group: Sequence[Plan], found: Sequence[Resource]) -> str:
        """The message's full name: the create's own, else that with the most fields of those that can be set whole."""
        if found[0].message.full_name == create.message:
            return create.message
        settable = [each for each in found if not _unset(each, group)]
        best = max(settable or found[:1], key=lambda each: len(each.message.fields))
        name = best.message.full_name
        if best.called:
            self.called[name] = best.called
        if first := _unset(best, group):
            self.unset[name] = first
        return name

    def _candidates(self, create: Plan, group: Sequence[Plan], noun: str) -> Iterator[Resource]:
        """The resources that the messages may be, the likeliest first; that of the create itself before all others."""
        seen = set()
        for message, called in self._shown(create, group, noun):
            if message.full_name in seen or self.contract.by_name[message.file].provider:
                continue
            seen.add(message.full_name)
            try:
                found = resource(message, [plan.use for plan in group if plan.verb in VERBS], called)
            except RefusedError:
                continue
            is_reply = fold(message.name) != fold(noun) and fold(names.described(message.name)) != fold(noun)
            if not is_reply or found.identity.name != "name" or "IDENTIFIER" in found.identity.behaviors:
                yield found

    def _shown(self, create: Plan, group: Sequence[Plan], noun: str) -> Iterator[tuple[Message, str]]:
        """The messages, with what RPCs call those that are called otherwise."""
        messages = self.contract.messages
        if create.message:
            yield messages[create.message], ""
        by_verb: dict[str, list[Plan]] = {}
        for plan in group:
            if not plan.streams:
                by_verb.setdefault(plan.first, []).append(plan)
        for verb in ("list", "get"):
            for plan in by_verb.get(verb, ()):
                held = [
                    messages[each.type_name]
                    for each in plan.response.fields
                    if each.type_name in messages and each.repeated == (verb == "list")
                ]
                for message in held:
                    described = names.described(message.name)
                    if fold(message.name) == fold(noun):
                        yield message, ""
                    elif fold(described) == fold(noun):
                        yield message, described
        for plan in by_verb.get("get", ()):
            if fold(names.described(plan.response.name)) == fold(plan.method.name):
                yield messages[plan.response.full_name], _called(plan, noun)


def _words(plan: Plan) -> Iterator[str]:
    """The folded words that a method may be about; where scaffold.yaml says its verb, by any last words of its name."""
    words = [plan.rest or names.subject(plan.service.name)]
    if plan.is_said and not plan.first:
        words = _tails(plan.rest)
    for word in words:
        yield fold(word)
        if not plan.rest or plan.is_said or plan.first in names.PLURAL:
            yield fold(singular(word))


def _tails(word: str) -> list[str]:
    """The last words of a name, the most of them first."""
    parts = word.split("_")
    return ["_".join(parts[start:]) for start in range(len(parts))]


def _nouns(create: Plan) -> Iterator[str]:
    """What a create may be of, in snake case, the likeliest first."""
    if create.first and create.rest:
        yield create.rest
        return
    yield from filter(None, _tails(create.rest))
    yield singular(names.subject(create.service.name))


def _called(get: Plan, noun: str) -> str:
    """The noun as the contract writes it in the name of a get: `SKU` of GetSKU."""
    letters = len(get.rest.replace("_", ""))
    return get.method.name[-letters:] if letters and "_" not in get.method.name else pascal(noun)


def _unset(of: Resource, group: Sequence[Plan]) -> str:
    """The first field of a resource that neither the server nor a create or an update of the service sets.

    What scaffold.yaml says to be passed over nobody asks for.
    """
    requests = [plan.request for plan in group if plan.verb in ("create", "update")]
    given = {each.name for request in requests for each in request.fields}
    given |= {name for plan in group for name in plan.without}
    if any(each.type_name == of.message.full_name for request in requests for each in request.fields):
        return ""
    fields = (each.name for each in of.message.fields if each.name not in of.server_fields)
    return next((name for name in fields if name not in given), "")
