"""google.api.HttpBody as the body of a binding, by google/api/httpbody.proto alone: its bytes under its type."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..descriptors import Rule
from .encode import HttpCall
from .sent import Sent
from .strangers import Answer

_NAME = "google.api.HttpBody"
_HEADER_VALUE = re.compile(r"[!-~]+( +[!-~]+)*\Z")


def takes(descriptor: Any, rule: Rule) -> bool:
    """Whether the requests of a binding have such a body."""
    return bool(rule.body) and _is_raw(descriptor, rule.body.replace("*", ""))


def answers(descriptor: Any, rule: Rule) -> bool:
    """Whether its responses have."""
    return _is_raw(descriptor, rule.response_body)


def encode(call: HttpCall, message: Any, rule: Rule) -> HttpCall:
    found = _at(message, rule.body.replace("*", ""))
    return replace(call, body=found.data, content_type=found.content_type)


def constrain(message: Any, rule: Rule) -> None:
    _sendable(_at(message, rule.body.replace("*", "")))


def settled(sent: Sent) -> Sent:
    """The same with what its bindings can carry both ways: no extensions, a type that is a header's value, and for
    a stream at most one message, since bytes do not say where one ends.
    """
    rules = sent.rpc.rules
    requests, responses = ([_copy(each) for each in side] for side in (sent.requests, sent.responses))
    for rule in rules:
        for request in requests:
            if takes(request.DESCRIPTOR, rule):  # what is absent, and what has no bytes, are the same to it
                _at(request, rule.body.replace("*", "")).SetInParent()
        if any(answers(response.DESCRIPTOR, rule) for response in responses):
            responses = responses[:1]
            found = _at(responses[0], rule.response_body)
            _sendable(found)
            found.data = found.data or b"\0{"
    return replace(sent, requests=requests, responses=responses)


def read(rule: Rule, answer: Answer, kind: type[Any], *, stream: bool) -> list[Any]:
    """The one response that a body is, or of a stream without any bytes, none."""
    assert answer.status == 200, f"{answer.status} instead of 200: {answer.body[:500]!r}"
    if stream and not answer.body:
        return []
    message = kind()
    found = _at(message, rule.response_body)
    found.content_type, found.data = answer.content_type, answer.body
    return [message]


def _sendable(body: Any) -> None:
    body.ClearField("extensions")
    if not _HEADER_VALUE.match(body.content_type):
        body.content_type = "application/x-corpus; charset=utf-8"


def _is_raw(descriptor: Any, name: str) -> bool:
    if name:
        field = descriptor.fields_by_name[name]
        return not field.is_repeated and field.message_type is not None and _is_raw(field.message_type, "")
    return bool(descriptor.full_name == _NAME)


def _at(message: Any, name: str) -> Any:
    return getattr(message, name) if name else message


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
