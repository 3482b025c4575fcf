"""What a WebSocket client sends, as far as the handler is ready for it; and its going away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..errors import InvalidArgumentError, ServiceError
from .request import Receive

# How much may wait for the handler, in characters, beyond which nothing is read. A frame counts as more than
# its text, because an empty one takes memory as well.
_WAITING = 65536
_FRAME = 64

_AFTER_THE_END = InvalidArgumentError("a message after the end of the stream")

# RFC 6455, section 7.4.1.
UNSUPPORTED_DATA = 1003


class Frames:
    """The client's text frames in order, an async iterator that an empty one ends.

    `gone` once the client has left; `refused` is what was wrong with a frame, and the close code for it (None
    for that of the error).
    """

    def __init__(self, receive: Receive, lost: asyncio.Future[None] | None) -> None:
        self._receive = receive
        self._lost = lost
        self._waiting: deque[str] = deque()
        self._size = 0
        self._ended = False
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._task = asyncio.current_task()
        self.gone = False
        self.refused: tuple[ServiceError, int | None] | None = None

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._some.clear()
            await self._some.wait()
        text = self._waiting.popleft()
        self._size -= len(text) + _FRAME
        if self._size < _WAITING:
            self._room.set()
        return text

    def end(self) -> None:
        """From here on the client has nothing more to say; what it says all the same is refused."""
        self._ended = True
        if self._waiting:
            self._refuse(_AFTER_THE_END)

    def leave(self, lost: object = None) -> None:
        """The client is known to have left."""
        known = self.gone or self.refused is not None
        self.gone = True
        if not known:
            self._cancel()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Reads during the block, which is cancelled, and ends without an error, where `gone` or `refused`.

        A cancellation from elsewhere passes through.
        """
        assert self._task is not None  # an ASGI application runs in one
        reader = asyncio.create_task(self._read())
        if self._lost is not None:
            self._lost.add_done_callback(self.leave)
        try:
            yield
        except asyncio.CancelledError:
            if not self.gone and self.refused is None:
                raise
            self._task.uncancel()
        finally:
            reader.cancel()
            if self._lost is not None:
                self._lost.remove_done_callback(self.leave)

    async def _read(self) -> None:
        while (event := await self._receive())["type"] != "websocket.disconnect":
            text = event.get("text")
            if text is None:
                return self._refuse(
                    InvalidArgumentError("a binary frame; send JSON as text"), UNSUPPORTED_DATA
                )
            if self._ended:
                if text:
                    return self._refuse(_AFTER_THE_END)
            else:
                await self._put(text)
        self.leave()

    async def _put(self, text: str) -> None:
        if text:
            self._waiting.append(text)
            self._size += len(text) + _FRAME
        else:
            self._ended = True
        self._some.set()
        if self._size >= _WAITING:
            self._room.clear()
            await self._room.wait()

    def _refuse(self, error: ServiceError, close_code: int | None = None) -> None:
        self.refused = error, close_code
        self._cancel()

    def _cancel(self) -> None:
        assert self._task is not None
        self._task.cancel()
