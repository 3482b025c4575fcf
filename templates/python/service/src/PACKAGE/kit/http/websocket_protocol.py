"""uvicorn's WebSocket protocol, with an end that the application takes part in.

As it comes, a server that stops closes every connection at once, and a handler that is slower than its client
has the connection closed for the pong that waits, unread, behind the client's messages.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LOST = "connection_lost"
"""The extension of the scope that holds a future, done once the connection is lost.

ASGI's own event for it comes after all messages before it, whether anybody takes them or not.
"""

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class WebSocketProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lost: asyncio.Future[None] = self.loop.create_future()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
            extensions[LOST] = self._lost

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            # A line longer than the library takes, 8 KiB: its answer to that would be left unsent.
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.close_sent = True
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self._lost.done():
            self._lost.set_result(None)

    def eof_received(self) -> None:
        # The connection closes now, but only after what is to be written: for ever, where nobody reads it.
        if not self.writable.is_set():
            self.transport.abort()

    def shutdown(self) -> None:
        """Leaves a call in flight its grace; the application says the last word."""
        if self.close_sent:
            super().shutdown()

    def send_keepalive_ping(self) -> None:
        super().send_keepalive_ping()
        if self.read_paused:
            self._ping_again()

    def keepalive_timeout(self) -> None:
        if self.read_paused:
            self._ping_again()
            return
        super().keepalive_timeout()
        if not self.writable.is_set():
            # It does not read either, so that the closing would wait for it for ever.
            self.transport.abort()

    def _ping_again(self) -> None:
        """Without a deadline, as the answer may wait unread; a ping to a client that is gone ends the connection."""
        if self.pong_timer is not None:
            self.pong_timer.cancel()
            self.pong_timer = None
            self.schedule_ping()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # else it reports that the application forgot to
