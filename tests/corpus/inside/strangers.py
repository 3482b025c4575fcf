"""Clients that share no code with the project: a bare gRPC channel, the standard library's HTTP client, websockets."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import json_format
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ..descriptors import Rpc, Rule
from .encode import HttpCall
from .recorder import CALL_HEADER

_TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes
    content_type: str = ""


class Strangers:
    """Both clients. Belongs to one thread."""

    def __init__(self, grpc_port: int, http_port: int | None) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{grpc_port}")
        self._http_port = http_port
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()
        if self._connection is not None:
            self._connection.close()

    def grpc(self, rpc: Rpc, number: str, requests: list[bytes]) -> list[bytes]:
        """The responses, as bytes."""
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): self._channel.unary_unary,
            (False, True): self._channel.unary_stream,
            (True, False): self._channel.stream_unary,
            (True, True): self._channel.stream_stream,
        }
        call = kinds[rpc.client_streaming, rpc.server_streaming](rpc.path)
        request = iter(requests) if rpc.client_streaming else requests[0]
        answer = call(request, timeout=_TIMEOUT, metadata=((CALL_HEADER, number),))
        return list(answer) if rpc.server_streaming else [answer]

    def http(self, call: HttpCall, number: str) -> Answer:
        headers = {CALL_HEADER: number}
        if call.body is not None:
            headers["content-type"] = call.content_type
        if self._connection is None:
            assert self._http_port is not None
            self._connection = http.client.HTTPConnection("127.0.0.1", self._http_port, timeout=_TIMEOUT)
        self._connection.request(call.verb, call.target, call.body, headers)
        response = self._connection.getresponse()
        return Answer(response.status, response.read(), response.getheader("content-type", ""))

    def websocket(self, target: str, number: str, frames: list[str]) -> Answer:
        """Sends the frames; the answer's status is the code that the server closes with, its body one line a frame."""
        url = f"ws://127.0.0.1:{self._http_port}{target}"
        lines = []
        with connect(url, additional_headers={CALL_HEADER: number}, open_timeout=_TIMEOUT) as connection:
            for frame in frames:
                connection.send(frame)
            try:
                while True:
                    lines.append(str(connection.recv(timeout=_TIMEOUT)))
            except ConnectionClosed as closed:
                status = closed.rcvd.code if closed.rcvd is not None else 0
        return Answer(status, "\n".join(lines).encode())


def read_answer(rule: Rule, answer: Answer, kind: type[Any], pool: Any) -> list[Any]:
    """The one response that a body holds; AssertionError where it is not the JSON that it should be."""
    _expect(answer, 200)
    return [_message(json.loads(answer.body), rule, kind, pool)]


def read_stream(rule: Rule, answer: Answer, kind: type[Any], pool: Any, *, status: int = 200) -> list[Any]:
    """The responses of a stream, one a line."""
    _expect(answer, status)
    # Not splitlines, which would cut at U+2028.
    lines = [json.loads(line) for line in answer.body.split(b"\n") if line]
    assert all(set(line) == {"result"} for line in lines), answer.body[:500]
    return [_message(line["result"], rule, kind, pool) for line in lines]


def _expect(answer: Answer, status: int) -> None:
    shown = answer.body[:500].decode(errors="replace")
    assert answer.status == status, f"{answer.status} instead of {status}: {shown}"


def _message(value: Any, rule: Rule, kind: type[Any], pool: Any) -> Any:
    message = kind()
    if rule.response_body:
        value = {rule.response_body: value}
    json_format.ParseDict(value, message, descriptor_pool=pool)
    return message
