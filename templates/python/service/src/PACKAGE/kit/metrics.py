"""Prometheus metrics of the calls served and of the cache, and the text that /metrics answers with.

Metrics of your own go into prometheus_client's default registry, as its documentation shows: `exposition`
holds both.
"""

from __future__ import annotations

from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)

from .context import Transport
from .errors import Code

# A registry of its own, because the default one refuses a name twice, and two services may share a test
# process.
_CALLS = CollectorRegistry(auto_describe=True)

HANDLED = Counter(
    "rpc_server_handled",
    "Calls that ended, by status code.",
    ("method", "code", "transport"),
    registry=_CALLS,
)
SECONDS = Histogram(
    "rpc_server_handling_seconds",
    "Time from request to end of response.",
    ("method", "transport"),
    registry=_CALLS,
)
CACHE_READS = Counter(
    "cache_reads",
    "Entities asked for, by table and result: hit, miss, or skipped (in a transaction, or without Redis).",
    ("table", "result"),
    registry=_CALLS,
)
CACHE_ERRORS = Counter(
    "cache_errors",
    "Exchanges with Redis that failed.",
    ("operation",),
    registry=_CALLS,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST


def record(method: str, code: Code, transport: Transport, seconds: float) -> None:
    """Counts one finished call; `method` is its full name."""
    _handled(method, code, transport).inc()
    _seconds(method, transport).observe(seconds)


# Looking up labels costs more than counting does, hence once per combination; methods and codes are few.
@cache
def _handled(method: str, code: Code, transport: Transport) -> Counter:
    return HANDLED.labels(method, code.name, transport)


@cache
def _seconds(method: str, transport: Transport) -> Histogram:
    return SECONDS.labels(method, transport)


def exposition() -> bytes:
    """All metrics in Prometheus' text format, of type `CONTENT_TYPE`."""
    return generate_latest(REGISTRY) + generate_latest(_CALLS)
