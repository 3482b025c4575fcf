"""Errors on the wire: google.rpc.Status in gRPC's trailing metadata, the JSON error of AIP-193 over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped,unused-ignore]

from .errors import Code, ServiceError, error_for

DETAILS_KEY = "grpc-status-details-bin"

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"

# Metadata is bounded (8 KiB by default in grpc) and an overlong message would cost the caller the whole
# status.
_MAX_MESSAGE = 2048


def wire_message(error: ServiceError) -> str:
    """The error's message as it may travel: bounded, and without what UTF-8 cannot hold."""
    return error.message[:_MAX_MESSAGE].encode("utf-8", "replace").decode("utf-8")


def to_trailers(error: ServiceError, domain: str) -> tuple[tuple[str, bytes], ...]:
    """Trailing metadata for a gRPC status; empty for an error without a reason. `domain`: the service's
    name.
    """
    if not error.reason:
        return ()
    status = status_pb2.Status(code=error.code.value, message=wire_message(error))
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=domain, metadata=error.metadata)
    status.details.add().Pack(info)
    return ((DETAILS_KEY, status.SerializeToString()),)


def from_grpc(code: int, message: str, trailers: Iterable[tuple[str, str | bytes]]) -> ServiceError:
    """The error for a gRPC status, with the reason that came in its details."""
    info: Any = error_details_pb2.ErrorInfo()
    for key, value in trailers:
        if key == DETAILS_KEY and isinstance(value, bytes):
            _read_info(value, info)
    known = Code(code) if code in Code._value2member_map_ else Code.UNKNOWN
    return error_for(known, message, reason=info.reason, metadata=dict(info.metadata))


def to_json(error: ServiceError, domain: str, status: int | None = None) -> bytes:
    """The body of an HTTP error response; `status` where HTTP knows better than the code's own mapping."""
    fields: dict[str, Any] = {
        "code": status or error.code.http,
        "message": wire_message(error),
        "status": error.code.name,
    }
    if error.reason:
        info = {"reason": error.reason, "domain": domain, "metadata": error.metadata}
        fields["details"] = [{"@type": _ERROR_INFO, **info}]
    return json.dumps({"error": fields}).encode()


def from_http(status: int, body: bytes) -> ServiceError:
    """The error for an HTTP response that is not a success, whether or not a kit server wrote it."""
    try:
        return from_json(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return error_for(Code.from_http(status), f"HTTP {status}")


def from_json(error: Any) -> ServiceError:
    """The error for the object under "error"; KeyError or TypeError when it is something else."""
    try:
        code = Code[error["status"]]
    except KeyError:
        code = Code.from_http(int(error["code"]))
    details = error.get("details", ())
    info: dict[str, Any] = next((detail for detail in details if detail.get("@type") == _ERROR_INFO), {})
    reason, metadata = str(info.get("reason", "")), dict(info.get("metadata", {}))
    return error_for(code, str(error["message"]), reason=reason, metadata=metadata)


def _read_info(details: bytes, info: Any) -> None:
    try:
        for detail in status_pb2.Status.FromString(details).details:
            if detail.Unpack(info):
                return
    except DecodeError:
        return
