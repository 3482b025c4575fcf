"""A bound on what the server keeps of an HTTP request that is not complete."""

from __future__ import annotations

from ..errors import InvalidArgumentError
from ..status import to_json
from .protocol import HttpProtocol
from .reply import JSON


def bounded(limit: int) -> type[HttpProtocol]:
    """The protocol for heads of at most about `limit` bytes, which refuses longer ones before their end: 414
    where the target is what is long, else 431 (RFC 9110, section 15.5.15, and RFC 6585, section 5).

    The parser gathers an unfinished target, header field or trailer in memory, however long it gets.
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
            # Only where no other answer is on its way over this connection.
            if self.cycle is None or self.cycle.response_complete:
                status, reason, what = 431, "Request Header Fields Too Large", "header fields are"
                if len(self.url) > limit // 2:
                    status, reason, what = 414, "URI Too Long", "path and query are"
                body = to_json(InvalidArgumentError(f"the {what} too long"), "", status)
                head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: {JSON.decode()}\r\nconnection: close\r\n"
                self.transport.write(head.encode() + b"content-length: %d\r\n\r\n%s" % (len(body), body))
            self.transport.close()

    return Bounded
