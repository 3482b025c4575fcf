"""A bound on what the server keeps of an HTTP request that is not complete, and the answer to what is none."""

from __future__ import annotations

from ..errors import InvalidArgumentError
from ..status import to_json
from .protocol import HttpProtocol
from .reply import JSON

_PARSED = 2**16 - 1  # bytes of a target that the parser can take apart


def bounded(limit: int, domain: str) -> type[HttpProtocol]:
    """The protocol for heads of at most about `limit` bytes, which refuses longer ones before their end: 414
    where the target is what is long, else 431 (RFC 9110, section 15.5.15, and RFC 6585, section 5).

    The parser gathers an unfinished target, header field or trailer in memory, however long it gets. `domain` is that
    of the errors (AIP-193).
    """

    class Bounded(HttpProtocol):
        _gathered = 0  # bytes since the parser last completed a part of a request
        _completed = True
        url = b""

        def data_received(self, data: bytes) -> None:
            self._completed = False
            super().data_received(data)
            self._gathered = 0 if self._completed else self._gathered + len(data)
            if self._gathered > limit and not self.transport.is_closing():
                self._refuse()

        def on_message_begin(self) -> None:
            self._completed = True
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._completed = True
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self._completed = True
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._completed = True
            super().on_message_complete()

        def _refuse(self) -> None:
            if not self._has_long_target():
                self._answer(431, "Request Header Fields Too Large", "the header fields are too long")

        def send_400_response(self, msg: str) -> None:
            if not self._has_long_target():
                self._answer(400, "Bad Request", "this is no HTTP request")

        def _has_long_target(self) -> bool:
            is_long = len(self.url) > min(limit // 2, _PARSED)
            if is_long:
                self._answer(414, "URI Too Long", "the path and query are too long")
            return is_long

        def _answer(self, status: int, reason: str, message: str) -> None:
            # Only where no other answer is on its way over this connection.
            if self.cycle is None or self.cycle.response_complete:
                body = to_json(InvalidArgumentError(message), domain, status)
                head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: {JSON.decode()}\r\nconnection: close\r\n"
                self.transport.write(head.encode() + b"content-length: %d\r\n\r\n%s" % (len(body), body))
            self.transport.close()

    return Bounded
