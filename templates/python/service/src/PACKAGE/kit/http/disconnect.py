"""Cancelling the work for an HTTP client that has gone away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

# Most calls are over by then, and need no listener. Seconds.
_LISTEN_AFTER = 0.01


@asynccontextmanager
async def cancelled_on_disconnect(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> AsyncIterator[None]:
    """Cancels the block when `receive` reports that the client disconnected, and then ends without an error.

    A cancellation from elsewhere passes through.
    """
    task = asyncio.current_task()
    assert task is not None  # an ASGI application runs in one
    gone = False
    listener: asyncio.Task[None] | None = None

    async def listen() -> None:
        nonlocal gone
        # What is left of a body that nobody asked for comes first.
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        task.cancel()

    def start() -> None:
        nonlocal listener
        listener = asyncio.create_task(listen())

    timer = asyncio.get_running_loop().call_later(_LISTEN_AFTER, start)
    try:
        yield
    except asyncio.CancelledError:
        if not gone:
            raise
        task.uncancel()
    finally:
        timer.cancel()
        if listener is not None:
            listener.cancel()
