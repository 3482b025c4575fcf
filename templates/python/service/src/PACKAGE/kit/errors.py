"""Failures that an RPC can end with: one class per gRPC status code, the same on servers and in clients.

A handler raises one of them; each transport renders it: gRPC as a status (code, message, details), HTTP as
the JSON error of AIP-193. The rules in biz/ may raise a `DomainError` instead, which knows no status. Any other
exception becomes INTERNAL and its text stays in the server's log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum
from typing import ClassVar, Self, TypeVar

from google.protobuf.message import Message
from google.rpc import error_details_pb2  # type: ignore[import-untyped,unused-ignore]

from .details import FieldViolation, bad_request, retry_info

M = TypeVar("M", bound=Message)


class Code(Enum):
    """The canonical status codes (google/rpc/code.proto); `http` is the status that file maps each one to."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @property
    def http(self) -> int:
        return _HTTP[self]

    @property
    def reason(self) -> str:
        """The reason of an error that was given none: its name, as AIP-193 wants one of every error."""
        return "INVALID_REQUEST" if self is Code.INVALID_ARGUMENT else self.name

    @classmethod
    def from_http(cls, status: int) -> Code:
        """The code for a bare HTTP status, from a proxy for instance, that came without one."""
        if 200 <= status < 300:
            return cls.OK
        return _FROM_HTTP.get(status, cls.UNKNOWN)


_HTTP = {
    Code.OK: 200,
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}

# Where several codes share a status, the one that claims least.
_FROM_HTTP = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    405: Code.UNIMPLEMENTED,
    408: Code.DEADLINE_EXCEEDED,
    409: Code.ABORTED,
    413: Code.RESOURCE_EXHAUSTED,
    415: Code.INVALID_ARGUMENT,
    429: Code.RESOURCE_EXHAUSTED,
    499: Code.CANCELLED,
    500: Code.INTERNAL,
    501: Code.UNIMPLEMENTED,
    502: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
    504: Code.DEADLINE_EXCEEDED,
}


