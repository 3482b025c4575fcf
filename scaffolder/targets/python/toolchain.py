"""Which runtime the generated code needs: protoc's output refuses to run on anything older than what made it.

The versions stand in that output, so they follow whatever toolchain is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TESTED = {"grpcio": "1.85.1", "protobuf": "7.35.1", "protobuf_pin": "7.36.2"}
"""What the constraints of generated projects were tested with; `protobuf_pin` is the runtime to install."""

_MARKS = {
    "grpcio": re.compile(r"^GRPC_GENERATED_VERSION = '([\d.]+)'", re.M),
    "protobuf": re.compile(r"^# Protobuf Python Version: ([\d.]+)", re.M),
}


def toolchain(emitted: Iterable[str]) -> dict[str, str]:
    """The oldest `grpcio` and `protobuf` that run the texts, and the version of protobuf to pin."""
    found = dict(TESTED)
    missing = dict(_MARKS)
    for text in emitted:
        for name, mark in list(missing.items()):
            if match := mark.search(text):
                found[name] = match[1]
                del missing[name]
        if not missing:
            break
    found["protobuf_pin"] = max(found["protobuf"], found["protobuf_pin"], key=_numbers)
    return found


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
