"""What is wrong with a JSON value, and where. `Fault` stays inside the codec; callers see InvalidArgumentError."""

from __future__ import annotations

import json
from typing import Any

_MAX_SHOWN = 60
_MAX_PART = 100
_MAX_PATH = 300


class Fault(Exception):
    """`description` says it in the words of JSON; the path is collected from the inside out."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description
        self._parts: list[str] = []

    def inside_field(self, name: str) -> Fault:
        """The value is that of a field: `name` is the contract's, or what was given where it has none."""
        self._parts.append(f".{_short(name, _MAX_PART)}")
        return self

    def inside_item(self, index: int) -> Fault:
        """The value is an item of an array, counted from 0."""
        self._parts.append(f"[{index}]")
        return self

    def inside_key(self, key: str) -> Fault:
        """The value stands in a map, or in a Struct, under `key`."""
        self._parts.append(f"[{shown(key)}]")
        return self

    @property
    def path(self) -> str:
        """`order.items[2].quantity`, `labels["a"]`; "" where the value as a whole is wrong. At most 300 characters."""
        return _short("".join(reversed(self._parts)).removeprefix("."), _MAX_PATH)


def shown(value: Any) -> str:
    """A value as JSON, cut to some 60 characters; of an object or an array only what it is."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "an array"
    if isinstance(value, str):
        value = value[: _MAX_SHOWN + 1]
        return _short(json.dumps(value, ensure_ascii=False), _MAX_SHOWN)
    if isinstance(value, int) and value.bit_length() > 256:
        return "a number of many digits"
    return json.dumps(value, default=lambda other: type(other).__name__)


def is_encodable(text: str) -> bool:
    """False for a text with half a surrogate pair, which JSON can escape and UTF-8 cannot hold."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else text[:limit] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()
