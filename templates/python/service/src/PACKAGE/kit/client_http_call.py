"""One call over HTTP, whichever client makes it: what is sent, and what the answer means."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic
from urllib.parse import urlencode

import httpx2

from . import raw_body, status, transcoding
from .errors import InvalidArgumentError, ServiceError, UnknownError
from .raw_body import RawBody
from .rpc import HttpBinding, Method, Res, rpc_binding

# "*" stands for any method, and which of them has no route of its own there only the server knows; the answer
# to HEAD has no body.
_NOT_FOR_CALLS = ("*", "HEAD")


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A call as HTTP, by the first binding that can carry it, else by the RPC's own path, which can carry
    anything; `reason` is then why none of its bindings can. `seconds` is None for no limit.
    """

    binding: HttpBinding
    verb: str
    path: str
    query: list[tuple[str, str]]
    body: bytes | None
    headers: dict[str, str]
    seconds: float | None
    reason: InvalidArgumentError | None

    def build(self, client: httpx2.Client | httpx2.AsyncClient) -> httpx2.Request:
        return client.build_request(
            self.verb,
            f"{self.path}?{urlencode(self.query)}" if self.query else self.path,
            content=self.body,
            headers=self.headers,
            timeout=self.seconds,
        )


def encode(
    method: Method[Any, Any], request: Any, timeout: float | None, metadata: Mapping[str, str]
) -> HttpCall:
    """The call of a request. Raises InvalidArgumentError where not even the RPC's own path can carry it."""
    reason: InvalidArgumentError | None = None
    for binding in (*method.bindings, rpc_binding(method)):
        if binding.verb in _NOT_FOR_CALLS:
            continue
        raw = raw_body.in_request(method, binding)
        try:
            verb, path, query, body = transcoding.encode_request(method, binding, request, raw=raw)
        except InvalidArgumentError as error:
            reason = reason or error
            continue
        accept = "*/*" if raw_body.in_response(method, binding) else "application/json"
        headers = {"accept": accept, **headers_for(timeout, metadata)}
        content_type = body.content_type if isinstance(body, RawBody) else "application/json"
        if body is not None and content_type:
            headers["content-type"] = content_type
        return HttpCall(binding, verb, path, query, body, headers, seconds_of(timeout), reason)
    raise reason or InvalidArgumentError("the request cannot be written as JSON")


def seconds_of(timeout: float | None) -> float | None:
    """None for no limit, which infinity is as well."""
    return None if timeout is None or math.isinf(timeout) else timeout


def headers_for(timeout: float | None, metadata: Mapping[str, str]) -> dict[str, str]:
    """The caller's, and the one by which the server gives up when this side does."""
    seconds = seconds_of(timeout)
    if seconds is None:
        return dict(metadata)
    return {**metadata, "grpc-timeout": f"{max(math.ceil(seconds * 1000), 1)}m"}


def response_of(method: Method[Any, Res], call: HttpCall, response: httpx2.Response) -> Res:
    """The message that the answer holds; raises the error that it is, UnknownError for what is neither."""
    if not response.is_success:
        raise failure_of(method, call, response, response.content)
    try:
        if raw_body.in_response(method, call.binding):
            return _raw(method, call, response, response.content)
        return transcoding.decode_response(method, call.binding, json.loads(response.content))
    except ValueError as error:
        raise UnknownError(f"HTTP {response.status_code} with an unexpected body: {error}") from error


def _raw(method: Method[Any, Res], call: HttpCall, response: httpx2.Response, data: bytes) -> Res:
    value = RawBody(data, response.headers.get("content-type", ""))
    return transcoding.decode_response(method, call.binding, value)


def failure_of(
    method: Method[Any, Any], call: HttpCall, response: httpx2.Response, body: bytes
) -> ServiceError:
    """The error for an answer that is not a success."""
    retry_after = response.headers.get("retry-after", "")
    error = status.from_http(response.status_code, body, method.errors, retry_after)
    if response.status_code in (404, 405):  # perhaps a server without paths for RPCs
        error.__cause__ = call.reason
    return error


class Messages(Generic[Res]):
    """A stream's messages: a line each, or raw, where they are cut is anybody's choice."""

    def __init__(self, method: Method[Any, Res], call: HttpCall, response: httpx2.Response) -> None:
        self._method = method
        self._call = call
        self._response = response
        self._lines = None if raw_body.in_response(method, call.binding) else _Lines()

    def feed(self, chunk: bytes) -> Iterator[Res]:
        """The messages that `chunk` completes."""
        if self._lines is None:
            yield _raw(self._method, self._call, self._response, chunk)
            return
        for line in self._lines.feed(chunk):
            yield read_line(self._method, self._call.binding, line)

    def end(self) -> Iterator[Res]:
        """What the end of the stream completes."""
        for line in self._lines.end() if self._lines is not None else ():
            yield read_line(self._method, self._call.binding, line)


class _Lines:
    """A stream's lines, which end with a line feed alone: JSON may hold U+2028, where str.splitlines cuts."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes."""
        self._rest += chunk
        if b"\n" not in chunk:  # a long line is searched once
            return []
        *lines, rest = self._rest.split(b"\n")
        self._rest = rest
        return [bytes(line) for line in lines]

    def end(self) -> list[bytes]:
        """What stands behind the last line feed, if anything does."""
        return [bytes(self._rest)] if self._rest else []


def read_line(method: Method[Any, Res], binding: HttpBinding, line: str | bytes) -> Res:
    """The message that a line, or a frame, of a stream holds; raises the error where it holds one."""
    try:
        found = json.loads(line)
        if "error" in found:
            raise status.from_json(found["error"], method.errors)
        return transcoding.decode_response(method, binding, found["result"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownError("a line of the stream is neither a result nor an error") from error


def only(responses: list[Res]) -> Res:
    """The one response of a call that has one."""
    if len(responses) != 1:
        raise UnknownError(f"the server sent {len(responses)} responses instead of one")
    return responses[0]
