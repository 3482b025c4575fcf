"""The lives of resources in the end-to-end tests: the calls that create one, read it, list it and delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffolder.contract.model import Message
from scaffolder.contract.rule_check import RuleJudge
from scaffolder.standard import StandardMethod
from scaffolder.targets.python.samples import ResourceSamples
from scaffolder.targets.python.standard_service import StandardService
from scaffolder.targets.python.values import SOME_ID, Sample, messages

View = dict[str, Any]


def life(service: StandardService, samples: Mapping[str, ResourceSamples], name: str) -> View:
    """The calls about the resource `name`, in the order of its life; empty where they cannot be made.

    `samples` are those of the service's resources by their messages' full names. `arrange` are the statements that
    create it, and before it its parents; `get`, `list` and `delete` are calls, ``""`` where the service has no such
    RPC. `found` and `listed` are the assertions about what get and list answer then, `deleted` those about what get
    answers once it is marked as deleted. All requests keep the contract's rules.
    """
    return _Life(service, samples, samples[name]).view()


@dataclass(frozen=True)
class _Request:
    """A request that a test sends: its fields as expressions, and in JSON's form."""

    fields: dict[str, str] = field(default_factory=dict)
    json: dict[str, Any] = field(default_factory=dict)

    def given(self, name: str, expression: str, value: Any) -> None:
        self.fields[name] = expression
        self.json[name] = value

    def __str__(self) -> str:
        return ", ".join(f"{name}={expression}" for name, expression in self.fields.items())


