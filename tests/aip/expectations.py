"""What a check expects of answers; it fails where an answer is another one."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from .transports import Answer


class FailedError(Exception):
    """The service breaks the rule."""


class Expectations:
    """The expectations, for checks to call."""

    __slots__ = ()

    def ok(self, answer: Answer) -> Any:
        """The response of a call that has to succeed."""
        if answer.code != "OK":
            raise FailedError(f"expected OK, not {answer.code}: {answer.text}")
        return answer.message

    def refused(self, answer: Answer, *codes: str, field: str = "") -> Answer:
        """A call that has to fail with one of the codes, and with a violation of `field` where one is named."""
        if answer.code not in codes:
            raise FailedError(f"expected {' or '.join(codes)}, not {answer.code}")
        if field and field not in answer.violations:
            raise FailedError(f"expected a BadRequest that names {field}, not {answer.violations}")
        return answer

    def same(self, got: Any, expected: Any, *, ignoring: Iterable[str] = (), what: str = "it") -> None:
        """Two messages that have to be equal, but for some fields."""
        one, other = type(got)(), type(got)()
        one.CopyFrom(got)
        other.CopyFrom(expected)
        for name in ignoring:
            if name in one.DESCRIPTOR.fields_by_name:
                one.ClearField(name)
                other.ClearField(name)
        if one != other:
            names = [f.name for f in one.DESCRIPTOR.fields if _of(one, f) != _of(other, f)]
            shown = "; ".join(
                f"{n}: {shortened(str(getattr(one, n)))} for {shortened(str(getattr(other, n)))}"
                for n in names
            )
            raise FailedError(f"{what} differs in {shown}")

    def true(self, condition: object, message: str) -> None:
        """What has to be so."""
        if not condition:
            raise FailedError(message)

    def quick(self, answer: Answer, seconds: float = 3.0) -> None:
        """An answer that may not take long."""
        self.true(answer.seconds < seconds, f"answered after {answer.seconds:.1f} s")

    def age(self, timestamp: Any) -> float:
        """Seconds since a google.protobuf.Timestamp."""
        now = time.time()
        return float(now - timestamp.seconds - timestamp.nanos / 1e9)


def put(message: Any, path: str, value: Any) -> None:
    """Sets the field at a dotted path: a scalar, a message, or a list or dict that replaces what is there."""
    *above, last = path.split(".")
    for name in above:
        message = getattr(message, name)
    descriptor = message.DESCRIPTOR.fields_by_name[last]
    if value is None:
        message.ClearField(last)
    elif isinstance(value, dict):
        message.ClearField(last)
        getattr(message, last).update(value)
    elif isinstance(value, list):
        message.ClearField(last)
        getattr(message, last).extend(value)
    elif descriptor.message_type is not None:
        getattr(message, last).CopyFrom(value)
    else:
        setattr(message, last, value)


def at(message: Any, path: str) -> Any:
    """The value at a dotted path."""
    for name in path.split("."):
        message = getattr(message, name)
    return message


def _of(message: Any, descriptor: FieldDescriptor) -> Any:
    """A field's value for comparing: an optional one that is not set is none."""
    if descriptor.has_presence and not message.HasField(descriptor.name):
        return None
    return getattr(message, descriptor.name)


def shortened(text: str) -> str:
    return text if len(text) <= 400 else f"{text[:390]}… ({len(text)} characters)"
