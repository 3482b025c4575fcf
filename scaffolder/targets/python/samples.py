"""Values that the generated tests of a resource use, and the requests that they send."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Field, Kind, Message
from scaffolder.contract.rule_check import RuleJudge
from scaffolder.standard import VERBS, StandardMethod
from scaffolder.targets.python.names import plural, title
from scaffolder.targets.python.standard_service import StandardService
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.text import literal
from scaffolder.targets.python.values import SOME_ID, Sample, Samples, arguments, messages

View = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A request that a test sends: its fields as expressions, and in JSON's form."""

    fields: dict[str, str] = field(default_factory=dict)
    json: dict[str, Any] = field(default_factory=dict)

    def given(self, name: str, expression: str, value: Any) -> None:
        self.fields[name] = expression
        self.json[name] = value

    def __str__(self) -> str:
        return ", ".join(f"{name}={expression}" for name, expression in self.fields.items())


def samples(service: StandardService, methods: Sequence[View]) -> dict[str, View]:
    """What the tests of a service need of its resources, by their messages' full names; `methods` are its RPCs."""
    found: dict[str, ResourceSamples] = {}
    for name, stored in service.stored.items():
        found[name] = ResourceSamples(service, stored, methods, found)
    return {name: each.view() for name, each in found.items()}


