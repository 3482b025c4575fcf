"""The layer that refuses a request without the fields that its contract calls REQUIRED (AIP-203), or proto2 `required`.

A field with presence is missing where it is not set; text, bytes, repeated fields and maps where they are empty. A
number, a boolean or an enum without presence is never missing, since 0 cannot be told from nothing: declare it
`optional` to have it checked. Of a oneof with fields that are REQUIRED any field will do, as it can hold one only. What
the server sets itself (OUTPUT_ONLY) is not asked for.

Where a request has a google.protobuf.FieldMask, only its own fields are checked and not those of the messages in it,
which then are parts of something (AIP-134). So it is with the requests in a batch (AIP-234), and these need not repeat
a `parent` that the batch has (AIP-233).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.message import Message

from .details import FieldViolation, subscript
from .errors import InvalidArgumentError
from .middleware import check_requests
from .rpc import BoundMethod

_FIELD_MASK = "google.protobuf.FieldMask"
_REQUESTS, _PARENT = "requests", "parent"
_TEXT = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)


def require_fields(bound: BoundMethod) -> BoundMethod:
    """A layer for the `middleware` of wiring.py; put what says who calls before it."""
    check = _check(bound.method.request.DESCRIPTOR)
    if check is None:
        return bound
    return check_requests(bound, lambda request: _require(check, request, bound))


@dataclass(slots=True)
class _Check:
    """What to look for in a message: the fields and oneofs that have to be there, and the fields to look into."""

    required: list[FieldDescriptor] = field(default_factory=list)
    oneofs: list[OneofDescriptor] = field(default_factory=list)
    inside: list[tuple[FieldDescriptor, _Check]] = field(default_factory=list)

    def missing(self, message: Message, above: str = "") -> Iterator[str]:
        """The paths of the fields that are not there."""
        for required in self.required:
            value = getattr(message, required.name)
            if not (message.HasField(required.name) if required.has_presence else value):
                yield above + required.name
        for oneof in self.oneofs:
            if message.WhichOneof(oneof.name) is None:
                yield above + oneof.name
        for container, check in self.inside:
            inherited = container.name == _REQUESTS and bool(getattr(message, _PARENT, ""))
            for place, value in _messages(message, container):
                for path in check.missing(value, f"{above}{place}."):
                    if not (inherited and path == f"{above}{place}.{_PARENT}"):
                        yield path


def _require(check: _Check, request: Message, bound: BoundMethod) -> None:
    if missing := list(check.missing(request)):
        found = [FieldViolation(path, "is required", "required") for path in missing]
        told = {(each.field, each.reason) for each in found}
        others = bound.violations(request) if bound.violations else []
        raise InvalidArgumentError.of(
            [*found, *(each for each in others if (each.field, each.reason) not in told)]
        )


@cache
def _check(descriptor: Descriptor) -> _Check | None:
    """None where nothing in a message, at any depth, is required."""
    found: dict[Descriptor, _Check] = {}
    _collect(descriptor, found)
    useful = {each for each, check in found.items() if check.required or check.oneofs}
    while more := {d for d in found if d not in useful and any(inner in useful for _, inner in _below(d))}:
        useful |= more
    for each, check in found.items():
        check.inside = [(container, found[inner]) for container, inner in _below(each) if inner in useful]
    return found[descriptor] if descriptor in useful else None


def _collect(descriptor: Descriptor, found: dict[Descriptor, _Check]) -> None:
    if descriptor not in found:
        found[descriptor] = _of_fields(descriptor)
        for _, inner in _below(descriptor):
            _collect(inner, found)


def _of_fields(descriptor: Descriptor) -> _Check:
    """What a message's own fields ask for."""
    check = _Check()
    for each in filter(_is_required, descriptor.fields):
        oneof = each.containing_oneof
        if oneof is None or len(oneof.fields) == 1:  # as that of an `optional` field
            check.required.append(each)
        elif oneof not in check.oneofs:
            check.oneofs.append(oneof)
    return check


def _below(descriptor: Descriptor) -> list[tuple[FieldDescriptor, Descriptor]]:
    """The fields with messages to look into, and these messages' types; none beside a mask."""
    found = [(each, inner) for each in descriptor.fields if (inner := _inside(each)) is not None]
    return [] if any(inner.full_name == _FIELD_MASK for _, inner in found) else found


def _inside(container: FieldDescriptor) -> Descriptor | None:
    """The type of the messages in a field, None for a field without."""
    inner = container.message_type
    if inner is not None and inner.GetOptions().map_entry:
        return inner.fields_by_name["value"].message_type
    return inner


def _messages(message: Message, container: FieldDescriptor) -> Iterator[tuple[str, Any]]:
    """The messages in a field with their places: `item`, `items[0]`, `labels["a"]`."""
    value: Any = getattr(message, container.name)
    inner = container.message_type
    if inner is not None and inner.GetOptions().map_entry:
        yield from ((f"{container.name}{subscript(key)}", value[key]) for key in sorted(value))
    elif container.is_repeated:
        yield from ((f"{container.name}{subscript(index)}", item) for index, item in enumerate(value))
    elif message.HasField(container.name):
        yield container.name, value


def _is_required(each: FieldDescriptor) -> bool:
    options: Any = each.GetOptions()  # extensions of other packages have no types that fit protobuf's
    behaviors = set(options.Extensions[field_behavior_pb2.field_behavior])
    if field_behavior_pb2.OUTPUT_ONLY in behaviors:
        return False
    if field_behavior_pb2.REQUIRED not in behaviors:
        return each.is_required
    return each.has_presence or each.is_repeated or each.type in _TEXT