class ServiceError(Exception):
    """The base of all of them; catch it to handle any failed call.

    `message` is for the developer who calls, in English, without secrets. `reason` is a stable
    UPPER_SNAKE_CASE word that programs may branch on, `metadata` its parameters, and `domain` whose word it is
    ("" for the service's own): the three travel as google.rpc.ErrorInfo (AIP-193), with `code.reason` where there
    is none. `details` are further messages for the caller, see `details`; `retry_after` is one of them, RetryInfo.
    `http_status` is the HTTP status, `code.http` where it is not given.
    """

    code: Code = Code.UNKNOWN

    def __init__(
        self,
        message: str = "",
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        domain: str = "",
        details: Iterable[Message] = (),
        retry_after: timedelta | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.metadata = {key: str(value) for key, value in (metadata or {}).items()}
        self.domain = domain
        self.details = tuple(details) if retry_after is None else (*details, retry_info(retry_after))
        self.http_status = self.code.http if http_status is None else http_status

    def detail(self, kind: type[M]) -> M | None:
        """The first of the details that is a message of that class."""
        return next((detail for detail in self.details if isinstance(detail, kind)), None)

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait before the same call again; None where nothing was said."""
        found = self.detail(error_details_pb2.RetryInfo)
        return None if found is None else found.retry_delay.ToTimedelta()

    @property
    def violations(self) -> list[FieldViolation]:
        """What is wrong with the request, field by field; empty where nothing was said."""
        found = [detail for detail in self.details if isinstance(detail, error_details_pb2.BadRequest)]
        return [
            FieldViolation(each.field, each.description, each.reason)
            for detail in found
            for each in detail.field_violations
        ]

    def __repr__(self) -> str:
        reason = f", reason={self.reason!r}" if self.reason else ""
        return f"{type(self).__name__}({self.message!r}{reason})"


class DomainError(Exception):
    """A rule of the domain that a call would break, without a word on how callers are told.

    Derive a class for each, with its `reason` (UPPER_SNAKE_CASE); service/errors.py says which status that is.
    `metadata` are the reason's parameters, as text: `raise OutOfStockError("only 2 left", sku=sku, left=2)`.
    """

    reason: ClassVar[str] = ""
    domain: ClassVar[str] = ""

    def __init__(self, message: str = "", **metadata: object) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


class CancelledError_(ServiceError):  # asyncio.CancelledError is something else
    """The caller gave up, or went away."""

    code = Code.CANCELLED


class UnknownError(ServiceError):
    """A failure that says nothing about itself, usually from a foreign server."""

    code = Code.UNKNOWN


class InvalidArgumentError(ServiceError):
    """The request is wrong, whatever the state of the system; the message names the field."""

    code = Code.INVALID_ARGUMENT

    @classmethod
    def of(cls, violations: Iterable[FieldViolation], *, reason: str = "INVALID_REQUEST") -> Self:
        """All that is wrong at once, as google.rpc.BadRequest; the message is the first and counts the rest.

        `reason` is the error's own, for callers that ask for one word only (AIP-193).
        """
        found = list(violations)
        first = found[0] if found else FieldViolation("", "invalid request")
        message = f"{first.field}: {first.description}" if first.field else first.description
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return cls(message + more, reason=reason, details=[bad_request(found)])

    @classmethod
    def field(cls, field: str, description: str, *, reason: str = "") -> Self:
        """One field that is wrong: `InvalidArgumentError.field("order.id", "must be set")`.

        The message is "order.id: must be set"; `reason` is the violation's.
        """
        return cls.of([FieldViolation(field, description, reason)])


class DeadlineExceededError(ServiceError):
    """The time that the caller allowed is over; the work may have been done all the same."""

    code = Code.DEADLINE_EXCEEDED


class NotFoundError(ServiceError):
    """The entity does not exist."""

    code = Code.NOT_FOUND


class AlreadyExistsError(ServiceError):
    """The entity to create exists."""

    code = Code.ALREADY_EXISTS


class PermissionDeniedError(ServiceError):
    """The caller is known, and may not."""

    code = Code.PERMISSION_DENIED


class ResourceExhaustedError(ServiceError):
    """A quota or a limit is used up."""

    code = Code.RESOURCE_EXHAUSTED


class FailedPreconditionError(ServiceError):
    """The system is not in the state that the call needs; repeating it unchanged will not help."""

    code = Code.FAILED_PRECONDITION


class AbortedError(ServiceError):
    """A conflict with a concurrent call; repeat the whole read-modify-write."""

    code = Code.ABORTED


class OutOfRangeError(ServiceError):
    """Past the end, for now: valid in another state of the system."""

    code = Code.OUT_OF_RANGE


class UnimplementedError(ServiceError):
    """The method does nothing yet. Takes the method's full name and makes a sentence of it."""

    code = Code.UNIMPLEMENTED

    def __init__(self, method: str) -> None:
        super().__init__(f"{method} is not implemented")


class InternalError(ServiceError):
    """The server broke one of its own rules."""

    code = Code.INTERNAL


class UnavailableError(ServiceError):
    """The server cannot be reached, or is shutting down; repeating later may help."""

    code = Code.UNAVAILABLE


class DataLossError(ServiceError):
    """Data is lost or corrupt, beyond repair."""

    code = Code.DATA_LOSS


class UnauthenticatedError(ServiceError):
    """The caller did not say who it is, or not convincingly."""

    code = Code.UNAUTHENTICATED


_CLASSES: dict[Code, type[ServiceError]] = {cls.code: cls for cls in ServiceError.__subclasses__()}


def error_for(
    code: Code,
    message: str,
    *,
    reason: str = "",
    metadata: Mapping[str, str] | None = None,
    domain: str = "",
    details: Iterable[Message] = (),
    http_status: int | None = None,
    kind: type[ServiceError] | None = None,
) -> ServiceError:
    """The error of the class for `code`, or of the class `kind`, as received from a server."""
    cls = kind or _CLASSES.get(code, UnknownError)
    error = cls.__new__(cls)
    error.code = code  # a server of another version may have another one for the reason
    ServiceError.__init__(
        error,
        message,
        reason=reason,
        metadata=metadata,
        domain=domain,
        details=details,
        http_status=http_status,
    )
    return error
