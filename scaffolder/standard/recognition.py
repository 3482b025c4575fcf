"""Which RPCs are standard methods of a resource, by their names and by the shape of their messages.

Strict on purpose: a request with a field that nothing heeds makes the RPC a custom one, because silence about a field
would be a wrong answer. A custom RPC becomes a use-case method that answers UNIMPLEMENTED.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from scaffolder.contract.model import Contract, Method
from scaffolder.standard import reasons, responses
from scaffolder.standard.batches import ITEMS, batch
from scaffolder.standard.copies import Copies
from scaffolder.standard.fields import OPERATION, RefusedError
from scaffolder.standard.model import Resource, StandardMethod
from scaffolder.standard.overrides import CUSTOM, Problem, parse
from scaffolder.standard.parents import needs_parent, with_parents
from scaffolder.standard.plans import Plan, Planner
from scaffolder.standard.request_reader import RequestReader
from scaffolder.standard.requests import create, delete, get, list_, undelete, update
from scaffolder.standard.resources import Use, resource
from scaffolder.standard.result import Standard
from scaffolder.standard.shown import Shown
from scaffolder.standard.words import a, pascal

_NONE: Mapping[str, str] = MappingProxyType({})
_READERS = {
    "create": create,
    "get": get,
    "list": list_,
    "update": update,
    "delete": delete,
    "undelete": undelete,
}


def recognise(
    contract: Contract, overrides: Mapping[str, str] = _NONE, *, reserved: Collection[str] = ()
) -> Standard:
    """The standard methods of a contract's services.

    `overrides` says by an RPC's full name what it is to be taken for: ``custom``, a verb, or a verb and a message.
    `reserved` are words that no field may be called by where a handler has to name it. A message is stored by each
    service that creates it, and is no resource where none does.
    """
    return _Recogniser(contract, overrides, frozenset(reserved)).standard()


class _Recogniser:
    def __init__(self, contract: Contract, overrides: Mapping[str, str], reserved: frozenset[str]) -> None:
        self.contract = contract
        self.reserved = reserved
        self.said, self.problems = parse(contract, overrides)
        self.copies = Copies(contract)
        self.planner = Planner(contract, self.said)
        self.shown = Shown(contract, self.planner.plans())
        self.plans = self.shown.plans
        self.uses: dict[str, list[Use]] = {}
        self.by_input: dict[str, list[Method]] = {}
        for plan in self.plans:
            self.by_input.setdefault(plan.method.input, []).append(plan.method)
            if plan.message and not plan.streams:
                self.uses.setdefault(plan.message, []).append(plan.use)
        self.refused: dict[str, str] = {}  # messages that cannot be stored, and why
        self.reasons: dict[str, str] = {}

    def standard(self) -> Standard:
        resources = self._stored()
        creators = self._creators(resources)
        methods: dict[str, StandardMethod] = {}
        for plan in self.plans:
            try:
                methods[plan.method.full_name] = self._of_plan(plan, resources, creators)
            except RefusedError as error:
                self._refuse(plan, error, resources)
        final = {name: _completed(each, methods.values()) for name, each in resources.items()}
        for plan in self.plans:
            if found := methods.get(plan.method.full_name):
                others = [each for each in creators[plan.message] if each != plan.service.full_name]
                methods[plan.method.full_name] = self._explained(plan, found, final, others)
        return Standard(methods, final, self.reasons, tuple(self.problems))

    def _stored(self) -> dict[str, Resource]:
        """The resources that are created; to be one's parent, another has to be one."""
        created = dict.fromkeys(p.message for p in self.plans if p.verb == "create" and p.message)
        found: dict[str, Resource] = {}
        for name in created:
            try:
                found[name] = self._resource(name)
            except RefusedError as error:
                self.refused[name] = str(error)
        while True:
            related = with_parents(found, self.uses)
            creators = self._creators(related)
            stored = {name: each for name, each in related.items() if creators[name]}
            if len(stored) == len(related):
                return stored
            found = {name: found[name] for name in stored}

    def _resource(self, name: str) -> Resource:
        if name in self.shown.unset:
            raise RefusedError(f"no create and no update sets its {self.shown.unset[name]}")
        return resource(self.contract.messages[name], self.uses.get(name, ()), self._called(name))

    def _called(self, name: str) -> str:
        """What RPCs call a message that is called otherwise, else `""`."""
        return self.shown.called.get(name, self.planner.called.get(name, ""))

    def _creators(self, resources: Mapping[str, Resource]) -> dict[str, list[str]]:
        """By message the services that create it."""
        found: dict[str, list[str]] = {name: [] for name in resources}
        for plan in self.plans:
            if plan.verb == "create" and plan.message in resources:
                try:
                    self._method(plan, resources[plan.message])
                except RefusedError:
                    continue
                found[plan.message].append(plan.service.full_name)
        return found

    def _of_plan(
        self, plan: Plan, resources: Mapping[str, Resource], creators: Mapping[str, Sequence[str]]
    ) -> StandardMethod:
        if plan.verb == CUSTOM:
            raise RefusedError("scaffold.yaml says so")
        if plan.streams:
            raise RefusedError("it streams")
        if not plan.verb or not plan.message:
            raise RefusedError(self._nameless(plan, resources, creators))
        name = self._called(plan.message) or plan.message.rpartition(".")[2]
        if plan.message in self.refused:
            unset = self.shown.unset.get(plan.message)
            raise RefusedError(
                f"{name} cannot be stored: {self.refused[plan.message]}", [unset] if unset else ()
            )
        if plan.message not in resources:
            if plan.verb == "create":
                self._method(plan, self._resource(plan.message))
            raise RefusedError(self._uncreated(plan, name))
        services = creators[plan.message]
        if plan.service.full_name not in services:
            if plan.verb == "create":
                self._method(plan, resources[plan.message])
            others = sorted(set(services))
            does = "do" if len(others) > 1 else "does"
            raise RefusedError(
                f"{plan.service.name} creates no {name} and has none; {' and '.join(others)} {does}"
            )
        return self._method(plan, resources[plan.message])

    def _uncreated(self, plan: Plan, name: str) -> str:
        creates = [p.method.name for p in self.plans if p.verb == "create" and p.message == plan.message]
        if not creates:
            return f"no RPC creates {a(name)}, so none is stored"
        return f"{min(creates)} is custom, so no {name} is stored"

    def _nameless(
        self, plan: Plan, resources: Mapping[str, Resource], creators: Mapping[str, Sequence[str]]
    ) -> str:
        if plan.response.full_name == OPERATION:
            return "it returns a long-running operation (AIP-151)"
        if plan.verb:
            verb = plan.verb.replace("_", " ")
            return (
                f"no message is called {pascal(plan.rest)}"
                if plan.rest
                else f"its name does not say what it is to {verb}"
            )
        other = self.planner.similar(plan)
        if other and (found := resources.get(other.message)):
            try:
                self._method(other, found)
            except RefusedError:
                return "its name is none of a standard method"
            if plan.service.full_name in creators[other.message]:
                line = f"`{plan.method.full_name}: {other.verb}` under `methods:` in scaffold.yaml"
                return f"its name is none of a standard method; if it is one, say {line}"
        return "its name is none of a standard method"

    def _method(self, plan: Plan, of: Resource) -> StandardMethod:
        """The standard method that a plan is by the shape of its messages; a `RefusedError` where that is another."""
        if plan.response.full_name == OPERATION:
            raise RefusedError("it returns a long-running operation (AIP-151)")
        reader = RequestReader(plan.request, of, (plan.method,), self.copies.alike)
        if plan.verb in ITEMS:
            found = batch(plan.verb, reader, self.contract, self.by_input)
            given: dict[str, Any] = responses.of_batch(
                plan.response, of, self.copies, may_be_empty=plan.verb == "batch_delete"
            )
        else:
            found = _READERS[plan.verb](reader)
            given = self._given(plan, of)
        whole = replace(found, **given)
        if plan.verb == "list" and bool(whole.page_token) != bool(whole.next_token):
            has, lacks = (
                ("page_token", "next_page_token") if whole.page_token else ("next_page_token", "page_token")
            )
            raise RefusedError(f"it has a {has} without a {lacks}, so that pages lead nowhere")
        self._refuse_reserved(whole)
        return whole

    def _given(self, plan: Plan, of: Resource) -> dict[str, Any]:
        if plan.verb == "list":
            return responses.of_list(plan.response, of, self.copies)
        if plan.verb == "delete":
            return responses.of_delete(plan.response, of, self.copies)
        return responses.of_one(plan.response, of, plan.verb, self.copies)

    def _refuse_reserved(self, found: StandardMethod) -> None:
        named = {getattr(found, slot) for slot in _SLOTS}
        if word := next(iter(sorted(named & self.reserved)), ""):
            raise RefusedError(
                f"a handler cannot name its field {word}, a word that the language keeps for itself"
            )
        if found.item:
            self._refuse_reserved(found.item)

    def _refuse(self, plan: Plan, error: RefusedError, resources: Mapping[str, Resource]) -> None:
        name, why, hint = plan.method.full_name, str(error), ""
        if plan.has(error.fields):
            fields = ", ".join((*plan.without, *error.fields))
            hint = f"`{name}: {plan.verb} without {fields}` under `methods:` in scaffold.yaml passes it over"
        self.reasons[name] = reasons.custom(f"{why}; {hint}" if hint else why)
        if plan.is_said and plan.verb != CUSTOM:
            text = f"{name} cannot be {_a(plan.verb)}: {why}"
            if not plan.message:
                text = f"{name} tells no message that it is to {plan.verb.replace('_', ' ')}"
                hint = f"write which: {plan.verb} {next(iter(resources), 'library.v1.Book')}"
            self.problems.append(Problem(name, text, hint))

    def _explained(
        self, plan: Plan, found: StandardMethod, final: Mapping[str, Resource], others: Sequence[str]
    ) -> StandardMethod:
        """With its reason; `others` are further services that store what a create makes, each for itself."""
        own = final[plan.message]
        why = reasons.recognised(plan.method, found, is_said=plan.is_said, without=plan.without)
        if others and plan.verb == "create":
            why = f"{why}; kept apart from what {' and '.join(sorted(set(others)))} creates"
        self.reasons[plan.method.full_name] = why
        item = replace(found.item, resource=own, why=why) if found.item else None
        return replace(found, resource=own, item=item, why=why)


def _a(verb: str) -> str:
    return f"{'an' if verb[0] in 'aeiou' else 'a'} {verb.replace('_', ' ')}"


_SLOTS = tuple(
    slot
    for slot, kind in StandardMethod.__annotations__.items()
    if kind == "str" and slot not in ("verb", "why")
)
"""What of a standard method is the name of a field."""


def _completed(found: Resource, methods: Iterable[StandardMethod]) -> Resource:
    """The resource with what its methods tell of it."""
    own = [method for method in methods if method.resource.message.full_name == found.message.full_name]
    return replace(found, is_soft=_is_soft(own), needs_parent=needs_parent(found, own))


def _is_soft(methods: Iterable[StandardMethod]) -> bool:
    """Whether deletes of a resource mark it: there is a way back, or a way to see what is deleted (AIP-164)."""
    return any(
        method.verb == "undelete" or method.show_deleted or (method.verb == "delete" and _gives(method))
        for method in methods
    )


def _gives(method: StandardMethod) -> bool:
    return not method.is_empty and not method.result_identity
