"""What a standard method of a use case takes, and what a handler or a batch passes for it."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scaffolder.contract.model import Message
from scaffolder.standard import StandardMethod
from scaffolder.targets.python.mapping import read_many, read_one
from scaffolder.targets.python.names import identifier, safe, snake
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.text import literal

SINGLE = {
    "create": ("request_id", "validate_only"),
    "update": ("etag", "allow_missing", "validate_only"),
    "delete": ("etag", "force", "allow_missing", "validate_only"),
    "undelete": ("etag", "validate_only"),
    "batch_create": ("validate_only",),
    "batch_update": ("allow_missing", "validate_only"),
    "batch_delete": ("force", "allow_missing", "validate_only"),
}
"""The options that each verb honours, by the names that StandardMethod has for them."""

LIST = ("page_size", "page_token", "skip", "page", "filter", "order_by", "show_deleted")
"""Those of a list, named as `Rules.query` takes them."""

TYPES = {
    "page_size": ("int", "0"),
    "skip": ("int", "0"),
    "page": ("int", "0"),
    "show_deleted": ("bool", "False"),
    "validate_only": ("bool", "False"),
    "allow_missing": ("bool", "False"),
    "force": ("bool", "False"),
}
"""Annotation and default of an option; what is not here is a text."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a use case's method.

    `field` is the request's field that it comes from, `value` what a handler passes, `passed` what a batch passes of
    its item `request`. It is required where `default` is empty, and given by its name unless it is `positional`.
    """

    name: str
    annotation: str
    default: str = ""
    field: str = ""
    value: str = ""
    passed: str = ""
    positional: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")

    @property
    def argument(self) -> str:
        return self.value if self.positional else f"{self.name}={self.value}"

    @property
    def batched(self) -> str:
        return self.passed if self.positional else f"{self.name}={self.passed}"


def signature(parameters: Sequence[Parameter]) -> str:
    """What stands behind `self`: ``, book: Book, *, parent: str``."""
    first = [str(each) for each in parameters if each.positional]
    named = [str(each) for each in parameters if not each.positional]
    return "".join(f", {each}" for each in [*first, *(["*", *named] if named else [])])


def of_request(name: str) -> str:
    """The expression of a request's field, which may be a keyword of Python's."""
    return f'getattr(request, "{name}")' if keyword.iskeyword(name) else f"request.{name}"


class Parameters:
    """The parameters of a standard method of `stored`; `request` is the message that it takes."""

    def __init__(self, stored: Stored, standard: StandardMethod, request: Message) -> None:
        self._stored = stored
        self._domain = stored.domain
        self._standard = standard
        self._request = request
        self._fields = {field.name: field for field in request.fields}
        is_item = request.full_name in stored.domain.names
        found = stored.domain.fields_of(request) if is_item else []
        self._attributes = {each.field.name: each.attribute for each in found}

    def all(self) -> list[Parameter]:
        """In the order of the signature, with names that differ."""
        found: list[Parameter] = []
        for each in self._of_verb():
            name = safe(each.name, {"self", *(other.name for other in found)})
            found.append(replace(each, name=name))
        return found

    def _of_verb(self) -> Iterator[Parameter]:
        standard, verb = self._standard, self._standard.verb
        if verb in ("get", "delete", "undelete"):
            yield self._identity()
        elif verb in ("create", "update"):
            yield self._entity()
        elif verb != "list":
            yield self._requests()
        if verb == "update" and self._has_mask():
            yield self._mask()
        if standard.parent and standard.parent not in dict(standard.fields):
            yield self._parent()
        if verb == "create" and standard.id_field:
            yield self._plain(f"{self._stored.variable.strip('_')}_id", standard.id_field, "str", '""')
        for option in LIST if verb == "list" else SINGLE.get(verb, ()):
            field = getattr(standard, option)
            if field and (option != "force" or self._stored.is_parent):
                yield self._plain(option, field, *TYPES.get(option, ("str", '""')))
        if verb == "list":
            yield from map(self._equal, (field for field, _ in standard.equals))

    @property
    def _is_resource(self) -> bool:
        """Whether the resource itself is the request."""
        return self._request.full_name == self._stored.resource.message.full_name

    def _plain(self, name: str, field: str, annotation: str, default: str) -> Parameter:
        return Parameter(name, annotation, default, field, of_request(field), self._passed(field))

    def _passed(self, field: str) -> str:
        """The field of a batch's item, which has a dataclass; `""` for what is no such item."""
        return f"request.{self._attributes[field]}" if self._attributes else ""

    def _identity(self) -> Parameter:
        stored, field = self._stored, self._standard.identity
        passed = self._passed(field)
        return Parameter(
            stored.identity, stored.identity_type, "", field, of_request(field), passed, positional=True
        )

    def _entity(self) -> Parameter:
        stored, field = self._stored, self._standard.payload
        if field:
            whole = self._domain.value_of(stored.resource.message.full_name)
            value = read_one(whole, field, of_request(field))
            passed = f"{self._passed(field)} or {stored.entity}()"
            if self._standard.identity and self._attributes:
                identity = self._passed_identity()
                passed = f"dataclasses.replace({passed}, {stored.identity}={identity})"
        elif self._is_resource:
            value = self._domain.value_of(self._request.full_name).read("request")
            passed = "request"
        else:
            value = f"{builder_name(stored, self._request)}(request)"
            passed = f"{stored.entity}({', '.join(self._pairs())})" if self._attributes else ""
        return Parameter(stored.variable, stored.entity, "", field, value, passed, positional=True)

    def _pairs(self) -> Iterator[str]:
        """The arguments of the entity that a batch's item describes, which has no value where it may be unset."""
        stored, own = self._stored, {field.name: field for field in self._stored.resource.message.fields}
        if self._standard.identity:
            yield f"{stored.identity}={self._passed_identity()}"
        for given, of in self._standard.fields:
            passed, found = self._passed(given), self._domain.field_of(own[of])
            if of == stored.resource.identity.name:
                passed = self._passed_identity(given)
            elif self._fields[given].has_presence and not own[of].has_presence:
                passed = f"{passed} or {found.default}"
            yield f"{stored.attributes[of]}={passed}"

    def _passed_identity(self, field: str = "") -> str:
        """The identity in a batch's item, which may be unset there."""
        stored, name = self._stored, field or self._standard.identity
        empty, passed = "0" if stored.resource.is_integer else '""', self._passed(name)
        return f"{passed} or {empty}" if self._fields[name].has_presence else passed

    def _has_mask(self) -> bool:
        """Whether something says which fields are updated: a mask, or which fields the request has."""
        standard = self._standard
        is_whole = standard.payload or self._is_resource
        return bool(standard.mask) or not is_whole or (standard.replaces and not standard.payload)

    def _mask(self) -> Parameter:
        standard = self._standard
        field = standard.mask
        if field:
            value, passed = f"{of_request(field)}.paths", f"{self._passed(field)} or ()"
            if not (standard.payload or self._is_resource):
                value = f"{value} or {paths_name(self._request)}(request)"
                passed = f"{self._passed(field)} or {self._given()}"
        else:
            every = literal([of for _, of in standard.fields])
            value = every if standard.replaces else f"{paths_name(self._request)}(request)"
            passed = every if standard.replaces else self._given()
        return Parameter("update_mask", "Sequence[str]", "()", field, value, passed, positional=True)

    def _given(self) -> str:
        """Which fields a batch's item sets, as `paths_name` tells it of a message."""
        every = literal([of for _, of in self._standard.fields])
        return f"{self._stored.constant}.given(request, {every})"

    def _parent(self) -> Parameter:
        """A parent's name, or the id of one in a field of its own (`shelf_id`)."""
        stored, field = self._stored, self._standard.parent
        name = stored.attributes.get(stored.resource.parent_field) or "parent"
        value = self._domain.field_of(self._fields[field]).value
        is_needed = self._standard.verb in ("create", "list")
        default = "" if is_needed else value.default
        return Parameter(name, value.annotation, default, field, of_request(field), self._passed(field))

    def _equal(self, name: str) -> Parameter:
        found = self._domain.field_of(self._fields[name])
        value = found.value.read(of_request(name), name)
        if found.field.has_presence:
            value = f'{value} if request.HasField("{name}") else None'
        return Parameter(found.attribute, found.annotation, found.default, name, value)

    def _requests(self) -> Parameter:
        standard, field = self._standard, of_request(self._standard.requests)
        names = f"Sequence[{self._stored.identity_type}]"
        if standard.item is None:
            return Parameter("names", names, "", standard.requests, field, positional=True)
        if standard.verb == "batch_get":
            value = f"[each.{standard.item.identity} for each in {field}]"
            return Parameter("names", names, "", standard.requests, value, positional=True)
        item = self._domain.value_of(self._fields[standard.requests].type_name)
        value = read_many(item, standard.requests, field)
        annotation = f"Sequence[{item.annotation}]"
        return Parameter("requests", annotation, "", standard.requests, value, positional=True)


def builder_name(stored: Stored, request: Message) -> str:
    """The function that makes the entity of a request that repeats its fields: `book_from_create_book_request`."""
    return f"{stored.domain.function_of(stored.resource.message)}_from_{_snake(request)}"


def paths_name(request: Message) -> str:
    """The function that tells which fields such a request sets: `update_book_request_paths`."""
    return f"{_snake(request)}_paths"


def _snake(request: Message) -> str:
    return identifier(snake(request.name).strip("_")) or "request"
