"""What a request of a standard method may hold. A field that nothing would heed refuses the whole method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.standard import patterns
from scaffolder.standard.fields import (
    RefusedError,
    Test,
    holds,
    is_flag,
    is_integer,
    is_mask,
    is_single,
    is_text,
    same_type,
)
from scaffolder.standard.model import INTEGERS, Resource, StandardMethod
from scaffolder.standard.resources import aliases
from scaffolder.standard.words import a, fold, snake

SIZES = ("page_size", "limit", "per_page")
PAGES = ("page", "page_number", "page_num")
SKIPS = ("skip", "offset")
SEARCHES = frozenset({"q", "query", "search", "keyword", "keywords", "text"})
"""Words of a search, whose rules are nobody's but the service's, even where a resource has a field of that name."""
EQUAL = INTEGERS | {Kind.STRING, Kind.ENUM, Kind.BOOL, Kind.UINT64}
"""Kinds of fields that a list may ask to be equal."""


@dataclass(slots=True)
class RequestReader:
    """Takes the fields of a request one by one; those that nothing takes are left.

    `methods` are the RPCs with this request, whose paths tell which field is a parent; `slots` are fields of a
    `StandardMethod`.
    """

    request: Message
    resource: Resource
    methods: Sequence[Method] = ()
    left: dict[str, Field] = field(init=False)
    slots: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {each.name: each for each in self.request.fields}

    @property
    def is_resource(self) -> bool:
        """Whether the resource itself is the request."""
        return self.request.full_name == self.resource.message.full_name

    def take(self, slot: str, names: Sequence[str], test: Test) -> bool:
        """Takes the first field that is called one of `names` and passes the test."""
        for name in names:
            for each in self.left.values():
                if fold(each.name) == fold(name) and test(each):
                    self.slots[slot] = each.name
                    del self.left[each.name]
                    return True
        return False

    def take_identity(self) -> bool:
        identity = self.resource.identity
        return self.take(
            "identity", aliases(self.resource), lambda f: is_single(f) and f.kind is identity.kind
        )

    def take_payload(self) -> bool:
        """Takes the field that holds the resource; more than one are refused."""
        found = [each for each in self.left.values() if holds(each, self.resource.message)]
        if len(found) > 1:
            names = " and ".join(each.name for each in found)
            raise RefusedError(f"the request's fields {names} both hold {a(self.resource.message.name)}")
        if found:
            self.slots["payload"] = found[0].name
            del self.left[found[0].name]
        return bool(found)

    def take_parent(self, *, needed: bool = False, paired: bool = False) -> None:
        """Takes the parent: of a resource name `parent` or what the contract says is one, else the parent's id.

        Where the request's fields are `paired` with the resource's, that id is one of them unless it is in a path.
        """
        resource = self.resource
        if not resource.patterns:
            own = next((f for f in resource.message.fields if f.name == resource.parent_field), None)
            if own and (not paired or own.name in self._in_paths()):
                self.take("parent", (own.name,), lambda f: same_type(f, own) and not f.oneof)
            return
        if resource.has_parent and not self.take("parent", ("parent",), is_text):
            names = [each.name for each in self.left.values() if self._is_parent(each)]
            self.take("parent", names, is_text)
        if needed and "parent" not in self.slots and all(map(patterns.parent, resource.patterns)):
            raise RefusedError(
                f"the request names no parent, and a new {resource.message.name} is called {resource.patterns[0]}"
            )

    def take_pairs(self, *, equal: bool = False) -> tuple[tuple[str, str], ...]:
        """Takes the fields that the resource has as well, with the same name and type: (request's, resource's).

        What a client cannot set is taken and left out, as AIP-203 has it for OUTPUT_ONLY. With `equal` only what a list
        can compare.
        """
        own = {each.name: each for each in self.resource.message.fields}
        found = []
        for name, each in [*self.left.items()]:
            other = own.get(name)
            if other is None or other is self.resource.identity or not same_type(each, other):
                continue
            if equal and not _can_equal(each):
                continue
            if not equal and (each.oneof or other.oneof) and not self.is_resource:
                continue
            del self.left[name]
            if equal or name not in self.resource.server_fields:
                found.append((name, name))
        return tuple(found)

    def finish(self) -> None:
        """Refuses what is left, the first in the order of the contract."""
        for each in self.left.values():
            raise RefusedError(self._reason(each))

    def _in_paths(self) -> set[str]:
        """The fields that every path takes."""
        paths = [{v.name for v in b.path.variables} for method in self.methods for b in method.bindings]
        return set.intersection(*paths) if paths else set()

    def _is_parent(self, each: Field) -> bool:
        """Whether a field is the parent by another name: its children are of this type, or a path takes a parent."""
        if each.has_children and each.reference == self.resource.message.resource_type:
            return True
        above = {patterns.shape(patterns.parent(pattern)) for pattern in self.resource.patterns}
        return any(
            variable.name == each.name and patterns.of_variable(variable) in above
            for method in self.methods
            for binding in method.bindings
            for variable in binding.path.variables
        )

    def _reason(self, each: Field) -> str:
        name, called = self.resource.message.name, fold(each.name)
        if each.oneof:
            why = f"stands in the oneof {each.oneof}, and what that means no standard method says"
        elif called == "view" or (each.kind is Kind.ENUM and each.type_name.endswith("View")):
            why = f"is a view (AIP-157), and which parts of {a(name)} it stands for is not in the contract"
        elif called == "parent" and not self.resource.has_parent:
            why = f"is a parent, and {a(name)} has none"
        elif called in SEARCHES:
            why = "is a search, whose rules are not in the contract"
        else:
            why = _NEEDS.get(called, "is nothing that a store knows").format(name)
        return f"the request's field {each.name} {why}"


_NEEDS = {
    "showdeleted": "needs a delete_time in {} (AIP-164)",
    "etag": "needs an etag in {} (AIP-154)",
    "requestid": "has to be remembered with the response (AIP-155), which only a create does",
}
"""What is missing for standard fields, by their folded names."""


def _can_equal(each: Field) -> bool:
    """Whether a field says which value is asked for, and whether one is: `false` alone would not."""
    if not is_single(each) or each.kind not in EQUAL or fold(each.name) in SEARCHES:
        return False
    return each.kind is not Kind.BOOL or each.has_presence


def made(verb: str, reader: RequestReader, **more: Any) -> StandardMethod:
    """The standard method of the fields that were taken, whose response is not known yet."""
    slots: dict[str, Any] = {**reader.slots, **more}
    return StandardMethod(verb, reader.resource, **slots)


def create(reader: RequestReader) -> StandardMethod:
    """AIP-133: the resource, or its fields; the parent; a proposed id; `request_id`, `validate_only`."""
    resource = reader.resource
    if reader.is_resource and resource.patterns:
        _refuse_identity(reader)
    flat = not reader.take_payload()
    reader.take_parent(needed=True, paired=flat)
    pairs = reader.take_pairs() if flat else ()
    if not resource.is_integer:
        noun_id = f"{snake(resource.message.name)}_id"
        own = () if resource.patterns else (resource.identity.name, "id")
        reader.take("id_field", (noun_id, *own), is_text)
    elif reader.is_resource:
        reader.left.pop(resource.identity.name, None)  # the store assigns it
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.take("request_id", ("request_id",), is_text)
    _refuse_identity(reader)
    reader.finish()
    if flat:
        _refuse_too_little(reader, pairs)
    return made("create", reader, fields=pairs)


def _refuse_identity(reader: RequestReader) -> None:
    resource, name = reader.resource, reader.resource.message.name
    if resource.identity.name not in reader.left:
        return
    what = f"the request's field {resource.identity.name}"
    if resource.is_integer:
        raise RefusedError(f"{what} would be the new {name}'s number, and those the store gives")
    noun_id = f"{snake(name)}_id"
    raise RefusedError(
        f"{what} would be the new {name}'s whole name, and a create proposes its {noun_id} (AIP-133)"
    )


def _refuse_too_little(reader: RequestReader, pairs: Sequence[tuple[str, str]]) -> None:
    resource, name = reader.resource, reader.resource.message.name
    if not pairs:
        raise RefusedError(f"the request holds no {name} and none of its fields")
    given = {own for _, own in pairs} | {resource.identity.name, *resource.server_fields}
    needed = (f.name for f in resource.message.fields if "REQUIRED" in f.behaviors and f.name not in given)
    if missing := next(needed, None):
        raise RefusedError(f"the request has no field {missing}, which {a(name)} requires")


def get(reader: RequestReader) -> StandardMethod:
    """AIP-131: the identity, a `read_mask`."""
    _take_key(reader)
    reader.take("read_mask", ("read_mask",), is_mask)
    reader.finish()
    return made("get", reader)


def delete(reader: RequestReader) -> StandardMethod:
    """AIP-135: the identity; `etag`, `force`, `allow_missing`, `validate_only`."""
    _take_key(reader)
    _take_etag(reader)
    for name in ("force", "allow_missing", "validate_only"):
        reader.take(name, (name,), is_flag)
    reader.finish()
    return made("delete", reader)


def undelete(reader: RequestReader) -> StandardMethod:
    """AIP-164: the identity; `etag`, `validate_only`."""
    if not reader.resource.delete_time:
        raise RefusedError(f"{a(reader.resource.message.name)} has no delete_time (AIP-164)")
    _take_key(reader)
    _take_etag(reader)
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.finish()
    return made("undelete", reader)


def update(reader: RequestReader) -> StandardMethod:
    """AIP-134: the resource, or its identity and its fields; a mask; `etag`, `allow_missing`, `validate_only`."""
    resource, name = reader.resource, reader.resource.message.name
    flat = not reader.take_payload()
    if not reader.take_identity() and flat:
        raise RefusedError(f"the request has neither {a(name)} nor its {resource.identity.name}")
    reader.take_parent(paired=flat)
    reader.take("mask", ("update_mask", "field_mask", "mask"), is_mask)
    _take_etag(reader)
    pairs = reader.take_pairs() if flat else ()
    if not resource.is_integer:
        reader.take("allow_missing", ("allow_missing",), is_flag)
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.finish()
    if flat and not pairs:
        raise RefusedError(f"the request holds no {name} and none of its fields")
    bound = [binding.verb for method in reader.methods for binding in method.bindings]
    replaces = "mask" not in reader.slots and bool(bound) and set(bound) == {"PUT"}
    return made("update", reader, fields=pairs, replaces=replaces)


def list_(reader: RequestReader) -> StandardMethod:
    """AIP-132: the parent, pages, `filter`, `order_by`, `show_deleted`, `read_mask`, fields that have to be equal."""
    resource = reader.resource
    own = {each.name for each in resource.message.fields}
    reader.take_parent(paired=True)
    reader.take("page_size", [name for name in SIZES if name not in own], is_integer)
    reader.take("page_token", ("page_token",), is_text)
    reader.take("skip", [name for name in SKIPS if name not in own], is_integer)
    reader.take("page", [name for name in PAGES if name not in own], is_integer)
    reader.take("filter", ("filter",), is_text)
    reader.take("order_by", ("order_by",), is_text)
    reader.take("read_mask", ("read_mask",), is_mask)
    if resource.delete_time:
        reader.take("show_deleted", ("show_deleted",), is_flag)
    reader.left.pop("return_partial_success", None)  # AIP-217: one store is never reached in part
    equals = reader.take_pairs(equal=True)
    reader.finish()
    ways = [reader.slots[way] for way in ("page_token", "skip", "page") if way in reader.slots]
    if "page" in reader.slots and len(ways) > 1:
        raise RefusedError(f"the request's fields {' and '.join(ways)} say in two ways where a page begins")
    return made("list", reader, equals=equals)


def _take_key(reader: RequestReader) -> None:
    """Takes the identity, and beside an id that of its parent."""
    resource = reader.resource
    if not reader.take_identity():
        raise RefusedError(
            f"the request has no {resource.identity.name}, which names {a(resource.message.name)}"
        )
    if not resource.patterns:
        reader.take_parent()


def _take_etag(reader: RequestReader) -> None:
    if reader.resource.etag:
        reader.take("etag", ("etag",), is_text)