class ResourceSamples:
    """Samples of one resource for the tests of a service; `others` are those of its other resources."""

    def __init__(
        self,
        service: StandardService,
        stored: Stored,
        methods: Sequence[View],
        others: Mapping[str, ResourceSamples],
    ) -> None:
        self._service = service
        self._others = others
        self._stored = stored
        self._samples = Samples(service.contract, service.domain, service.imports)
        of_resource = [m for m in methods if m.get("stored") is stored]
        self.rpcs = {verb: next((m for m in of_resource if m["shape"] == verb), None) for verb in VERBS}
        self._bound = all(m["bindings"] for m in of_resource)
        self._methods = methods

    def view(self) -> View:
        stored, values = self._stored, self.values
        given = arguments(values or {}, stored.attributes)
        identity = "" if stored.resource.is_integer else f"{stored.identity}={self.name('one')}"
        text = self.text
        return {
            "rpcs": self.rpcs,
            "has_sample": values is not None,
            "sample": given,
            "sample_field": stored.attributes[text.name] if text else "",
            "sample_path": text.name if text else "",
            "stored_sample": ", ".join(filter(None, (identity, given))),
            "message_sample": f"{self._service.imports.type_of(stored.resource.message)}({messages(values or {})})",
            "one": self.name("one"),
            "unknown": self.name("none"),
            "parent": self.parent("one"),
            "other_parent": self.parent("two"),
            "new": self.new,
            "children": self._children(),
            "can_change": self._can_change(),
            **self._batch_items(),
            "list_parent": self.parent("one") if self._lists_by_parent else "",
            "required": self._required(),
            "immutable": self._immutable(),
            "transports": '"grpc", "http"' if self._bound else '"grpc"',
            "life": self.life(),
        }

    @property
    def _lists_by_parent(self) -> bool:
        found = self.rpcs["list"]
        return bool(found and found["parent_parameter"])

    @cached_property
    def new(self) -> View | None:
        """The function of the unit tests that creates one: what it takes, and the use case's call."""
        create, stored, values = self.rpcs["create"], self._stored, self.values
        if create is None or values is None:
            return None
        text, parent = self.text, create["parent_parameter"]
        options = [
            (create["id_parameter"], "str", '""'),
            (create["standard"].request_id and "request_id", "str", '""'),
        ]
        if parent:
            options.insert(0, (parent.name, parent.annotation, self.parent("one").partition("=")[2]))
        passed = [name for name, *_ in options if name]
        if text:
            options.insert(0, (stored.attributes[text.name], "str", '"sample"'))
        given = [
            f"{stored.attributes[name]}={stored.attributes[name] if text and name == text.name else sample.domain}"
            for name, sample in values.items()
        ]
        named = ", ".join(f"{name}: {kind} = {default}" for name, kind, default in options if name)
        call = [f"{stored.entity}({', '.join(given)})", *(f"{name}={name}" for name in passed)]
        return {
            "name": f"new_{stored.variable.strip('_')}",
            "entity": f"{stored.entity}({arguments(values, stored.attributes)})",
            "parameters": f", *, {named}" if named else "",
            "call": f"use_case.{create['snake']}({', '.join(call)})",
            "parent": parent.name if parent else "",
            "plural": plural(title(stored.resource.message.name).lower()).replace(" ", "_"),
        }

    def _children(self) -> list[View]:
        """The functions that create what is below one, where deleting it softly looks for that."""
        below = (self._others.get(child.resource.message.full_name) for child in self._stored.children)
        return [each.new for each in below if each and each.new and each.new["parent"]]

    def _can_change(self) -> bool:
        """Whether an update, of what is given or of what a mask names, can change the text."""
        update, text = self.rpcs["update"], self.text
        if not update or not text or update["parent_parameter"]:
            return False
        standard = update["standard"]
        return bool(standard.mask or standard.payload)

    def _batch_items(self) -> View:
        """A request of a batch of creations, and one of a resource without anything; `""` where there are none."""
        batch, values, stored = self.rpcs["batch_create"], self.values, self._stored
        item = batch["standard"].item if batch else None
        if batch is None or values is None or item is None or not item.payload:
            return {"batch_item": "", "empty_batch_item": ""}
        request, domain = batch["item_request"], self._service.domain
        attributes = {each.field.name: each.attribute for each in domain.fields_of(request)}
        parent = [f"{attributes[item.parent]}={self.parent('one').partition('=')[2]}"] if item.parent else []
        entities = (f"{stored.entity}({arguments(values, stored.attributes)})", f"{stored.entity}()")
        whole, empty = (
            f"{domain.class_of(request)}({', '.join([*parent, f'{attributes[item.payload]}={entity}'])})"
            for entity in entities
        )
        return {"batch_item": whole, "empty_batch_item": empty}

    def _required(self) -> str:
        """What violations call the fields that are missing in an empty resource; `""` where there are none."""
        stored, resource = self._stored, self._stored.resource
        fixed = {*resource.server_fields, resource.parent_field}
        names = [f.name for f in resource.message.fields if "REQUIRED" in f.behaviors and f.name not in fixed]
        found = [
            f"{stored.field}.{name}".lstrip(".") for name in names if _can_be_missing(resource.message, name)
        ]
        return literal(found) if found else ""

    def _immutable(self) -> View | None:
        """A plain text that a client may not change."""
        fixed = {*self._stored.resource.server_fields, self._stored.resource.parent_field}
        for each in self._stored.resource.message.fields:
            single = not (each.repeated or each.map_key)
            plain = each.kind is Kind.STRING and single and not self._service.domain.is_uuid(each)
            if "IMMUTABLE" in each.behaviors and plain and each.name not in fixed:
                return {"attribute": self._stored.attributes[each.name], "path": each.name}
        return None

    @cached_property
    def text(self) -> Field | None:
        """A plain text that a client may set and change, the one that tests fill."""
        fixed = set(self._stored.resource.server_fields) | {self._stored.resource.parent_field}
        for each in self._stored.resource.message.fields:
            single = not (each.repeated or each.has_presence or each.map_key)
            plain = each.kind is Kind.STRING and single and not self._service.domain.is_uuid(each)
            free = each.name not in fixed and "IMMUTABLE" not in each.behaviors
            if plain and free and self._is_sent(each) and not keyword.iskeyword(each.name):
                return each
        return None

    def _is_sent(self, each: Field) -> bool:
        """Whether a create request can hold the field."""
        create = self.rpcs["create"]
        return create is None or bool(create["standard"].payload) or each.name in self._repeated(create)

    def _repeated(self, create: View) -> dict[str, str]:
        """A request's own names of the resource's fields that it repeats."""
        return {of: given for given, of in create["standard"].fields}

    @cached_property
    def values(self) -> dict[str, Sample] | None:
        """Samples of what a new resource has to have, and of the text; None where that cannot be made."""
        resource = self._stored.resource
        fixed = {*resource.server_fields, resource.parent_field}
        required = [
            f.name for f in resource.message.fields if "REQUIRED" in f.behaviors and f.name not in fixed
        ]
        names = [*required, *([self.text.name] if self.text else [])]
        if any(not self._is_sent(f) for f in resource.message.fields if f.name in names):
            return None
        return self._samples.of_fields(resource.message, names)

    def name(self, own: str) -> str:
        """The literal of an identity; `own` is the last id, and every id before it is ``one``."""
        resource = self._stored.resource
        if resource.is_integer:
            return "1" if own == "one" else "404"
        return f'"{_filled(resource.patterns[0], "one", own)}"' if resource.patterns else f'"{own}"'

    def parent(self, own: str) -> str:
        """The argument that says which parent, `parent="shelves/one"`; `""` where create takes none."""
        create = self.rpcs["create"]
        named = create and create["parent_parameter"]
        if not named:
            return ""
        if named.annotation == "int":
            return f"{named.name}={1 if own == 'one' else 2}"
        resource = self._stored.resource
        above = _above(resource.patterns[0]) if resource.patterns else "{id}"
        return f'{named.name}="{_filled(above, "one", own)}"'

    def life(self) -> View:
        """The calls of the end-to-end test, in the order of a resource's life; empty where they cannot be made.

        `arrange` are the statements that create it, and before it its parents; the others are calls, ``""`` where the
        service has no such RPC.
        """
        judge = _Judge(self._service.contract)
        arrange = self.creation("created", judge)
        get = self.rpcs["get"]
        create = self.rpcs["create"]
        if (
            not (arrange and get and create)
            or create["standard"].is_empty
            or create["standard"].result_identity
        ):
            return {}
        calls = {verb: self._call(verb, judge) for verb in ("get", "list", "delete")}
        asked = {verb for verb in calls if self.rpcs[verb]}
        if any(not calls[verb] for verb in asked) or not judge.accepted:
            return {}
        return {"arrange": arrange, **calls}

    def creation(self, variable: str, judge: _Judge) -> list[str]:
        """The statements that create one in a test, and its parents; none where that takes more than is known."""
        create, values = self.rpcs["create"], self.values
        if create is None or values is None:
            return []
        standard, request = create["standard"], Request()
        before = self._give_parent(request, standard, judge)
        if before is None:
            return []
        if standard.payload:
            kind = self._service.imports.type_of(self._stored.resource.message)
            held = {name: sample.json for name, sample in values.items()}
            request.given(standard.payload, f"{kind}({messages(values)})", held)
        for name, given in self._repeated(create).items():
            if name in values and not standard.payload:
                request.given(given, values[name].message, values[name].json)
        self._give_required(request, create, {standard.id_field: "sample", standard.request_id: SOME_ID})
        if not self._is_whole(request, create):
            return []
        judge.check(create["message"], request.json)
        call = f"await client.{create['client_name']}({create['request']}({request}))"
        return [*before, f"{variable} = {f'({call}).{standard.result}' if standard.result else call}"]

    def _give_parent(self, request: Request, standard: StandardMethod, judge: _Judge) -> list[str] | None:
        """Says which parent in a request; the statements that create it, None where that cannot be done here."""
        resource = self._stored.resource
        field = standard.parent or self._repeated_parent(standard)
        if not field:
            return []
        if not resource.parent or resource.parent == resource.message.full_name:
            literal = self.parent("one").partition("=")[2]
            request.given(field, literal, literal.strip('"') if '"' in literal else 1)
            return []
        above = self._others.get(resource.parent)
        if above is None:
            return None
        variable, identity = above._stored.variable, above._stored.resource.identity.name
        before = above.creation(variable, judge)
        request.given(field, f"{variable}.{identity}", above.sample_name)
        return before or None

    def _repeated_parent(self, standard: StandardMethod) -> str:
        parent = self._stored.resource.parent_field
        return next((given for given, of in standard.fields if parent and of == parent), "")

    @property
    def sample_name(self) -> str | int:
        """An identity as a client has it back from the service."""
        resource = self._stored.resource
        if resource.is_integer:
            return 1
        return _filled(resource.patterns[0], SOME_ID, SOME_ID) if resource.patterns else SOME_ID

    def _call(self, verb: str, judge: _Judge) -> str:
        """The call of an RPC that is about what was created."""
        rpc = self.rpcs[verb]
        if rpc is None:
            return ""
        standard, request = rpc["standard"], Request()
        identity = self._stored.resource.identity.name
        if standard.identity:
            request.given(standard.identity, f"created.{identity}", self.sample_name)
        if standard.parent and not self._give_known_parent(request, standard):
            return ""
        if not self._is_whole(request, rpc):
            return ""
        judge.check(rpc["message"], request.json)
        return f"client.{rpc['client_name']}({rpc['request']}({request}))"

    def _give_known_parent(self, request: Request, standard: StandardMethod) -> bool:
        """Says the parent that was created before."""
        resource = self._stored.resource
        if resource.parent_field:
            request.given(standard.parent, f"created.{resource.parent_field}", SOME_ID)
        elif above := self._others.get(resource.parent):
            name = above._stored.resource.identity.name
            request.given(standard.parent, f"{above._stored.variable}.{name}", above.sample_name)
        elif resource.parent:
            return False
        else:
            literal = self.parent("one").partition("=")[2]
            request.given(standard.parent, literal, literal.strip('"'))
        return True

    def _give_required(self, request: Request, rpc: View, texts: Mapping[str, str]) -> None:
        required = _required(rpc["message"])
        for name, text in texts.items():
            if name in required:
                request.given(name, f'"{text}"', text)

    def _is_whole(self, request: Request, rpc: View) -> bool:
        return _required(rpc["message"]) <= set(request.fields)


