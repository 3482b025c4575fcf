"""The access log: one line for every call that ended.

As JSON it is written directly, because a line through structlog and logging costs a third of a small call; otherwise,
for a person, it goes the way of all other lines. Either way it has the same fields.
"""

from __future__ import annotations

import json
import logging
import time
from functools import lru_cache
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
    defect = code in _DEFECTS
    level = logging.ERROR if defect else logging.INFO
    if _Direct.stream is None:
        fields: dict[str, object] = {} if failure is None else {"error": failure.message}
        ms = round(seconds * 1000, 3)
        transport, peer = context.transport, context.peer
        _log.log(level, "call", transport=transport, code=code.name, ms=ms, peer=peer, **fields)
    elif level >= _Direct.level:
        _write(_Direct.stream, _line(context, code, failure, seconds, "error" if defect else "info"))


def _line(context: Context, code: Code, failure: ServiceError | None, seconds: float, level: str) -> str:
    """The fields as JSON; only what a caller has a say in needs quoting."""
    error = "" if failure is None else f'"error": {json.dumps(failure.message)}, '
    return (
        f'{{"transport": "{context.transport}", "code": "{code.name}", "ms": {seconds * 1000:.3f}, '
        f'"peer": {json.dumps(context.peer)}, {error}"event": "call", "method": "{context.method}", '
        f'"request_id": {json.dumps(context.request_id)}, "logger": "access", "level": "{level}", '
        f'"time": "{_now()}"}}\n'
    )


def _write(stream: TextIO, line: str) -> None:
    try:
        stream.write(line)
        stream.flush()
    except (OSError, ValueError):
        # Nobody reads the log any more, or it is closed: no reason to fail a call.
        return


def _now() -> str:
    """The time in UTC to the microsecond (ISO 8601)."""
    seconds, fraction = divmod(time.time(), 1)
    return f"{_second(int(seconds))}.{int(fraction * 1e6):06d}Z"


@lru_cache(maxsize=1)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
