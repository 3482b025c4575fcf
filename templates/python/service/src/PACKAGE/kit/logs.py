"""Logging: structlog through the standard library's, one line per event on standard output.

Both kinds of logger (`structlog.get_logger()`, `logging.getLogger()`) end in the same handler, and every line
written while a call is served carries its request id and method.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from . import access_log
from .config import Section
from .context import current


class LogConfig(Section):
    """`level` is the lowest one written; `format` is json for machines, console for a person."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


def configure(config: LogConfig) -> None:
    """Sets up logging for the whole process, replacing what was set up before."""
    shared: list[Processor] = [
        _add_call,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()], processors=_rendering(config)
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(config.level.upper())
    access_log.write_json_to(sys.stdout if config.format == "json" else None, root.level)
    # It reports every start and stop, as lifecycle does.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def _rendering(config: LogConfig) -> list[Processor]:
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if config.format == "console":
        return [*last, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), timestamp_key="time")]
    return [*last, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _add_call(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    context = current.get()
    if context is not None:
        event.setdefault("method", context.method)
        event.setdefault("request_id", context.request_id)
    return event
