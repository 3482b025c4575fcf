"""A resource as one service's biz/ knows it: names, rules, and what its repository has to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scaffolder.contract.model import Field, Message
from scaffolder.standard import Resource, StandardMethod
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.names import safe
from scaffolder.targets.python.storage.repositories import entity_variable, repository_property
from scaffolder.targets.python.storage.store_names import parents_below
from scaffolder.targets.python.text import literal

BIZ_CLASSES = frozenset(
    {"Mapping", "NotFoundError", "Page", "Query", "Rules", "Transaction", "datetime", "in_turn"}
)
"""What biz/NOUN.py and its tests import where a resource is stored; no type of the domain may hide it."""


@dataclass(frozen=True)
class Stored:
    """A resource with the standard methods that one service has of it.

    `store` is what it is called where its own noun would be another's, `delete` the use case's method that deletes one.
    `children` are the resources below it that the same service stores, `is_parent` is true where any service of the
    project stores some, `is_cascaded` where deleting its parent softly deletes it.
    """

    domain: Domain
    resource: Resource
    methods: tuple[StandardMethod, ...]
    store: str = ""
    children: tuple[Stored, ...] = ()
    is_parent: bool = False
    delete: str = ""
    is_cascaded: bool = False

    @property
    def entity(self) -> str:
        """The class in biz/."""
        return self.domain.class_of(self.resource.message)

    @property
    def variable(self) -> str:
        return entity_variable(self.resource)

    @property
    def repository(self) -> str:
        """The use case's attribute."""
        return f"self._{repository_property(self.resource, self.store)}"

    @property
    def constant(self) -> str:
        """The name of its rules: `BOOK`."""
        return safe(self.resource.noun.upper(), self.domain.class_names)

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """The attributes of an entity by the contract's names; `""` for a field that the resource does not have."""
        found = {each.field.name: each.attribute for each in self.domain.fields_of(self.resource.message)}
        return found | {"": ""}

    @property
    def identity(self) -> str:
        return self.attributes[self.resource.identity.name]

    @property
    def identity_type(self) -> str:
        return "int" if self.resource.is_integer else "str"

    @cached_property
    def flat(self) -> tuple[StandardMethod, ...]:
        """The methods and the items of batches, as those do the work of a batch."""
        return tuple(each.item or each for each in self.methods)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What is done to one resource at a time or all of them: `delete` where a batch deletes as well."""
        return frozenset(each.verb.removeprefix("batch_") for each in self.methods)

    @property
    def is_soft(self) -> bool:
        """Whether delete only marks it (AIP-164)."""
        return self.resource.is_soft

    @property
    def etag(self) -> str:
        """The attribute, and so on; `""` where it has none."""
        return self.attributes[self.resource.etag]

    @property
    def uid(self) -> str:
        return self.attributes[self.resource.uid]

    @property
    def new_uid(self) -> str:
        """What its creation sets `uid` to, which is a text or, where the contract says so, a UUID."""
        fields = self.domain.fields_of(self.resource.message)
        is_uuid = any(
            each.field.name == self.resource.uid and each.value.annotation == "UUID" for each in fields
        )
        return "uuid.uuid4()" if is_uuid else "resource_id()"

    @property
    def update_time(self) -> str:
        return self.attributes[self.resource.update_time]

    @property
    def delete_time(self) -> str:
        return self.attributes[self.resource.delete_time]

    @property
    def purge_time(self) -> str:
        return self.attributes[self.resource.purge_time]

    @property
    def create_times(self) -> str:
        """What its creation sets: `book.create_time = book.update_time`."""
        times = filter(None, (self.resource.create_time, self.resource.update_time))
        return " = ".join(f"{self.variable}.{self.attributes[name]}" for name in times)

    @property
    def adds(self) -> str:
        """The method that creates what an update found missing; `""` where none may."""
        is_asked = any(each.allow_missing for each in self.flat if each.verb == "update")
        return f"_add_{self.variable.strip('_')}" if is_asked else ""

    def parents_of(self, child: Stored, key: str) -> list[str]:
        """The names of a child's parents, as expressions: see `parents_below`."""
        return parents_below(self.resource, child.resource, key)

    @property
    def deletes(self) -> str:
        """The call that deletes one, with all below it."""
        name = f"{self.variable}.{self.identity}"
        if self.delete and self.is_soft:
            forces = self.is_parent and any(each.force for each in self.methods if each.verb == "delete")
            return f"self.{self.delete}({name}{', force=True' if forces else ''})"
        return f"{self.repository}.delete({name}{', force=True' if self.is_parent else ''})"

    @property
    def field(self) -> str:
        """Where its rules say that it is in a request: `book`; `""` where all requests repeat its fields."""
        payloads = {each.payload for each in self.flat if each.verb in ("create", "update")}
        return payloads.pop() if len(payloads) == 1 else self.variable

    @property
    def id_field(self) -> str:
        """Where its id is proposed: a parameter of the use case, or the identity; `""` where its rules know it.

        What a request calls otherwise, the handler renames.
        """
        creates = [each for each in self.flat if each.verb == "create"]
        if any(each.id_field for each in creates):
            usual = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.entity).lower()  # as the kit's rules have it
            found = self.variable.strip("_")
            return f"{found}_id" if found != usual else ""
        is_own = not (self.resource.patterns or self.resource.is_integer or self.is_identified)
        is_given = is_own and any(each.payload for each in creates)
        return f"{self.field}.{self.resource.identity.name}" if is_given else ""

    @property
    def is_alone(self) -> bool:
        """Whether one can be without its parent, which its field says by 0 or ``""``."""
        parent = self.resource.parent_field
        field = next((f for f in self.resource.message.fields if f.name == parent), None)
        return field is not None and not (self.resource.needs_parent or field.has_presence)

    @property
    def is_identified(self) -> bool:
        """Whether the contract says that the server alone gives the identity."""
        return bool({"OUTPUT_ONLY", "IDENTIFIER"} & self.resource.identity.behaviors)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The methods of its repository, and `for_update`, `force` and `request_id` where they take those."""
        deletes = [each for each in self.methods if each.verb in ("delete", "batch_delete")]
        hard = bool(deletes) and not self.is_soft
        looks = any(
            each.etag
            or (self.resource.parent_field and each.parent)
            or not (each.is_empty or each.result_identity)
            for each in self.flat
            if each.verb == "delete"
        )
        creates = "create" in self.verbs or bool(self.adds)
        writes = "update" in self.verbs or self.is_soft
        cascades = self.is_cascaded and not (self.delete and self.is_soft)
        needs = {
            "create": creates,
            "request_id": any(each.request_id for each in self.flat if each.verb == "create"),
            "get": bool({"get"} & self.verbs) or writes or looks,
            "for_update": writes or looks,
            "get_many": any(each.verb == "batch_get" for each in self.methods),
            "find": "list" in self.verbs or self.is_cascaded,
            "update": writes,
            "delete": hard or cascades,
            "force": self.is_parent and (cascades or (hard and any(each.force for each in self.flat))),
        }
        return frozenset(name for name, needed in needs.items() if needed)

    @property
    def uses_clock(self) -> bool:
        """Whether the use case sets a time."""
        return bool(self.resource.create_time or self.resource.update_time or self.is_soft)

    @cached_property
    def rules(self) -> list[str]:
        """The arguments of its `Rules` behind the entity's class."""
        resource = self.resource
        odd = {name: attribute for name, attribute in self.attributes.items() if name != attribute}
        deleted = resource.delete_time
        arguments = {
            "type": literal(resource.message.resource_type or resource.noun),
            "field": literal(self.field) if self.field else "",
            "identity": literal(resource.identity.name) if resource.identity.name != "name" else "",
            "patterns": _names(resource.patterns),
            **{name: _names(paths) for name, paths in self.behaviors.items()},
            "oneofs": _names(self._oneofs()),
            "parent_field": literal(resource.parent_field) if resource.parent_field else "",
            "parent_optional": "True" if self.is_alone else "",
            "id_field": literal(self.id_field) if self.id_field else "",
            "delete_time": literal(deleted) if deleted not in ("", "delete_time") else "",
            "attributes": literal(odd) if odd else "",
        }
        return [f"{name}={value}" for name, value in arguments.items() if value]

    @cached_property
    def behaviors(self) -> dict[str, list[str]]:
        """The paths of the fields with a behaviour (AIP-203), as `Rules` calls it; the identity is none of them.

        What is in an output-only message is the server's as a whole. An IDENTIFIER is only that of its own resource: in
        another one it says which is meant.
        """
        found: dict[str, list[str]] = {
            name: [] for name in ("required", "output_only", "input_only", "immutable")
        }
        for path, field, is_own in self._fields(self.resource.message, "", ()):
            if any(path.startswith(f"{each}.") for each in found["output_only"]):
                continue
            owned = {"OUTPUT_ONLY", *(["IDENTIFIER"] if is_own else [])} & field.behaviors
            if owned or (is_own and field.name in self.resource.server_fields):
                found["output_only"].append(path)
                continue
            for name in ("required", "input_only", "immutable"):
                if name.upper() in field.behaviors:
                    found[name].append(path)
        return found

    def _fields(
        self, message: Message, above: str, inside: tuple[str, ...]
    ) -> Iterator[tuple[str, Field, bool]]:
        """The fields of a message and of those in it: their path, and whether they are the resource's own."""
        for field in message.fields:
            if not inside and field is self.resource.identity:
                continue
            yield f"{above}{field.name}", field, not inside
            inner = self.domain.message_of(field)
            if inner and inner.full_name not in (*inside, message.full_name):
                yield from self._fields(inner, f"{above}{field.name}.", (*inside, message.full_name))

    def _oneofs(self) -> list[list[str]]:
        message = self.resource.message
        groups = ([f.name for f in message.fields if f.oneof == oneof] for oneof in message.oneofs)
        return [group for group in groups if len(group) > 1]


def _names(names: Sequence[object]) -> str:
    return literal(names) if names else ""