class _Judge:
    """Whether all requests of a test keep the contract's rules."""

    def __init__(self, contract: Contract) -> None:
        self._judge = RuleJudge(contract)
        self.accepted = True

    def check(self, message: Message, fields: Mapping[str, Any]) -> None:
        self.accepted = self.accepted and self._judge.accepts(message.full_name, fields)


def _can_be_missing(message: Message, name: str) -> bool:
    """Whether "not set" can be told from a value: a number without presence is never missing."""
    found = next(f for f in message.fields if f.name == name)
    return (
        found.has_presence or found.repeated or bool(found.map_key) or found.kind in (Kind.STRING, Kind.BYTES)
    )


def _required(message: Message) -> set[str]:
    return {field.name for field in message.fields if "REQUIRED" in field.behaviors}


def _filled(pattern: str, others: str, last: str) -> str:
    """A name of a pattern: its last id is `last`, those before it are `others`."""
    head, _, tail = pattern.rpartition("{")
    return f"{re.sub(r'{[^}]*}', others, head)}{last}{tail.partition('}')[2]}"


def _above(pattern: str) -> str:
    """The pattern of the parent's name: up to the last variable but one, or the collection before a singleton."""
    parts = pattern.split("/")
    return "/".join(parts[:-2] if parts[-1].startswith("{") else parts[:-1])
