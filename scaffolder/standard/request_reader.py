"""Takes the fields of a request one after the other, by what they mean; a field that is left refuses the method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.standard import patterns
from scaffolder.standard.fields import (
    RefusedError,
    Test,
    holds,
    is_single,
    is_text,
    same_type,
)
from scaffolder.standard.model import INTEGERS, Resource
from scaffolder.standard.resources import aliases
from scaffolder.standard.words import a, fold

SEARCHES = frozenset({"q", "query", "search", "keyword", "keywords", "text"})
"""Words of a search, whose rules are nobody's but the service's, even where a resource has a field of that name."""
EQUAL = INTEGERS | {Kind.STRING, Kind.ENUM, Kind.BOOL, Kind.UINT64}
"""Kinds of fields that a list may ask to be equal."""


@dataclass(slots=True)
class RequestReader:
    """Takes the fields of a request one by one; those that nothing takes are left.

    `methods` are the RPCs with this request, whose paths tell which field is a parent; `slots` are fields of a
    `StandardMethod`. `alike` tells whether two fields hold the same. `compares` is true once its fields were taken as
    those that have to be equal.
    """

    request: Message
    resource: Resource
    methods: Sequence[Method] = ()
    alike: Callable[[Field, Field], bool] = same_type
    left: dict[str, Field] = field(init=False)
    slots: dict[str, str] = field(default_factory=dict)
    compares: bool = field(default=False, init=False)

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

    def refuse_ancestors(self) -> None:
        """Refuses ids in every path beside the identity and the parent's: they would be compared, and not be set."""
        own = {each.name for each in self.resource.message.fields}
        for name in self.left:
            if name in own & self._in_paths():
                named = f"the {self.resource.message.name}'s and its parent's"
                raise RefusedError(
                    f"the request's field {name} is an id in the path, and only {named} are compared"
                )

    def take_pairs(self, *, equal: bool = False) -> tuple[tuple[str, str], ...]:
        """Takes the fields that the resource has as well, with the same name and type: (request's, resource's).

        What a client cannot set is taken and left out, as AIP-203 has it for OUTPUT_ONLY. With `equal` only what a list
        can compare.
        """
        own = {each.name: each for each in self.resource.message.fields}
        self.compares = equal
        alike = same_type if equal else self.alike
        found = []
        for name, each in [*self.left.items()]:
            other = own.get(name)
            if other is None or other is self.resource.identity or not alike(each, other):
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
            raise RefusedError(self._reason(each), [*self.left])

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
        elif called in _NEEDS and not (called == "etag" and self.resource.etag):
            why = _NEEDS[called].format(name)
        else:
            why = self._useless(each)
        return f"the request's field {each.name} {why}"

    def _useless(self, each: Field) -> str:
        """Why a field that the resource may have as well is of no use here."""
        own = next((f for f in self.resource.message.fields if f.name == each.name), None)
        if own is None:
            return "is nothing that a store knows"
        if not (same_type if self.compares else self.alike)(each, own):
            return f"has another type than that of {a(self.resource.message.name)}"
        if not self.compares:
            return f"is one of {a(self.resource.message.name)}, and of no use here"
        if each.kind is Kind.BOOL and is_single(each):
            return "would find what is false wherever it is not set: make it optional"
        return (
            "holds nothing that a list can compare: that is a text, an integer, an enum or an optional bool"
        )


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
