"""Server-sent events (WHATWG HTML, section "Server-sent events"): their text, and how a stream of them ends.

An EventSource connects again whenever its connection ends. Two things keep it from running a finished stream
anew: the event `end`, at which a page calls `close()`, and its id, which an EventSource that did not sends
back as Last-Event-ID and is answered 204, the one status that makes it give up.
"""

from __future__ import annotations

import re

_END_ID = "end"
_LINE_END = re.compile(rb"\r\n|\r|\n")

PING = b": ping\n\n"


def event(data: bytes, name: str = "", identifier: str = "") -> bytes:
    """One event; without a `name` it is of the type "message". Every line of `data` (UTF-8) is one of its own."""
    head = f"event: {name}\n" if name else ""
    if identifier:
        head += f"id: {identifier}\n"
    lines = _LINE_END.split(data)
    return head.encode() + b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"


def end() -> bytes:
    """The event of a stream that is complete."""
    return event(b"{}", "end", _END_ID)


def failure(error: bytes, *, again: bool) -> bytes:
    """The event of a stream that failed; `again` where it makes sense that the client connects once more."""
    return event(error, "error", "" if again else _END_ID)


def is_over(last_event_id: str | None) -> bool:
    """Whether a client that sends this Last-Event-ID has seen its stream end."""
    return last_event_id == _END_ID
