"""Errors on the wire: google.rpc.Status in gRPC's trailing metadata, its JSON over HTTP (AIP-193).

Both carry the same: code, message, ErrorInfo, then the error's details. A detail whose
type the reader does not know stays a google.protobuf.Any, or, where it came as JSON alone, a Struct.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from google.protobuf import any_pb2, descriptor_pool, message_factory, struct_pb2
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped,unused-ignore]

from .details import retry_info
from .errors import Code, InvalidArgumentError, ServiceError, error_for
from .protojson import codec

DETAILS_KEY = "grpc-status-details-bin"

Types = Mapping[str, type[ServiceError]]
"""The classes of the errors that a contract declares, by reason."""

NO_TYPES: Types = {}

_PREFIX = "type.googleapis.com/"
_SECONDS = re.compile(r"[0-9]{1,9}\Z")

# A gRPC client takes 8 KiB of metadata by default, and with more the caller would lose the whole status. What
# is not ours (`:status`, `content-type`, `grpc-status`, `x-request-id`, 32 bytes for each entry) has its share.
_METADATA = 8192
_RESERVED = 768
_MAX_MESSAGE = 2048


def wire_message(error: ServiceError) -> str:
    """The error's message as it may travel: bounded, and without what UTF-8 cannot hold.

    gRPC escapes what is not ASCII (percent-encoding), so that such a text is up to nine times as long there.
    """
    message = error.message[:_MAX_MESSAGE].encode("utf-8", "replace").decode("utf-8")
    while (excess := _escaped_length(message) - _MAX_MESSAGE) > 0:
        message = message[: -max(excess // 12, 1)]
    return message


def to_trailers(error: ServiceError, domain: str) -> tuple[tuple[str, bytes], ...]:
    """Trailing metadata for a gRPC status.

    `domain` is the service's name. What would not fit into a client's 8 KiB of metadata is left out from the
    end, detail by detail; of a BadRequest, its last violations, and of an ErrorInfo, its metadata.
    """
    message = wire_message(error)
    encoded = (_METADATA - _RESERVED - _escaped_length(message)) * 3 // 4  # base64
    status = status_pb2.Status(code=error.code.value, message=message, details=_packed(error, domain))
    while status.details and status.ByteSize() > encoded:
        _shorten(status, status.ByteSize() - encoded)
    return ((DETAILS_KEY, status.SerializeToString()),)


def from_grpc(
    code: int, message: str, trailers: Iterable[tuple[str, str | bytes]], types: Types = NO_TYPES
) -> ServiceError:
    """The error for a gRPC status, with the reason and the details that came with it."""
    details: list[any_pb2.Any] = []
    for key, value in trailers:
        if key == DETAILS_KEY and isinstance(value, bytes):
            details = _details(value)
    known = Code(code) if code in Code._value2member_map_ else Code.UNKNOWN
    return _error(known, message, [_unpacked(detail) for detail in details], types)


def to_json(error: ServiceError, domain: str, status: int | None = None) -> bytes:
    """The body of an HTTP error response; `status` where HTTP knows better than the error."""
    fields: dict[str, Any] = {
        "code": status or error.http_status,
        "message": wire_message(error),
        "status": error.code.name,
    }
    fields["details"] = [_any_to_json(detail) for detail in _packed(error, domain)]
    return json.dumps({"error": fields}).encode()


def from_http(status: int, body: bytes, types: Types = NO_TYPES, retry_after: str = "") -> ServiceError:
    """The error for an HTTP response that is not a success, whether or not a kit server wrote it.

    `retry_after` is the header of that name, which counts (in seconds) where the body says nothing of it.
    """
    try:
        error = from_json(json.loads(body)["error"], types, http_status=status)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        error = error_for(Code.from_http(status), f"HTTP {status}", http_status=status)
    if error.retry_after is None and _SECONDS.match(retry_after):
        error.details += (retry_info(timedelta(seconds=int(retry_after))),)
    return error


def from_json(error: Any, types: Types = NO_TYPES, *, http_status: int | None = None) -> ServiceError:
    """The error for the object under "error"; KeyError or TypeError when it is something else."""
    try:
        code = Code[error["status"]]
    except KeyError:
        code = Code.from_http(int(error["code"]))
    details = [_detail_from_json(detail) for detail in error.get("details", ()) if isinstance(detail, dict)]
    status = int(error.get("code", 0)) or None if http_status is None else http_status
    return _error(code, str(error["message"]), details, types, status)


def _error(
    code: Code, message: str, details: list[Message], types: Types, http_status: int | None = None
) -> ServiceError:
    """The first ErrorInfo among the details is the reason; it decides the class."""
    info: Any = next((d for d in details if isinstance(d, error_details_pb2.ErrorInfo)), None)
    if info is None:
        return error_for(code, message, details=details, http_status=http_status)
    return error_for(
        code,
        message,
        reason=info.reason,
        metadata=dict(info.metadata),
        domain=info.domain,
        details=[detail for detail in details if detail is not info],
        http_status=http_status,
        kind=types.get(info.reason),
    )


def _packed(error: ServiceError, domain: str) -> list[any_pb2.Any]:
    info = error_details_pb2.ErrorInfo(
        reason=error.reason or error.code.reason, domain=error.domain or domain, metadata=error.metadata
    )
    is_own = not error.reason and error.detail(error_details_pb2.ErrorInfo) is not None
    return [_pack(detail) for detail in (*([] if is_own else [info]), *error.details)]


def _pack(detail: Message) -> any_pb2.Any:
    if isinstance(detail, any_pb2.Any):
        return detail
    return any_pb2.Any(
        type_url=_PREFIX + detail.DESCRIPTOR.full_name, value=detail.SerializeToString(deterministic=True)
    )


def _unpacked(detail: any_pb2.Any) -> Message:
    """The message inside, where this process has its type."""
    kind = _type_of(detail.type_url)
    if kind is None:
        return detail
    try:
        return kind.FromString(detail.value)
    except DecodeError:
        return detail


def _type_of(type_url: str) -> type[Message] | None:
    try:
        found = descriptor_pool.Default().FindMessageTypeByName(type_url.rpartition("/")[2])
    except KeyError:
        return None
    return message_factory.GetMessageClass(found)


def _details(status: bytes) -> list[any_pb2.Any]:
    try:
        return list(status_pb2.Status.FromString(status).details)
    except DecodeError:
        return []


def _shorten(status: Any, excess: int) -> None:
    """Takes the last detail out of a google.rpc.Status, or of a BadRequest what is `excess` bytes too long.

    An ErrorInfo stays, without its metadata.
    """
    last = status.details.pop()
    info: Any = error_details_pb2.ErrorInfo()
    if last.Is(info.DESCRIPTOR) and last.Unpack(info) and info.metadata:
        info.ClearField("metadata")
        status.details.append(_pack(info))
        return
    if last.type_url != f"{_PREFIX}google.rpc.BadRequest":
        return
    found: Any = error_details_pb2.BadRequest()
    try:
        found.MergeFromString(last.value)
    except DecodeError:
        return
    while excess > 0 and len(found.field_violations):
        excess -= found.field_violations.pop().ByteSize()
    if len(found.field_violations):
        status.details.append(_pack(found))


def _escaped_length(message: str) -> int:
    return len(quote(message, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"))


def _any_to_json(detail: any_pb2.Any) -> dict[str, Any]:
    """The JSON of an Any (proto3 JSON mapping); what this process has no type for keeps its bytes, in base64."""
    try:
        found: dict[str, Any] = codec.to_value(detail)
    except ValueError:
        return {"@type": detail.type_url, "value": base64.b64encode(detail.value).decode()}
    return found


def _detail_from_json(detail: dict[str, Any]) -> Message:
    type_url = str(detail.get("@type", ""))
    if _type_of(type_url) is not None:
        packed = any_pb2.Any()
        with suppress(InvalidArgumentError):
            codec.merge(detail, packed, ignore_unknown=True)
            return _unpacked(packed)
    if detail.keys() == {"@type", "value"} and isinstance(detail["value"], str):
        with suppress(ValueError):
            value = base64.b64decode(detail["value"], validate=True)
            return _unpacked(any_pb2.Any(type_url=type_url, value=value))
    unknown = struct_pb2.Struct()
    unknown.update(detail)
    return unknown
