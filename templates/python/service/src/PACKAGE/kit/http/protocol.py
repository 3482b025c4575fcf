"""uvicorn's HTTP/1.1 protocol, with streams that end as they should.

To an HTTP/1.0 client, nginx in front of a service for one unless it is told otherwise, a stream ends where the
connection does: it does not know chunks, and must not be sent any (RFC 9112, section 6.1).
"""

from __future__ import annotations

import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class HttpProtocol(HttpToolsProtocol):
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.scope["http_version"] == "1.0":
            app = _without_chunks(cycle, app)
        super()._start_asgi_task(cycle, app)

    def eof_received(self) -> None:
        # The connection closes now, but only after what is to be written: for ever, where nobody reads it.
        if self.cycle is not None and not self.cycle.response_complete and self.flow.write_paused:
            self.transport.abort()

    def _unsupported_upgrade_warning(self) -> None:
        """A client's wish, which the application answers; nothing is missing here."""


def _without_chunks(cycle: RequestResponseCycle, app: Any) -> Any:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        async def unchunked(message: Any) -> None:
            if message["type"] == "http.response.start":
                if all(name != b"content-length" for name, _ in message["headers"]):
                    cycle.chunked_encoding = False
            elif cycle.chunked_encoding is False and not cycle.expected_content_length:
                cycle.expected_content_length = len(message["body"])
            await send(message)

        await app(scope, receive, unchunked)
        if cycle.response_started and not cycle.response_complete and not cycle.disconnected:
            # The connection closes now, which would look like the end of what has broken off: reset it instead.
            connection = cycle.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer
