"""Reasons for errors that enums declare, by the options of scaffold/errors.proto or of Kratos' errors/errors.proto."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scaffolder.contract.model import Enum, ErrorReason
from scaffolder.contract.options import Options
from scaffolder.contract.source_info import SourceInfo, varint
from scaffolder.diagnostics import Diagnostic, Location

# google/rpc/code.proto: the codes in their order, with the HTTP status that its comments give for each.
CODES = {
    "OK": 200,
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}
_NAMES = tuple(CODES)

# Kratos' transport/http/status: what its servers and clients take for what; any other is UNKNOWN.
_OF_HTTP = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ErrorReader:
    """Reads the reasons of one file's enums; what is wrong with them gathers in `problems`, what is odd in `doubts`."""

    def __init__(self, info: SourceInfo, options: Options) -> None:
        self.problems: list[Diagnostic] = []
        self.doubts: list[Diagnostic] = []
        self._info = info
        self._options = options.error_options

    def read(self, enum: Any, values: bytes) -> tuple[ErrorReason, ...]:
        """The reasons of `enum`, an EnumDescriptorProto whose values are located at `values`."""
        if not self._options:
            return ()
        if self._has(enum, "scaffold.errors") or any(self._has(v, "scaffold.status") for v in enum.value):
            read = self._own
        elif self._has(enum, "errors.default_code") or any(self._has(v, "errors.code") for v in enum.value):
            read = self._kratos
        else:
            return ()
        found = (read(enum, value, values + varint(index)) for index, value in enumerate(enum.value))
        return tuple(filter(None, found))

    def _own(self, enum: Any, value: Any, path: bytes) -> ErrorReason | None:
        given = self._has(value, "scaffold.status")
        if not given and value.number == 0 and value.name.endswith("_UNSPECIFIED"):
            return None
        status = self._get(value, "scaffold.status", 0) if given else 0
        if not 0 < status < len(_NAMES):
            what = "says no status" if not given else "has the status OK, which is no error's"
            hint = "write one behind it: [(scaffold.status) = NOT_FOUND]"
            self._report("error-status", f"the reason {value.name} {what}", hint, path)
            return None
        http = self._get(value, "scaffold.http", 0) or CODES[_NAMES[status]]
        if not 400 <= http <= 599:
            message = f"the reason {value.name} has the HTTP status {http}, which is no error's"
            self._report("error-status", message, "HTTP's errors are 400 to 599", path)
            return None
        return self._reason(value, path, _NAMES[status], http, self._get(enum, "scaffold.domain", ""))

    def _kratos(self, enum: Any, value: Any, path: bytes) -> ErrorReason | None:
        code = self._get(value, "errors.code", 0) or self._get(enum, "errors.default_code", 0)
        if code == 0:  # protoc-gen-go-errors has no error for such a value either
            return None
        if not 0 <= code <= 600:
            message = f"the reason {value.name} has the code {code}, and Kratos knows 0 to 600"
            self._report(
                "error-status", message, "errors.code is a status of HTTP, 400 to 599 for an error", path
            )
            return None
        name = _OF_HTTP.get(code, "UNKNOWN")
        if not 400 <= code <= 599:
            message = f"the reason {value.name} has the code {code}, which is no error's in HTTP"
            hint = "500 answers for it; errors.code is a status of HTTP, 400 to 599 for an error"
            self.doubts.append(
                Diagnostic("error-status", message, hint, self._info.location(path), "warning")
            )
            code = 500
        return self._reason(value, path, name, code, self._get(enum, "errors.domain", ""))

    def _reason(self, value: Any, path: bytes, code: str, http: int, domain: str) -> ErrorReason:
        comment, location = self._info.comment(path), self._info.location(path)
        return ErrorReason(value.name, code, http, domain, comment, location)

    def _has(self, proto: Any, name: str) -> bool:
        option = self._options.get(name)
        return option is not None and proto.HasField("options") and proto.options.HasExtension(option)

    def _get(self, proto: Any, name: str, default: Any) -> Any:
        return proto.options.Extensions[self._options[name]] if self._has(proto, name) else default

    def _report(self, code: str, message: str, hint: str, path: bytes) -> None:
        self.problems.append(Diagnostic(code, message, hint, self._info.location(path)))


def contradictions(enums: Iterable[Enum]) -> Iterator[Diagnostic]:
    """Reasons that two enums declare differently: who sees one on the wire could not tell which of them it is."""
    first: dict[str, ErrorReason] = {}
    for reason in (reason for enum in enums for reason in enum.errors):
        other = first.setdefault(reason.reason, reason)
        if (other.code, other.http, other.domain) != (reason.code, reason.http, reason.domain):
            yield Diagnostic(
                "same-reason",
                f"{reason.reason} is {_status(reason)} here, and {_status(other)} at {_place(other.location)}",
                "declare both alike, or give one of them another name",
                reason.location,
            )


def _status(reason: ErrorReason) -> str:
    status = reason.code if CODES[reason.code] == reason.http else f"{reason.code} ({reason.http})"
    return f"{status} of {reason.domain}" if reason.domain else status


def _place(location: Location | None) -> str:
    return str(location) if location else "another place"
