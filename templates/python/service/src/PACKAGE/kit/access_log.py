"""The access log: one line for every call that ended.

As JSON it is written directly, because a line through structlog and logging costs a third of a small call; otherwise,
for a person, it goes the way of all other lines. Either way it has the same fields.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

import structlog

from .context import Context
from .errors import Code, ServiceError

_log = structlog.stdlib.get_logger("access")

# Codes that mean a defect of this service, not of a call.
_DEFECTS = frozenset((Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS))


class _Direct:
    """Where JSON lines go, and the lowest level that is written; no stream until `logs.configure` sets one."""

    stream: TextIO | None = None
    level: int = logging.INFO


def write_json_to(stream: TextIO | None, level: int) -> None:
    """From now on lines of `level` (logging.INFO, …) and above are JSON on `stream`; None: back to structlog."""
    _Direct.stream, _Direct.level = stream, level


def record(context: Context, code: Code, failure: ServiceError | None, seconds: float) -> None:
    """Writes the line of one call."""
    fields: dict[str, object] = {
        "transport": context.transport,
        "code": code.name,
        "ms": round(seconds * 1000, 3),
        "peer": context.peer,
    }
    if failure is not None:
        fields["error"] = failure.message
    level = logging.ERROR if code in _DEFECTS else logging.INFO
    if _Direct.stream is None:
        _log.log(level, "call", **fields)
    elif level >= _Direct.level:
        _write(_Direct.stream, context, level, fields)


def _write(stream: TextIO, context: Context, level: int, fields: dict[str, object]) -> None:
    fields["event"] = "call"
    fields["method"] = context.method
    fields["request_id"] = context.request_id
    fields["logger"] = "access"
    fields["level"] = "error" if level == logging.ERROR else "info"
    fields["time"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    try:
        stream.write(json.dumps(fields) + "\n")
        stream.flush()
    except (OSError, ValueError):
        # Nobody reads the log any more, or it is closed: no reason to fail a call.
        return
