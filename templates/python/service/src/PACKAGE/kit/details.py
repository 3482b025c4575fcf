"""What an error says besides its code, message and reason: the messages of google/rpc/error_details.proto.

One function for each of them, so that biz/ needs no protobuf; `ServiceError(…, details=[…])` takes what they
give, and any other message that both sides know. Details reach the caller as they are: no secrets in them.
ErrorInfo is not among them: `ServiceError.reason`, `metadata` and `domain` are its fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message
from google.rpc import error_details_pb2 as rpc  # type: ignore[import-untyped,unused-ignore]


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One thing that is wrong with a request.

    `field` is a path in the contract's own names, "order.items[0].quantity" or 'labels["a"]', "" for the
    request as a whole; `reason` is an identifier for programs, a rule's for instance.
    """

    field: str
    description: str
    reason: str = ""


def subscript(key: str | int) -> str:
    """The index or map key of a field's path, `[0]`, `["a"]`, `[true]`: as buf.validate.FieldPath writes it."""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def bad_request(violations: Iterable[FieldViolation]) -> Message:
    """BadRequest: what is wrong with the request, field by field."""
    return _message(
        rpc.BadRequest(
            field_violations=[
                rpc.BadRequest.FieldViolation(field=v.field, description=v.description, reason=v.reason)
                for v in violations
            ]
        )
    )


def retry_info(delay: timedelta) -> Message:
    """RetryInfo: how long to wait before the same call again; HTTP has it as Retry-After as well."""
    found = rpc.RetryInfo()
    found.retry_delay.FromTimedelta(max(delay, timedelta(0)))
    return _message(found)


def precondition_failure(*violations: tuple[str, str, str]) -> Message:
    """PreconditionFailure: (type, subject, description) of each, ("TOS", "example.com", "not accepted")."""
    keys = ("type", "subject", "description")
    parts = [rpc.PreconditionFailure.Violation(**dict(zip(keys, v, strict=True))) for v in violations]
    return _message(rpc.PreconditionFailure(violations=parts))


def quota_failure(*violations: tuple[str, str]) -> Message:
    """QuotaFailure: (subject, description) of each, ("project:1", "10 calls a minute")."""
    parts = [rpc.QuotaFailure.Violation(subject=s, description=d) for s, d in violations]
    return _message(rpc.QuotaFailure(violations=parts))


def resource_info(resource_type: str, name: str, *, owner: str = "", description: str = "") -> Message:
    """ResourceInfo: which resource it is about."""
    return _message(
        rpc.ResourceInfo(
            resource_type=resource_type, resource_name=name, owner=owner, description=description
        )
    )


def help_links(links: Mapping[str, str]) -> Message:
    """Help: where to read on, URLs by what they lead to."""
    return _message(rpc.Help(links=[rpc.Help.Link(description=text, url=url) for text, url in links.items()]))


def localized_message(locale: str, message: str) -> Message:
    """LocalizedMessage: a text for the user, in the language of `locale` ("fr-CH")."""
    return _message(rpc.LocalizedMessage(locale=locale, message=message))


def request_info(request_id: str, serving_data: str = "") -> Message:
    """RequestInfo: what the caller may attach when it reports the failure."""
    return _message(rpc.RequestInfo(request_id=request_id, serving_data=serving_data))


def debug_info(detail: str, stack: Iterable[str] = ()) -> Message:
    """DebugInfo: for callers inside; it must not leave the house."""
    return _message(rpc.DebugInfo(stack_entries=list(stack), detail=detail))


def _message(found: Any) -> Message:
    """The same; google.rpc's modules carry no types."""
    message: Message = found
    return message