class _Life:
    def __init__(
        self, service: StandardService, samples: Mapping[str, ResourceSamples], own: ResourceSamples
    ) -> None:
        self._imports = service.imports
        self._samples = samples
        self._own = own
        self._judge = RuleJudge(service.contract)
        self._keeps_rules = True

    def view(self) -> View:
        arrange = self._creation(self._own, "created")
        create, get = self._own.rpcs["create"], self._own.rpcs["get"]
        if not (arrange and get and create):
            return {}
        if not self._created(self._own.stored.resource.identity.name):
            return {}
        calls = {verb: self._call(verb) for verb in ("get", "list", "delete")}
        asked = {verb for verb in calls if self._own.rpcs[verb]}
        if any(not calls[verb] for verb in asked) or not self._keeps_rules:
            return {}
        return {"arrange": arrange, **calls, **self._assertions(create["standard"], get["standard"])}

    def _created(self, name: str) -> str:
        """What was created, as far as create shows the resource's field of that name: `created.id`; else `""`."""
        create = self._own.rpcs["create"]
        shown = _shown(create["standard"], name) if create and name else ""
        return f"created.{shown}" if shown else ""

    def _assertions(self, create: StandardMethod, get: StandardMethod) -> View:
        """Of what is the same message as create's, that it is the same; of another one its identity, and the text."""
        own, resource = self._own, self._own.stored.resource
        found = ".".join(filter(None, ("found", get.result)))
        identity = self._created(resource.identity.name)
        same = [f"assert {found} == created"]
        if _kind(get) != _kind(create):
            name, text = _shown(get, resource.identity.name), own.text.name if own.text else ""
            same = [f"assert {found}.{name} == {identity}"]
            if own.values and (shown := _shown(get, text)):
                same.append(f"assert {found}.{shown} == {own.values[text].message}")
        marked = _shown(get, resource.delete_time)
        return {
            "found": same,
            "listed": self._listed(create, identity),
            "deleted": [f'assert {found}.HasField("{marked}")'] if marked else same[:1],
        }

    def _listed(self, create: StandardMethod, identity: str) -> list[str]:
        rpc = self._own.rpcs["list"]
        if rpc is None:
            return []
        standard = rpc["standard"]
        if _kind(standard) == _kind(create):
            return [f"assert created in listed.{standard.items}"]
        name = _shown(standard, self._own.stored.resource.identity.name)
        return [f"assert {identity} in [each.{name} for each in listed.{standard.items}]"]

    def _creation(self, own: ResourceSamples, variable: str) -> list[str]:
        """The statements that create one, and its parents; none where that takes more than is known."""
        create, values, needed = own.rpcs["create"], own.values, own.never_absent
        if create is None or values is None or needed is None:
            return []
        standard, request = create["standard"], _Request()
        before = self._give_parent(request, standard, own)
        if before is None:
            return []
        if standard.payload:
            kind, sent = self._imports.type_of(own.stored.resource.message), {**needed, **values}
            if own.own_parent:
                said = self._said_parent(request, standard, own, before)
                if said is None:
                    return []
                before, sent[own.stored.resource.parent_field] = said
            held = {name: sample.json for name, sample in sent.items()}
            request.given(standard.payload, f"{kind}({messages(sent)})", held)
        for name, given in own.repeated(create).items():
            if name in values and not standard.payload:
                request.given(given, values[name].message, values[name].json)
        for name, text in ((standard.id_field, "sample"), (standard.request_id, SOME_ID)):
            if name in _required(create["message"]):
                request.given(name, f'"{text}"', text)
        if not self._is_good(request, create["message"]):
            return []
        call = f"await client.{create['client_name']}({create['request']}({request}))"
        return [*before, f"{variable} = {f'({call}).{standard.result}' if standard.result else call}"]

    def _give_parent(
        self, request: _Request, standard: StandardMethod, own: ResourceSamples
    ) -> list[str] | None:
        """Says which parent in a request; the statements that create it, None where that cannot be done here."""
        resource = own.stored.resource
        field = standard.parent or _repeated_parent(standard)
        if not field:
            return []
        if not resource.parent or resource.parent == resource.message.full_name:
            literal = own.parent_value("one")
            request.given(field, literal, literal.strip('"') if '"' in literal else 1)
            return []
        above = self._samples.get(resource.parent)
        if above is None:
            return None
        before = self._creation(above, above.stored.variable)
        if not before or not _identity(above):
            return None
        request.given(field, _identity(above), above.sample_name)
        return before

    def _said_parent(
        self, request: _Request, standard: StandardMethod, own: ResourceSamples, before: list[str]
    ) -> tuple[list[str], Sample] | None:
        """The parent as the resource says it itself, behind the statements that create it; None where none is known."""
        if standard.parent:
            return before, Sample("", request.fields[standard.parent], request.json[standard.parent])
        above = self._samples.get(own.stored.resource.parent)
        made = self._creation(above, above.stored.variable) if above else []
        return (made, Sample("", _identity(above), above.sample_name)) if above and made else None

    def _call(self, verb: str) -> str:
        """The call of an RPC that is about what was created."""
        rpc, resource = self._own.rpcs[verb], self._own.stored.resource
        if rpc is None:
            return ""
        standard, request = rpc["standard"], _Request()
        if standard.identity:
            request.given(standard.identity, self._created(resource.identity.name), self._own.sample_name)
        if standard.parent and not self._give_known_parent(request, standard):
            return ""
        if not self._is_good(request, rpc["message"]):
            return ""
        return f"client.{rpc['client_name']}({rpc['request']}({request}))"

    def _give_known_parent(self, request: _Request, standard: StandardMethod) -> bool:
        """Says the parent that was created before."""
        resource = self._own.stored.resource
        if created := self._created(resource.parent_field):
            request.given(standard.parent, created, SOME_ID)
        elif above := self._samples.get(resource.parent):
            request.given(standard.parent, _identity(above), above.sample_name)
        elif resource.parent or not self._own.parent_value("one"):
            return False
        else:
            literal = self._own.parent_value("one")
            request.given(standard.parent, literal, literal.strip('"') if '"' in literal else 1)
        return True

    def _is_good(self, request: _Request, message: Message) -> bool:
        """Whether it has what is required; whether it keeps the rules is told at the end, of all requests."""
        if not _required(message) <= set(request.fields):
            return False
        self._keeps_rules = self._keeps_rules and self._judge.accepts(message.full_name, request.json)
        return True


def _repeated_parent(standard: StandardMethod) -> str:
    """The field that a request repeats of the resource's parent."""
    parent = standard.resource.parent_field
    return next((given for given, of in standard.fields if parent and of == parent), "")


def _identity(created: ResourceSamples) -> str:
    """The identity of what a test holds in a variable that is called like the resource; `""` where it shows none."""
    create = created.rpcs["create"]
    shown = _shown(create["standard"], created.stored.resource.identity.name) if create else ""
    return f"{created.stored.variable}.{shown}" if shown else ""


def _kind(standard: StandardMethod) -> str:
    """The full name of the message that shows the resource in a response, `""` where that is its identity alone."""
    if standard.is_empty or standard.result_identity:
        return ""
    return (standard.copy or standard.resource.message).full_name


def _shown(standard: StandardMethod, name: str) -> str:
    """What a response calls a field of the resource, `""` where it does not have it."""
    if standard.is_empty:
        return ""
    if standard.result_identity:
        return standard.result_identity if name == standard.resource.identity.name else ""
    if standard.copy:
        return next((given for given, of in standard.shows if of == name), "")
    return name


def _required(message: Message) -> set[str]:
    return {field.name for field in message.fields if "REQUIRED" in field.behaviors}
