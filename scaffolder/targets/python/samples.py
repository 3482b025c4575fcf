"""What the generated tests of a resource use: values of it, its names, and how they create one."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Field, Kind
from scaffolder.standard import VERBS
from scaffolder.targets.python.names import plural, title
from scaffolder.targets.python.parameters import Parameter
from scaffolder.targets.python.standard_service import StandardService
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.text import literal
from scaffolder.targets.python.values import SOME_ID, Sample, Samples, arguments

View = dict[str, Any]


def samples(service: StandardService, methods: Sequence[View]) -> dict[str, ResourceSamples]:
    """Samples of a service's resources by their messages' full names; `methods` are the views of its RPCs."""
    found: dict[str, ResourceSamples] = {}
    for name, stored in service.stored.items():
        found[name] = ResourceSamples(service, stored, methods, found)
    return found


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
        self.stored = stored
        self._samples = Samples(service.contract, service.domain, service.imports)
        of_resource = [m for m in methods if m.get("stored") is stored]
        self.rpcs = {verb: next((m for m in of_resource if m["shape"] == verb), None) for verb in VERBS}
        self._bound = all(m["bindings"] for m in of_resource)

    def view(self) -> View:
        stored, values = self.stored, self.values
        given = arguments(values or {}, stored.attributes)
        identity = "" if stored.resource.is_integer else f"{stored.identity}={self.name('one')}"
        text = self.text
        return {
            "rpcs": self.rpcs,
            "has_sample": values is not None,
            "sample_field": stored.attributes[text.name] if text else "",
            "sample_path": text.name if text else "",
            "stored_sample": ", ".join(filter(None, (identity, given))),
            "one": self.name("one"),
            "unknown": self.name("none"),
            "parent": self.parent("one"),
            "own_parent": self.own_parent,
            "other_parent": self.parent("two"),
            "new": self.new,
            "children": self._children(),
            "can_change": self._can_change(),
            **self._batch_items(),
            "list_parent": self.parent("one") if self._lists_by_parent else "",
            "required": self._required(),
            "immutable": self._immutable(),
            "transports": '"grpc", "http"' if self._bound else '"grpc"',
        }

    @property
    def _lists_by_parent(self) -> bool:
        found = self.rpcs["list"]
        return bool(found and found["parent_parameter"])

    @cached_property
    def new(self) -> View | None:
        """The function of the unit tests that creates one: what it takes, and the use case's call."""
        create, stored, values = self.rpcs["create"], self.stored, self.values
        if create is None or values is None:
            return None
        text, parent = self.text, create["parent_parameter"]
        options = [
            (create["id_parameter"], "str", '""'),
            (create["standard"].request_id and "request_id", "str", '""'),
        ]
        if parent:
            options.insert(0, (parent.name, parent.annotation, self.parent_value("one")))
        passed = [name for name, *_ in options if name]
        if text:
            options.insert(0, (stored.attributes[text.name], "str", '"sample"'))
        given = [
            f"{stored.attributes[name]}={stored.attributes[name] if text and name == text.name else sample.domain}"
            for name, sample in values.items()
        ]
        given += [self.own_parent] if self.own_parent else []
        named = ", ".join(f"{name}: {kind} = {default}" for name, kind, default in options if name)
        call = [f"{stored.entity}({', '.join(given)})", *(f"{name}={name}" for name in passed)]
        return {
            "name": f"new_{stored.variable.strip('_')}",
            "entity": self._entity(values),
            "parameters": f", *, {named}" if named else "",
            "call": f"use_case.{create['snake']}({', '.join(call)})",
            "parent": parent.name if parent else "",
            "plural": plural(title(stored.resource.name).lower()).replace(" ", "_"),
        }

    def _entity(self, values: Mapping[str, Sample]) -> str:
        """A resource with what it has to have."""
        given = filter(None, (arguments(values, self.stored.attributes), self.own_parent))
        return f"{self.stored.entity}({', '.join(given)})"

    def _children(self) -> list[View]:
        """The functions that create what is below one, where deleting it softly looks for that."""
        stored, found = self.stored, []
        for child in stored.children:
            other = self._others.get(child.resource.message.full_name)
            if other and other.new and other.new["parent"]:
                [parent, *_] = stored.parents_of(child, f"created.{stored.identity}")
                found.append(other.new | {"above": parent.replace("/-", "/one")})
        return found

    def _can_change(self) -> bool:
        """Whether an update, of what is given or of what a mask names, can change the text."""
        update, text = self.rpcs["update"], self.text
        if not update or not text or update["parent_parameter"]:
            return False
        standard = update["standard"]
        return bool(standard.mask or standard.payload)

    def _batch_items(self) -> View:
        """A request of a batch of creations, and one of a resource without anything; `""` where there are none."""
        batch, values, stored = self.rpcs["batch_create"], self.values, self.stored
        item = batch["standard"].item if batch else None
        if batch is None or values is None or item is None or not item.payload:
            return {"batch_item": "", "empty_batch_item": ""}
        request, domain = batch["item_request"], self._service.domain
        attributes = {each.field.name: each.attribute for each in domain.fields_of(request)}
        parent = [f"{attributes[item.parent]}={self.parent('one').partition('=')[2]}"] if item.parent else []
        entities = (self._entity(values), f"{stored.entity}()")
        whole, empty = (
            f"{domain.class_of(request)}({', '.join([*parent, f'{attributes[item.payload]}={entity}'])})"
            for entity in entities
        )
        return {"batch_item": whole, "empty_batch_item": empty}

    @cached_property
    def _settable(self) -> list[Field]:
        """The fields of a resource that neither the server nor its place below a parent sets."""
        resource = self.stored.resource
        fixed = {*resource.server_fields, resource.parent_field}
        return [each for each in resource.message.fields if each.name not in fixed]

    @property
    def _needed(self) -> list[Field]:
        """Those of them that a new resource has to have."""
        return [each for each in self._settable if "REQUIRED" in each.behaviors]

    def _required(self) -> str:
        """What violations call the fields that are missing in an empty resource; `""` where there are none."""
        found = [
            f"{self.stored.field}.{each.name}".lstrip(".")
            for each in self.stored.resource.message.fields
            if (each in self._needed or each is self._own_parent) and _can_be_missing(each)
        ]
        return literal(found) if found else ""

    def _immutable(self) -> View | None:
        """A plain text that a client may not change."""
        for each in self._settable:
            single = not (each.repeated or each.map_key)
            plain = each.kind is Kind.STRING and single and not self._service.domain.is_uuid(each)
            if "IMMUTABLE" in each.behaviors and plain:
                return {"attribute": self.stored.attributes[each.name], "path": each.name}
        return None

    @cached_property
    def text(self) -> Field | None:
        """A plain text that a client may set and change, the one that tests fill."""
        for each in self._settable:
            single = not (each.repeated or each.has_presence or each.map_key)
            plain = each.kind is Kind.STRING and single and not self._service.domain.is_uuid(each)
            free = "IMMUTABLE" not in each.behaviors and not keyword.iskeyword(each.name)
            if plain and free and self._is_sent(each):
                return each
        return None

    def _is_sent(self, each: Field) -> bool:
        """Whether a create request can hold the field."""
        create = self.rpcs["create"]
        return create is None or bool(create["standard"].payload) or each.name in self.repeated(create)

    def repeated(self, create: View) -> dict[str, str]:
        """A request's own names of the resource's fields that it repeats."""
        return {of: given for given, of in create["standard"].fields}

    @cached_property
    def values(self) -> dict[str, Sample] | None:
        """Samples of what a new resource has to have, and of the text; None where that cannot be made."""
        fields = [*self._needed, *([self.text] if self.text else [])]
        # A call cannot pass what is called like a word of Python's.
        if any(not self._is_sent(each) or keyword.iskeyword(each.name) for each in fields):
            return None
        return self._samples.of_fields(self.stored.resource.message, [each.name for each in fields])

    @property
    def never_absent(self) -> dict[str, Sample] | None:
        """What no message can be sent without, also where the server sets it: proto2's `required`."""
        message = self.stored.resource.message
        return self._samples.of_fields(message, [field.name for field in message.fields if field.required])

    def name(self, own: str) -> str:
        """The literal of an identity; `own` is the last id, and every id before it is ``one``."""
        resource = self.stored.resource
        if resource.is_integer:
            return "1" if own == "one" else "404"
        return f'"{_filled(resource.patterns[0], "one", own)}"' if resource.patterns else f'"{own}"'

    @property
    def sample_name(self) -> str | int:
        """An identity as a client has it back from the service."""
        resource = self.stored.resource
        if resource.is_integer:
            return 1
        return _filled(resource.patterns[0], SOME_ID, SOME_ID) if resource.patterns else SOME_ID

    def parent(self, own: str) -> str:
        """The argument that says which parent, `parent="shelves/one"`; `""` where create takes none."""
        named = self._parent_parameter
        return f"{named.name}={self.parent_value(own)}" if named else ""

    def parent_value(self, own: str) -> str:
        """The literal of a parent's identity; `""` where create takes none."""
        named = self._parent_parameter
        if not named:
            return ""
        if named.annotation == "int":
            return "1" if own == "one" else "2"
        resource = self.stored.resource
        above = _above(resource.patterns[0]) if resource.patterns else "{id}"
        return f'"{_filled(above, "one", own)}"'

    @cached_property
    def _own_parent(self) -> Field | None:
        """The field of a parent that a new resource has to say itself, as it is REQUIRED.

        Beside a parameter it has to where the rules would miss it, which they do not in a number.
        """
        resource = self.stored.resource
        field = next((f for f in resource.message.fields if f.name == resource.parent_field), None)
        if field is None or "REQUIRED" not in field.behaviors:
            return None
        return field if _can_be_missing(field) or not self._parent_parameter else None

    @property
    def own_parent(self) -> str:
        """The argument of an entity for it, `shelf_id=1`; `""` where there is none."""
        field, above = self._own_parent, self._others.get(self.stored.resource.parent)
        if field is None:
            return ""
        plain = '"one"' if field.kind is Kind.STRING else "1"
        return f"{self.stored.attributes[field.name]}={above.name('one') if above else plain}"

    @property
    def _parent_parameter(self) -> Parameter | None:
        create = self.rpcs["create"]
        found: Parameter | None = create["parent_parameter"] if create else None
        return found


def _can_be_missing(field: Field) -> bool:
    """Whether "not set" can be told from a value: a number without presence is never missing."""
    is_many = field.repeated or bool(field.map_key)
    return field.has_presence or is_many or field.kind in (Kind.STRING, Kind.BYTES)


def _filled(pattern: str, others: str, last: str) -> str:
    """A name of a pattern: its last id is `last`, those before it are `others`."""
    head, _, tail = pattern.rpartition("{")
    return f"{re.sub(r'{[^}]*}', others, head)}{last}{tail.partition('}')[2]}"


def _above(pattern: str) -> str:
    """The pattern of the parent's name: up to the last variable but one, or the collection before a singleton."""
    parts = pattern.split("/")
    return "/".join(parts[:-2] if parts[-1].startswith("{") else parts[:-1])
