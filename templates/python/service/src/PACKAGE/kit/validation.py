"""The layer that holds every request to the rules of its contract (buf.validate), by protovalidate.

Each message that a client sends is checked, those of a stream as they come. All that is wrong with it is told
at once: INVALID_ARGUMENT with a google.rpc.BadRequest, one violation for each rule, in the order of the fields.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache

import protovalidate
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from .details import FieldViolation, subscript
from .errors import InvalidArgumentError
from .middleware import check_requests
from .rpc import BoundMethod

_validator = protovalidate.Validator()  # compiles the rules of a message once; safe to share


def validate_requests(bound: BoundMethod) -> BoundMethod:
    """A layer for the `middleware` of wiring.py; put what says who calls before it.

    Rules that cannot be compiled stop the start: protovalidate.CompilationError.
    """
    _compile(bound.method.request.DESCRIPTOR)
    return replace(check_requests(bound, validate), violations=violations)


def validate(message: Message) -> None:
    """Raises InvalidArgumentError with all that the rules of the message's type have against it."""
    if found := violations(message):
        raise InvalidArgumentError.of(found)


def violations(message: Message) -> list[FieldViolation]:
    """All that the rules of the message's type have against it."""
    found = _validator.collect_violations(message)
    # A map has no order of its own, and gRPC and HTTP fill it differently.
    return [_violation(each.proto) for each in sorted(found, key=_place)] if found else []


@cache
def _compile(descriptor: Descriptor) -> None:
    """Compiles the rules of a message's type and of all that it may hold, which else happens when one comes."""
    pending, seen = [descriptor], {descriptor}
    while pending:
        descriptor = pending.pop()
        with suppress(protovalidate.EvaluationError):  # of an empty message, which nobody has sent
            _validator.collect_violations(message_factory.GetMessageClass(descriptor)())
        found = {field.message_type for field in descriptor.fields if field.message_type} - seen
        seen |= found
        pending += found


def _place(violation: protovalidate.Violation) -> list[tuple[int, int, str]]:
    """Sorts by the fields' numbers, then by index or key; what concerns a message as a whole comes first."""
    path = violation.proto.field
    return [(element.field_number, *_subscript(element)) for element in path.elements] if path else []


def _subscript(element: protovalidate.FieldPathElementPb) -> tuple[int, str]:
    if element.subscript is None:
        return -1, ""
    value = element.subscript.value
    return (0, value) if isinstance(value, str) else (value, "")


def _violation(violation: protovalidate.ViolationPb) -> FieldViolation:
    description = violation.message or f"breaks the rule {violation.rule_id}"
    if violation.for_key:
        description = f"the key {description}"
    path = violation.field.elements if violation.field else ()
    return FieldViolation(".".join(map(_step, path)), description, violation.rule_id)


def _step(element: protovalidate.FieldPathElementPb) -> str:
    return element.field_name + ("" if element.subscript is None else subscript(element.subscript.value))
