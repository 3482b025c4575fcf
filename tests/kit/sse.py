"""A parser of event streams, written from the specification (WHATWG HTML, section "Interpreting an event stream")."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    type: str
    data: str
    last_id: str


def parse(text: bytes) -> list[Event]:
    """The events that are dispatched; what is not ended by an empty line is not."""
    events, name, data, last_id = [], "", "", ""
    for line in re.split("\r\n|\r|\n", text.decode("utf-8-sig"))[:-1]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append(Event(name or "message", data.removesuffix("\n"), last_id))
            name = data = ""
        elif field == "event":
            name = value
        elif field == "data":
            data += value + "\n"
        elif field == "id" and "\0" not in value:
            last_id = value
    return events
